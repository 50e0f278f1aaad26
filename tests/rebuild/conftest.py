"""The environment that the builders of the rebuild tests share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.rebuild.builder_projects import PACKAGES
from tests.support.environments import environment

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def interpreter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment with the requirements of all projects."""
    return environment(tmp_path_factory.mktemp("environment") / "venv", *PACKAGES)
