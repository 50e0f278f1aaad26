"""The tracer of this process: an audit hook, and handlers for files, imports and programs.

Functions that raise no audit event have wrappers in `calls`, `children` and `environment`.
"""

from __future__ import annotations

import _frozen_importlib_external as finders
import _thread
import atexit
import errno
import os
import posix
import stat as modes
import sys

from . import calls
from .children import Children
from .environment import Environment
from .log import Log, absolute, opened_path
from .modules import Hidden, Imports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Any

UNREACHABLE = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG}
"""Error numbers that mean that nothing is at a path."""

BETWEEN = frozenset({"os", "pathlib", "pathlib._local", "pathlib._abc", "glob", "contextlib"})
"""Modules that list folders on behalf of their callers."""

METADATA = frozenset({"importlib_metadata", "pkg_resources"})
"""Modules that look for installed distributions, vendored ones included."""


def state(status: os.stat_result | None) -> bytes:
    """Return a state of a file: device, inode, size and times, or `-` if there is no file."""
    if status is None:
        return b"-"
    times = (status.st_mtime_ns, status.st_ctime_ns)
    return b"%d:%d:%d:%d:%d" % (status.st_dev, status.st_ino, status.st_size, *times)


def intent(flags: int, *, is_there: bool) -> bytes:
    """Return the kind of record for a file that is opened with these flags: read, write, update or absent."""
    access = flags & (posix.O_RDONLY | posix.O_WRONLY | posix.O_RDWR)
    if access == posix.O_WRONLY or flags & (posix.O_TRUNC | posix.O_EXCL):
        return b"write"
    if access == posix.O_RDWR:
        return b"update" if is_there or flags & posix.O_CREAT else b"absent"
    if is_there:
        return b"read"
    return b"write" if flags & posix.O_CREAT else b"absent"


def database_path(name: bytes) -> bytes | None:
    """Return the file that SQLite opens under a name; None: the database is in memory or in a temporary file."""
    if name.startswith(b"file:"):
        name, _, query = name[5:].partition(b"#")[0].partition(b"?")
        if b"mode=memory" in query.split(b"&"):
            return None
        if name.startswith(b"//"):
            name = b"/" + name[2:].partition(b"/")[2]
        first, *rest = name.split(b"%")
        name = first + b"".join(bytes.fromhex(part[:2].decode()) + part[2:] for part in rest)
    return None if name in {b"", b":memory:"} else name


class Files:
    """Records files, folders and databases, from the audit events of their functions."""

    def __init__(self, log: Log, opening: calls.Open) -> None:
        self._log = log
        self._folders = opening.folders

    def opened(self, path: Any, mode: str | None, flags: int) -> None:
        """Record a file that is about to be opened."""
        if path is self._log.path or isinstance(path, int) or not path:
            return
        where = self._place(path) if self._folders else absolute(path)
        if where.endswith(calls.SLASHES):
            calls.along(self._log, where.rstrip(b"/"))
            calls.ask(self._log, where)
            return
        status = self._status(where)
        if status is not None and modes.S_ISDIR(status.st_mode):
            # It is opened for paths that start from it, or for temporary files without a name.
            self._log.record(b"stat", where, b"d")
            calls.along(self._log, where)
            return
        if not flags and mode is not None and not mode.startswith("r"):  # by C's fopen
            flags = posix.O_WRONLY
        kind = intent(flags, is_there=status is not None)
        if kind in {b"read", b"update"}:
            self._log.record(kind, where, state(status))
        else:
            self._log.record(kind, where)

    def _place(self, path: Any) -> bytes:
        """Return the path of an os.open call with `dir_fd`."""
        folder = self._folders.get(_thread.get_ident(), b"")
        if folder is None and not os.fsencode(path).startswith(b"/"):
            message = "a path that starts from an unknown folder"
            raise ValueError(message)
        return absolute(path, folder or None)

    def _status(self, where: bytes) -> os.stat_result | None:
        """Return the status of a file; None: nothing is there."""
        try:
            return posix.stat(where)
        except OSError as error:
            if error.errno not in UNREACHABLE:
                self._log.doubt(error)
        except ValueError:
            pass  # a null byte: the file cannot be opened, either
        return None

    def connected(self, database: Any) -> None:
        """Record a database that SQLite is about to open."""
        name = database_path(os.fsencode(database))
        if name is not None:
            where = absolute(name)
            self._log.record(b"database", where, state(self._status(where)))

    def truncated(self, path: Any, _length: int) -> None:
        """Record a file whose size is set."""
        if not isinstance(path, int):
            where = absolute(path)
            self._log.record(b"update", where, state(self._status(where)))

    def listed(self, path: Any = None) -> None:
        """Record a folder that is listed, by the module that asked for it."""
        frame: FrameType | None = sys._getframe(2)  # noqa: SLF001 - a public function
        if frame is not None and frame.f_globals is vars(finders):
            return  # Imports records each name that importlib looks for
        while frame is not None and frame.f_globals.get("__name__") in BETWEEN:
            frame = frame.f_back
        module = "" if frame is None else str(frame.f_globals.get("__name__", ""))
        metadata = module.startswith("importlib.metadata") or not METADATA.isdisjoint(module.split("."))
        where = opened_path(path) if isinstance(path, int) else absolute(path)
        if metadata:
            self._log.record(b"metadata", where)
        elif (b"list", where) not in self._log.known:
            self._log.known.add((b"list", where))
            # Names that are added later were not seen by the builder.
            try:
                with posix.scandir(where) as entries:
                    names = b"/".join(sorted(self._kind(entry) + entry.name for entry in entries))
            except OSError as error:
                if error.errno not in UNREACHABLE:
                    raise
                # The failed call answers whether the folder is there.
                calls.ask(self._log, where)
            else:
                self._log.record(b"list", where, names)

    @staticmethod
    def _kind(entry: os.DirEntry[bytes]) -> bytes:
        """Return the kind of a name in a folder, without a call of stat: D, F, L or O."""
        if entry.is_symlink():
            return b"L"
        if entry.is_dir(follow_symlinks=False):
            return b"D"
        return b"F" if entry.is_file(follow_symlinks=False) else b"O"

    def entered(self, path: Any) -> None:
        """Record a folder that becomes the current one, and the links on the way to it."""
        if not isinstance(path, int):
            where = absolute(path)
            calls.along(self._log, where)
            calls.ask(self._log, where)

    def made(self, path: Any, _mode: int, descriptor: int = -1) -> None:
        """Record a folder that is about to be made."""
        where = self._from(path, descriptor)
        status = self._status(where)
        if status is None:
            calls.ask(self._log, os.path.dirname(where))
            self._log.record(b"write", where)
        else:
            self._log.record(b"stat", where, calls.letter(status.st_mode, through_links=True))

    def removed(self, path: Any, descriptor: int = -1) -> None:
        """Record a path that is about to be removed, or is not there."""
        calls.ask(self._log, self._from(path, descriptor), through_links=False)

    def renamed(self, old: Any, new: Any, old_folder: int = -1, new_folder: int = -1) -> None:
        """Record a file that gets a new name."""
        where = self._from(old, old_folder)
        if not calls.is_there(where):
            calls.ask(self._log, where, through_links=False)
            return
        self._log.record(b"rename", where, self._from(new, new_folder))

    def linked(self, target: Any, path: Any, descriptor: int = -1) -> None:
        """Record a symbolic link; a relative target starts from the folder of the link."""
        where = self._from(path, descriptor)
        self._log.record(b"rename", absolute(target, os.path.dirname(where)), where)

    @staticmethod
    def _from(path: Any, descriptor: int) -> bytes:
        return absolute(path, None if descriptor == -1 else opened_path(descriptor))


def start(path: bytes, modules: set[str]) -> None:
    """Start the tracer in this process.

    Args:
        path: The log file, which exists.
        modules: Names of the modules that the builder finds imported.
    """
    log = Log(path)
    children = Children(log)
    children.watch()
    hidden = Hidden(children)
    imports = Imports(log)
    files = Files(log, calls.watch(log))
    Environment(log)
    log.before_end = imports.unsearched
    atexit.register(log.end)  # registered first, so it runs last
    os.register_at_fork(before=log.flush, after_in_child=log.begin_again)
    handlers: dict[str, Callable[..., None]] = {
        "cpython.PyInterpreterState_New": lambda: log.doubt("a sub-interpreter cannot be traced"),
        "import": hidden.imported,
        "open": files.opened,
        "os.chdir": files.entered,
        "os.link": files.renamed,
        "os.listdir": files.listed,
        "os.mkdir": files.made,
        "os.putenv": children.carriage.changed,
        "os.remove": files.removed,
        "os.rename": files.renamed,
        "os.rmdir": files.removed,
        "os.scandir": files.listed,
        "os.symlink": files.linked,
        "os.system": children.run_by_shell,
        "os.truncate": files.truncated,
        "os.unsetenv": children.carriage.changed,
        "sqlite3.connect": files.connected,
    }

    ordinary = Exception

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        handler = handlers.get(event)
        if handler is not None:
            try:
                handler(*arguments)
            except ordinary as error:  # the builder's own call must not fail
                try:  # noqa: SIM105 - the names of modules are gone when an interpreter ends; files may be opened even then
                    log.doubt(error)
                except ordinary:
                    pass

    # Modules that are imported already were looked for in the folders of PYTHONPATH first.
    for folder in children.carriage.folders():
        for name in sorted(name for name in modules if "." not in name):
            log.record(b"find", absolute(folder), os.fsencode(name), b"")
    # sys.path starts from the folder of a script, links resolved.
    for argument in sys.orig_argv[1:]:
        where = absolute(argument)
        calls.along(log, where)
        if calls.is_there(where):
            calls.ask(log, where, through_links=False)
    sys.addaudithook(hook)
    hidden.hide(modules)
    log.flush()
