"""What was covered, for people and for programs: text, Markdown, JSON. The same totals give the same bytes.

The last line of each is for programs: `ci-accel coverage: {"version": 1, "passed": true, ...}` in text, the same as a
comment in Markdown, and the whole document in JSON.
"""

from __future__ import annotations

TYPE_CHECKING = False  # the name that type checkers know; importing typing would cost 7 ms
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Literal

    from ci_accel.coverage.gate import GateResult
    from ci_accel.coverage.totals import FileTotals, Totals

    ReportFormat = Literal["text", "markdown", "json"]

VERSION = 1
"""Stands as `version` in the JSON document and in the line for programs."""

MARK = "ci-accel coverage: "
"""Starts the line for programs."""

WIDTH = 120
"""Columns of the text: the list of missing lines is cut to end there."""

GAP = "   "
"""Between two columns of the text."""

LEAST_MISSING = 20
"""Columns that this list has at least, however long the names are."""

MOST_LETTERS = 1000
"""Letters of a name, a list or a reason in Markdown."""

MOST_REASONS = 50
"""Reasons in Markdown; the others are counted."""

MOST_BYTES = 1_000_000
"""Bytes of Markdown: a job summary of more than 1 MiB is dropped as a whole."""

MARKDOWN_LETTERS = frozenset("\\`*_[]<>|~&$")
"""What means something in Markdown."""


def render(totals: Totals, result: GateResult, format: ReportFormat = "text") -> str:  # noqa: A002  (the user's word)
    """Return the report.

    Args:
        totals: What was measured.
        result: What the gate says.
        format: "text" (a table as of `coverage report -m`), "markdown" (for a job summary: under 1 MiB, where not all
            files fit those with the most missing), or "json" (a stable document).

    Returns:
        The report; its last line is for programs, and ends with a line break.

    Raises:
        ValueError: There is no such format.
    """
    formats: dict[str, Callable[[Totals, GateResult], str]] = {"text": _text, "markdown": _markdown, "json": _json}
    if format not in formats:
        message = f"format is {format!r}; it has to be one of {', '.join(formats)}"
        raise ValueError(message)
    return formats[format](totals, result)


def _text(totals: Totals, result: GateResult) -> str:
    """Return a table, the message, the reasons and the line for programs."""
    rows = [(_plain(file.path), _numbers_shown(file, totals)) for file in totals.files]
    total = ("TOTAL", _numbers_shown(totals, totals))
    table = [("Name", _headings(totals)), *rows, total]
    first = max(len(name) for name, _ in table)
    widths = [max(map(len, column)) for column in zip(*(numbers for _, numbers in table), strict=True)]

    def line(name: str, numbers: Sequence[str]) -> str:
        columns = [number.rjust(width) for number, width in zip(numbers, widths, strict=True)]
        return GAP.join([name.ljust(first), *columns])

    head = line(*table[0])
    room = max(LEAST_MISSING, WIDTH - len(head + GAP))
    missing = [_cut(_missing(file), room) for file in totals.files]
    rule = "-" * (len(head + GAP) + max(map(len, ["Missing", *missing])))
    lines = [head + GAP + "Missing", rule]
    lines += [(line(*row) + GAP + lost).rstrip() for row, lost in zip(rows, missing, strict=True)]
    lines += [rule, line(*total), "", _plain(result.message)]
    lines += [f"  {_plain(reason)}" for reason in result.reasons]
    return "\n".join([*lines, _line(result), ""])


def _markdown(totals: Totals, result: GateResult) -> str:
    """Return the message, the reasons, a table and the line for programs, all within the limit."""
    headings = _headings(totals)
    reasons = [f"- {_escaped(reason)}" for reason in result.reasons[:MOST_REASONS]]
    if len(result.reasons) > MOST_REASONS:
        reasons.append(f"- and {len(result.reasons) - MOST_REASONS} more")
    head = [f"**{_escaped(result.message)}**", "", *reasons, *([""] if reasons else [])]
    head += [_columns("Name", headings, "Missing"), _columns(":--", ["--:"] * len(headings), ":--")]
    foot = [_columns("**TOTAL**", _numbers_shown(totals, totals), ""), ""]
    rows = [
        _columns(_code(file.path), _numbers_shown(file, totals), _cut(_missing(file), MOST_LETTERS))
        for file in totals.files
    ]
    end = [f"<!-- {_line(result)} -->", ""]
    note = "Left out here, and counted in the total: {} of {} files, those with the least missing."
    kept = _kept(rows, totals.files, MOST_BYTES - _size([*head, *foot, note.format(len(rows), len(rows)), "", *end]))
    left_out = [note.format(len(rows) - len(kept), len(rows)), ""] if len(kept) < len(rows) else []
    return "\n".join([*head, *(rows[place] for place in kept), *foot, *left_out, *end])


def _kept(rows: Sequence[str], files: Sequence[FileTotals], room: int) -> list[int]:
    """Return the places of the rows that there is room for: all, or those with the most missing."""
    kept = []
    for place in sorted(range(len(rows)), key=lambda place: (files[place].covered - files[place].total, place)):
        room -= _size([rows[place]])
        if room < 0:
            break
        kept.append(place)
    return sorted(kept)


def _size(lines: Iterable[str]) -> int:
    """Return the bytes of some lines."""
    return sum(len(line.encode()) + 1 for line in lines)


def _json(totals: Totals, result: GateResult) -> str:
    """Return the document, on one line."""
    import json

    said = _said(result) | {"message": result.message, "reasons": list(result.reasons)}
    del said["version"]
    files = {
        file.path: _counts(file)
        | {
            "missing_lines": list(file.missing),
            "missing_branches": [list(branch) for branch in file.missing_branches],
        }
        for file in totals.files
    }
    whole = {"files": len(files), "has_branches": totals.has_branches} | _counts(totals)
    return json.dumps({"version": VERSION, "verdict": said, "totals": whole, "files": files}) + "\n"


def _counts(counted: FileTotals | Totals) -> dict[str, object]:
    """Return the counts of a file or of all, for programs."""
    return {
        "covered": counted.covered,
        "total": counted.total,
        "percent": float(counted.percent) if counted.total else None,
        "statements": counted.statements,
        "covered_statements": counted.covered_statements,
        "branches": counted.branches,
        "covered_branches": counted.covered_branches,
    }


def _said(result: GateResult) -> dict[str, object]:
    """Return the result, for programs."""
    return {
        "version": VERSION,
        "passed": bool(result),
        "percent": result.percent,
        "covered": result.covered,
        "total": result.total,
        "fail_under": result.fail_under,
    }


def _line(result: GateResult) -> str:
    """Return the line for programs."""
    import json

    return MARK + json.dumps(_said(result))


def _headings(totals: Totals) -> list[str]:
    """Return the headings of the columns with numbers."""
    return ["Stmts", "Miss", *(["Branch", "BrMiss"] if totals.has_branches else []), "Cover"]


def _numbers_shown(counted: FileTotals | Totals, totals: Totals) -> list[str]:
    """Return the numbers of a file or of all, under their headings."""
    numbers = [counted.statements, counted.statements - counted.covered_statements]
    if totals.has_branches:
        numbers += [counted.branches, counted.branches - counted.covered_branches]
    percent = f"{counted.percent}%" if counted.total else counted.percent
    return [*map(str, numbers), percent]


def _missing(file: FileTotals) -> str:
    """Return what is missing in a file: `3-7, 12, 15->exit`.

    A range goes on over lines that were not executed because there is nothing to execute. Branches from or to a missing
    line are not told: the line says it.
    """
    from bisect import bisect

    ranges: list[tuple[int, int]] = []
    for line in file.missing:
        if ranges and bisect(file.executed, ranges[-1][1]) == bisect(file.executed, line):
            ranges[-1] = (ranges[-1][0], line)
        else:
            ranges.append((line, line))
    told = [(start, str(start) if start == end else f"{start}-{end}") for start, end in ranges]
    lines = {*file.missing}
    for source, target in file.missing_branches:
        if source not in lines and target not in lines:
            told.append((source, f"{source}->{target if target > 0 else 'exit'}"))
    return ", ".join(text for _, text in sorted(told, key=lambda item: item[0]))


def _cut(text: str, room: int) -> str:
    """Return a list that is no longer than `room`, cut between two items where it would be."""
    if len(text) <= room:
        return text
    kept, comma, _ = text[: room - len("...")].rpartition(", ")
    return f"{kept}{comma}..."


def _plain(text: str) -> str:
    """Return a text on one line, with what cannot be seen escaped."""
    letters = (letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)
    return "".join(letters)


def _escaped(text: str) -> str:
    """Return a text that means itself in Markdown."""
    letters = (f"\\{letter}" if letter in MARKDOWN_LETTERS else letter for letter in _shortened(_plain(text)))
    return "".join(letters)


def _shortened(text: str) -> str:
    """Return a text of bounded length."""
    return text if len(text) <= MOST_LETTERS else text[:MOST_LETTERS] + "..."


def _code(text: str) -> str:
    """Return a text as code in a Markdown table."""
    import re

    shown = _shortened(_plain(text))
    # A fence of more backticks than stand together in it; the spaces keep one at an end from joining the fence.
    fence = "`" * (max(map(len, re.findall("`+", shown)), default=0) + 1)
    space = " " if shown.startswith(("`", " ")) or shown.endswith(("`", " ")) else ""
    # The table is cut into cells first, then a pipe loses its backslash.
    return f"{fence}{space}{shown}{space}{fence}".replace("|", "\\|")


def _columns(name: str, numbers: Sequence[str], missing: str) -> str:
    """Return a row of a Markdown table."""
    return f"| {' | '.join([name, *numbers, missing])} |"
