"""What a process tells: that it began, what measures it, that it forks, and how it ends."""

from __future__ import annotations

import _thread
import os
import posix
import sys

TYPE_CHECKING = False  # the name that type checkers know; typing is not to be imported before the program does
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CellType, FrameType, TracebackType
    from typing import Any

VERSION = b"1"

TOOLS = {b"coverage.py": "coverage.control", b"slipcover": "slipcover.slipcover"}
"""Tools by the module of theirs that is there when they measure, and that no test folder is called."""

STARTING = "_posixsubprocess"
"""The module by which programs are started."""

PATCHED = "_coverage$patched"
"""What coverage.py sets in multiprocessing when it saves the data of its workers."""

WORKERS = frozenset({"multiprocessing.popen_fork", "multiprocessing.forkserver"})
"""Modules that end workers by os._exit, after all that coverage.py does in them."""

FAILED = 1
"""The exit code of a worker in which that may have failed."""

MOST = 300
"""Bytes of a command line that are told."""


def command_line() -> bytes:
    """Return how this process was called, in one line."""
    words = getattr(sys, "orig_argv", None)  # from Python 3.10 on
    if words is None:
        try:
            file = posix.open("/proc/self/cmdline", posix.O_RDONLY | posix.O_CLOEXEC)
            try:
                line = posix.read(file, MOST).replace(b"\0", b" ")
            finally:
                posix.close(file)
        except OSError:
            line = os.fsencode(sys.executable or "")
    else:
        line = os.fsencode(" ".join(words))
    return b" ".join(line[:MOST].split())


class Witness:
    """The records of this process.

    Args:
        path: The log.
    """

    def __init__(self, path: bytes) -> None:
        """Tell of an interpreter that was just started."""
        self._path = path
        self._flags = posix.O_WRONLY | posix.O_APPEND | posix.O_CLOEXEC
        self._is_whole = True
        self._knows_programs = False
        self._forking: set[int] = set()
        self._missing = dict(TOOLS)
        self._files: set[bytes] = set()
        self._command = command_line()
        # When an interpreter ends, its modules and builtins are gone before the last event.
        self._modules = sys.modules
        # The tracer may stand in the place of posix.open, and has no more names then than we have.
        self._open = getattr(posix.open, "__wrapped__", posix.open)
        self._write, self._close, self._getpid = posix.write, posix.close, posix.getpid
        self._start(b"exec", posix.getppid())

    def _start(self, how: bytes, parent: int) -> None:
        self._own = posix.getpid()
        self._find()
        tools = b",".join(sorted(set(TOOLS) - set(self._missing)))
        self.say(b"start", VERSION, how, b"%d" % parent, tools, self._command)

    def _find(self) -> list[bytes]:
        """Return the tools that were imported since the last time."""
        found = [tool for tool, module in self._missing.items() if module in self._modules]
        for tool in found:
            self._missing.pop(tool, None)
        return found

    def say(self, kind: bytes, *fields: bytes) -> None:
        """Write a record. Where one cannot be written, there will be no `end`."""
        line = b"%d\t%s\n" % (self._getpid(), b"\t".join((kind, *fields)))
        try:
            file = self._open(self._path, self._flags)
            try:
                if self._write(file, line) < len(line):
                    self._is_whole = False
            finally:
                self._close(file)
        except OSError:
            self._is_whole = False

    def doubt(self) -> None:
        """See to it that there will be no `end`."""
        self._is_whole = False

    def end(self) -> None:
        """Tell that this process has ended in good order. Names no builtin and no global."""
        if self._is_whole:
            file = self._open(self._path, self._flags)
            self._write(file, b"%d\tend\n" % self._getpid())
            self._close(file)

    def imported(self, name: str = "", *_details: Any) -> None:
        """Look whether what is being imported is a tool, or a part of one, or starts programs."""
        if name == STARTING and not self._knows_programs:
            self.watch_programs()
        if self._missing:
            for tool in self._find():
                self.say(b"imports", tool)

    def watch_programs(self) -> None:
        """See the programs that this process starts; not all do."""
        self._knows_programs = True  # before the import, which is an event as well
        from .programs import watch

        watch(self, self._path)

    def forks(self) -> None:
        """Tell that this process is about to fork."""
        self.imported()
        self.say(b"fork")
        self._forking.add(_thread.get_ident())

    def begin_again(self) -> None:
        """Tell of a process that was forked by Python code; one that a preexec_fn runs in becomes a program at once."""
        if _thread.get_ident() in self._forking:
            self._forking.clear()
            self._files.clear()
            self._start(b"fork", self._own)

    def forked(self) -> None:
        """Remember that the fork is over."""
        self._forking.discard(_thread.get_ident())

    def connects(self, database: Any) -> None:
        """Tell of the data file that coverage.py is about to put what it measured into; it does so each time anew."""
        name = os.fsencode(database)
        if name.startswith(b"file:") or name in self._files:
            return
        frame: FrameType | None = sys._getframe(2)  # noqa: SLF001 - public, in spite of its name
        while frame is not None:
            if frame.f_globals.get("__name__") == "coverage.collector":
                self._files.add(name)
                self.say(b"saves", name.replace(b"\t", b"?").replace(b"\n", b"?"))
                return
            frame = frame.f_back

    def becomes(self, *_details: Any) -> None:
        """Tell that another program is about to take this one's place."""
        self.imported()
        self.say(b"exec", what_becomes_of_data(sys._getframe(2)))  # noqa: SLF001 - public, in spite of its name

    def exits(self, caller: FrameType, code: Any) -> None:
        """Tell that this process is about to end at once."""
        self.imported()
        is_over = caller.f_globals.get("__name__") in WORKERS and code != FAILED
        # By then coverage.py has saved the data of a worker that multiprocessing runs, if it does so at all.
        is_saved = is_over and hasattr(sys.modules.get("multiprocessing"), PATCHED)
        self.say(b"exit", b"saved" if is_saved else what_becomes_of_data(caller))

    def signals(self, process: int, _number: int) -> None:
        """Tell that coverage.py, which has saved its data at SIGTERM, now lets the signal end this process."""
        caller = sys._getframe(2)  # noqa: SLF001 - public, in spite of its name
        if process == posix.getpid() and caller.f_globals.get("__name__") == "coverage.control":
            self.say(b"exit", b"saved")

    def fails(self, _hook: Any, unraisable: Any) -> None:
        """Tell of an error that coverage.py met while the interpreter ended; nobody else hears of it."""
        traceback: TracebackType | None = unraisable.exc_traceback
        while traceback is not None:
            if str(traceback.tb_frame.f_globals.get("__name__", "")).partition(".")[0] == "coverage":
                words = f"{unraisable.exc_type.__name__}: {unraisable.exc_value}"
                self.say(b"fails", b" ".join(words.encode("utf-8", "backslashreplace").split())[:MOST])
                return
            traceback = traceback.tb_next


def what_becomes_of_data(caller: FrameType) -> bytes:
    """Return what becomes of what coverage.py measured when a process ends without anything being run at exit.

    Args:
        caller: Who ends it.
    """
    module = sys.modules.get("coverage.control")
    if caller.f_globals.get("__name__") == "coverage.patch":
        return b"saved"
    if module is None:
        return b"idle"
    try:
        return b"idle" if module.Coverage.current() is None else b"unsaved"
    except AttributeError:  # it is still being imported
        return b"idle"


def contents(cell: CellType) -> Any:
    """Return what a function has of another's variable; None if there is nothing."""
    try:
        return cell.cell_contents
    except ValueError:
        return None


def beneath(wrapper: Callable[..., Any], original: Callable[..., Any], replacement: Callable[..., Any]) -> bool:
    """Put a function in the place of the one that another wraps; return whether it was found there."""
    for cell in getattr(wrapper, "__closure__", None) or ():
        if contents(cell) is original:
            cell.cell_contents = replacement
            return True
    return False


def watch_exit(witness: Witness) -> None:
    """Take the place of os._exit, which runs nothing that was registered."""
    original = posix._exit  # noqa: SLF001 - public, in spite of its name

    def _exit(*arguments: Any, **keywords: Any) -> Any:
        try:
            caller = sys._getframe(1)  # noqa: SLF001 - public, in spite of its name
            witness.exits(caller, arguments[0] if arguments else keywords.get("status"))
        except Exception:  # noqa: BLE001 - never the program's
            witness.doubt()
        return original(*arguments, **keywords)

    _exit.__doc__, _exit.__module__ = original.__doc__, original.__module__
    # coverage.py, where a .pth file has started it, may have wrapped it before us; it is to save before we tell.
    if os._exit is original or not beneath(os._exit, original, _exit):
        setattr(os, "_exit", _exit)  # noqa: B010 - mypy knows that it never returns
    setattr(posix, "_exit", _exit)  # noqa: B010 - the same


def start(path: bytes) -> None:
    """Tell from now on of this process.

    Args:
        path: The log.
    """
    witness = Witness(path)
    if STARTING in sys.modules:
        witness.watch_programs()
    watch_exit(witness)
    os.register_at_fork(after_in_child=witness.begin_again, after_in_parent=witness.forked)
    handlers: dict[str, Callable[..., None]] = {
        # The last event of an interpreter: what coverage.py registers at exit was called before it, in any order.
        "cpython.PyInterpreterState_Clear": witness.end,
        "import": witness.imported,
        "os.exec": witness.becomes,
        "os.fork": witness.forks,
        "os.forkpty": witness.forks,
        "os.kill": witness.signals,
        "sqlite3.connect": witness.connects,
        "sys.unraisablehook": witness.fails,
    }
    find, ordinary = handlers.get, Exception  # when an interpreter ends, that has no name any more

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        tell = find(event)
        if tell is not None:
            try:
                tell(*arguments)
            except ordinary:  # never the program's
                witness.doubt()

    sys.addaudithook(hook)
