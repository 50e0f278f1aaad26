"""Reports over HTTP, in the form that the program accepts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.api.responses import Response, as_json
from inventory.reports.catalogue import REPORTS, run_report
from inventory.reports.rendering import MEDIA_TYPES, form_for, render
from inventory.reports.scope import make_scope

if TYPE_CHECKING:
    from inventory.api.calls import Call
    from inventory.api.routing import Router


def list_reports(_call: Call) -> Response:
    """List the names."""
    return as_json({"items": [{"name": name, "href": f"/reports/{name}"} for name in REPORTS]})


def show_report(call: Call) -> Response:
    """Make a report about a ``?warehouse=`` and a ``?period=``."""
    query = call.request.query
    warehouse, period = query.get("warehouse", "MAIN"), query.get("period", "")
    scope = make_scope(call.session, day=call.day, warehouse=warehouse, period=period)
    form = form_for(call.request.accept)
    body = render(run_report(call.session, call.parts["name"], scope), form).encode()
    return Response(body=body, media_type=MEDIA_TYPES[form])


def add_routes(router: Router) -> None:
    """Add the paths."""
    router.add("/reports", GET=list_reports)
    router.add("/reports/{name}", GET=show_report)
