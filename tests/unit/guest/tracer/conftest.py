"""The records of this process, and what the parts of the tracer are given to look at."""

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
    """The records of this process, outside of what the test looks at."""
    path = tmp_path_factory.mktemp("trace") / "trace.log"
    path.touch()
    return Log(os.fsencode(path))


@pytest.fixture
def descriptor(tmp_path: Path) -> Iterator[int]:
    """The test's folder, opened."""
    number = os.open(tmp_path, os.O_RDONLY)
    yield number
    os.close(number)


@pytest.fixture
def pipe() -> Iterator[int]:
    """A file descriptor without a path."""
    reading, writing = os.pipe()
    yield reading
    os.close(reading)
    os.close(writing)
