"""ABC analysis: the few products that make most of the turnover, and the many that do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from inventory.common.errors import InvalidValueError
from inventory.models.catalogue import Product
from inventory.models.orders import Order, OrderLine, OrderState

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

A_PERCENT = 80
B_PERCENT = 95
FULL = 100


def turnover(session: Session, *, since: datetime, until: datetime) -> dict[str, int]:
    """Return what each product brought in a period, in cents by SKU, the most first; cancelled orders do not count."""
    cents = func.sum(OrderLine.net_cents)
    orders = (
        select(Product.sku, cents)
        .join(OrderLine, OrderLine.product_id == Product.id)
        .join(Order)
        .where(Order.placed_at >= since, Order.placed_at < until, Order.state != OrderState.CANCELLED)
        .group_by(Product.sku)
        .order_by(cents.desc(), Product.sku)
    )
    return dict(session.execute(orders).tuples().all())


def classify(values: dict[str, int], *, a_percent: int = A_PERCENT, b_percent: int = B_PERCENT) -> dict[str, str]:
    """Return the class of each product: A up to the first share of the whole, B up to the second, then C.

    A product belongs to the class in which its share begins: the largest one is always A.

    Raises:
        InvalidValueError: The limits are not in order.
    """
    if not 0 < a_percent < b_percent < FULL:
        raise InvalidValueError(field="limits", reason=f"must rise from 0 to 100, not {a_percent}, {b_percent}")
    total, before = sum(values.values()), 0
    classes = {}
    for sku, value in sorted(values.items(), key=lambda item: (-item[1], item[0])):
        share = before * FULL
        classes[sku] = "A" if share < a_percent * total else "B" if share < b_percent * total else "C"
        before += value
    return classes


def reclassify(session: Session, *, since: datetime, until: datetime) -> dict[str, int]:
    """Give each product its class, C where nothing was sold, and return how many there are of each."""
    classes = classify(turnover(session, since=since, until=until))
    counts = {"A": 0, "B": 0, "C": 0}
    for product in session.scalars(select(Product)):
        product.abc_class = classes.get(product.sku, "C")
        counts[product.abc_class] += 1
    session.flush()
    return counts
