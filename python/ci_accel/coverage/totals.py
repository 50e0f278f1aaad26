"""Counts the statements and branches of each file from the measured lines. Summaries in the data are ignored."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from ci_accel.coverage.gate import percent
from ci_accel.exceptions import CiAccelError, CoverageDataError, UnsupportedSchemaError

if TYPE_CHECKING:
    from collections.abc import Mapping

Branch: TypeAlias = tuple[int, int]
Lists: TypeAlias = tuple[Sequence[int], Sequence[int], Sequence[Branch], Sequence[Branch]]
"""Executed lines, missing lines, executed branches and missing branches of one file."""

JSON_FORMATS = (2, 3)
"""Supported versions of coverage.py's JSON report. Both have the same lists of lines and branches."""

OWN_VARIABLES = ("COVERAGE_FILE", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")
"""Environment variables that would make coverage.py read other data, or measure itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTotals:
    """The counts of one file.

    Attributes:
        path: Path relative to the root, with `/`; absolute for a file outside of the root.
        executed: Executed lines, sorted; with older versions of coverage.py not only statements.
        missing: Line numbers of statements that were not executed, sorted.
        statements: Number of statements.
        branches: Number of branches.
        missing_branches: Branches that were not taken, as pairs of lines, sorted; a target below 1 is an exit.
    """

    path: str
    executed: tuple[int, ...]
    missing: tuple[int, ...]
    statements: int
    branches: int = 0
    missing_branches: tuple[Branch, ...] = ()

    def __repr__(self) -> str:
        return f"FileTotals({self.path!r}, {self.covered} of {self.total})"

    @property
    def covered_statements(self) -> int:
        """Return the number of executed statements."""
        return self.statements - len(self.missing)

    @property
    def covered_branches(self) -> int:
        """Return the number of branches that were taken."""
        return self.branches - len(self.missing_branches)

    @property
    def covered(self) -> int:
        """Return the number of executed statements and branches."""
        return self.covered_statements + self.covered_branches

    @property
    def total(self) -> int:
        """Return the number of statements and branches."""
        return self.statements + self.branches

    @property
    def percent(self) -> str:
        """Return the covered percentage, truncated; "-" for an empty file."""
        return percent(self.covered, self.total)


class Totals:
    """The counts of all files.

    Args:
        files: The files, in any order.
        has_branches: Whether branches were measured.

    Attributes:
        files: The files, sorted by path.
        has_branches: As given.
    """

    __slots__ = ("files", "has_branches")

    def __init__(self, files: Iterable[FileTotals], *, has_branches: bool) -> None:
        self.files = tuple(sorted(files, key=lambda file: file.path))
        self.has_branches = has_branches

    def __repr__(self) -> str:
        return f"Totals({self.covered} of {self.total} in {len(self.files)} files)"

    @property
    def statements(self) -> int:
        """Return the number of statements."""
        return sum(file.statements for file in self.files)

    @property
    def covered_statements(self) -> int:
        """Return the number of executed statements."""
        return sum(file.covered_statements for file in self.files)

    @property
    def branches(self) -> int:
        """Return the number of branches."""
        return sum(file.branches for file in self.files)

    @property
    def covered_branches(self) -> int:
        """Return the number of branches that were taken."""
        return sum(file.covered_branches for file in self.files)

    @property
    def covered(self) -> int:
        """Return the number of executed statements and branches."""
        return sum(file.covered for file in self.files)

    @property
    def total(self) -> int:
        """Return the number of statements and branches."""
        return sum(file.total for file in self.files)

    @property
    def percent(self) -> str:
        """Return the covered percentage, truncated; "-" if nothing was measured."""
        return percent(self.covered, self.total)


def of_slipcover(lines: Mapping[str, Lists], *, has_branches: bool) -> Totals:
    """Return the totals of slipcover's data.

    Args:
        lines: The lists of each file by its path relative to the root. The engine has checked that no list has
            duplicates and that nothing is both executed and missing.
        has_branches: Whether branches were measured.

    Returns:
        The totals. Each line is a statement.
    """
    files = [
        FileTotals(
            path=path.replace(os.sep, "/"),
            executed=tuple(sorted(executed)),
            missing=tuple(sorted(missing)),
            statements=len(executed) + len(missing),
            branches=len(taken) + len(not_taken),
            missing_branches=tuple(sorted((source, target) for source, target in not_taken)),
        )
        for path, (executed, missing, taken, not_taken) in lines.items()
    ]
    return Totals(files, has_branches=has_branches)


def of_coverage_py(
    data: str, *, path: str, root: str, python: str, environment: Mapping[str, str] | None = None
) -> Totals:
    """Return the totals of coverage.py's data, counted by coverage.py, which finds the statements in the sources.

    Runs `coverage json` in `root` with the project's configuration (exclude, omit, include, paths, plugins), except
    `fail_under`, which the gate checks, and `ignore_errors`, which would skip files.

    Args:
        data: A private copy of the data file, alone in its folder: coverage.py combines and deletes files beside it.
            The JSON is written into that folder.
        path: The original data file, for errors.
        root: The project's root.
        python: The interpreter that has coverage.py.
        environment: Environment variables of the interpreter; None: those of this process.

    Returns:
        The totals that coverage.py reports.

    Raises:
        CoverageDataError: coverage.py cannot count the data, for example because a source is missing.
            `UnsupportedSchemaError` for an unknown version of the JSON report.
        CiAccelError: The interpreter cannot be run or does not have coverage.py.
    """
    import subprocess

    from ci_accel.guest import statements

    variables = dict(os.environ if environment is None else environment)
    for name in OWN_VARIABLES:
        variables.pop(name, None)
    data = os.path.abspath(data)
    out = os.path.join(os.path.dirname(data), "statements.json")
    try:
        answer = subprocess.run(
            [python, os.path.abspath(statements.__file__), data, out],
            cwd=root,
            env=variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except OSError as error:
        message = f"{python} cannot be run to count the statements of {path}: {error.strerror}; pass another python="
        raise CiAccelError(message) from None
    words = answer.stderr.decode(errors="replace").replace(data, path).splitlines()
    reason = next((line.removeprefix(statements.MARK) for line in words if line.startswith(statements.MARK)), "")
    if answer.returncode == statements.ABSENT:
        missing = f"{python} does not have coverage.py, which counts the statements of {path} ({reason})"
        message = f"{missing}; install coverage there, or pass the session or python= that has it"
        raise CiAccelError(message)
    if answer.returncode == statements.REFUSED:
        raise CoverageDataError(path, f"coverage.py cannot count its statements: {_advised(reason)}")
    if answer.returncode:
        last = words[-1] if words else f"exit code {answer.returncode}"
        raise CoverageDataError(path, f"{python} failed to count its statements with coverage.py: {last}")
    with open(out, "rb") as file:
        content = file.read()
    return _read(content, path)


def _advised(reason: str) -> str:
    """Return coverage.py's message with the next step, if it is a known one."""
    if reason.startswith("No source for code"):
        return f"{reason} Run this in the checkout that was measured, or map the paths in [tool.coverage.paths]"
    if reason.startswith("Couldn't parse"):
        return f"{reason}; pass the session or python= that ran the tests"
    if reason.startswith("No data to report"):
        return f"{reason} The settings include and omit of [tool.coverage.report] exclude all files"
    return reason


def _read(content: bytes, path: str) -> Totals:
    """Return the totals of coverage.py's JSON report.

    Raises:
        CoverageDataError: The report has an unknown structure, or is inconsistent.
    """
    try:
        document = json.loads(content)
        meta = document["meta"]
        version, number = meta["version"], meta["format"]
        if number in JSON_FORMATS:
            return _totals_of(document, has_branches=meta["branch_coverage"] is True)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        reason = f"unexpected output of `coverage json`: {error!r}; please report this"
        raise CoverageDataError(path, reason) from None
    reason = f"coverage.py {version} writes JSON of format {number}, this ci-accel reads 2 and 3; upgrade ci-accel"
    raise UnsupportedSchemaError(path, reason)


def _totals_of(document: Mapping[str, Any], *, has_branches: bool) -> Totals:
    """Return the totals of coverage.py's JSON report.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: The report has an unknown structure, or is inconsistent.
    """
    files = [_file(name, entry, has_branches=has_branches) for name, entry in document["files"].items()]
    totals = Totals(files, has_branches=has_branches)
    ours = {"num_statements": totals.statements, "covered_lines": totals.covered_statements}
    if has_branches:
        ours |= {"num_branches": totals.branches, "covered_branches": totals.covered_branches}
    theirs = {key: document["totals"][key] for key in ours}
    if ours != theirs:
        message = f"the sum of its files is {ours}, but its totals are {theirs}"
        raise ValueError(message)
    return totals


def _file(name: str, entry: Mapping[str, Any], *, has_branches: bool) -> FileTotals:
    """Return the totals of one file.

    Raises:
        KeyError, TypeError, ValueError: The entry has an unknown structure, or is inconsistent.
    """
    # coverage.py 7.6 lists line 0, which an empty module executes.
    executed = [line for line in _lines(entry["executed_lines"], first=0) if line]
    missing = _lines(entry["missing_lines"])
    branches, not_taken = 0, []
    if has_branches:
        taken, not_taken = _branches(entry["executed_branches"]), _branches(entry["missing_branches"])
        # The number is not the length of the lists: a branch excluded by a pragma is in neither list and counts as
        # taken, and older versions (7.6) list as taken what they do not count.
        branches = entry["summary"]["num_branches"]
        is_unique = len({*taken, *not_taken}) == len(taken) + len(not_taken)
        if type(branches) is not int or branches < len(not_taken) or not is_unique:
            message = f"{name}: {branches!r} branches, {len(taken)} taken and {len(not_taken)} missing"
            raise ValueError(message)
    # Older versions (7.13) list docstrings and excluded lines as executed, but do not count them.
    count = entry["summary"]["num_statements"]
    is_unique = len({*executed, *missing}) == len(executed) + len(missing)
    if type(count) is not int or not len(missing) <= count <= len(executed) + len(missing) or not is_unique:
        message = f"{name}: {count!r} statements, {len(executed)} lines executed and {len(missing)} missing"
        raise ValueError(message)
    return FileTotals(
        path=name.replace(os.sep, "/"),
        executed=tuple(sorted(executed)),
        missing=tuple(sorted(missing)),
        statements=count,
        branches=branches,
        missing_branches=tuple(sorted(not_taken)),
    )


def _lines(numbers: Sequence[object], *, first: int = 1) -> list[int]:
    """Return a list of line numbers.

    Raises:
        ValueError: An element is not a line number.
    """
    lines = [number for number in numbers if type(number) is int and number >= first]
    if len(lines) != len(numbers):
        message = f"{numbers!r} are not all line numbers"
        raise ValueError(message)
    return lines


def _branches(pairs: Sequence[Sequence[object]]) -> list[Branch]:
    """Return a list of branches.

    Raises:
        ValueError: An element is not a pair of line numbers.
    """
    branches = [
        (source, target) for source, target in pairs if type(source) is int and type(target) is int and source > 0
    ]
    if len(branches) != len(pairs):
        message = f"{pairs!r} are not all branches"
        raise ValueError(message)
    return branches
