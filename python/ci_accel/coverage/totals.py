"""What a measurement comes to: statements and branches, counted from the lines and never read from a summary."""

from __future__ import annotations

import os

from ci_accel.coverage.gate import percent
from ci_accel.exceptions import CiAccelError, CoverageDataError, UnsupportedSchemaError

TYPE_CHECKING = False  # the name that type checkers know; importing typing would cost 7 ms
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    Branch = tuple[int, int]
    Lists = tuple[Sequence[int], Sequence[int], Sequence[Branch], Sequence[Branch]]

JSON_FORMATS = (2, 3)
"""Versions of coverage.py's JSON that are read. The lists of lines and branches are the same in both."""

OWN_VARIABLES = ("COVERAGE_FILE", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")
"""What would send coverage.py to other data, or have it measure itself."""


class FileTotals:
    """What was measured in one file.

    Attributes:
        path: The file, relative to the root, with `/`; absolute where it lies elsewhere.
        statements: How many statements there are.
        executed: Lines that were executed, sorted; with an older coverage.py not only statements.
        missing: Statements that were not executed, as line numbers, sorted.
        branches: How many branches there are.
        missing_branches: Branches that were not taken, from line to line, sorted; a target below 1 is the end of the
            code.
    """

    __slots__ = ("branches", "executed", "missing", "missing_branches", "path", "statements")

    def __init__(
        self,
        path: str,
        executed: Iterable[int],
        missing: Iterable[int],
        *,
        statements: int,
        branches: int = 0,
        missing_branches: Iterable[Branch] = (),
    ) -> None:
        """Keep the values, sorted."""
        self.path = path
        self.statements = statements
        self.executed = tuple(sorted(executed))
        self.missing = tuple(sorted(missing))
        self.branches = branches
        self.missing_branches = tuple(sorted(missing_branches))

    def __repr__(self) -> str:
        """Show the path and the counts."""
        return f"FileTotals({self.path!r}, {self.covered} of {self.total})"

    @property
    def covered_statements(self) -> int:
        """How many of the statements were executed."""
        return self.statements - len(self.missing)

    @property
    def covered_branches(self) -> int:
        """How many of the branches were taken."""
        return self.branches - len(self.missing_branches)

    @property
    def covered(self) -> int:
        """Statements and branches that were executed."""
        return self.covered_statements + self.covered_branches

    @property
    def total(self) -> int:
        """Statements and branches, as both tools count."""
        return self.statements + self.branches

    @property
    def percent(self) -> str:
        """How much is covered, cut off; "-" for an empty file."""
        return percent(self.covered, self.total)


class Totals:
    """What was measured in all files.

    Attributes:
        files: Each file, sorted by path.
        has_branches: Whether branches were measured, too.
    """

    __slots__ = ("files", "has_branches")

    def __init__(self, files: Iterable[FileTotals], *, has_branches: bool) -> None:
        """Keep the files, sorted."""
        self.files = tuple(sorted(files, key=lambda file: file.path))
        self.has_branches = has_branches

    def __repr__(self) -> str:
        """Show the counts."""
        return f"Totals({self.covered} of {self.total} in {len(self.files)} files)"

    @property
    def statements(self) -> int:
        """How many statements there are."""
        return sum(file.statements for file in self.files)

    @property
    def covered_statements(self) -> int:
        """How many of them were executed."""
        return sum(file.covered_statements for file in self.files)

    @property
    def branches(self) -> int:
        """How many branches there are."""
        return sum(file.branches for file in self.files)

    @property
    def covered_branches(self) -> int:
        """How many of them were taken."""
        return sum(file.covered_branches for file in self.files)

    @property
    def covered(self) -> int:
        """Statements and branches that were executed."""
        return sum(file.covered for file in self.files)

    @property
    def total(self) -> int:
        """Statements and branches, as both tools count."""
        return sum(file.total for file in self.files)

    @property
    def percent(self) -> str:
        """How much is covered, cut off; "-" where nothing was measured."""
        return percent(self.covered, self.total)


def of_slipcover(lines: Mapping[str, Lists], *, has_branches: bool) -> Totals:
    """Return the totals of slipcover's lines.

    Args:
        lines: Executed lines, missing lines, executed branches and missing branches by the file's path relative to the
            root, as the engine has proved them: nothing twice, nothing both executed and missing.
        has_branches: Whether branches were measured.

    Returns:
        The totals. Each line is a statement.
    """
    files = [
        FileTotals(
            path.replace(os.sep, "/"),
            executed,
            missing,
            statements=len(executed) + len(missing),
            branches=len(taken) + len(left),
            missing_branches=((source, target) for source, target in left),
        )
        for path, (executed, missing, taken, left) in lines.items()
    ]
    return Totals(files, has_branches=has_branches)


def of_coverage_py(
    data: str, *, path: str, root: str, python: str, environment: Mapping[str, str] | None = None
) -> Totals:
    """Return the totals of coverage.py's data, as coverage.py itself counts them: it alone knows the statements.

    Its JSON report is made by the coverage.py of `python`, in `root`, so that the project's own configuration counts
    (exclude, omit, include, paths, plugins), but for two settings: `fail_under`, which is the gate's, and
    `ignore_errors`, which would leave files out.

    Args:
        data: A private copy of the data file, by itself in a folder of its own: coverage.py combines and deletes what
            lies beside. The JSON is written into that folder.
        path: The file that it is a copy of, for errors.
        root: The project's root, with the sources.
        python: The interpreter that has coverage.py.
        environment: Its environment variables; None: those of this process.

    Returns:
        The totals, which are those that coverage.py shows.

    Raises:
        CoverageDataError: coverage.py cannot count: a source is missing or is none; names `path` and says what it
            said. `UnsupportedSchemaError` for a JSON of a version that is not read.
        CiAccelError: There is no coverage.py there, or no such interpreter.
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
        message = f"{python} cannot be run to count the statements of {path}: {error.strerror}; give another python="
        raise CiAccelError(message) from None
    words = answer.stderr.decode(errors="replace").replace(data, path).splitlines()
    reason = next((line.removeprefix(statements.MARK) for line in words if line.startswith(statements.MARK)), "")
    if answer.returncode == statements.ABSENT:
        missing = f"{python} has no coverage.py, which counts the statements of {path} ({reason})"
        message = f"{missing}; install coverage there, or give the session or python= that has it"
        raise CiAccelError(message)
    if answer.returncode == statements.REFUSED:
        raise CoverageDataError(path, f"coverage.py cannot count its statements: {_advised(reason)}")
    if answer.returncode:
        said = words[-1] if words else f"exit code {answer.returncode}"
        raise CoverageDataError(path, f"{python} failed to count its statements by coverage.py: {said}")
    with open(out, "rb") as file:
        content = file.read()
    return _read(content, path)


def _advised(reason: str) -> str:
    """Return coverage.py's words with the next step, where it is known."""
    if reason.startswith("No source for code"):
        return f"{reason} Count it in the checkout that was measured, or map its paths by [tool.coverage.paths]"
    if reason.startswith("Couldn't parse"):
        return f"{reason}; give the session or python= that ran the tests"
    if reason.startswith("No data to report"):
        return f"{reason} No file is left after [tool.coverage.report] include and omit"
    return reason


def _read(content: bytes, path: str) -> Totals:
    """Return the totals that coverage.py's JSON comes to.

    Raises:
        CoverageDataError: It is not what coverage.py is known to write, or its own totals are others.
    """
    import json

    try:
        document = json.loads(content)
        meta = document["meta"]
        version, number = meta["version"], meta["format"]
        if number in JSON_FORMATS:
            return _settled(document, has_branches=meta["branch_coverage"] is True)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        reason = f"coverage.py's JSON of it is not as it is known to be: {error!r}; please report this"
        raise CoverageDataError(path, reason) from None
    reason = f"coverage.py {version} writes JSON of format {number}; this ci-accel reads 2 and 3: use a newer one"
    raise UnsupportedSchemaError(path, reason)


def _settled(document: Mapping[str, Any], *, has_branches: bool) -> Totals:
    """Return the totals of coverage.py's JSON.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: It is not what coverage.py is known to write, or its own totals
            are others.
    """
    files = [_file(name, entry, has_branches=has_branches) for name, entry in document["files"].items()]
    totals = Totals(files, has_branches=has_branches)
    ours = {"num_statements": totals.statements, "covered_lines": totals.covered_statements}
    if has_branches:
        ours |= {"num_branches": totals.branches, "covered_branches": totals.covered_branches}
    theirs = {key: document["totals"][key] for key in ours}
    if ours != theirs:
        message = f"its files come to {ours}, and its totals are {theirs}"
        raise ValueError(message)
    return totals


def _file(name: str, entry: Mapping[str, Any], *, has_branches: bool) -> FileTotals:
    """Return the totals of one file.

    Raises:
        KeyError, TypeError, ValueError: It is not what coverage.py is known to write.
    """
    # Line 0 is what an empty module runs, and was listed by 7.6.
    executed = [line for line in _lines(entry["executed_lines"], first=0) if line]
    missing = _lines(entry["missing_lines"])
    branches, left = 0, []
    if has_branches:
        taken, left = _branches(entry["executed_branches"]), _branches(entry["missing_branches"])
        # The lists do not come to it: a branch that a pragma excuses is in neither, and counts as taken; older versions
        # list as taken what is not counted (7.6 is one).
        branches = entry["summary"]["num_branches"]
        is_list = len({*taken, *left}) == len(taken) + len(left)
        if type(branches) is not int or branches < len(left) or not is_list:
            message = f"{name}: {branches!r} branches, {len(taken)} taken and {len(left)} missing"
            raise ValueError(message)
    # Nor do the lines: docstrings and excluded ones are among the executed ones in older versions (7.13 is one).
    count = entry["summary"]["num_statements"]
    is_list = len({*executed, *missing}) == len(executed) + len(missing)
    if type(count) is not int or not len(missing) <= count <= len(executed) + len(missing) or not is_list:
        message = f"{name}: {count!r} statements, {len(executed)} lines executed and {len(missing)} missing"
        raise ValueError(message)
    name = name.replace(os.sep, "/")
    return FileTotals(name, executed, missing, statements=count, branches=branches, missing_branches=left)


def _lines(numbers: Sequence[object], *, first: int = 1) -> list[int]:
    """Return a list of line numbers, if it is one."""
    lines = [number for number in numbers if type(number) is int and number >= first]
    if len(lines) != len(numbers):
        message = f"{numbers!r} are not all line numbers"
        raise ValueError(message)
    return lines


def _branches(pairs: Sequence[Sequence[object]]) -> list[Branch]:
    """Return a list of branches, if it is one."""
    branches = [
        (source, target) for source, target in pairs if type(source) is int and type(target) is int and source > 0
    ]
    if len(branches) != len(pairs):
        message = f"{pairs!r} are not all branches"
        raise ValueError(message)
    return branches
