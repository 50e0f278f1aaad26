"""What a builder takes in: an audit hook for what Python tells, thin wrappers for what it does not."""

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

TYPE_CHECKING = False  # the name that type checkers know; typing is not to be imported before the builder does
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, ModuleType
    from typing import Any

UNREACHABLE = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG}

BETWEEN = frozenset({"os", "pathlib", "pathlib._local", "pathlib._abc", "glob", "contextlib"})
"""Modules that list folders for others."""

METADATA = frozenset({"importlib_metadata", "pkg_resources"})
"""Modules, also as vendored, that look for installed distributions."""


def state(status: os.stat_result | None) -> bytes:
    """Return what tells one state of a file from another."""
    if status is None:
        return b"-"
    times = (status.st_mtime_ns, status.st_ctime_ns)
    return b"%d:%d:%d:%d:%d" % (status.st_dev, status.st_ino, status.st_size, *times)


def intent(flags: int, *, is_there: bool) -> bytes:
    """Return the kind of record that opening a file with these flags makes."""
    access = flags & (posix.O_RDONLY | posix.O_WRONLY | posix.O_RDWR)
    if access == posix.O_WRONLY or flags & (posix.O_TRUNC | posix.O_EXCL):
        return b"write"
    if access == posix.O_RDWR:
        return b"update" if is_there or flags & posix.O_CREAT else b"absent"
    if is_there:
        return b"read"
    return b"write" if flags & posix.O_CREAT else b"absent"


def database_path(name: bytes) -> bytes | None:
    """Return the file that SQLite opens by a name; None: it keeps the database in memory or makes a file of its own."""
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
    """Files, folders and databases that Python says it opens."""

    def __init__(self, log: Log, opening: calls.Open) -> None:
        """Remember who knows the folders of relative paths."""
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
            # For paths that start from it, or for files without a name.
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
        """Return the path that os.open was given with a folder to start from."""
        folder = self._folders.get(_thread.get_ident(), b"")
        if folder is None and not os.fsencode(path).startswith(b"/"):
            message = "a path that starts from a folder that cannot be told"
            raise ValueError(message)
        return absolute(path, folder or None)

    def _status(self, where: bytes) -> os.stat_result | None:
        """Look at a file; None: it is not there."""
        try:
            return posix.stat(where)
        except OSError as error:
            if error.errno not in UNREACHABLE:
                self._log.doubt(error)
        except ValueError:
            pass  # a null byte: it cannot be opened, either
        return None

    def connected(self, database: Any) -> None:
        """Record a database that SQLite is about to open."""
        name = database_path(os.fsencode(database))
        if name is not None:
            where = absolute(name)
            self._log.record(b"database", where, state(self._status(where)))

    def truncated(self, path: Any, _length: int) -> None:
        """Record a file that is cut, or grows."""
        if not isinstance(path, int):
            where = absolute(path)
            self._log.record(b"update", where, state(self._status(where)))

    def listed(self, path: Any = None) -> None:
        """Record a folder that is listed, and for whom."""
        frame: FrameType | None = sys._getframe(2)  # noqa: SLF001 - public, in spite of its name
        if frame is not None and frame.f_globals is vars(finders):
            return  # each name that is looked for is recorded
        while frame is not None and frame.f_globals.get("__name__") in BETWEEN:
            frame = frame.f_back
        module = "" if frame is None else str(frame.f_globals.get("__name__", ""))
        metadata = module.startswith("importlib.metadata") or not METADATA.isdisjoint(module.split("."))
        where = opened_path(path) if isinstance(path, int) else absolute(path)
        if metadata:
            self._log.record(b"metadata", where)
        elif (b"list", where) not in self._log.known:
            self._log.known.add((b"list", where))
            # As they are now: later there may be others, which the builder has not seen.
            try:
                with posix.scandir(where) as entries:
                    names = b"/".join(sorted(self._kind(entry) + entry.name for entry in entries))
            except OSError as error:
                if error.errno not in UNREACHABLE:
                    raise
                # What is asked for by listing it is answered all the same.
                calls.ask(self._log, where)
            else:
                self._log.record(b"list", where, names)

    @staticmethod
    def _kind(entry: os.DirEntry[bytes]) -> bytes:
        """Return what a name in a folder is, as os.lstat would tell; the folder itself says it."""
        if entry.is_symlink():
            return b"L"
        if entry.is_dir(follow_symlinks=False):
            return b"D"
        return b"F" if entry.is_file(follow_symlinks=False) else b"O"

    def entered(self, path: Any) -> None:
        """Record the way to a folder that becomes the current one."""
        if not isinstance(path, int):
            where = absolute(path)
            calls.along(self._log, where)
            calls.ask(self._log, where)

    def made(self, path: Any, _mode: int, descriptor: int = -1) -> None:
        """Record a folder that is made."""
        where = self._from(path, descriptor)
        status = self._status(where)
        if status is None:
            calls.ask(self._log, os.path.dirname(where))
            self._log.record(b"write", where)
        else:
            self._log.record(b"stat", where, calls.letter(status.st_mode, through_links=True))

    def removed(self, path: Any, descriptor: int = -1) -> None:
        """Record what is about to be removed: that it is not there is an answer, too."""
        calls.ask(self._log, self._from(path, descriptor), through_links=False)

    def renamed(self, old: Any, new: Any, old_folder: int = -1, new_folder: int = -1) -> None:
        """Record a file that gets a name."""
        where = self._from(old, old_folder)
        if not calls.is_there(where):
            calls.ask(self._log, where, through_links=False)
            return
        self._log.record(b"rename", where, self._from(new, new_folder))

    def linked(self, target: Any, path: Any, descriptor: int = -1) -> None:
        """Record a symbolic link, whose target starts from where it lies."""
        where = self._from(path, descriptor)
        self._log.record(b"rename", absolute(target, os.path.dirname(where)), where)

    @staticmethod
    def _from(path: Any, descriptor: int) -> bytes:
        return absolute(path, None if descriptor == -1 else opened_path(descriptor))


class Imports:
    """Modules that are looked for."""

    def __init__(self, log: Log) -> None:
        """Record lookups from now on."""
        self._log = log
        original = finders.FileFinder.find_spec

        def find_spec(self: Any, fullname: str, target: Any = None) -> Any:
            spec = original(self, fullname, target)
            found(self.path, fullname, spec)
            return spec

        found = self._found
        find_spec.__qualname__, find_spec.__module__ = original.__qualname__, original.__module__
        find_spec.__doc__ = original.__doc__
        setattr(finders.FileFinder, "find_spec", find_spec)  # noqa: B010 - a method is not assigned to

    def _found(self, folder: str, fullname: str, spec: Any) -> None:
        try:
            if spec is None:
                place = b"-"
            elif spec.loader is None:
                place = b"/"
            else:
                place = absolute(spec.origin)
            self._log.record(b"find", absolute(folder), os.fsencode(fullname.rpartition(".")[2]), place)
        except Exception as error:  # noqa: BLE001 - never the builder's
            self._log.doubt(error)

    def unsearched(self) -> None:
        """Record the entries of sys.path that were not there: nothing looks for modules in them."""
        # The cache forgets them when a program invalidates it.
        cached = [entry for entry, finder in list(sys.path_importer_cache.items()) if finder is None]
        for entry in {*cached, *sys.path}:
            if entry and isinstance(entry, (str, os.PathLike)):
                try:
                    posix.stat(entry)
                except OSError:
                    self._log.record(b"stat", absolute(entry), b"-")


class Hidden:
    """Modules that the builder has not imported, and we have: they are not in sys.modules until it does."""

    def __init__(self, children: Children) -> None:
        """Begin without any."""
        self._modules: dict[str, ModuleType] = {}
        self._children = children

    def hide(self, modules: set[str]) -> None:
        """Take all modules but these out of sight."""
        for name in set(sys.modules) - modules:
            self._modules[name] = sys.modules.pop(name)

    def imported(self, name: str, *_details: Any) -> None:
        """Let the builder import a module: it gets the one that we have."""
        if name == "_posixsubprocess":
            self._children.replace_fork_exec()
        module = self._modules.pop(name, None)
        if module is not None:
            sys.modules.setdefault(name, module)


def start(path: bytes, modules: set[str]) -> None:
    """Record from now on what this process takes in.

    Args:
        path: The log.
        modules: Names of those that the builder sees imported.
    """
    log = Log(path)
    children = Children(log)
    children.watch()
    hidden = Hidden(children)
    imports = Imports(log)
    files = Files(log, calls.watch(log))
    Environment(log)
    log.before_end = imports.unsearched
    atexit.register(log.end)  # the first, so that it runs last
    os.register_at_fork(before=log.flush, after_in_child=log.begin_again)
    handlers: dict[str, Callable[..., None]] = {
        "cpython.PyInterpreterState_New": lambda: log.doubt("a sub-interpreter, which nothing records"),
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
            except ordinary as error:  # never the builder's
                try:  # noqa: SIM105 - as an interpreter ends, so does what has a name: others may open a file even then
                    log.doubt(error)
                except ordinary:
                    pass

    # What was imported already was looked for in the folders of PYTHONPATH first.
    for folder in children.carriage.folders():
        for name in sorted(name for name in modules if "." not in name):
            log.record(b"find", absolute(folder), os.fsencode(name), b"")
    # sys.path starts from where a script really lies.
    for argument in getattr(sys, "orig_argv", ())[1:]:
        where = absolute(argument)
        calls.along(log, where)
        if calls.is_there(where):
            calls.ask(log, where, through_links=False)
    sys.addaudithook(hook)
    hidden.hide(modules)
    log.flush()
