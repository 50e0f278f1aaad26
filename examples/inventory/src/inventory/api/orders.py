"""Customers' orders over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from inventory.api.paging import page_of
from inventory.api.responses import as_json, created
from inventory.common.errors import InvalidValueError
from inventory.customers.accounts import find_customer
from inventory.db.session import find
from inventory.models.orders import Order, OrderState
from inventory.orders.allocation import allocate
from inventory.orders.cancellation import cancel_order
from inventory.orders.cart import Cart
from inventory.orders.placement import place_order
from inventory.orders.shipment import ship, shipments_of
from inventory.stock.places import find_warehouse

if TYPE_CHECKING:
    from inventory.api.calls import Call
    from inventory.api.responses import Response
    from inventory.api.routing import Router


def summary(order: Order) -> dict[str, Any]:
    """Return what a list says about an order."""
    total = {"total_cents": order.total_cents, "currency": order.currency}
    return {"number": order.number, "state": order.state.value, **total, "href": f"/orders/{order.number}"}


def details(call: Call, order: Order) -> dict[str, Any]:
    """Return all that is known about an order."""
    lines = [
        {"sku": line.product.sku, "quantity": line.quantity, "net_cents": line.net_cents, "open": line.open}
        for line in order.lines
    ]
    shipments = [shipment.number for shipment in shipments_of(call.session, order)]
    return {**summary(order), "customer": order.customer.email, "lines": lines, "shipments": shipments}


def order_of(call: Call) -> Order:
    """Return the order whose number stands in the path."""
    return find(call.session, Order, Order.number, call.parts["number"])


def list_orders(call: Call) -> Response:
    """List the orders, those in one state with ``?state=``, the latest first."""
    orders = select(Order).order_by(Order.id.desc())
    if state := call.request.query.get("state"):
        known = [each.value for each in OrderState]
        if state not in known:
            raise InvalidValueError(field="state", reason=f"must be one of {', '.join(known)}, not {state!r}")
        orders = orders.where(Order.state == OrderState(state))
    return as_json(page_of(call, [summary(order) for order in call.session.scalars(orders)]))


def add_order(call: Call) -> Response:
    """Place an order."""
    cart = Cart()
    for product, quantity in call.products(call.fields.quantities("items")).items():
        cart.add(product, quantity)
    order = place_order(
        call.session,
        find_customer(call.session, call.fields.text("customer")),
        cart,
        find_warehouse(call.session, call.fields.text("warehouse", "MAIN")),
        at=call.at,
        voucher_code=call.fields.text("voucher", "") or None,
        is_express=call.fields.flag("express"),
    )
    call.note("place", "order", order.number, order.customer.email)
    return created(details(call, order), f"/orders/{order.number}")


def show_order(call: Call) -> Response:
    """Tell all about an order."""
    return as_json(details(call, order_of(call)))


def promise_goods(call: Call) -> Response:
    """Promise an order its goods."""
    order = order_of(call)
    missing = allocate(call.session, order)
    return as_json({**summary(order), "missing": missing})


def add_shipment(call: Call) -> Response:
    """Hand an order's goods over to the carrier."""
    order = order_of(call)
    shipment = ship(call.session, order, at=call.at, serial_numbers=call.fields.lists("serial_numbers"))
    call.note("ship", "order", order.number, shipment.number)
    data = {"number": shipment.number, "parcels": shipment.parcels, "weight_grams": shipment.weight_grams}
    return created({**data, "order": summary(order)}, f"/orders/{order.number}")


def cancel(call: Call) -> Response:
    """Cancel an order."""
    order = order_of(call)
    cancel_order(call.session, order)
    call.note("cancel", "order", order.number)
    return as_json(summary(order))


def add_routes(router: Router) -> None:
    """Add the paths."""
    router.add("/orders", GET=list_orders, POST=add_order)
    router.add("/orders/{number}", GET=show_order)
    router.add("/orders/{number}/allocation", POST=promise_goods)
    router.add("/orders/{number}/shipments", POST=add_shipment)
    router.add("/orders/{number}/cancellation", POST=cancel)
