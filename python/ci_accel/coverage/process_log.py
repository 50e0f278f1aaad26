"""Reads the log that the witness writes of a part's processes, and returns why its data may be incomplete.

The log has one record for each event of a Python process: start, import of a measuring tool, fork, exec, exit, end.
A *program* is what one process runs from its start or fork to its end or exec: a process that execs is two programs.
"""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, get_args

from ci_accel.coverage.info import CoverageFormat
from ci_accel.processes.process_state import is_alive

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

VERSION = "1"
"""Version of the log's format, as written by ci_accel.guest.witness."""

PATIENCE = 5.0
"""Seconds to wait for processes that outlive the part's command, mostly servers of multiprocessing."""

PAUSE = 0.02
"""Seconds between two reads of the log while waiting."""

MAX_BYTES = 256 * 1024 * 1024
"""Size limit of the log; a larger log is not read."""

ISOLATED = "run Python without -I, -E and -S, and keep PYTHONPATH and CI_ACCEL_WITNESS in its environment"
"""Advice for processes that the witness did not see."""

MAX_SHOWN = 60
"""Number of characters of a command line in a message."""

HASH = re.compile(r"\.H\w{10}h$")
"""Suffix that coverage.py appends to the name of a finished data file."""


class LogError(Exception):
    """A log that cannot be read. The text is the reason."""


@dataclass(slots=True, eq=False)
class Program:
    """One program in one process.

    Attributes:
        process: Process id.
        parent: Process id of the parent.
        is_forked: Whether the process was forked from its parent, with everything that the parent had imported.
        tools: Measuring tools that were imported.
        command: The beginning of the command line.
        forked_with: Measuring tools that were imported at the time of a fork.
        forks: Number of forks.
        spawned: Process ids of Python processes that it started to be measured.
        failure: Why coverage.py could not save its data; empty if it could.
        ending: "end", "exit" or "exec"; empty if no end was recorded.
        data: State of coverage.py's data at `exit` and `exec`: "idle", "saved" or "unsaved".
        files: Data files that coverage.py wrote.
    """

    process: int
    parent: int
    is_forked: bool
    tools: set[str]
    command: str
    forked_with: set[str] = field(default_factory=set)
    forks: int = 0
    spawned: set[int] = field(default_factory=set)
    failure: str = ""
    ending: str = ""
    data: str = ""
    files: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        command = self.command if len(self.command) <= MAX_SHOWN else self.command[:MAX_SHOWN] + "..."
        return f"process {self.process} ({command})"

    def is_running(self) -> bool:
        """Return whether no end was recorded and the process exists."""
        return not self.ending and is_alive(self.process)


def read(log: str | os.PathLike[str]) -> list[Program]:
    """Return the programs in a log, in the order of their starts.

    Raises:
        LogError: The log is missing, truncated or of another version, or has records of a process without a start.
    """
    try:
        with open(log, "rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        message = f"the log of its processes cannot be read: {error.strerror or error}"
        raise LogError(message) from None
    if len(content) > MAX_BYTES:
        message = f"the log of its processes is larger than {MAX_BYTES:,} bytes"
        raise LogError(message)
    if content and not content.endswith(b"\n"):
        message = "the log of its processes is truncated"
        raise LogError(message)
    programs: list[Program] = []
    current: dict[str, Program] = {}
    try:
        for line in content.decode("utf-8", "surrogateescape").split("\n")[:-1]:
            process, kind, *fields = line.split("\t")
            if kind == "start":
                current[process] = _started(int(process), fields)
                programs.append(current[process])
            else:
                _add_record(current[process], kind, fields)
    except KeyError as error:
        message = f"the start of its process {error.args[0]} was not recorded: compiled code forked it"
        raise LogError(message) from None
    except ValueError:
        message = "the log of its processes is damaged or of another version"
        raise LogError(message) from None
    return programs


def _started(process: int, fields: Sequence[str]) -> Program:
    """Return the program that a `start` record begins.

    Raises:
        ValueError: The record has other fields, or another version.
    """
    version, how, parent, tools, command = fields
    if version != VERSION:
        raise ValueError(version)
    return Program(process, int(parent), how == "fork", set(filter(None, tools.split(","))), command)


def _add_record(program: Program, kind: str, fields: Sequence[str]) -> None:
    """Add a record to a program.

    Raises:
        ValueError: The kind of record is unknown, or has other fields.
    """
    if kind == "imports":
        program.tools.update(fields)
    elif kind == "fork":
        program.forked_with |= program.tools
        program.forks += 1
    elif kind == "spawns":
        program.spawned.update(map(int, fields))
    elif kind == "fails":
        (program.failure,) = fields
    elif kind == "saves":
        program.files.update(fields)
    elif kind in {"exec", "exit"}:
        program.ending = kind
        (program.data,) = fields
    elif kind == "end":
        program.ending, program.data = kind, ""
    else:
        raise ValueError(kind)


def imported_tools(log: str | os.PathLike[str]) -> set[CoverageFormat]:
    """Return the measuring tools that the processes of a part imported; empty if the log cannot be read."""
    try:
        imported = {tool for program in read(log) for tool in program.tools}
    except LogError:
        return set()
    return {tool for tool in get_args(CoverageFormat) if tool in imported}


def settle(log: str | os.PathLike[str], *, tool: CoverageFormat | None = None, patience: float = PATIENCE) -> None:
    """Wait until the measured processes of a part have ended; they may still save data after the part's command ended.

    Args:
        log: The part's log.
        tool: The measuring tool; None: whichever the processes have imported.
        patience: Seconds after which to stop waiting. `doubts` then reports the processes that still run.
    """
    until = time.monotonic() + patience
    while time.monotonic() < until:
        try:
            programs = read(log)
        except LogError:
            return
        tools = {tool} if tool else {name for program in programs for name in program.tools}
        is_measuring = any(tools & program.tools and program.is_running() for program in programs)
        # slipcover does not measure children, so unseen ones do not matter.
        if not is_measuring and (tools == {"slipcover"} or not unseen(log, programs)):
            return
        time.sleep(PAUSE)


def doubts(
    log: str | os.PathLike[str], *, tool: CoverageFormat, members: Iterable[str | os.PathLike[str]] = ()
) -> list[str]:
    """Return why the data of a part may be incomplete.

    A slipcover part is complete if exactly one process was measured, did not fork and ended normally. A coverage.py
    part is complete if each measured process ended normally and each file that one saved belongs to the part.

    Args:
        log: The part's log, after `settle`.
        tool: The measuring tool.
        members: The part's data files, for coverage.py.

    Returns:
        The reasons; empty if the data is complete.
    """
    try:
        programs = read(log)
    except LogError as error:
        return [str(error)]
    measured = [program for program in programs if tool in program.tools]
    if not measured:
        others = sorted({name for program in programs for name in program.tools})
        if others:
            return [f"its processes imported {' and '.join(others)}, not {tool}: correct `tool`, or remove it"]
        return [f"none of its processes imported {tool}: {ISOLATED}"]
    if tool == "slipcover":
        return _doubts_of_slipcover(measured)
    running = [f"its process {process} is still running" for process in unseen(log, programs)]
    return running + _doubts_of_coverage_py(programs, measured, {os.path.realpath(member) for member in members})


def _doubts_of_slipcover(measured: Sequence[Program]) -> list[str]:
    """Return why slipcover's data may lack what other processes executed."""
    remedy = "slipcover silently loses the data of killed workers: run each worker as its own part"
    forked = [program for program in measured if "slipcover" in program.forked_with]
    if forked:
        return [f"its {program} forked, and {remedy}" for program in forked]
    if len(measured) > 1:
        others = "; ".join(str(program) for program in measured[1:])
        return [f"slipcover measured more than one process, also {others}, and {remedy}"]
    (program,) = measured
    return [] if program.ending == "end" else [f"its {program} did not end normally"]


def _doubts_of_coverage_py(
    programs: Sequence[Program], measured: Sequence[Program], members: Collection[str]
) -> list[str]:
    """Return which processes may have executed lines that are not in the part's data files."""
    reasons: list[str] = []
    writers: dict[str, list[Program]] = {}
    for program in measured:
        if program.failure:
            reasons.append(f"coverage.py could not save the data of its {program}: {program.failure}")
        if not program.ending or program.data == "unsaved":
            reasons.append(f"its {program} left no complete data: {_abnormal_end(program)}")
        reasons += _unseen_children(program, programs)
        for path in sorted(program.files):
            writers.setdefault(path, []).append(program)
    for path, same in writers.items():
        if not any(HASH.sub("", member) == HASH.sub("", os.path.realpath(path)) for member in members):
            reasons.append(f"its {same[0]} saved its data in {path}: let COVERAGE_FILE name the part")
        if len(same) > 1:
            shown = " and ".join(str(program) for program in same)
            reasons.append(f"its {shown} wrote the same data file: set parallel = true")
    return reasons


def _unseen_children(program: Program, programs: Sequence[Program]) -> list[str]:
    """Return reasons for children that were started to be measured and whose start was not recorded."""
    forked = sum(other.is_forked and other.parent == program.process for other in programs)
    started = {other.process for other in programs if not other.is_forked}
    missing = [f"process {process}" for process in sorted(program.spawned - started)]
    missing += ["a forked process"] * (program.forks > forked)
    return [f"its {program} started {child}, which was killed before it was measured" for child in missing]


def _abnormal_end(program: Program) -> str:
    """Return how a program ended without saving its data, with the setting of coverage.py that would save it."""
    if program.ending == "exit":
        return "it called os._exit (coverage.py saves the data with patch = _exit)"
    if program.ending == "exec":
        return "another program replaced it (coverage.py saves the data with patch = execv)"
    if is_alive(program.process):
        return "it is still running"
    return "it was killed (coverage.py saves the data at SIGTERM with sigterm = true)"


def unseen(log: str | os.PathLike[str], programs: Iterable[Program]) -> list[int]:
    """Return process ids of running Python processes of the part that have not recorded their start.

    Finds children that a recorded process spawned and, where there is a /proc, every process with this log in its
    environment.
    """
    from ci_accel.guest.carrier import is_interpreter

    seen = {program.process for program in programs}
    silent = {process for program in programs for process in program.spawned} - seen
    carried = b"\0CI_ACCEL_WITNESS=" + os.fsencode(os.path.abspath(log)) + b"\0"
    found = [process for process in sorted(silent) if is_alive(process)]
    try:
        processes = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return found
    for process in processes:
        try:
            with open(f"/proc/{process}/environ", "rb") as file:
                is_ours = carried in b"\0" + file.read()
        except OSError:  # the process has ended, or belongs to another user
            continue
        if is_ours and process not in seen | silent and is_interpreter(f"/proc/{process}/exe") and is_alive(process):
            found.append(process)
    return found
