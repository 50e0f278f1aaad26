"""Data that coverage.py or slipcover accepts and ci-accel refuses: each case is run by the real tools."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

import ci_accel
from tests.support.coverage_files import (
    branch_entry,
    change,
    entry,
    report,
    snapshot,
    write_arcs,
    write_lines,
    write_report,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.coverage_tools import Tools

FILE = "/code/a.py"
ENDLESS = (
    "CREATE VIEW line_bits AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)"
    " SELECT 1 AS file_id, 1 AS context_id, x'02' AS numbits FROM n"
)


class Damage(NamedTuple):
    """Damage to the second of three parts, which have the lines 1, 2 and 3."""

    do: Callable[[Path], object]
    """Function that damages the file."""
    status: int
    """Exit code of `coverage combine`."""
    kept: list[int]
    """Lines that `coverage combine` writes, of 1, 2 and 3."""
    reason: str
    """Start of the error of ci-accel."""


def sql(*statements: str) -> Callable[[Path], object]:
    """Return a function that damages a file by SQL statements."""
    return lambda path: change(path, *statements)


def content(make: Callable[[bytes], bytes]) -> Callable[[Path], object]:
    """Return a function that changes the bytes of a file."""
    return lambda path: path.write_bytes(make(path.read_bytes()))


def another_database(path: Path) -> None:
    """Replace a file by the database of another program."""
    path.unlink()
    change(path, "CREATE TABLE orders (id)")


DAMAGES = {
    # coverage.py warns, skips the part and exits with 0.
    "truncated": Damage(content(lambda valid: valid[:8192]), 0, [1, 3], "truncated or extended"),
    "empty": Damage(content(lambda _: b""), 0, [1, 3], "empty: its writer did not finish"),
    "text": Damage(content(lambda _: b"hello"), 0, [1, 3], "neither coverage.py's database"),
    "schema 6": Damage(sql("UPDATE coverage_schema SET version = 6"), 0, [1, 3], "coverage.py's schema 6"),
    "two schemas": Damage(sql("INSERT INTO coverage_schema VALUES (6)"), 0, [1, 3], "table coverage_schema, row 2"),
    "no schema": Damage(sql("DELETE FROM coverage_schema"), 0, [1, 3], "table coverage_schema is empty"),
    "another database": Damage(another_database, 0, [1, 3], "an SQLite database, but not coverage.py's"),
    # coverage.py silently loses lines.
    "no such file": Damage(sql("UPDATE line_bits SET file_id = 77"), 0, [1, 3], "table line_bits, row 1: file 77"),
    "no context": Damage(sql("UPDATE line_bits SET context_id = 7"), 0, [1, 3], "table line_bits, row 1: context"),
    "another name": Damage(sql("UPDATE file SET path = 'a' || char(0)"), 0, [1, 3], "table file, row 1: path"),
    # coverage.py accepts the part silently and keeps all lines.
    "no has_arcs": Damage(sql("DELETE FROM meta WHERE key = 'has_arcs'"), 0, [1, 2, 3], "meta has no has_arcs"),
    "a trigger": Damage(sql("CREATE TRIGGER t AFTER INSERT ON arc BEGIN SELECT 1; END"), 0, [1, 2, 3], "not what"),
    "a table": Damage(sql("CREATE TABLE more (x)"), 0, [1, 2, 3], "not what coverage.py writes: it has"),
    "appended bytes": Damage(content(lambda valid: valid + bytes(4096)), 0, [1, 2, 3], "truncated or extended"),
    # coverage.py fails, names another file or none, and leaves an incomplete result.
    "has_arcs is zzz": Damage(sql("UPDATE meta SET value = 'zzz' WHERE key = 'has_arcs'"), 1, [1], "meta.has_arcs is"),
    "has_arcs is 2": Damage(sql("UPDATE meta SET value = '2' WHERE key = 'has_arcs'"), 1, [1], "meta.has_arcs is"),
    "numbits of text": Damage(sql("UPDATE line_bits SET numbits = 'abc'"), 1, [1], "table line_bits, row 1: numbits"),
    "no numbits": Damage(sql("UPDATE line_bits SET numbits = NULL"), 1, [1], "table line_bits, row 1: numbits is Null"),
}


def three_parts(folder: Path) -> list[Path]:
    """Write three parts with the lines 1, 2 and 3."""
    return [write_lines(folder / f"part-{number}", {FILE: {number}}) for number in (1, 2, 3)]


def refused(parts: list[Path], bad: Path, reason: str) -> None:
    """Check that combining fails with the path and the reason, and changes no file."""
    folder = bad.parent
    before = snapshot(folder)
    with pytest.raises(ci_accel.CoverageDataError) as caught:
        ci_accel.combine_coverage(parts, into=folder / "ours")
    assert (caught.value.path, caught.value.reason[: len(reason)]) == (str(bad), reason)
    assert snapshot(folder) == before


@pytest.mark.parametrize("name", DAMAGES)
def test_damaged_part_of_coverage_py(tmp_path: Path, tools: Tools, name: str) -> None:
    """coverage.py combines other parts only; ci-accel names the damaged part and writes nothing."""
    damage = DAMAGES[name]
    parts = three_parts(tmp_path)
    damage.do(parts[1])
    refused(parts, parts[1], damage.reason)
    theirs = tools.combine(tmp_path, parts)
    assert (theirs["status"], theirs["found"]["files"][FILE][0]) == (damage.status, damage.kept), theirs["said"]


def test_coverage_py_hangs_on_an_endless_view(tmp_path: Path, tools: Tools) -> None:
    """coverage.py reads an endless view instead of a table; ci-accel refuses views."""
    parts = three_parts(tmp_path)
    change(parts[1], "DROP TABLE line_bits", ENDLESS)
    refused(parts, parts[1], 'not what coverage.py writes: it has an unexpected view: "line_bits"')
    with pytest.raises(subprocess.TimeoutExpired):
        tools.run(tmp_path, "coverage", "combine", "--keep", f"--data-file={tmp_path}/theirs", *parts, timeout=2)


def test_coverage_py_loses_lines_with_zeroed_pages(tmp_path: Path, tools: Tools) -> None:
    """coverage.py ignores some zeroed pages; ci-accel refuses each."""
    parts = three_parts(tmp_path)
    valid = parts[1].read_bytes()
    silent = 0
    for page in range(len(valid) // 4096):
        parts[1].write_bytes(valid[: page * 4096] + bytes(4096) + valid[(page + 1) * 4096 :])
        refused(parts, parts[1], "")
        theirs = tools.combine(tmp_path, parts)
        silent += theirs["status"] == 0 and theirs["found"]["files"][FILE][0] != [1, 2, 3]
    assert silent > 1


def test_coverage_py_leaves_an_incomplete_result_of_lines_and_arcs(tmp_path: Path, tools: Tools) -> None:
    """coverage.py fails after it has written some parts; ci-accel writes nothing."""
    parts = [write_lines(tmp_path / "part-1", {FILE: {1}}), write_arcs(tmp_path / "part-2", {FILE: {(-1, 2), (2, -1)}})]
    refused(parts, parts[1], f"measured with branches, but {parts[0]} without")
    theirs = tools.combine(tmp_path, parts)
    assert (theirs["status"], theirs["found"]["files"][FILE][0]) == (1, [1])


def test_coverage_py_deletes_combined_parts(tmp_path: Path, tools: Tools) -> None:
    """coverage.py deletes parts unless `--keep` is set; ci-accel never changes them."""
    parts = three_parts(tmp_path)
    before = snapshot(tmp_path)
    ci_accel.combine_coverage(parts, into=tmp_path / "new/ours")
    assert {name: found for name, found in snapshot(tmp_path).items() if name != "new"} == before
    answer = tools.run(tmp_path, "coverage", "combine", f"--data-file={tmp_path}/theirs", *parts)
    assert answer.returncode == 0
    assert not [part for part in parts if part.exists()]


@pytest.mark.parametrize("ending", ["-wal", "-journal"])
def test_coverage_py_accepts_a_part_with_a_side_file(tmp_path: Path, tools: Tools, ending: str) -> None:
    """A part with a side file of an unfinished write is refused; coverage.py even combines a `-wal`."""
    parts = three_parts(tmp_path)
    side = parts[1].with_name(parts[1].name + ending)
    side.write_bytes(b"hot")
    refused(parts, parts[1], f"its writer did not finish: {side} exists")
    assert tools.combine(tmp_path, parts)["status"] == 0
    folder = tmp_path / "named"
    folder.mkdir()
    for part in parts:
        write_lines(folder / f"data.host.pid{part.name[-1]}.Xabcdefx", {FILE: {1}})
    (folder / f"data.host.pid2.Xabcdefx{ending}").write_bytes(b"hot")
    answer = tools.run(folder, "coverage", "combine", "--keep", "--data-file=data", ".")
    assert (f"Xabcdefx{ending}" in answer.stdout) == (ending == "-wal")


SECOND: dict[str, tuple[Any, str]] = {
    "another tool's": (report({"a.py": entry({2})}, software="coverage"), 'meta.software: "coverage"'),
    "with branches": (report({"a.py": branch_entry({2}, (), [[1, 2]], [])}, branches=True), "measured with branches,"),
    "negative line": (report({"a.py": entry({-2})}), 'files["a.py"].executed_lines: -2 is not a line number'),
    "line twice": (report({"a.py": entry([2, 2])}), 'files["a.py"].executed_lines: duplicate line 2'),
    "line in both": (report({"a.py": entry({2}, {2})}), 'files["a.py"]: line 2 is both executed and missing'),
    "NaN": (report({"a.py": entry([float("nan")])}), 'files["a.py"].executed_lines: '),  # type: ignore[list-item]
    "1e400": (
        json.dumps(report({"a.py": entry({2})})).replace('"executed_lines": [2]', '"executed_lines": [1e400]'),
        'files["a.py"].executed_lines: ',
    ),
    "key twice": (
        json.dumps(report({"a.py": entry({7})})).replace('"executed_lines"', '"executed_lines": [2], "executed_lines"'),
        'files["a.py"].executed_lines: duplicate key',
    ),
}
"""Second files that slipcover silently merges, with the start of the error of ci-accel."""


@pytest.mark.parametrize("name", SECOND)
def test_file_that_slipcover_silently_merges(tmp_path: Path, tools: Tools, name: str) -> None:
    """The merge of slipcover exits with 0 and writes a wrong result; ci-accel fails and names the file."""
    document, reason = SECOND[name]
    parts = [write_report(tmp_path / "one", report({"a.py": entry({1})})), write_report(tmp_path / "two", document)]
    refused(parts, parts[1], reason)
    answer = tools.run(tmp_path, "slipcover", "--merge", *parts, "--out", "theirs")
    assert answer.returncode == 0, answer.stdout
    merged = json.loads((tmp_path / "theirs").read_text())
    assert merged["meta"]["branch_coverage"] is False
    if name == "key twice":
        assert merged["files"]["a.py"]["executed_lines"] == [1, 7]


def test_slipcover_accepts_a_file_without_executed_lines(tmp_path: Path, tools: Tools) -> None:
    """Version 1.1 of slipcover accepts a file without `executed_lines`, older ones fail; ci-accel names the key."""
    document = report({"a.py": {"missing_lines": [4], "summary": {}}})
    parts = [write_report(tmp_path / "one", report({"a.py": entry({1})})), write_report(tmp_path / "two", document)]
    refused(parts, parts[1], 'files["a.py"]: missing key "executed_lines"')
    answer = tools.run(tmp_path, "slipcover", "--merge", *parts, "--out", "theirs")
    assert answer.returncode == (0 if tools.is_newest else 1)


def test_path_outside_of_the_root_is_kept(tmp_path: Path, tools: Tools) -> None:
    """Both slipcover and ci-accel keep a path outside of the root unchanged."""
    path = "../../../etc/passwd"
    part = write_report(tmp_path / "one", report({path: entry({1})}))
    info = ci_accel.combine_coverage([part], into=tmp_path / "ours", root=tmp_path)
    assert info.files == (path,)
    answer = tools.run(tmp_path, "slipcover", "--merge", part, part, "--out", "theirs")
    assert (answer.returncode, list(json.loads((tmp_path / "theirs").read_text())["files"])) == (0, [path])


def test_slipcover_passes_its_gate_without_files_and_with_a_forged_summary(tmp_path: Path, tools: Tools) -> None:
    """The gate of slipcover passes without files, and uses the summary of a single file; ci-accel counts lines."""
    forged = report({"a.py": entry({1}, {2, 3})})
    for name, document in (("nothing", report({})), ("forged", forged)):
        part = write_report(tmp_path / name, document)
        answer = tools.run(tmp_path, "slipcover", "--merge", part, "--out", f"{name}.out", "--fail-under=100")
        assert answer.returncode == 0, answer.stdout
    assert ci_accel.inspect_coverage(tmp_path / "nothing").covered_lines == 0
    info = ci_accel.combine_coverage([tmp_path / "forged"], into=tmp_path / "ours")
    assert (info.covered_lines, info.missing_lines) == (1, 2)


def test_truncated_part_of_slipcover(tmp_path: Path, tools: Tools) -> None:
    """Both slipcover and ci-accel name a truncated part and write nothing."""
    parts = [write_report(tmp_path / "one", report({"a.py": entry({1})})), write_report(tmp_path / "two", "{")]
    refused(parts, parts[1], "EOF while parsing")
    answer = tools.run(tmp_path, "slipcover", "--merge", *parts, "--out", "theirs")
    assert (answer.returncode, os.path.exists(tmp_path / "theirs")) == (1, False)
    assert "two" in answer.stdout
