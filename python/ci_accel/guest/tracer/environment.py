"""Records which environment variables are read."""

from __future__ import annotations

import _collections_abc
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType
    from typing import Any

    from .log import Log

LANGUAGE = frozenset({"LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "LANG"})
"""Variables with which the standard library translates messages. The encoding is an input of its own."""

PRESENTATION = LANGUAGE | frozenset(
    {"TMPDIR", "TEMP", "TMP", "COLUMNS", "LINES", "TERM", "NO_COLOR", "FORCE_COLOR", "PYTHON_COLORS", "PATH"}
)
"""Variables that do not change a result when the standard library reads them for its own purposes."""

ASKING = frozenset(
    {"_colorize", "_pyrepl", "argparse", "asyncio", "curses", "gettext", "locale", "multiprocessing", "shutil"}
    | {"subprocess", "tempfile"}
)
"""Modules of the standard library that read them so. Other modules read a variable on behalf of the builder."""

_LIBRARY = os.path.dirname(os.__file__) + os.sep
_BETWEEN = (vars(os), vars(os.path), vars(_collections_abc))


def _asked_by_library(name: str) -> bool:
    """Return whether the standard library reads a variable for its own purposes."""
    frame: FrameType | None = sys._getframe(3)  # noqa: SLF001 - a public function
    while frame is not None and any(frame.f_globals is space for space in _BETWEEN):
        if frame.f_code.co_name == "_execvpe" and name == "PATH":
            return True
        frame = frame.f_back
    if frame is None:
        return False
    module = str(frame.f_globals.get("__name__", "")).partition(".")[0]
    return module in ASKING and frame.f_code.co_filename.startswith((_LIBRARY, "<frozen "))


def _user(depth: int) -> FrameType:
    """Return the innermost frame outside of os that uses a mapping."""
    frame = sys._getframe(depth)  # noqa: SLF001 - a public function
    while frame.f_back is not None and any(frame.f_globals is space for space in _BETWEEN):
        frame = frame.f_back
    return frame


class Environment:
    """Records reading of os.environ and os.environb, which share a class."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._yielded: Any = None
        self._taken: Any = None
        kind = type(os.environ)
        get, iterate, show = kind.__getitem__, kind.__iter__, kind.__repr__

        def __getitem__(mapping: Any, key: Any) -> Any:  # noqa: N807 - the name is visible to the builder
            self._read(key)
            return get(mapping, key)

        def __iter__(mapping: Any) -> Iterator[Any]:  # noqa: N807 - the name is visible to the builder
            user = _user(2)
            # That module copies the environment into its own, at import already.
            if user.f_globals.get("__name__") != "wsgiref.handlers":
                self._log.record(b"environ")
            self._taken = id(user), user.f_lasti
            return self._iterated(iterate(mapping))

        def __repr__(mapping: Any) -> str:  # noqa: N807 - the name is visible to the builder
            self._log.record(b"environ")
            return show(mapping)

        for old, new in ((get, __getitem__), (iterate, __iter__), (show, __repr__)):
            new.__qualname__, new.__module__, new.__doc__ = old.__qualname__, old.__module__, old.__doc__
            setattr(kind, new.__name__, new)

    def _iterated(self, names: Iterator[Any]) -> Iterator[Any]:
        """Yield names. A value that is read right after its name belongs to the record of the whole environment."""
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
                # dict(os.environ) takes all names, then each value, in one instruction of its caller.
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
        except Exception as error:  # noqa: BLE001 - the builder's own call must not fail
            self._log.doubt(error)
