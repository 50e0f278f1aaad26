"""A log of this process."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from ci_accel.guest.witness import recorder

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Return an empty log."""
    path = tmp_path / "part.log"
    path.touch()
    return path


@pytest.fixture
def recorded(log: Path, monkeypatch: pytest.MonkeyPatch) -> recorder.Witness:
    """Return the records of this process, in which no tool seems to be imported."""
    for module in [name for name in sys.modules if name.split(".")[0] in {"coverage", "slipcover"}]:
        monkeypatch.delitem(sys.modules, module)
    return recorder.Witness(os.fsencode(log))
