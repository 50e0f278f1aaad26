"""The tracer's log: buffered records of this process, and the paths in them."""

from __future__ import annotations

import _imp
import os
import posix
import sys

from ..records import Records, joined

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

VERSION = b"1"
"""Version of the log's format."""

ROOM = 32 * 1024
"""Size of the buffer in bytes."""

_ENCODING = sys.getfilesystemencoding()
_ERRORS = sys.getfilesystemencodeerrors()


def absolute(path: str | bytes | os.PathLike[str] | None, folder: bytes | None = None) -> bytes:
    """Return a path from the root; links and `..` are not resolved.

    Args:
        path: The argument of a function of os; None is the current directory.
        folder: The folder that a relative path starts from; None: the current directory.
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
    """Return the path with which a file descriptor was opened.

    Raises:
        OSError: It was not opened by a path, or the system does not know the path.
    """
    if sys.platform == "darwin":
        import fcntl

        return fcntl.fcntl(descriptor, fcntl.F_GETPATH, bytes(1024)).rstrip(b"\0")
    path = posix.readlink(b"/proc/self/fd/%d" % descriptor)
    if not path.startswith(b"/"):
        message = f"file descriptor {descriptor} has no path"
        raise OSError(message)
    return path


class Log(Records):
    """The records of this process.

    There is no lock, which a fork could leave locked: lists and sets are consistent at any time. At worst, two threads
    write the same record.

    Args:
        path: The file, which exists.

    Attributes:
        path: The argument.
        known: What is not recorded again: lines, and values that are cheaper to compare than a line is to make.
        before_end: Called when the program ends or is replaced by another, for records that are only known then.
    """

    def __init__(self, path: bytes) -> None:
        super().__init__(path)
        self.known: set[object] = set()
        self.before_end: Callable[[], None] = lambda: None
        is_worker = "--multiprocessing-fork" in sys.orig_argv
        self._begin(b"worker" if is_worker else b"exec", posix.getppid())

    def begin_again(self) -> None:
        """Begin the records of a forked process, without those of its parent."""
        self._begin(b"fork", self._pid)
        self.flush()

    def _begin(self, how: bytes, parent: int) -> None:
        self._pid = posix.getpid()
        self._prefix = b"%d\t" % self._pid
        self._lines: list[bytes] = []
        self._size = 0
        # A pool kills its workers when they are done. So forked processes and workers do not buffer.
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
        """Write a record, unless this process has written the same record before."""
        line = joined((kind, *fields))
        if line not in self.known:
            self.known.add(line)
            self._add(line)

    def write(self, kind: bytes, *fields: bytes) -> None:
        """Write a record."""
        self._add(joined((kind, *fields)))

    def doubt(self, words: str | Exception) -> None:
        """Record why the trace is incomplete."""
        if isinstance(words, Exception):
            words = f"{type(words).__name__}: {words}"
        self.record(b"doubt", words.encode("utf-8", "backslashreplace"))

    def end(self) -> None:
        """Record an orderly end. A process without this record was killed."""
        if not self._ended:
            self._finish()
            self.write(b"end")
            self._ended = True
        self.flush()

    def leave(self) -> None:
        """Write everything before another program takes the place of this one."""
        self._finish()
        self.flush()

    def _finish(self) -> None:
        """Write the records that are only known now."""
        try:
            self.before_end()
        except Exception as error:  # noqa: BLE001 - the builder's own call must not fail
            self.doubt(error)

    def _add(self, line: bytes) -> None:
        self._lines.append(self._prefix + line + b"\n")
        self._size += len(line)
        if self._size > self._room or self._ended:
            self.flush()

    def flush(self) -> None:
        """Write the buffered lines at once; what cannot be written stays in the buffer."""
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
            written = self.append(text)
        except OSError:
            written = 0
        if written < len(text):
            lines.insert(0, text[written:])
