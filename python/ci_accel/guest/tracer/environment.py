"""Which names of the environment are read."""

from __future__ import annotations

import _collections_abc
import os
import sys

TYPE_CHECKING = False  # the name that type checkers know; typing is not to be imported before the builder does
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType
    from typing import Any

    from .log import Log

LANGUAGE = frozenset({"LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "LANG"})
"""What the standard library reads to translate messages. The encoding that follows from them counts by itself."""

PRESENTATION = LANGUAGE | frozenset(
    {"TMPDIR", "TEMP", "TMP", "COLUMNS", "LINES", "TERM", "NO_COLOR", "FORCE_COLOR", "PYTHON_COLORS", "PATH"}
)
"""What the standard library reads for scratch space, terminals and programs does not shape a result."""

ASKING = frozenset(
    {"_colorize", "_pyrepl", "argparse", "asyncio", "curses", "gettext", "locale", "multiprocessing", "shutil"}
    | {"subprocess", "tempfile"}
)
"""Parts of the standard library that do so. Others read what a builder hands to them."""

_LIBRARY = os.path.dirname(os.__file__) + os.sep
_BETWEEN = (vars(os), vars(os.path), vars(_collections_abc))


def _asked_by_library(name: str) -> bool:
    """Tell whether a name is read by the standard library on its own account."""
    frame: FrameType | None = sys._getframe(3)  # noqa: SLF001 - public, in spite of its name
    while frame is not None and any(frame.f_globals is space for space in _BETWEEN):
        if frame.f_code.co_name == "_execvpe" and name == "PATH":
            return True
        frame = frame.f_back
    if frame is None:
        return False
    module = str(frame.f_globals.get("__name__", "")).partition(".")[0]
    return module in ASKING and frame.f_code.co_filename.startswith((_LIBRARY, "<frozen "))


def _user(depth: int) -> FrameType:
    """Return the frame outside of os that a mapping is used in."""
    frame = sys._getframe(depth)  # noqa: SLF001 - public, in spite of its name
    while frame.f_back is not None and any(frame.f_globals is space for space in _BETWEEN):
        frame = frame.f_back
    return frame


class Environment:
    """The mappings os.environ and os.environb, which share a class."""

    def __init__(self, log: Log) -> None:
        """Record what is read from now on."""
        self._log = log
        self._yielded: Any = None
        self._taken: Any = None
        kind = type(os.environ)
        get, iterate, show = kind.__getitem__, kind.__iter__, kind.__repr__

        def __getitem__(mapping: Any, key: Any) -> Any:  # noqa: N807 - its name is seen
            self._read(key)
            return get(mapping, key)

        def __iter__(mapping: Any) -> Iterator[Any]:  # noqa: N807 - its name is seen
            user = _user(2)
            # It makes a request's variables of them, and at import already.
            if user.f_globals.get("__name__") != "wsgiref.handlers":
                self._log.record(b"environ")
            self._taken = id(user), user.f_lasti
            return self._iterated(iterate(mapping))

        def __repr__(mapping: Any) -> str:  # noqa: N807 - its name is seen
            self._log.record(b"environ")
            return show(mapping)

        for old, new in ((get, __getitem__), (iterate, __iter__), (show, __repr__)):
            new.__qualname__, new.__module__, new.__doc__ = old.__qualname__, old.__module__, old.__doc__
            setattr(kind, new.__name__, new)

    def _iterated(self, names: Iterator[Any]) -> Iterator[Any]:
        """Yield names; the value that is read right after its name belongs to the whole."""
        try:
            for name in names:
                self._yielded = name
                yield name
        finally:
            self._yielded = None

    def _read(self, key: Any) -> None:
        try:
            follows, self._yielded = key == self._yielded, None
            if self._taken is not None:
                # dict(os.environ) takes all names first, then each value, in one instruction of its caller.
                user = _user(3)
                follows = follows or self._taken == (id(user), user.f_lasti)
                self._taken = self._taken if follows else None
            if follows or not isinstance(key, (str, bytes)) or ("env", key) in self._log.known:
                return
            name = os.fsdecode(key)
            if name in PRESENTATION and _asked_by_library(name):
                return
            self._log.known.add(("env", key))
            self._log.record(b"env", os.fsencode(key))
        except Exception as error:  # noqa: BLE001 - never the builder's
            self._log.doubt(error)
