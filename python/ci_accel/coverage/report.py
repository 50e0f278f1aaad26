"""Renders the coverage report as text, Markdown or JSON.

The last line of text is machine-readable: `ci-accel coverage: {"version": 1, "passed": true, ...}`. Markdown has it in
a comment. The JSON report is one document on one line.
"""

from __future__ import annotations

import json
import re
from bisect import bisect
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ci_accel.coverage.gate import GateResult
    from ci_accel.coverage.totals import FileTotals, Totals

ReportFormat: TypeAlias = Literal["text", "markdown", "json"]

VERSION = 1
"""Value of `version` in the JSON document and in the machine-readable line."""

MARK = "ci-accel coverage: "
"""Start of the machine-readable line."""

WIDTH = 120
"""Number of columns of the text report; lists of missing lines are shortened to fit."""

GAP = "   "
"""Space between two columns of the text report."""

MIN_MISSING_WIDTH = 20
"""Smallest width of a list of missing lines, next to names of any length."""

MAX_LETTERS = 1000
"""Largest number of characters of a name, a list or a reason in Markdown."""

MAX_REASONS = 50
"""Largest number of reasons in Markdown; further ones are counted."""

MAX_BYTES = 1_000_000
"""Size limit of a Markdown report. GitHub rejects a job summary of more than 1 MiB."""

MARKDOWN_LETTERS = frozenset("\\`*_[]<>|~&$")
"""Characters with a meaning in Markdown."""


def render(totals: Totals, result: GateResult, format: ReportFormat = "text") -> str:  # noqa: A002  (the user's word)
    """Return the report.

    Args:
        totals: The counts of each file.
        result: The result of the gate.
        format: "text" (a table like that of `coverage report -m`), "markdown" (a job summary below 1 MiB: if not all
            files fit, those with the most missing lines), or "json" (a stable document).

    Returns:
        The report, which ends with a newline. Equal totals and results give equal bytes.

    Raises:
        ValueError: The format is unknown.
    """
    formats: dict[str, Callable[[Totals, GateResult], str]] = {"text": _text, "markdown": _markdown, "json": _json}
    if format not in formats:
        message = f"format is {format!r}; it must be one of {', '.join(formats)}"
        raise ValueError(message)
    return formats[format](totals, result)


def _text(totals: Totals, result: GateResult) -> str:
    """Return a table, the message, the reasons and the machine-readable line."""
    rows = [(_plain(file.path), _numbers_shown(file, totals)) for file in totals.files]
    total = ("TOTAL", _numbers_shown(totals, totals))
    table = [("Name", _headings(totals)), *rows, total]
    first = max(len(name) for name, _ in table)
    widths = [max(map(len, column)) for column in zip(*(numbers for _, numbers in table), strict=True)]

    def line(name: str, numbers: Sequence[str]) -> str:
        columns = [number.rjust(width) for number, width in zip(numbers, widths, strict=True)]
        return GAP.join([name.ljust(first), *columns])

    head = line(*table[0])
    room = max(MIN_MISSING_WIDTH, WIDTH - len(head + GAP))
    missing = [_cut(_missing(file), room) for file in totals.files]
    rule = "-" * (len(head + GAP) + max(map(len, ["Missing", *missing])))
    lines = [head + GAP + "Missing", rule]
    lines += [(line(*row) + GAP + lines_missing).rstrip() for row, lines_missing in zip(rows, missing, strict=True)]
    lines += [rule, line(*total), "", _plain(result.message)]
    lines += [f"  {_plain(reason)}" for reason in result.reasons]
    return "\n".join([*lines, _line(result), ""])


def _markdown(totals: Totals, result: GateResult) -> str:
    """Return the message, the reasons, a table and the machine-readable line, within the size limit."""
    headings = _headings(totals)
    reasons = [f"- {_escaped(reason)}" for reason in result.reasons[:MAX_REASONS]]
    if len(result.reasons) > MAX_REASONS:
        reasons.append(f"- and {len(result.reasons) - MAX_REASONS} more")
    head = [f"**{_escaped(result.message)}**", "", *reasons, *([""] if reasons else [])]
    head += [_columns("Name", headings, "Missing"), _columns(":--", ["--:"] * len(headings), ":--")]
    foot = [_columns("**TOTAL**", _numbers_shown(totals, totals), ""), ""]
    rows = [
        _columns(_code(file.path), _numbers_shown(file, totals), _cut(_missing(file), MAX_LETTERS))
        for file in totals.files
    ]
    end = [f"<!-- {_line(result)} -->", ""]
    note = "Not shown, but counted in the total: {} of {} files, those with the fewest missing lines."
    kept = _kept(rows, totals.files, MAX_BYTES - _size([*head, *foot, note.format(len(rows), len(rows)), "", *end]))
    not_shown = [note.format(len(rows) - len(kept), len(rows)), ""] if len(kept) < len(rows) else []
    return "\n".join([*head, *(rows[place] for place in kept), *foot, *not_shown, *end])


def _kept(rows: Sequence[str], files: Sequence[FileTotals], room: int) -> list[int]:
    """Return the indexes of the rows that fit into `room` bytes, those with the most missing lines first."""
    kept = []
    for place in sorted(range(len(rows)), key=lambda place: (files[place].covered - files[place].total, place)):
        room -= _size([rows[place]])
        if room < 0:
            break
        kept.append(place)
    return sorted(kept)


def _size(lines: Iterable[str]) -> int:
    """Return the size of some lines in bytes."""
    return sum(len(line.encode()) + 1 for line in lines)


def _json(totals: Totals, result: GateResult) -> str:
    """Return the document, on one line."""
    verdict = _verdict(result) | {"message": result.message, "reasons": list(result.reasons)}
    files = {
        file.path: _counts(file)
        | {
            "missing_lines": list(file.missing),
            "missing_branches": [list(branch) for branch in file.missing_branches],
        }
        for file in totals.files
    }
    total = {"files": len(files), "has_branches": totals.has_branches} | _counts(totals)
    return json.dumps({"version": VERSION, "verdict": verdict, "totals": total, "files": files}) + "\n"


def _counts(counted: FileTotals | Totals) -> dict[str, object]:
    """Return the counts of a file or of all files for JSON."""
    return {
        "covered": counted.covered,
        "total": counted.total,
        "percent": float(counted.percent) if counted.total else None,
        "statements": counted.statements,
        "covered_statements": counted.covered_statements,
        "branches": counted.branches,
        "covered_branches": counted.covered_branches,
    }


def _verdict(result: GateResult) -> dict[str, object]:
    """Return the result of the gate for JSON."""
    return {
        "passed": bool(result),
        "percent": result.percent,
        "covered": result.covered,
        "total": result.total,
        "fail_under": result.fail_under,
    }


def _line(result: GateResult) -> str:
    """Return the machine-readable line."""
    return MARK + json.dumps({"version": VERSION} | _verdict(result))


def _headings(totals: Totals) -> list[str]:
    """Return the headings of the number columns."""
    return ["Stmts", "Miss", *(["Branch", "BrMiss"] if totals.has_branches else []), "Cover"]


def _numbers_shown(counted: FileTotals | Totals, totals: Totals) -> list[str]:
    """Return the number columns of a file or of all files."""
    numbers = [counted.statements, counted.statements - counted.covered_statements]
    if totals.has_branches:
        numbers += [counted.branches, counted.branches - counted.covered_branches]
    percent = f"{counted.percent}%" if counted.total else counted.percent
    return [*map(str, numbers), percent]


def _missing(file: FileTotals) -> str:
    """Return the missing lines and branches of a file: `3-7, 12, 15->exit`.

    A range includes lines without statements. A branch from or to a missing line is not listed.
    """
    ranges: list[tuple[int, int]] = []
    for line in file.missing:
        if ranges and bisect(file.executed, ranges[-1][1]) == bisect(file.executed, line):
            ranges[-1] = (ranges[-1][0], line)
        else:
            ranges.append((line, line))
    shown = [(start, str(start) if start == end else f"{start}-{end}") for start, end in ranges]
    lines = {*file.missing}
    for source, target in file.missing_branches:
        if source not in lines and target not in lines:
            shown.append((source, f"{source}->{target if target > 0 else 'exit'}"))
    return ", ".join(text for _, text in sorted(shown, key=lambda item: item[0]))


def _cut(text: str, room: int) -> str:
    """Return a list shortened to `room` characters, between two elements."""
    if len(text) <= room:
        return text
    kept, comma, _ = text[: room - len("...")].rpartition(", ")
    return f"{kept}{comma}..."


def _plain(text: str) -> str:
    """Return a text with unprintable characters escaped."""
    letters = (letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)
    return "".join(letters)


def _escaped(text: str) -> str:
    """Return a text escaped for Markdown."""
    letters = (f"\\{letter}" if letter in MARKDOWN_LETTERS else letter for letter in _shortened(_plain(text)))
    return "".join(letters)


def _shortened(text: str) -> str:
    """Return a text of at most `MAX_LETTERS` characters."""
    return text if len(text) <= MAX_LETTERS else text[:MAX_LETTERS] + "..."


def _code(text: str) -> str:
    """Return a text as code in a Markdown table."""
    shown = _shortened(_plain(text))
    # The fence is longer than each run of backticks in the text. The space separates the fence from a backtick.
    fence = "`" * (max(map(len, re.findall("`+", shown)), default=0) + 1)
    space = " " if shown.startswith(("`", " ")) or shown.endswith(("`", " ")) else ""
    # Markdown splits a row at unescaped pipes before it reads code.
    return f"{fence}{space}{shown}{space}{fence}".replace("|", "\\|")


def _columns(name: str, numbers: Sequence[str], missing: str) -> str:
    """Return a row of a Markdown table."""
    return f"| {' | '.join([name, *numbers, missing])} |"
