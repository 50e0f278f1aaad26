"""Wrappers of functions of os that raise no audit event: what they are asked about, and what they find."""

from __future__ import annotations

import _thread
import os
import posix
import sys

from ..spawn import Replacement
from .log import absolute, opened_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .log import Log

ABSENT = b"-"
"""Nothing is at a path, or at the end of its links."""

NOTHING = b"_"
"""Nothing is at a path, not even a broken link."""

SLASHES = (b"/", b"/.")
"""Endings of a path that has to be a folder."""

KINDS = {0o04: b"d", 0o10: b"f", 0o12: b"l"}
"""Letters for the type bits of a mode; other types are `o`. Capitals mean that links were not followed."""


def letter(mode: int, *, through_links: bool) -> bytes:
    """Return the letter for a mode."""
    kind = KINDS.get(mode >> 12, b"o")
    return kind if through_links else kind.upper()


def along(log: Log, path: bytes) -> None:
    """Record the links on the way to a path, which may lead elsewhere later.

    Args:
        log: The records.
        path: An absolute path.
    """
    end = path.find(b"/", 1)
    while end > 0:
        _link(log, path[:end])
        end = path.find(b"/", end + 1)
    _link(log, path)


def _link(log: Log, path: bytes) -> None:
    """Record a path if it is a link."""
    if (b"link", path) in log.known:
        return
    log.known.add((b"link", path))
    try:
        text = posix.readlink(path)
    except (OSError, ValueError):
        return
    log.record(b"link", path)
    # It may lead to another link.
    along(log, absolute(text, path.rpartition(b"/")[0]))


def is_there(path: bytes) -> bool:
    """Return whether anything is at a path, a broken link included."""
    try:
        posix.lstat(path)
    except (OSError, ValueError):
        return False
    return True


def ask(log: Log, path: bytes, *, through_links: bool = True) -> None:
    """Record what is at a path. With a slash at its end, the question is only whether it leads to a folder."""
    while len(path) > 1 and path.endswith(SLASHES):
        path, through_links = path[:-1], True
    try:
        mode = posix.stat(path, follow_symlinks=through_links).st_mode
    except (OSError, ValueError):
        log.record(b"stat", path, ABSENT if through_links else NOTHING)
    else:
        log.record(b"stat", path, letter(mode, through_links=through_links))


class Call(Replacement):
    """A replacement of a function of os that raises no audit event."""

    def __init__(self, original: Callable[..., Any], log: Log) -> None:
        super().__init__(original)
        self._log = log


def folder_of(keywords: dict[str, Any]) -> bytes | None:
    """Return the path of the folder that `dir_fd` refers to."""
    descriptor = keywords.get("dir_fd")
    return None if descriptor is None else opened_path(descriptor)


def asked_path(arguments: tuple[Any, ...], keywords: dict[str, Any]) -> bytes | None:
    """Return the path that a function is asked about; None: a file descriptor, or an invalid argument."""
    path = arguments[0] if arguments else keywords.get("path")
    return absolute(path, folder_of(keywords)) if path and not isinstance(path, int) else None


class Stat(Call):
    """`os.stat` and `os.lstat`."""

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Call the original, and record what is at the path."""
        through_links = self.__name__ == "stat" and keywords.get("follow_symlinks", True)
        try:
            result = self._original(*arguments, **keywords)
        except OSError:
            self._looked(arguments, keywords, ABSENT if through_links else NOTHING)
            raise
        self._looked(arguments, keywords, letter(result[0], through_links=through_links))
        return result

    def _looked(self, arguments: tuple[Any, ...], keywords: dict[str, Any], kind: bytes) -> None:
        try:
            # Most paths are asked about many times. A relative path may mean another file the next time.
            path = arguments[0] if arguments else None
            if type(path) is str and path[:1] == "/":
                if (path, kind) in self._log.known:
                    return
                self._log.known.add((path, kind))
            where = asked_path(arguments, keywords)
            if where is None:
                return
            if where.endswith(SLASHES):
                ask(self._log, where)
            else:
                self._log.record(b"stat", where, kind)
        except Exception as error:  # noqa: BLE001 - the builder's own call must not fail
            self._log.doubt(error)


class Access(Call):
    """`os.access`."""

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Call the original, and record what is at the path."""
        result = self._original(*arguments, **keywords)
        try:
            where = asked_path(arguments, keywords)
            if where is not None:
                ask(self._log, where, through_links=keywords.get("follow_symlinks", True))
        except Exception as error:  # noqa: BLE001 - the builder's own call must not fail
            self._log.doubt(error)
        return result


class ReadLink(Call):
    """`os.readlink`."""

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Record the link, and call the original."""
        try:
            where = asked_path(arguments, keywords)
            if where is not None:
                self._log.record(b"link", where)
                # That the path is not a link is an answer as well.
                ask(self._log, where, through_links=False)
        except TypeError:
            pass  # the original raises it as well
        except Exception as error:  # noqa: BLE001 - the builder's own call must not fail
            self._log.doubt(error)
        return self._original(*arguments, **keywords)


class Open(Call):
    """`os.open`, whose audit event has the path, but not the folder of `dir_fd`.

    Attributes:
        folders: The folders of calls with `dir_fd` that are being made, by thread; None: the folder is not known.
    """

    def __init__(self, original: Callable[..., Any], log: Log) -> None:
        super().__init__(original, log)
        self.folders: dict[int, bytes | None] = {}

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Call the original, and keep its folder for the audit event."""
        if keywords.get("dir_fd") is None:
            return self._original(*arguments, **keywords)
        thread = _thread.get_ident()
        try:
            self.folders[thread] = folder_of(keywords)
        except Exception:  # noqa: BLE001 - the call must not fail; its folder is then not known
            self.folders[thread] = None
        try:
            return self._original(*arguments, **keywords)
        finally:
            self.folders.pop(thread, None)


def replace(replacements: dict[Callable[..., Any], Callable[..., Any]], spared: tuple[str, ...] = ()) -> None:
    """Replace functions in all imported modules: site may have imported some for `*.pth` files.

    Args:
        replacements: The new functions, by the old ones.
        spared: Names of modules that keep the old functions.
    """
    by_identity = {id(old): new for old, new in replacements.items()}
    spaces = [vars(module) for name, module in list(sys.modules.items()) if name not in spared and module is not None]
    for space in spaces:
        for name, value in list(space.items()):
            if id(value) in by_identity:
                space[name] = by_identity[id(value)]
    accessor = getattr(sys.modules.get("pathlib"), "_NormalAccessor", None)  # in Python 3.10
    for name, value in list(vars(accessor).items()) if accessor is not None else ():
        if id(value) in by_identity:
            setattr(accessor, name, by_identity[id(value)])
    for able in (os.supports_dir_fd, os.supports_effective_ids, os.supports_fd, os.supports_follow_symlinks):
        able.update([new for old, new in replacements.items() if old in able])


def watch(log: Log) -> Open:
    """Replace the functions of os that raise no audit event.

    Returns:
        The new os.open, which knows the folders of `dir_fd`.
    """
    opening = Open(posix.open, log)
    replacements: dict[Callable[..., Any], Callable[..., Any]] = {
        posix.stat: Stat(posix.stat, log),
        posix.lstat: Stat(posix.lstat, log),
        posix.access: Access(posix.access, log),
        posix.readlink: ReadLink(posix.readlink, log),
        posix.open: opening,
    }
    # importlib and the tracer use the module posix. What importlib finds is recorded in another way.
    replace(replacements, spared=("posix",))
    return opening
