"""Each interpreter that there is, and an empty log."""

from __future__ import annotations

import pytest

from tests.every_python.trace import VERSIONS, Trace, interpreter


@pytest.fixture(params=VERSIONS)
def python(request: pytest.FixtureRequest) -> str:
    """An interpreter of each version that this machine has."""
    path = interpreter(request.param)
    if path is None:
        pytest.skip(f"there is no Python {request.param}")
    return path


@pytest.fixture
def trace(tmp_path_factory: pytest.TempPathFactory) -> Trace:
    """An empty log, outside the builder's folder."""
    return Trace(tmp_path_factory.mktemp("trace"))
