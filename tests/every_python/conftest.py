"""Fixtures of the tests that run code in every interpreter of this machine.

A test in this folder starts builders in all these interpreters itself, whichever Python runs the test. A test with the
marker `every_python` is run by each supported Python instead: nox has a session for each of them.
"""

from __future__ import annotations

import pytest

from tests.every_python.trace import VERSIONS, Trace, interpreter


@pytest.fixture(params=VERSIONS)
def python(request: pytest.FixtureRequest) -> str:
    """Return an interpreter of each version in turn; versions that this machine does not have are skipped."""
    path = interpreter(request.param)
    if path is None:
        pytest.skip(f"Python {request.param} is not installed")
    return path


@pytest.fixture
def trace(tmp_path_factory: pytest.TempPathFactory) -> Trace:
    """Return an empty log, outside of the builder's folder."""
    return Trace(tmp_path_factory.mktemp("trace"))
