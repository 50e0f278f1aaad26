"""Records of the tracer, and replacements for the functions that it wraps."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from ci_accel.guest import carrier
from tests.every_python.trace import records_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ci_accel.guest.tracer.log import Log


OURS = carrier.TRACER
"""Entry of the tracer on PYTHONPATH."""


def written(path: bytes | Path) -> list[tuple[str, ...]]:
    """Return the kind and fields of each record in a file."""
    return [(record.kind, *record.fields) for record in records_in(Path(os.fsdecode(path)))]


def said(log: Log) -> list[tuple[str, ...]]:
    """Return the records after the start."""
    log.flush()
    return [record for record in written(log.path) if record[0] != "start"]


def doubts(log: Log, *words: str) -> bool:
    """Return whether the only record is a doubt that contains these words."""
    ((kind, doubt),) = said(log)
    return kind == "doubt" and all(word in doubt for word in words)


class Original:
    """A replacement for a function that must not be called."""

    def __init__(self, name: str, answer: Any = 7) -> None:
        """Store the name and the constant answer."""
        self.__name__ = self.__qualname__ = name
        self._answer = answer
        self.asked: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Store the arguments of the call."""
        self.asked.append((arguments, keywords))
        return self._answer

    @property
    def arguments(self) -> tuple[Any, ...]:
        """The arguments of the only call."""
        (((*arguments,), _),) = self.asked
        return tuple(arguments)


def failing(error: BaseException) -> Callable[..., Any]:
    """Return a function that raises an error."""

    def fail(*arguments: Any, **keywords: Any) -> Any:
        raise error

    return fail


@contextmanager
def surroundings(variables: dict[bytes, bytes]) -> Iterator[None]:
    """Replace os.environ for the block."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "environ", SimpleNamespace(_data=variables))
        yield


def executable(path: Path) -> str:
    """Make an empty executable file, and return its path."""
    path.touch(0o755)
    return str(path)
