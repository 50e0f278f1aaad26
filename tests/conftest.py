"""Fixtures and settings of all tests."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.checkout import Checkout


# Tests do not depend on the speed of the machine.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_configure() -> None:
    """Handle SIGINT and SIGHUP also where `nohup` or the background of a shell ignores them.

    Child processes would inherit that, and ci-accel keeps ignoring a signal that was ignored when it started.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, lambda *_: None)  # children get the default, but pytest outlives its terminal


@pytest.fixture(autouse=True)
def _own_settings(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Remove variables that change the behaviour of ci-accel, and release the databases that the test used.

    Child processes are measured only in tests marked `measured_children`. Others may be killed or replace themselves.
    """
    others = ["CI_ACCEL", "NOX", "GITHUB_", "FORGEJO_", "GITEA_"]
    mark = request.node.get_closest_marker("measured_children")
    if mark is None or mark.args == (False,):
        others.append("COV")
    for name in [name for name in os.environ if name.startswith(tuple(others))]:
        monkeypatch.delenv(name)
    yield
    module = sys.modules.get("ci_accel.template.held_databases")
    if module is not None:
        module.release_all()


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A new project with a builder and one SQL file."""
    from tests.support.checkout import Checkout

    return Checkout(tmp_path / "shop")
