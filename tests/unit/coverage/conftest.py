"""The measuring tools in two versions, installed once for all tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.coverage_tools import Tools, newest, oldest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session", params=["newest", "oldest"])
def tools(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tools]:
    """Return coverage.py and slipcover: the installed versions, or the oldest supported ones."""
    found = newest() if request.param == "newest" else oldest(tmp_path_factory.mktemp("oldest") / "environment")
    yield found
    found.close()
