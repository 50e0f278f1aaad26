"""What a part of the tracer recorded, and what stands in the place of the system around it."""

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
"""What carries the tracer on PYTHONPATH."""


def written(path: bytes | Path) -> list[tuple[str, ...]]:
    """Return the records in a file, kinds and fields."""
    return [(record.kind, *record.fields) for record in records_in(Path(os.fsdecode(path)))]


def said(log: Log) -> list[tuple[str, ...]]:
    """Return what was recorded since the start."""
    log.flush()
    return [record for record in written(log.path) if record[0] != "start"]


def doubts(log: Log, *words: str) -> bool:
    """Tell whether all that was recorded is one doubt, with these words in it."""
    ((kind, doubt),) = said(log)
    return kind == "doubt" and all(word in doubt for word in words)


class Original:
    """Stands for a function of the system, which is better not called."""

    def __init__(self, name: str, answer: Any = 7) -> None:
        """Answer always the same."""
        self.__name__ = self.__qualname__ = name
        self._answer = answer
        self.asked: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Remember what it is called with."""
        self.asked.append((arguments, keywords))
        return self._answer

    @property
    def arguments(self) -> tuple[Any, ...]:
        """What it was called with, once."""
        (((*arguments,), _),) = self.asked
        return tuple(arguments)


def failing(error: BaseException) -> Callable[..., Any]:
    """Return a function that fails."""

    def fail(*arguments: Any, **keywords: Any) -> Any:
        raise error

    return fail


@contextmanager
def surroundings(variables: dict[bytes, bytes]) -> Iterator[None]:
    """Let os.environ be another for a moment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "environ", SimpleNamespace(_data=variables))
        yield


def executable(path: Path) -> str:
    """Make a program, which nobody runs."""
    path.touch(0o755)
    return str(path)
