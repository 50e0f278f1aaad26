"""The witness's log: a process records its start, what measures it, its forks and its end.

A record is one line, its fields between tabs: the process, a kind, and

- `start`: version of the log, `exec` or `fork`, the parent, the tools that are imported already, the command line;
- `imports`: a tool that is imported from now on;
- `fork`: the process is about to fork;
- `spawns`: a Python program that it has started and that is to be measured;
- `saves`: the data file into which coverage.py writes its measurement;
- `fails`: the error with which coverage.py could not save its data;
- `exec`, `exit`: another program takes the place of the process, or os._exit ends it; then the state of its data:
  `idle` (nothing was measured), `saved` or `unsaved`;
- `end`: the process has ended after everything that was registered to run at exit.

A process without `end`, `exit` or `exec` was killed, or is still running. The log is read by
`ci_accel.coverage.process_log`.
"""

from __future__ import annotations

import _thread
import os
import posix
import sys

from ..records import Records
from .programs import Programs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CellType, FrameType, TracebackType
    from typing import Any

VERSION = b"1"
"""Version of the log's format."""

TOOLS = {b"coverage.py": "coverage.control", b"slipcover": "slipcover.slipcover"}
"""Modules that are imported when a tool measures; no folder with tests has such a name."""

STARTING = "_posixsubprocess"
"""The module that starts programs."""

PATCHED = "_coverage$patched"
"""Attribute of multiprocessing that coverage.py sets when it saves the data of workers."""

WORKERS = frozenset({"multiprocessing.popen_fork", "multiprocessing.forkserver"})
"""Modules that end workers with os._exit, after everything that coverage.py does in them."""

FAILED = 1
"""Exit code of a worker that may have failed to save its data."""

MOST = 300
"""Length in bytes to which command lines and errors are cut."""


def command_line() -> bytes:
    """Return the command line of this process, in one line."""
    return b" ".join(os.fsencode(" ".join(sys.orig_argv))[:MOST].split())


class Witness:
    """The records of this process.

    Args:
        path: The log file, which exists.
    """

    def __init__(self, path: bytes) -> None:
        self._records = Records(path)
        self._is_complete = True
        self._programs = Programs(path, self.write)
        self._knows_programs = False
        self._forking: set[int] = set()
        self._missing = dict(TOOLS)
        self._files: set[bytes] = set()
        self._command = command_line()
        # When an interpreter ends, its modules and builtins are gone before the last event.
        self._modules, self._getpid = sys.modules, posix.getpid
        self._start(b"exec", posix.getppid())

    def _start(self, how: bytes, parent: int) -> None:
        self._own = posix.getpid()
        self._find()
        tools = b",".join(sorted(set(TOOLS) - set(self._missing)))
        self.write(b"start", VERSION, how, b"%d" % parent, tools, self._command)

    def _find(self) -> list[bytes]:
        """Return the tools that were imported since the last call."""
        found = [tool for tool, module in self._missing.items() if module in self._modules]
        for tool in found:
            self._missing.pop(tool, None)
        return found

    def write(self, kind: bytes, *fields: bytes) -> None:
        """Write a record. If that fails, the process will have no `end`."""
        line = b"%d\t%s\n" % (self._getpid(), b"\t".join((kind, *fields)))
        try:
            if self._records.append(line) < len(line):
                self._is_complete = False
        except OSError:
            self._is_complete = False

    def doubt(self) -> None:
        """Write no `end`: a record may be missing."""
        self._is_complete = False

    def end(self) -> None:
        """Record an orderly end. Uses no builtin and no global, which are gone by then."""
        if self._is_complete:
            self._records.append(b"%d\tend\n" % self._getpid())

    def imported(self, name: str = "", *_details: Any) -> None:
        """Record a tool when it, or a part of it, is imported; watch the module that starts programs."""
        if name == STARTING and not self._knows_programs:
            self.watch_programs()
        if self._missing:
            for tool in self._find():
                self.write(b"imports", tool)

    def watch_programs(self) -> None:
        """Record programs that this process starts. Not every process imports the module that does so."""
        self._knows_programs = True  # set before the import, which is an audit event as well
        self._programs.watch()

    def forks(self) -> None:
        """Record that this process is about to fork."""
        self.imported()
        self.write(b"fork")
        self._forking.add(_thread.get_ident())

    def begin_again(self) -> None:
        """Record the start of a process that Python code forked; after a preexec_fn, the child becomes a program."""
        if _thread.get_ident() in self._forking:
            self._forking.clear()
            self._files.clear()
            self._start(b"fork", self._own)

    def forked(self) -> None:
        """Remember that the fork is over."""
        self._forking.discard(_thread.get_ident())

    def connects(self, database: Any) -> None:
        """Record the data file that coverage.py opens to save its measurement; it opens the file several times."""
        name = os.fsencode(database)
        if name.startswith(b"file:") or name in self._files:
            return
        frame: FrameType | None = sys._getframe(2)  # noqa: SLF001 - a public function
        while frame is not None:
            if frame.f_globals.get("__name__") == "coverage.collector":
                self._files.add(name)
                self.write(b"saves", name.replace(b"\t", b"?").replace(b"\n", b"?"))
                return
            frame = frame.f_back

    def becomes(self, *_details: Any) -> None:
        """Record that another program is about to take the place of this process."""
        self.imported()
        self.write(b"exec", state_of_data(sys._getframe(2)))  # noqa: SLF001 - a public function

    def exits(self, caller: FrameType, code: Any) -> None:
        """Record that os._exit is about to end this process."""
        self.imported()
        is_over = caller.f_globals.get("__name__") in WORKERS and code != FAILED
        # By then coverage.py has saved the data of a multiprocessing worker, if it does so at all.
        is_saved = is_over and hasattr(sys.modules.get("multiprocessing"), PATCHED)
        self.write(b"exit", b"saved" if is_saved else state_of_data(caller))

    def signals(self, process: int, _number: int) -> None:
        """Record that coverage.py, which saves its data at SIGTERM, now lets the signal end this process."""
        caller = sys._getframe(2)  # noqa: SLF001 - a public function
        if process == posix.getpid() and caller.f_globals.get("__name__") == "coverage.control":
            self.write(b"exit", b"saved")

    def fails(self, _hook: Any, unraisable: Any) -> None:
        """Record an error in coverage.py while the interpreter ended; the exit code does not show it."""
        traceback: TracebackType | None = unraisable.exc_traceback
        while traceback is not None:
            if str(traceback.tb_frame.f_globals.get("__name__", "")).partition(".")[0] == "coverage":
                words = f"{unraisable.exc_type.__name__}: {unraisable.exc_value}"
                self.write(b"fails", b" ".join(words.encode("utf-8", "backslashreplace").split())[:MOST])
                return
            traceback = traceback.tb_next


def state_of_data(caller: FrameType) -> bytes:
    """Return the state of coverage.py's data when a process ends without running anything at exit.

    Args:
        caller: The frame that ends the process.
    """
    module = sys.modules.get("coverage.control")
    if caller.f_globals.get("__name__") == "coverage.patch":
        return b"saved"
    if module is None:
        return b"idle"
    try:
        return b"idle" if module.Coverage.current() is None else b"unsaved"
    except AttributeError:  # coverage.py is still being imported
        return b"idle"


def contents(cell: CellType) -> Any:
    """Return the contents of a closure's cell; None if it is empty."""
    try:
        return cell.cell_contents
    except ValueError:
        return None


def beneath(wrapper: Callable[..., Any], original: Callable[..., Any], replacement: Callable[..., Any]) -> bool:
    """Replace the function that another function wraps; return whether it was found."""
    for cell in getattr(wrapper, "__closure__", None) or ():
        if contents(cell) is original:
            cell.cell_contents = replacement
            return True
    return False


def watch_exit(witness: Witness) -> None:
    """Replace os._exit, which runs nothing that was registered to run at exit."""
    original = posix._exit  # noqa: SLF001 - a public function

    def _exit(*arguments: Any, **keywords: Any) -> Any:
        try:
            caller = sys._getframe(1)  # noqa: SLF001 - a public function
            witness.exits(caller, arguments[0] if arguments else keywords.get("status"))
        except Exception:  # noqa: BLE001 - the program's own call must not fail
            witness.doubt()
        return original(*arguments, **keywords)

    _exit.__doc__, _exit.__module__ = original.__doc__, original.__module__
    # coverage.py, if a .pth file has started it, may have wrapped os._exit before; it has to save before the record.
    if os._exit is original or not beneath(os._exit, original, _exit):
        setattr(os, "_exit", _exit)  # noqa: B010 - mypy knows that os._exit never returns
    setattr(posix, "_exit", _exit)  # noqa: B010 - the same


def start(path: bytes) -> None:
    """Record this process from now on.

    Args:
        path: The log file, which exists.
    """
    witness = Witness(path)
    if STARTING in sys.modules:
        witness.watch_programs()
    watch_exit(witness)
    os.register_at_fork(after_in_child=witness.begin_again, after_in_parent=witness.forked)
    handlers: dict[str, Callable[..., None]] = {
        # The last event of an interpreter, after everything that coverage.py registered to run at exit.
        "cpython.PyInterpreterState_Clear": witness.end,
        "import": witness.imported,
        "os.exec": witness.becomes,
        "os.fork": witness.forks,
        "os.forkpty": witness.forks,
        "os.kill": witness.signals,
        "sqlite3.connect": witness.connects,
        "sys.unraisablehook": witness.fails,
    }
    find, ordinary = handlers.get, Exception  # this name is gone when an interpreter ends

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        handler = find(event)
        if handler is not None:
            try:
                handler(*arguments)
            except ordinary:  # the program's own call must not fail
                witness.doubt()

    sys.addaudithook(hook)
