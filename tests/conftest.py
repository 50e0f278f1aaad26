"""What every test starts with: caches as nobody has set them, and a project where one is asked for."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.checkout import Checkout


# No test asserts a time: on a busy machine, or where tables of letters are still to be made, examples take theirs.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def _own_settings(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep the settings of the test's surroundings out, and let go of the databases that the test was handed.

    Children are measured where a test is marked; elsewhere they may be killed, or become other programs.
    """
    others = ["CI_ACCEL", "NOX", "GITHUB_", "FORGEJO_", "GITEA_"]
    mark = request.node.get_closest_marker("measured_children")
    if mark is None or mark.args == (False,):
        others.append("COV")
    for name in [name for name in os.environ if name.startswith(tuple(others))]:
        monkeypatch.delenv(name)
    yield
    module = sys.modules.get("ci_accel.template.template_db")
    if module is not None:
        module._held.clear()


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A project with a builder and one SQL file."""
    from tests.support.checkout import Checkout

    return Checkout(tmp_path / "shop")
