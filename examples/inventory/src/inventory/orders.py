"""The orders: place, allocate, ship and cancel them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.catalogue import find_active_product
from inventory.customers import unpaid_cents
from inventory.database import find
from inventory.errors import CreditLimitError, InvalidValueError, StateError
from inventory.identifiers import order_number
from inventory.models import MovementKind, NumberSequence, Order, OrderLine, OrderState
from inventory.pricing import quote
from inventory.stock import available, check_quantity, move

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy.orm import Session

    from inventory.models import Customer, Warehouse

MAXIMUM_QUANTITY = 1_000


def next_number(session: Session) -> str:
    """Return the next order number."""
    sequence = find(session, NumberSequence.name, "order", NumberSequence)
    sequence.next_value += 1
    return order_number(sequence.next_value - 1)


def place(
    session: Session, customer: Customer, warehouse: Warehouse, quantities: Mapping[str, int], *, on: date
) -> Order:
    """Place an order for the products with these SKUs.

    Raises:
        CreditLimitError: The order exceeds the credit limit of the customer.
        InvalidValueError: The order is empty, a quantity is out of range, or the parcel is too heavy.
        StateError: The customer is blocked, or a product is discontinued.
        UnknownRecordError: A product does not exist.
    """
    if customer.is_blocked:
        raise StateError(record=f"an order of {customer.email}", state="blocked", action="place")
    if not quantities:
        raise InvalidValueError(field="order", reason="must have a product")
    wanted = {find_active_product(session, sku): quantity for sku, quantity in quantities.items()}
    for product, quantity in wanted.items():
        check_quantity(quantity)
        if quantity > MAXIMUM_QUANTITY:
            raise InvalidValueError(
                field="quantity", reason=f"of {product.sku} must be at most {MAXIMUM_QUANTITY}, not {quantity}"
            )
    price = quote(session, customer, wanted)
    if customer.credit_limit_cents is not None:
        excess = unpaid_cents(session, customer) + price.total - customer.credit_limit_cents
        if excess > 0:
            raise CreditLimitError(customer.email, excess)
    order = Order(number=next_number(session), customer=customer, warehouse=warehouse, placed_on=on)
    order.goods_cents, order.discount_cents = price.goods, price.discount
    order.shipping_cents, order.tax_cents = price.shipping, price.tax
    order.lines = [OrderLine(product=product, quantity=quantity) for product, quantity in wanted.items()]
    session.add(order)
    session.flush()
    return order


def find_order(session: Session, number: str) -> Order:
    """Return the order with a number.

    Raises:
        UnknownRecordError: The order does not exist.
    """
    return find(session, Order.number, number.upper(), Order)


def allocate(session: Session, order: Order) -> int:
    """Reserve the available stock for an order and return the number of missing pieces.

    Raises:
        StateError: The order is shipped or cancelled.
    """
    if order.state in {OrderState.SHIPPED, OrderState.CANCELLED}:
        raise StateError(record=f"order {order.number}", state=order.state.value, action="allocate")
    missing = 0
    for line in order.lines:
        free = available(session, line.product, order.warehouse)
        line.allocated += min(line.quantity - line.allocated, free)
        missing += line.quantity - line.allocated
    order.state = OrderState.BACKORDERED if missing else OrderState.ALLOCATED
    session.flush()
    return missing


def ship(session: Session, order: Order, *, on: date) -> None:
    """Take the allocated goods of an order out of the warehouse.

    Raises:
        StateError: The order is not allocated.
    """
    if order.state is not OrderState.ALLOCATED:
        raise StateError(record=f"order {order.number}", state=order.state.value, action="ship")
    for line in order.lines:
        line.allocated = 0
        kind = MovementKind.SHIPMENT
        move(session, line.product, order.warehouse, -line.quantity, kind, on=on, reference=order.number)
    order.state = OrderState.SHIPPED
    session.flush()


def cancel(session: Session, order: Order) -> None:
    """Cancel an order and release its reserved stock.

    Raises:
        StateError: The order is shipped or cancelled.
    """
    if order.state in {OrderState.SHIPPED, OrderState.CANCELLED}:
        raise StateError(record=f"order {order.number}", state=order.state.value, action="cancel")
    for line in order.lines:
        line.allocated = 0
    order.state = OrderState.CANCELLED
    session.flush()
