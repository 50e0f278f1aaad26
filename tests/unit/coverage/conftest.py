"""The tools that coverage data comes from, once for all tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.coverage_tools import Tools, newest, oldest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session", params=["newest", "oldest"])
def tools(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tools]:
    """coverage.py and slipcover, in two versions. The old ones come from the package index, or uv's cache of it."""
    found = newest() if request.param == "newest" else oldest(tmp_path_factory.mktemp("oldest") / "environment")
    yield found
    found.close()
