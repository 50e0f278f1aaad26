"""The application that a WSGI server calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.api import customers, health, orders, prices, products, purchases, reports, stock
from inventory.api.calls import Call
from inventory.api.errors import HttpError
from inventory.api.problems import problem_for
from inventory.api.requests import read_request
from inventory.api.routing import Router
from inventory.api.tags import tagged
from inventory.common.clock import utc_now
from inventory.common.errors import InventoryError
from inventory.db.session import unit_of_work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from _typeshed.wsgi import StartResponse, WSGIEnvironment
    from sqlalchemy import Engine

    from inventory.api.requests import Request
    from inventory.api.responses import Response


def all_routes() -> Router:
    """Return a router that knows all resources."""
    router = Router()
    for module in (products, stock, orders, prices, customers, purchases, reports, health):
        module.add_routes(router)
    return router


class Application:
    """Answers requests, each in a unit of work of its own."""

    def __init__(self, engine: Engine, *, now: Callable[[], datetime] = utc_now) -> None:
        self._engine = engine
        self._now = now
        self._router = all_routes()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request as WSGI wants it."""
        request = read_request(environ)
        response = tagged(request, self.respond(request))
        start_response(response.status_line, response.header_list)
        return [b"" if request.method == "HEAD" else response.body]

    def respond(self, request: Request) -> Response:
        """Return the answer to a request; whatever was changed before an error is taken back."""
        try:
            resource, parts = self._router.find(request.method, request.path)
            with unit_of_work(self._engine) as session:
                return resource(Call(session, request, parts, self._now()))
        except (InventoryError, HttpError) as error:
            return problem_for(error)
