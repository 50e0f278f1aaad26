"""Whether all is well, and who did what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from inventory.api.paging import page_of
from inventory.api.responses import as_json
from inventory.audit import history
from inventory.models.catalogue import Product
from inventory.models.orders import Order
from inventory.models.stock import Movement
from inventory.stock.ledger import discrepancies

if TYPE_CHECKING:
    from inventory.api.calls import Call
    from inventory.api.responses import Response
    from inventory.api.routing import Router

COUNTED = {"products": Product.id, "orders": Order.id, "movements": Movement.id}


def show_health(call: Call) -> Response:
    """Count the most important records, and hold the books against themselves."""
    counts = {name: call.session.scalars(select(func.count(key))).one() for name, key in COUNTED.items()}
    wrong = len(discrepancies(call.session))
    return as_json({"status": "wrong" if wrong else "fine", "discrepancies": wrong, "records": counts})


def show_history(call: Call) -> Response:
    """Tell what happened to a record, the latest first."""
    entries = [
        {"at": entry.at.isoformat(), "actor": entry.actor, "action": entry.action, "detail": entry.detail}
        for entry in history(call.session, call.parts["entity"], call.parts["key"])
    ]
    return as_json(page_of(call, entries))


def add_routes(router: Router) -> None:
    """Add the paths."""
    router.add("/health", GET=show_health)
    router.add("/history/{entity}/{key}", GET=show_history)
