"""A log of this process, and file descriptors."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from ci_accel.guest.tracer.log import Log

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def log(tmp_path_factory: pytest.TempPathFactory) -> Log:
    """Return a log of this process, outside of the test's folder."""
    path = tmp_path_factory.mktemp("trace") / "trace.log"
    path.touch()
    return Log(os.fsencode(path))


@pytest.fixture
def descriptor(tmp_path: Path) -> Iterator[int]:
    """Return a file descriptor of the test's folder."""
    number = os.open(tmp_path, os.O_RDONLY)
    yield number
    os.close(number)


@pytest.fixture
def pipe() -> Iterator[int]:
    """Return a file descriptor without a path."""
    reading, writing = os.pipe()
    yield reading
    os.close(reading)
    os.close(writing)
