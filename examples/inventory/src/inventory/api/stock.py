"""The stock over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inventory.api.responses import as_json, created
from inventory.catalogue.products import find_product
from inventory.stock.adjustments import adjust
from inventory.stock.availability import available_everywhere
from inventory.stock.levels import level_in, on_hand
from inventory.stock.places import find_bin, find_warehouse
from inventory.stock.receiving import receive

if TYPE_CHECKING:
    from inventory.api.calls import Call
    from inventory.api.responses import Response
    from inventory.api.routing import Router
    from inventory.models import Bin, Product


def place_of(call: Call) -> Bin:
    """Return the bin that was sent."""
    warehouse = find_warehouse(call.session, call.fields.text("warehouse", "MAIN"))
    return find_bin(call.session, warehouse, call.fields.text("bin", "RECV"))


def levels(call: Call, product: Product) -> dict[str, Any]:
    """Return how much of a product there is, and how much of it can be promised where."""
    promisable = available_everywhere(call.session, product)
    return {"sku": product.sku, "on_hand": on_hand(call.session, product), "available": promisable}


def show_stock(call: Call) -> Response:
    """Tell how much of a product there is."""
    return as_json(levels(call, call.product))


def add_receipt(call: Call) -> Response:
    """Put goods into a bin that came without a purchase."""
    product, place = find_product(call.session, call.fields.text("sku")), place_of(call)
    quantity = call.fields.number("quantity")
    receive(
        call.session,
        product,
        place,
        quantity,
        unit_cost_cents=call.fields.number("unit_cost_cents"),
        at=call.at,
        reference=call.fields.text("reference", ""),
        lot_number=call.fields.text("lot", ""),
    )
    call.note("receive", "product", product.sku, f"{quantity} into {place.code}")
    return created(levels(call, product), f"/stock/{product.sku}")


def add_adjustment(call: Call) -> Response:
    """Correct what lies in a bin: by a difference, or to what was counted there."""
    product, place = find_product(call.session, call.fields.text("sku")), place_of(call)
    if "counted" in call.fields:
        difference = call.fields.number("counted") - level_in(call.session, product, place).on_hand
    else:
        difference = call.fields.number("difference")
    adjust(call.session, product, place, difference, reason=call.fields.text("reason"), at=call.at)
    call.note("adjust", "product", product.sku, f"{difference:+} in {place.code}")
    return created(levels(call, product), f"/stock/{product.sku}")


def add_routes(router: Router) -> None:
    """Add the paths."""
    router.add("/stock/receipts", POST=add_receipt)
    router.add("/stock/adjustments", POST=add_adjustment)
    router.add("/stock/{sku}", GET=show_stock)
