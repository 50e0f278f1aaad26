"""A server for the application: that of the standard library, which is enough for an office."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, make_server

from inventory.api.application import Application
from inventory.db.engine import open_database

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class QuietHandler(WSGIRequestHandler):
    """Leaves it to the audit trail to remember who did what."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
        """Say nothing."""


def serve(
    database: Path,
    address: tuple[str, int],
    *,
    announce: Callable[[str], None],
    requests: int | None = None,
) -> None:
    """Answer requests at an address, so many or until somebody interrupts; port 0 is one that is free."""
    engine = open_database(database)
    try:
        with make_server(*address, Application(engine), handler_class=QuietHandler) as server:
            announce(f"serving http://{server.server_name}:{server.server_port}")
            for _ in count() if requests is None else range(requests):
                server.handle_request()
    finally:
        engine.dispose()
