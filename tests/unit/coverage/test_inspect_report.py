"""Inspecting slipcover's JSON: its contents in short, and which files are invalid."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import blake3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ci_accel
from tests.support.coverage_files import branch_entry, entry, refusal, report, write_report

if TYPE_CHECKING:
    from pathlib import Path

FILES = {"shop/cart.py": entry({1, 2, 9}, {3}), "/code/shop/stock.py": entry({4}), "shop/__init__.py": entry(())}


def test_report_with_lines(tmp_path: Path) -> None:
    """Format, version, files, lines and digest are those of the file."""
    path = write_report(tmp_path / "part-001.json", report(FILES))
    info = ci_accel.inspect_coverage(path)
    assert (info.format, info.version, info.has_branches) == ("slipcover", "1.1.0", False)
    assert info.files == tuple(sorted(FILES))
    assert (info.covered_lines, info.missing_lines, info.contexts) == (4, 1, ())
    assert info.digest == blake3.blake3(path.read_bytes()).hexdigest()


def test_report_with_branches(tmp_path: Path) -> None:
    """A report with branches is read; the target 0 is an exit."""
    files = {"a.py": branch_entry({1, 2}, {3}, [[1, 2]], [[1, 3], [2, 0]])}
    assert ci_accel.inspect_coverage(write_report(tmp_path / "part", report(files, branches=True))).has_branches


def test_summary_is_ignored(tmp_path: Path) -> None:
    """Lines are counted, and a forged summary is ignored; the gate of slipcover uses the summary."""
    document = report({"a.py": entry({1}, {2, 3})})
    document["summary"] |= {"covered_lines": 3, "missing_lines": 0, "percent_covered": 100.0}
    info = ci_accel.inspect_coverage(write_report(tmp_path / "part", document))
    assert (info.covered_lines, info.missing_lines) == (1, 2)


def test_order_and_white_space_do_not_matter(tmp_path: Path) -> None:
    """The order of keys and lines, and white space, do not change the result."""
    document = report(FILES)
    turned = {"summary": document["summary"], "files": document["files"], "meta": document["meta"]}
    turned["files"]["shop/cart.py"]["executed_lines"] = [9, 1, 2]
    path = tmp_path / "part"
    path.write_text("\n\t " + json.dumps(turned, indent=3) + " \n")
    assert ci_accel.inspect_coverage(path).covered_lines == 4


TEXT = json.dumps(report({"a.py": entry({1, 2}, {3})}))
LINES = '"executed_lines": [1, 2]'
BROKEN = {
    "NaN": (LINES, '"executed_lines": [NaN]'),
    "Infinity": (LINES, '"executed_lines": [1, Infinity]'),
    "too large for a float": (LINES, '"executed_lines": [1e400]'),
    "NaN in the totals": ('"percent_covered": 100.0', '"percent_covered": NaN'),
    "float": (LINES, '"executed_lines": [1.0]'),
    "true": (LINES, '"executed_lines": [true]'),
    "text": (LINES, '"executed_lines": ["1"]'),
    "null": (LINES, '"executed_lines": [null]'),
    "negative": (LINES, '"executed_lines": [-1]'),
    "minus zero": (LINES, '"executed_lines": [-0]'),
    "past the last line": (LINES, '"executed_lines": [16777217]'),
    "past 64 bits": (LINES, '"executed_lines": [99999999999999999999]'),
    "line twice": (LINES, '"executed_lines": [2, 1, 2]'),
    "executed and missing": (LINES, '"executed_lines": [1, 3]'),
    "no list": (LINES, '"executed_lines": {"1": 2}'),
    "no object": (TEXT, "[]"),
    "key twice": (LINES, LINES + ", " + LINES),
    "file twice": ('"files": {', '"files": {"a.py": ' + json.dumps(entry({7})) + ", "),
    "meta twice": ('"files": {', '"meta": {}, "files": {'),
    "key twice in meta": ('"software"', '"software": "slipcover", "software"'),
    "key twice in the totals": ('"covered_lines"', '"covered_lines": 2, "covered_lines"'),
    "deep": (LINES, '"executed_lines": ' + "[" * 100_000 + "]" * 100_000),
    "deep in the totals": ('"covered_lines": 2', '"covered_lines": ' + "[" * 100_000),
    "lone surrogate": ('"a.py"', '"\\ud800.py"'),
    "NUL in a path": ('"a.py"', '"a\\u0000.py"'),
    "empty path": ('"a.py"', '""'),
    "trailing data": (TEXT, TEXT + "{}"),
    "truncated": (TEXT, TEXT[:-1]),
    "comment": (TEXT, TEXT + "// done"),
    "unknown key": ('"meta"', '"totals": {}, "meta"'),
    "unknown key of a file": (LINES, LINES + ', "contexts": {}'),
    "unknown key of meta": ('"software"', '"format": 3, "software"'),
}


@pytest.mark.parametrize("name", BROKEN)
def test_C15_invalid_json_or_values_are_refused(tmp_path: Path, name: str) -> None:
    """A value that JSON or slipcover does not allow is an error with its line and column."""
    old, new = BROKEN[name]
    assert old in TEXT
    reason = refusal(write_report(tmp_path / "part", TEXT.replace(old, new, 1)))
    assert name == "no object" or " at line 1 column " in reason


def test_C15_the_error_has_the_path_in_the_document(tmp_path: Path) -> None:
    """The error names all keys that lead to the value, the measured file included."""
    path = write_report(tmp_path / "part", TEXT.replace(LINES, '"executed_lines": [1, -2]'))
    expected = 'files["a.py"].executed_lines: -2 is not a line number from 0 to 16777216 at line 1 column '
    assert refusal(path).startswith(expected)
    path = write_report(tmp_path / "part", TEXT.replace('"a.py": {', '"a.py": {"executed_lines": [], '))
    assert refusal(path).startswith('files["a.py"].executed_lines: duplicate key at line 1 column ')


@pytest.mark.parametrize("content", [b'\xef\xbb\xbf{"meta": {}}', b'{"meta\xff": 1}', "{}".encode("utf-16"), b"{"])
def test_C15_bytes_that_are_not_json_in_utf_8_are_refused(tmp_path: Path, content: bytes) -> None:
    """A byte order mark, another encoding, and a truncated document are errors."""
    path = tmp_path / "part"
    path.write_bytes(content)
    assert refusal(path)


def test_C15_string_of_a_hundred_megabytes_is_refused(tmp_path: Path) -> None:
    """A string of 100 MB is an error with a short reason."""
    path = tmp_path / "part"
    with path.open("wb") as file:
        file.write(b'{"meta": {"software": "')
        for _ in range(100):
            file.write(b"x" * 1_000_000)
        file.write(b'"}}')
    with pytest.raises(ci_accel.CoverageDataError, match=r"meta\.software") as caught:
        ci_accel.inspect_coverage(path)
    assert len(caught.value.reason) < 1000


FOREIGN: dict[str, tuple[dict[str, Any], str]] = {
    "software": (report(FILES, software="coverage"), 'meta.software: "coverage", not "slipcover"'),
    "contexts": (report(FILES, show_contexts=True), "meta.show_contexts: contexts are not supported"),
    "branches missing": (
        report(FILES, branches=True),
        'files["shop/cart.py"]: without branches, but meta.branch_coverage is true at line 1 column ',
    ),
    "one list of branches": (
        report({"a.py": {**entry({1}), "executed_branches": [[1, 0]]}}, branches=True),
        'files["a.py"]: missing key "missing_branches" at line 1 column ',
    ),
    "branches too many": (
        report({"a.py": branch_entry({1}, (), [[1, 0]], [])}),
        'files["a.py"]: with branches, but meta.branch_coverage is false at line 1 column ',
    ),
    "branch in both": (
        report({"a.py": branch_entry({1}, (), [[1, 0]], [[1, 0]])}, branches=True),
        'files["a.py"]: branch [1, 0] is both executed and missing',
    ),
    "line in both": (report({"a.py": entry({1, 5}, {4, 5})}), 'files["a.py"]: line 5 is both executed and missing'),
    "no lines": (
        report({"a.py": {"missing_lines": [], "summary": {}}}),
        'files["a.py"]: missing key "executed_lines" at',
    ),
    "no summary": (
        report({"a.py": {"missing_lines": [], "executed_lines": []}}),
        'files["a.py"]: missing key "summary" at',
    ),
    "no meta": ({"files": {}, "summary": {}}, 'missing key "meta" at line 1 column 1'),
    "no files": ({"meta": report({})["meta"], "summary": {}}, 'missing key "files" at line 1 column 1'),
    "no totals": ({"meta": report({})["meta"], "files": {}}, 'missing key "summary" at line 1 column 1'),
    "coverage.py's JSON": (
        {"meta": {"format": 3, "version": "7.17.3"}, "files": {}, "totals": {}},
        "meta.format: unknown key (not written by slipcover) at line 1 column ",
    ),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_C16_foreign_and_inconsistent_reports_are_refused(tmp_path: Path, name: str) -> None:
    """JSON of another tool, missing keys, and lists that contradict each other or the branch flag are errors."""
    document, expected = FOREIGN[name]
    assert refusal(write_report(tmp_path / "part", document)).startswith(expected)


@pytest.mark.parametrize("key", ["software", "version", "timestamp", "branch_coverage"])
def test_C16_keys_of_meta_are_required(tmp_path: Path, key: str) -> None:
    """A missing key of `meta` is an error that names it."""
    document = report(FILES)
    del document["meta"][key]
    assert refusal(write_report(tmp_path / "part", document)) == f'meta: missing key "{key}" at line 1 column 10'


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, len(TEXT) - 1), byte=st.integers(0, 255), length=st.integers(0, 3))
def test_json_with_changed_bytes_is_refused_or_read(tmp_path: Path, place: int, byte: int, length: int) -> None:
    """A report with a changed byte is an error or other data; nothing else is raised."""
    path = tmp_path / "part"
    content = TEXT.encode()
    path.write_bytes(content[:place] + bytes([byte]) + content[place + length :])
    try:
        info = ci_accel.inspect_coverage(path)
    except ci_accel.CoverageDataError:
        return
    assert info.format == "slipcover"
