"""What every test starts with: caches as nobody has set them, and a project where one is asked for."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.builders.checkout import Checkout


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep the settings of the test's surroundings out, and let go of the databases that the test was handed."""
    for name in [name for name in os.environ if name.startswith(("CI_ACCEL", "NOX"))]:
        monkeypatch.delenv(name)
    yield
    module = sys.modules.get("ci_accel.template_db")
    if module is not None:
        module._held.clear()


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A project with a builder and one SQL file."""
    from tests.builders.checkout import Checkout

    return Checkout(tmp_path / "shop")
