"""Children for the tests of this folder, and the signal handlers that Python starts with."""

from __future__ import annotations

import os
import signal
import sys
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest

from ci_accel.processes import group
from ci_accel.processes.child import Child

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for a fraction of a second between signals, but for minutes after SIGKILL, and ignore the CI variable."""
    *gentle, (last, _) = group.LADDER
    monkeypatch.setattr(group, "LADDER", (*((number, 0.3) for number, _ in gentle), (last, 120.0)))
    monkeypatch.delenv("CI", raising=False)


@pytest.fixture(autouse=True)
def default_handlers() -> Iterator[None]:
    """Install Python's own handlers: under nohup or in the background, this process has inherited ignored signals."""
    handlers: dict[signal.Signals, Any] = {
        signal.SIGINT: signal.default_int_handler,
        signal.SIGTERM: signal.SIG_DFL,
        signal.SIGHUP: signal.SIG_DFL,
    }
    old = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    yield
    for number, previous in old.items():
        signal.signal(number, previous)


@pytest.fixture
def child(tmp_path: Path) -> Callable[..., Child]:
    """Return a function that creates a child which runs Python code."""
    made: list[Child] = []

    def make(code: str, *, argv: list[str] | None = None, **env: str) -> Child:
        number = len(made) + 1
        new = Child(
            name=f"part {number}",
            argv=argv or [sys.executable, "-c", dedent(code)],
            env={**os.environ, **env},
            cwd=tmp_path,
            log=tmp_path / f"part-{number}.log",
            items=number,
        )
        made.append(new)
        return new

    return make
