"""The coverage report in its three formats."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_accel.coverage.gate import judge
from ci_accel.coverage.report import MARK, MAX_BYTES, WIDTH, _missing, _plain, render
from ci_accel.coverage.totals import FileTotals, Totals, of_slipcover

if TYPE_CHECKING:
    from ci_accel.coverage.gate import GateResult
    from ci_accel.coverage.report import ReportFormat
    from ci_accel.coverage.totals import Lists

pytestmark = pytest.mark.every_python

LINE = st.integers(1, 80)
BRANCH = st.tuples(LINE, st.integers(0, 80))
NAME = st.one_of(
    st.text(min_size=1), st.sampled_from(["src/shop/cart.py", "a|b`c``.py", "_x_*.py", "a\nb.py", "a\\|b"])
)


@st.composite
def measured(draw: st.DrawFn) -> Totals:
    """Generate totals as from slipcover."""
    has_branches = draw(st.booleans())
    lists = {}
    for name in draw(st.sets(NAME, max_size=6)):
        executed, missing = draw(st.sets(LINE)), draw(st.sets(LINE))
        taken, left = (draw(st.sets(BRANCH)), draw(st.sets(BRANCH))) if has_branches else (set(), set())
        lists[name] = (sorted(executed), sorted(missing - executed), sorted(taken), sorted(left - taken))
    return of_slipcover(lists, has_branches=has_branches)


def verdict_of(totals: Totals, fail_under: float = 97) -> GateResult:
    """Return the result of the gate."""
    return judge(totals.covered, totals.total, fail_under)


def row(counted: FileTotals | Totals, totals: Totals) -> list[str]:
    """Return the number columns that a table must have."""
    numbers = [counted.statements, counted.statements - counted.covered_statements]
    if totals.has_branches:
        numbers += [counted.branches, counted.branches - counted.covered_branches]
    return [*map(str, numbers), f"{counted.percent}%" if counted.total else "-"]


def verdict_line(report: str) -> dict[str, Any]:
    """Return the document in the last line."""
    last = report.splitlines()[-1]
    (line,) = re.findall(r"ci-accel coverage: (\{.*\})", last)
    document: dict[str, Any] = json.loads(line)
    return document


def verdict_document(verdict: GateResult) -> dict[str, Any]:
    """Return the document that the last line must have."""
    keys = ("percent", "covered", "total", "fail_under")
    return {"version": 1, "passed": bool(verdict)} | {key: getattr(verdict, key) for key in keys}


@given(totals=measured(), fail_under=st.sampled_from([0, 50, 97, 100]))
def test_the_text_has_the_numbers(totals: Totals, fail_under: float) -> None:
    """The text has a row for each file, the total, the message and the machine-readable line, equal each time."""
    verdict = verdict_of(totals, fail_under)
    report = render(totals, verdict)
    assert report == render(totals, verdict, "text")
    names = [_plain(file.path) for file in totals.files]
    first = max(map(len, [*names, "TOTAL"]))
    lines = report.split("\n")
    headings = ["Stmts", "Miss", *["Branch", "BrMiss"] * totals.has_branches, "Cover"]
    assert lines[0].split() == ["Name", *headings, "Missing"]
    for name, file, line in zip(names, totals.files, lines[2:], strict=False):
        assert line[:first].rstrip() == name.rstrip()
        assert line[first:].split()[: len(headings)] == row(file, totals)
    rule, total, empty, message, *reasons, last, end = lines[2 + len(names) :]
    assert set(lines[1]) == set(rule) == {"-"}
    assert total.split() == ["TOTAL", *row(totals, totals)]
    assert (empty, message, end) == ("", verdict.message, "")
    assert reasons == [f"  {reason}" for reason in verdict.reasons]
    assert last.startswith(MARK)
    assert verdict_line(report) == verdict_document(verdict)


@given(totals=measured())
def test_markdown_has_the_numbers(totals: Totals) -> None:
    """Markdown has the same rows, split at pipes without a backslash, and the machine-readable line in a comment."""
    verdict = verdict_of(totals)
    report = render(totals, verdict, "markdown")
    lines = report.split("\n")
    assert lines[0] == f"**{verdict.message}**"
    table = [line for line in lines if line.startswith("|")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in table]
    assert [each[0] for each in cells] == ["Name", ":--", *(code(file.path) for file in totals.files), "**TOTAL**"]
    assert [each[1:-1] for each in cells[2:-1]] == [row(file, totals) for file in totals.files]
    assert cells[-1][1:-1] == row(totals, totals)
    assert lines[-2].startswith("<!-- ")
    assert lines[-2].endswith(" -->")
    assert verdict_line(report) == verdict_document(verdict)


def code(name: str) -> str:
    """Return a name as code in a cell of Markdown, with the shortest fence that is not in the name."""
    name = _plain(name)
    fence = next(fence for fence in ("`" * count for count in itertools.count(1)) if fence not in name)
    space = " " if name[0] in "` " or name[-1] in "` " else ""
    return f"{fence}{space}{name}{space}{fence}".replace("|", r"\|").strip()


@given(totals=measured())
def test_json_has_the_numbers(totals: Totals) -> None:
    """JSON has all counts and all missing lines and branches, on one line."""
    verdict = verdict_of(totals)
    (line,) = render(totals, verdict, "json").splitlines()
    document = json.loads(line)
    assert list(document) == ["version", "verdict", "totals", "files"]
    assert {"version": document["version"]} | document["verdict"] == verdict_document(verdict) | {
        "message": verdict.message,
        "reasons": list(verdict.reasons),
    }
    keys = ("covered", "total", "statements", "covered_statements", "branches", "covered_branches")
    assert [file.path for file in totals.files] == list(document["files"])
    counted: list[tuple[FileTotals | Totals, dict[str, Any]]] = [(totals, document["totals"])]
    counted += [(file, document["files"][file.path]) for file in totals.files]
    for each, entry in counted:
        assert [entry[key] for key in keys] == [getattr(each, key) for key in keys]
        assert entry["percent"] == (float(each.percent) if each.total else None)
    assert (document["totals"]["files"], document["totals"]["has_branches"]) == (len(totals.files), totals.has_branches)
    for file in totals.files:
        assert document["files"][file.path]["missing_lines"] == list(file.missing)
        assert document["files"][file.path]["missing_branches"] == [list(branch) for branch in file.missing_branches]


@given(totals=measured())
def test_ranges_contain_all_missing_and_no_executed_lines(totals: Totals) -> None:
    """Ranges may contain lines without statements; the branches are those between lines that are not missing."""
    for file in totals.files:
        lines, branches = set(), set()
        for item in filter(None, _missing(file).split(", ")):
            if "->" in item:
                source, target = item.replace("exit", "0").split("->")
                branches.add((int(source), int(target)))
            else:
                start, _, end = item.partition("-")
                lines |= set(range(int(start), int(end or start) + 1))
        assert lines >= set(file.missing)
        assert not lines & set(file.executed)
        assert branches == {branch for branch in file.missing_branches if not set(branch) & set(file.missing)}


LAST = MARK + '{"version": 1, "passed": false, "percent": 43.75, "covered": 7, "total": 16, "fail_under": "97"}'

TABLE = """\
Name                   Stmts   Miss   Branch   BrMiss     Cover   Missing
------------------------------------------------------------------------------------------------
src/shop/__init__.py       0      0        0        0         -
src/shop/cart.py          10      5        5        4    40.00%   3->exit, 5-7, 9->20, 12-13, 40
src/shop/stock.py          1      0        0        0   100.00%
------------------------------------------------------------------------------------------------
TOTAL                     11      5        5        4    43.75%

coverage 43.75 % (7 of 16), threshold 97 %: failed
  part 3 of 8 left no complete data
LAST
"""

MARKDOWN = """\
**coverage 43.75 % (7 of 16), threshold 97 %: failed**

- part 3 of 8 left no complete data

| Name | Stmts | Miss | Branch | BrMiss | Cover | Missing |
| :-- | --: | --: | --: | --: | --: | :-- |
| `src/shop/__init__.py` | 0 | 0 | 0 | 0 | - |  |
| `src/shop/cart.py` | 10 | 5 | 5 | 4 | 40.00% | 3->exit, 5-7, 9->20, 12-13, 40 |
| `src/shop/stock.py` | 1 | 0 | 0 | 0 | 100.00% |  |
| **TOTAL** | 11 | 5 | 5 | 4 | 43.75% |  |

<!-- LAST -->
"""


@pytest.mark.parametrize(("format", "expected"), [("text", TABLE), ("markdown", MARKDOWN)])
def test_layout(format: ReportFormat, expected: str) -> None:  # noqa: A002  (the argument's name)
    """The text and Markdown reports of an example are byte for byte these."""
    lists: dict[str, Lists] = {
        "src/shop/stock.py": ([1], [], [], []),
        "src/shop/cart.py": ([1, 2, 3, 9, 20], [5, 7, 12, 13, 40], [(2, 3)], [(2, 5), (3, 0), (9, 20), (12, 13)]),
        "src/shop/__init__.py": ([], [], [], []),
    }
    totals = of_slipcover(lists, has_branches=True)
    verdict = verdict_of(totals)
    verdict = replace(verdict, reasons=("part 3 of 8 left no complete data",))
    assert render(totals, verdict, format) == expected.replace("LAST", LAST)


def test_long_lists_are_shortened() -> None:
    """A list is cut between two elements to fit the width; next to a long name it keeps a minimum width."""
    missing = list(range(2, 2000, 2))
    lists: dict[str, Lists] = {
        "a.py": (list(range(1, 2000, 2)), missing, [], []),
        f"{'long/' * 30}b.py": ([1], [3], [], []),
    }
    short = of_slipcover({"a.py": lists["a.py"]}, has_branches=False)
    lines = render(short, verdict_of(short)).splitlines()
    assert WIDTH - 8 < len(lines[2]) <= WIDTH
    assert re.search(r"   2, 4, 6, .*\d, \.\.\.$", lines[2])
    long = of_slipcover(lists, has_branches=False)
    lines = render(long, verdict_of(long)).splitlines()
    assert lines[2].endswith("   2, 4, 6, 8, 10, ...")
    assert len(lines[1]) == max(map(len, lines[:4]))


def test_markdown_above_the_size_limit_keeps_the_files_with_the_most_missing_lines() -> None:
    """The report stays below 1 MiB, states how many files are not shown, and its total counts all."""
    lists: dict[str, Lists] = {
        f"{'ü' * 200}/{number:05}.py": ([1, 2], list(range(3, 3 + number % 50)), [], []) for number in range(20_000)
    }
    totals = of_slipcover(lists, has_branches=False)
    verdict = verdict_of(totals)
    verdict = replace(verdict, reasons=tuple(f"reason {number} {'x' * 5000}" for number in range(5000)))
    report = render(totals, verdict, "markdown")
    size = len(report.encode())
    assert MAX_BYTES - 2000 < size <= MAX_BYTES < 1 << 20
    kept = {int(number) for number in re.findall(r"/(\d{5})\.py` ", report)}
    (not_shown,) = re.findall(r"^Not shown, but counted in the total: (\d+) of 20000 files", report, flags=re.MULTILINE)
    assert len(kept) + int(not_shown) == len(lists)
    least = min(number % 50 for number in kept)
    assert kept >= {number for number in range(20_000) if number % 50 > least}
    assert f"| **TOTAL** | {totals.statements} |" in report
    assert "- and 4950 more" in report
    assert verdict_line(report) == verdict_document(verdict)


HOSTILE = {
    "line\nbreak.py": "line\\nbreak.py",
    "esc\x1b[31m.py": "esc\\x1b[31m.py",
    "turned\u202eyp.py": "turned\\u202eyp.py",
    "byte\udc80.py": "byte\\udc80.py",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_c9_names_are_shown_escaped(name: str) -> None:
    """Newlines, escape sequences and direction marks in names are escaped; JSON has the names unchanged."""
    totals = of_slipcover({name: ([1], [], [], [])}, has_branches=False)
    verdict = verdict_of(totals)
    verdict = replace(verdict, reasons=(f"{name} *is* <b>odd</b>",))
    for format_ in ("text", "markdown"):
        report = render(totals, verdict, format_)
        report.encode()
        assert HOSTILE[name] in report
        assert all(letter.isprintable() for letter in report.replace("\n", ""))
    assert "\\*is\\* \\<b\\>odd\\</b\\>" in render(totals, verdict, "markdown")
    assert list(json.loads(render(totals, verdict, "json"))["files"]) == [name]


def test_unknown_format_is_an_error() -> None:
    """An unknown format is a ValueError that lists the formats."""
    totals = Totals([], has_branches=False)
    with pytest.raises(ValueError, match="'html'; it must be one of text, markdown, json"):
        render(totals, verdict_of(totals), "html")  # type: ignore[arg-type]  # the error under test
