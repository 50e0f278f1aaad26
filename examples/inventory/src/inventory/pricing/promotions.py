"""Promotions: which ones hold for a line, and which of them the customer gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from inventory.catalogue.categories import ancestors
from inventory.common.errors import InvalidValueError
from inventory.common.validation import percent, positive, text
from inventory.db.session import add_unique
from inventory.models.promotions import Promotion, Reduction
from inventory.pricing.rounding import percentage

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from inventory.models import Category, Product


def create_promotion(
    session: Session,
    code: str,
    reduction: Reduction,
    value: int,
    *,
    starts_on: date,
    ends_on: date,
    product: Product | None = None,
    category: Category | None = None,
    minimum_quantity: int = 1,
    is_stackable: bool = False,
) -> Promotion:
    """Add a promotion for a product, or for a category with all below it, or for everything.

    With free pieces, `value` of every `minimum_quantity` pieces are free.

    Raises:
        DuplicateRecordError: The code is taken.
        InvalidValueError: The value does not suit the reduction, the period ends before it begins, or both a product
            and a category are named.
    """
    positive(minimum_quantity, "minimum_quantity")
    if product is not None and category is not None:
        raise InvalidValueError(field="scope", reason="must be a product or a category, not both")
    if ends_on < starts_on:
        raise InvalidValueError(field="ends_on", reason=f"must not be before {starts_on}")
    if reduction is Reduction.PERCENT:
        percent(value, "value")
    elif reduction is Reduction.FREE_PIECES and value >= minimum_quantity:
        raise InvalidValueError(field="value", reason="must leave something to pay for")
    promotion = Promotion(
        code=text(code, "code", 20),
        reduction=reduction,
        value=positive(value, "value"),
        product_id=product.id if product else None,
        category_id=category.id if category else None,
        minimum_quantity=minimum_quantity,
        starts_on=starts_on,
        ends_on=ends_on,
        is_stackable=is_stackable,
    )
    return add_unique(session, promotion, Promotion.code, promotion.code)


def promotions_for(session: Session, product: Product, quantity: int, day: date) -> list[Promotion]:
    """Return the promotions that hold for so many pieces of a product on a day, in the order of their codes."""
    categories = {category.id for category in ancestors(session, product.category)}
    running = select(Promotion).where(
        Promotion.starts_on <= day,
        Promotion.ends_on >= day,
        Promotion.minimum_quantity <= quantity,
        Promotion.product_id.is_(None) | (Promotion.product_id == product.id),
        Promotion.category_id.is_(None) | Promotion.category_id.in_(categories),
    )
    return list(session.scalars(running.order_by(Promotion.code)))


def reduction_of(promotion: Promotion, unit_cents: int, quantity: int) -> int:
    """Return what a promotion takes off a line, at most all of it: `value` percent, cents per piece, or pieces."""
    total = unit_cents * quantity
    if promotion.reduction is Reduction.PERCENT:
        return percentage(total, promotion.value)
    if promotion.reduction is Reduction.AMOUNT:
        return min(promotion.value * quantity, total)
    return quantity // promotion.minimum_quantity * promotion.value * unit_cents


def best_reduction(promotions: list[Promotion], unit_cents: int, quantity: int) -> int:
    """Return the larger of: all stackable promotions together, at most the whole line; the best of the others."""
    stacked = sum(reduction_of(each, unit_cents, quantity) for each in promotions if each.is_stackable)
    alone = [reduction_of(each, unit_cents, quantity) for each in promotions if not each.is_stackable]
    return max(min(stacked, unit_cents * quantity), *alone, 0)
