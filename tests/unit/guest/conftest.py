"""Fixtures for the tests of both guests."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from ci_accel.guest.tracer.sitecustomize import PACKAGE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Path]:
    """A folder for a recorder, in a process where no guest is running; the witness of a measured run comes back."""

    def taken() -> dict[str, object]:
        return {name: sys.modules.pop(name) for name in list(sys.modules) if name.split(".")[0] == PACKAGE}

    before = taken()
    folder = tmp_path / "parts"
    folder.mkdir()
    yield folder
    taken()
    sys.modules.update(before)  # type: ignore[arg-type] # they were modules
