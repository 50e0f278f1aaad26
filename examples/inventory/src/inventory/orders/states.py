"""Which way an order may go. Everything that changes a state asks here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.common.errors import StateError
from inventory.models.orders import OrderState

if TYPE_CHECKING:
    from inventory.models import Order

NEXT: dict[OrderState, frozenset[OrderState]] = {
    OrderState.PLACED: frozenset({OrderState.ALLOCATED, OrderState.BACKORDERED, OrderState.CANCELLED}),
    OrderState.BACKORDERED: frozenset(
        {OrderState.ALLOCATED, OrderState.PARTLY_SHIPPED, OrderState.SHIPPED, OrderState.CANCELLED},
    ),
    OrderState.ALLOCATED: frozenset({OrderState.PARTLY_SHIPPED, OrderState.SHIPPED, OrderState.CANCELLED}),
    OrderState.PARTLY_SHIPPED: frozenset({OrderState.SHIPPED}),
    OrderState.SHIPPED: frozenset(),
    OrderState.CANCELLED: frozenset(),
}


def can_become(order: Order, state: OrderState) -> bool:
    """Return whether an order may go on to a state, or stay in it."""
    return state is order.state or state in NEXT[order.state]


def advance(order: Order, state: OrderState, action: str) -> None:
    """Let an order go on to a state, or stay in it.

    Raises:
        StateError: There is no way from its present state.
    """
    if not can_become(order, state):
        raise StateError(what=f"order {order.number}", state=order.state.value, action=action)
    order.state = state


def is_settled(order: Order) -> bool:
    """Return whether nothing will happen to an order any more."""
    return not NEXT[order.state]


def after_shipping(order: Order) -> OrderState:
    """Return the state of an order of which something was shipped: is the customer still waiting for a part?"""
    return OrderState.PARTLY_SHIPPED if any(line.open for line in order.lines) else OrderState.SHIPPED
