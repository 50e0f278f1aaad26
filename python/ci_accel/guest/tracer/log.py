"""The log: one record a line (process, kind, fields, between tabs), buffered, each once in a process."""

from __future__ import annotations

import _imp
import os
import posix
import sys

TYPE_CHECKING = False  # the name that type checkers know; typing is not to be imported before the builder does
if TYPE_CHECKING:
    from collections.abc import Callable

VERSION = b"1"
ROOM = 32 * 1024
"""Bytes that are kept before they are written."""

_SAFE = bytes({*range(0x20, 256)} - {*b"%\x7f"})

_ENCODING = sys.getfilesystemencoding()
_ERRORS = sys.getfilesystemencodeerrors()


def escaped(field: bytes) -> bytes:
    """Return a field without the bytes that would end it."""
    return b"".join(b"%c" % byte if byte in _SAFE else b"%%%02X" % byte for byte in field)


def joined(fields: tuple[bytes, ...]) -> bytes:
    """Return fields as one line."""
    line = b"\t".join(fields)
    if len(line.translate(None, _SAFE)) == len(fields) - 1:  # all that is not safe are the tabs between them
        return line
    return b"\t".join(map(escaped, fields))


def absolute(path: str | bytes | os.PathLike[str] | None, folder: bytes | None = None) -> bytes:
    """Return a path from the root on, links and `..` as they are.

    Args:
        path: As it was given to a function of os; None is the current directory.
        folder: What it starts from if it is relative; None: the current directory.
    """
    if type(path) is str:  # noqa: SIM108 - the common case, which must not cost more
        name = path.encode(_ENCODING, _ERRORS)
    else:
        name = b"." if path is None else os.fsencode(path)
    if not name.startswith(b"/"):
        start = posix.getcwdb() if folder is None else folder
        name = start if name == b"." else start + b"/" + name
    while b"//" in name:
        name = name.replace(b"//", b"/")
    while b"/./" in name:
        name = name.replace(b"/./", b"/")
    return name


def opened_path(descriptor: int) -> bytes:
    """Return the path that a file descriptor was opened by.

    Raises:
        OSError: It has none, or none that this system tells.
    """
    if sys.platform == "darwin":
        import fcntl

        return fcntl.fcntl(descriptor, fcntl.F_GETPATH, bytes(1024)).rstrip(b"\0")
    path = posix.readlink(b"/proc/self/fd/%d" % descriptor)
    if not path.startswith(b"/"):
        message = f"file descriptor {descriptor} has no path"
        raise OSError(message)
    return path


class Log:
    """The records of this process.

    There is no lock, which a fork could leave locked: lists and sets are whole at any time. Threads may at worst write
    one record twice.

    Attributes:
        path: The file; this very object tells our own opening of it from that of a builder.
        known: What needs no second record: lines, and whatever is cheaper to compare than a line is to make.
        before_end: Records what is only known when the program ends or gives way to another.
    """

    def __init__(self, path: bytes) -> None:
        """Begin the records of an interpreter that was just started."""
        self.path = path
        self.known: set[object] = set()
        self.before_end: Callable[[], None] = lambda: None
        is_worker = "--multiprocessing-fork" in getattr(sys, "orig_argv", ())
        self._begin(b"worker" if is_worker else b"exec", posix.getppid())

    def begin_again(self) -> None:
        """Begin the records of a forked process: those of its parent are not its own."""
        self._begin(b"fork", self._pid)
        self.flush()

    def _begin(self, how: bytes, parent: int) -> None:
        self._pid = posix.getpid()
        self._prefix = b"%d\t" % self._pid
        self._lines: list[bytes] = []
        self._size = 0
        # A pool kills its workers when they are done. So they say at once what they do, and need not say that they end.
        self._room = ROOM if how == b"exec" else 0
        self._ended = False
        self.known.clear()
        facts = (
            sys.executable or "",
            sys.implementation.cache_tag or "",
            str(sys.flags.optimize),
            _imp.check_hash_based_pycs,
            sys.prefix,
            str(int(sys.flags.dont_write_bytecode)),
        )
        self.write(b"start", VERSION, b"%d" % parent, how, *map(os.fsencode, facts))

    def record(self, kind: bytes, *fields: bytes) -> None:
        """Write a record unless this process has written the same."""
        line = joined((kind, *fields))
        if line not in self.known:
            self.known.add(line)
            self._append(line)

    def write(self, kind: bytes, *fields: bytes) -> None:
        """Write a record."""
        self._append(joined((kind, *fields)))

    def doubt(self, words: str | Exception) -> None:
        """Record that something could not be seen."""
        if isinstance(words, Exception):
            words = f"{type(words).__name__}: {words}"
        self.record(b"doubt", words.encode("utf-8", "backslashreplace"))

    def end(self) -> None:
        """Record that this process ends as it should: without this record it was killed."""
        if not self._ended:
            self._finish()
            self.write(b"end")
            self._ended = True
        self.flush()

    def leave(self) -> None:
        """Write out everything before another program takes the place of this one."""
        self._finish()
        self.flush()

    def _finish(self) -> None:
        """Record what is only known now."""
        try:
            self.before_end()
        except Exception as error:  # noqa: BLE001 - never the builder's
            self.doubt(error)

    def _append(self, line: bytes) -> None:
        self._lines.append(self._prefix + line + b"\n")
        self._size += len(line)
        if self._size > self._room or self._ended:
            self.flush()

    def flush(self) -> None:
        """Write out whole lines at once; what cannot be written stays, and the end with it."""
        lines, taken = self._lines, []
        self._size = 0
        try:
            while lines:  # one by one: another thread may be doing the same
                taken.append(lines.pop(0))
        except IndexError:
            pass
        if not taken:
            return
        text = b"".join(taken)
        try:
            file = posix.open(self.path, posix.O_WRONLY | posix.O_APPEND | posix.O_CLOEXEC)
            try:
                written = posix.write(file, text)
            finally:
                posix.close(file)
        except OSError:
            written = 0
        if written < len(text):
            lines.insert(0, text[written:])
