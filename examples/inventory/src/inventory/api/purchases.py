"""Purchases over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inventory.api.responses import as_json, created
from inventory.purchasing.orders import draft_purchase, find_purchase, total_cents
from inventory.purchasing.receipts import receive_purchase
from inventory.purchasing.sending import send_purchase
from inventory.purchasing.suppliers import find_supplier
from inventory.stock.places import find_bin, find_warehouse

if TYPE_CHECKING:
    from inventory.api.calls import Call
    from inventory.api.responses import Response
    from inventory.api.routing import Router
    from inventory.models import PurchaseOrder


def details(purchase: PurchaseOrder) -> dict[str, Any]:
    """Return all that is known about a purchase."""
    return {
        "number": purchase.number,
        "supplier": purchase.supplier.code,
        "state": purchase.state.value,
        "expected_on": str(purchase.expected_on) if purchase.expected_on else None,
        "total_cents": total_cents(purchase),
        "lines": [
            {"sku": line.product.sku, "quantity": line.quantity, "received": line.received} for line in purchase.lines
        ],
    }


def add_purchase(call: Call) -> Response:
    """Order from a supplier: the draft is sent at once."""
    supplier = find_supplier(call.session, call.fields.text("supplier"))
    warehouse = find_warehouse(call.session, call.fields.text("warehouse", "MAIN"))
    items = call.products(call.fields.quantities("items"))
    purchase = draft_purchase(call.session, supplier, warehouse, items, day=call.day)
    send_purchase(call.session, purchase, day=call.day)
    call.note("send", "purchase", purchase.number, supplier.code)
    return created(details(purchase), f"/purchases/{purchase.number}")


def show_purchase(call: Call) -> Response:
    """Tell all about a purchase."""
    return as_json(details(find_purchase(call.session, call.parts["number"])))


def add_receipt(call: Call) -> Response:
    """Book what has come."""
    purchase = find_purchase(call.session, call.parts["number"])
    cost = receive_purchase(
        call.session,
        purchase,
        find_bin(call.session, purchase.warehouse, call.fields.text("bin", "RECV")),
        call.products(call.fields.quantities("items")),
        at=call.at,
        lot_numbers=call.fields.texts("lots"),
        serial_numbers=call.fields.lists("serial_numbers"),
    )
    call.note("receive", "purchase", purchase.number, f"{cost} cents")
    return created({**details(purchase), "cost_cents": cost}, f"/purchases/{purchase.number}")


def add_routes(router: Router) -> None:
    """Add the paths."""
    router.add("/purchases", POST=add_purchase)
    router.add("/purchases/{number}", GET=show_purchase)
    router.add("/purchases/{number}/receipts", POST=add_receipt)
