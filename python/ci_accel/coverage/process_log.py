"""The processes of a part, as the witness has seen them, and what they say against its coverage data.

A *life* is one program in one process, from its start or fork to its end: a process that becomes another program by
exec has two.
"""

from __future__ import annotations

import os
import re
import time

TYPE_CHECKING = False  # the name that type checkers know; importing typing would cost 7 ms
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from ci_accel.coverage.info import CoverageFormat

VERSION = "1"
"""Of the log, as ci_accel.guest.witness writes it."""

PATIENCE = 5.0
"""Seconds that processes have to end when the part's own command has: above all servers that multiprocessing leaves."""

PAUSE = 0.02
"""Seconds between two looks."""

MOST_BYTES = 256 * 1024 * 1024
"""A longer log is not read."""

UNSEEN = "run Python without -I, -E and -S, and leave PYTHONPATH and CI_ACCEL_WITNESS in its environment"
"""What to do where the witness saw nothing."""

SHOWN = 60
"""Characters of a command line in a doubt."""

HASH = re.compile(r"\.H\w{10}h$")
"""What coverage.py adds to the name of a data file when it is whole."""


class LogError(Exception):
    """A log that cannot be read; its text says why."""


class Life:
    """One program in one process.

    Attributes:
        process: Its number.
        parent: That of the process that started it.
        is_forked: Whether it was forked from its parent, with all that this one had imported.
        tools: Tools that it had imported, in the end.
        forked_with: Tools that it had imported when it forked.
        forks: How often it forked.
        spawned: Pythons that it started to be measured.
        failure: Why coverage.py could not save its data, if it could not.
        ending: `end`, `exit` or `exec`; an empty string: none was seen.
        data: What became of its data at `exit` and `exec`: `idle`, `saved` or `unsaved`.
        files: Data files that coverage.py put into what it measured.
        command: Its command line, or the beginning of it.
    """

    __slots__ = (
        "command",
        "data",
        "ending",
        "failure",
        "files",
        "forked_with",
        "forks",
        "is_forked",
        "parent",
        "process",
        "spawned",
        "tools",
    )

    def __init__(self, process: int, parent: int, *, is_forked: bool, tools: Iterable[str], command: str) -> None:
        """Begin one."""
        self.process = process
        self.parent = parent
        self.is_forked = is_forked
        self.tools = set(tools)
        self.forked_with: set[str] = set()
        self.forks = 0
        self.spawned: set[int] = set()
        self.failure = ""
        self.ending = ""
        self.data = ""
        self.files: set[str] = set()
        self.command = command

    def __str__(self) -> str:
        """Name it for a reader."""
        command = self.command if len(self.command) <= SHOWN else self.command[:SHOWN] + "..."
        return f"process {self.process} ({command})"

    def is_running(self) -> bool:
        """Whether it has not told of its end, and its process is there."""
        return not self.ending and is_alive(self.process)


def unseen(log: str | os.PathLike[str], lives: Iterable[Life]) -> list[int]:
    """Return Python processes of the part that run and have not told of their beginning, as far as the system tells."""
    from ci_accel.guest.carrier import is_interpreter

    seen = {life.process for life in lives}
    silent = {process for life in lives for process in life.spawned} - seen
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
        except OSError:  # it has just ended, or is somebody else's
            continue
        if is_ours and process not in seen | silent and is_interpreter(f"/proc/{process}/exe") and is_alive(process):
            found.append(process)
    return found


def is_alive(process: int) -> bool:
    """Whether a process is there, and no zombie: in a container nobody may ever ask for the exit code of an orphan."""
    try:
        with open(f"/proc/{process}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()[0] != b"Z"
    except (FileNotFoundError, ProcessLookupError):
        if os.path.exists("/proc/self/stat"):
            return False
    except (OSError, IndexError):
        pass
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def read(log: str | os.PathLike[str]) -> list[Life]:
    """Return the lives in a log, as they began.

    Raises:
        LogError: It is missing, torn, of another version, or has records of a process that did not say that it began.
    """
    try:
        with open(log, "rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        message = f"the record of its processes cannot be read: {error.strerror or error}"
        raise LogError(message) from None
    if len(content) > MOST_BYTES or (content and not content.endswith(b"\n")):
        message = "the record of its processes is torn"
        raise LogError(message)
    lives: list[Life] = []
    current: dict[str, Life] = {}
    try:
        for line in content.decode("utf-8", "surrogateescape").split("\n")[:-1]:
            process, kind, *fields = line.split("\t")
            if kind == "start":
                current[process] = begin(int(process), fields)
                lives.append(current[process])
            else:
                tell(current[process], kind, fields)
    except KeyError as error:
        message = f"its process {error.args[0]} was not seen to begin: it was forked by compiled code"
        raise LogError(message) from None
    except ValueError:
        message = "the record of its processes is torn or of another version"
        raise LogError(message) from None
    return lives


def begin(process: int, fields: Sequence[str]) -> Life:
    """Return a life that a record begins.

    Raises:
        ValueError: It is no such record, or of another version.
    """
    version, how, parent, tools, command = fields
    if version != VERSION:
        raise ValueError(version)
    return Life(process, int(parent), is_forked=how == "fork", tools=filter(None, tools.split(",")), command=command)


def tell(life: Life, kind: str, fields: Sequence[str]) -> None:
    """Add a record to a life.

    Raises:
        ValueError: There is no such record.
    """
    if kind == "imports":
        life.tools.update(fields)
    elif kind == "fork":
        life.forked_with |= life.tools
        life.forks += 1
    elif kind == "spawns":
        life.spawned.update(map(int, fields))
    elif kind == "fails":
        (life.failure,) = fields
    elif kind == "saves":
        life.files.update(fields)
    elif kind in {"exec", "exit"}:
        life.ending = kind
        (life.data,) = fields
    elif kind == "end":
        life.ending, life.data = kind, ""
    else:
        raise ValueError(kind)


def settle(log: str | os.PathLike[str], *, tool: CoverageFormat, patience: float = PATIENCE) -> None:
    """Wait for the measured processes of a part, whose own command has ended, to end as well: they may save data yet.

    Args:
        log: The part's.
        tool: What measures.
        patience: Seconds after which those that still run are left to `doubts`.
    """
    until = time.monotonic() + patience
    while time.monotonic() < until:
        try:
            lives = read(log)
        except LogError:
            return
        is_waited_for = any(tool in life.tools and life.is_running() for life in lives)
        if not is_waited_for and (tool == "slipcover" or not unseen(log, lives)):
            return
        time.sleep(PAUSE)


def doubts(
    log: str | os.PathLike[str], *, tool: CoverageFormat, members: Iterable[str | os.PathLike[str]] = ()
) -> list[str]:
    """Tell why the data of a part may not be whole.

    A part of slipcover proves one process, which never forked. One of coverage.py proves each measured process: it has
    ended in good order, and whatever it saved is a member of the part.

    Args:
        log: The part's, `settle`d.
        tool: What measured.
        members: The data files of the part, for coverage.py.

    Returns:
        The reasons; none if nothing speaks against it.
    """
    try:
        lives = read(log)
    except LogError as error:
        return [str(error)]
    measured = [life for life in lives if tool in life.tools]
    if not measured:
        return [f"none of its processes was seen to be measured by {tool}: {UNSEEN}"]
    if tool == "slipcover":
        return doubts_of_slipcover(measured)
    running = [f"its process {process} is still running" for process in unseen(log, lives)]
    return running + doubts_of_coverage(lives, measured, {os.path.realpath(member) for member in members})


def doubts_of_slipcover(measured: Sequence[Life]) -> list[str]:
    """Tell why one process may not be all that was measured."""
    remedy = "slipcover loses killed workers silently: run each worker as its own part"
    forked = [life for life in measured if "slipcover" in life.forked_with]
    if forked:
        return [f"its {life} forked, and {remedy}" for life in forked]
    if len(measured) > 1:
        others = "; ".join(str(life) for life in measured[1:])
        return [f"slipcover measured more than one process, also {others}, and {remedy}"]
    (life,) = measured
    return [] if life.ending == "end" else [f"its {life} did not end in good order"]


def doubts_of_coverage(lives: Sequence[Life], measured: Sequence[Life], members: Collection[str]) -> list[str]:
    """Tell which processes may have measured more than is in the data files."""
    reasons: list[str] = []
    writers: dict[str, list[Life]] = {}
    for life in measured:
        if life.failure:
            reasons.append(f"coverage.py could not save the data of its {life}: {life.failure}")
        if not life.ending or life.data == "unsaved":
            reasons.append(f"its {life} {how_it_ended(life)}")
        reasons += children_that_said_nothing(life, lives)
        for path in sorted(life.files):
            writers.setdefault(path, []).append(life)
    for path, same in writers.items():
        if not any(HASH.sub("", member) == HASH.sub("", os.path.realpath(path)) for member in members):
            reasons.append(f"its {same[0]} saved its data elsewhere, in {path}: let COVERAGE_FILE name the part")
        if len(same) > 1:
            shown = " and ".join(str(life) for life in same)
            reasons.append(f"its {shown} wrote the same data file: set parallel = true")
    return reasons


def children_that_said_nothing(life: Life, lives: Sequence[Life]) -> list[str]:
    """Tell of children of a life that are to be measured and did not say that they began."""
    forked = sum(other.is_forked and other.parent == life.process for other in lives)
    began = {other.process for other in lives if not other.is_forked}
    silent = [f"process {process}" for process in sorted(life.spawned - began)]
    silent += ["a process that it forked"] * (life.forks > forked)
    return [f"its {life} started {child}, which was killed before it began to be measured" for child in silent]


def how_it_ended(life: Life) -> str:
    """Say what a life did instead of ending in good order."""
    lost = "left no complete data"
    if life.ending == "exit":
        return f"{lost}: os._exit ended it (coverage.py saves there with patch = _exit)"
    if life.ending == "exec":
        return f"{lost}: another program took its place (coverage.py saves there with patch = execv)"
    if is_alive(life.process):
        return f"{lost}: it is still running"
    return f"{lost}: it was killed (coverage.py saves at SIGTERM with sigterm = true)"
