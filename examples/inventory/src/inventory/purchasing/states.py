"""Which way a purchase may go. Everything that changes a state asks here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.common.errors import StateError
from inventory.models.purchasing import PurchaseState

if TYPE_CHECKING:
    from inventory.models import PurchaseOrder

NEXT: dict[PurchaseState, frozenset[PurchaseState]] = {
    PurchaseState.DRAFT: frozenset({PurchaseState.SENT, PurchaseState.CANCELLED}),
    PurchaseState.SENT: frozenset({PurchaseState.PARTLY_RECEIVED, PurchaseState.RECEIVED, PurchaseState.CANCELLED}),
    PurchaseState.PARTLY_RECEIVED: frozenset({PurchaseState.PARTLY_RECEIVED, PurchaseState.RECEIVED}),
    PurchaseState.RECEIVED: frozenset(),
    PurchaseState.CANCELLED: frozenset(),
}
ON_THE_WAY = (PurchaseState.SENT, PurchaseState.PARTLY_RECEIVED)


def wrong_state(purchase: PurchaseOrder, action: str) -> StateError:
    """Return the exception that says that a purchase is in a state in which the action makes no sense."""
    return StateError(what=f"purchase {purchase.number}", state=purchase.state.value, action=action)


def advance(purchase: PurchaseOrder, state: PurchaseState, action: str) -> None:
    """Let a purchase go on to a state.

    Raises:
        StateError: There is no way from its present state.
    """
    if state not in NEXT[purchase.state]:
        raise wrong_state(purchase, action)
    purchase.state = state


def is_on_the_way(purchase: PurchaseOrder) -> bool:
    """Return whether goods of a purchase may still come."""
    return purchase.state in ON_THE_WAY


def after_receipt(purchase: PurchaseOrder) -> PurchaseState:
    """Return the state of a purchase of which something has come: does the supplier still owe a part?"""
    is_complete = all(line.received >= line.quantity for line in purchase.lines)
    return PurchaseState.RECEIVED if is_complete else PurchaseState.PARTLY_RECEIVED
