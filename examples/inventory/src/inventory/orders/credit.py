"""Credit: what a customer owes already, and how much more it may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from inventory.common.errors import InventoryError
from inventory.models.orders import Order, OrderState

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from inventory.models import Customer


class CreditLimitError(InventoryError):
    """The order would let the customer owe too much."""

    def __init__(self, email: str, over_cents: int) -> None:
        super().__init__(f"{email} would be {over_cents} cents over the credit limit")
        self.over_cents = over_cents


def exposure_cents(session: Session, customer: Customer) -> int:
    """Return what a customer's orders that are neither shipped in full nor cancelled come to."""
    settled = (OrderState.SHIPPED, OrderState.CANCELLED)
    orders = select(Order).where(Order.customer_id == customer.id, Order.state.not_in(settled))
    return sum(order.total_cents for order in session.scalars(orders))


def credit_left_cents(session: Session, customer: Customer) -> int | None:
    """Return for how much a customer may still order, or None without a limit."""
    if customer.credit_limit_cents is None:
        return None
    return max(customer.credit_limit_cents - exposure_cents(session, customer), 0)


def check_credit(session: Session, customer: Customer, total_cents: int) -> None:
    """Let an order pass that stays within the limit.

    Raises:
        CreditLimitError: It does not.
    """
    left = credit_left_cents(session, customer)
    if left is not None and total_cents > left:
        raise CreditLimitError(customer.email, total_cents - left)
