"""Orders: what they take from the stock, what they cost, when they are refused."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from bookshop.catalogue import Book, OutOfStockError
from bookshop.orders import Customer, Order, OrderError, cancel_order, place_order
from bookshop.pricing import line_price
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

LATHE = "9781416556961"
DISPOSSESSED = "9780061054884"
EARTHSEA = "9780547773742"
TODAY = date(2024, 5, 17)


def stock(session: Session, isbn: str) -> int:
    """Return what the database says is left."""
    return session.scalars(select(Book.stock).where(Book.isbn == isbn)).one()


def test_place_order(session: Session, customer: Customer) -> None:
    """An order takes its books from the stock and costs goods plus the shipping rate of the country."""
    order = place_order(session, customer, {LATHE: 1, DISPOSSESSED: 2}, placed_on=TODAY)
    session.commit()
    assert (order.status, order.total_cents) == ("open", 1_299 + 2 * 1_450 + 350)
    assert (stock(session, LATHE), stock(session, DISPOSSESSED)) == (11, 1)


def test_price_of_the_day(session: Session, customer: Customer) -> None:
    """A price that rises later does not change an order."""
    order = place_order(session, customer, {LATHE: 10}, placed_on=TODAY)
    order.lines[0].book.price_cents = 9_900
    session.commit()
    assert order.total_cents == line_price(1_299, 10)


def test_cancel_order(session: Session, customer: Customer) -> None:
    """Cancelling puts the books back, once."""
    order = place_order(session, customer, {DISPOSSESSED: 3}, placed_on=TODAY)
    cancel_order(order)
    session.commit()
    assert (order.status, stock(session, DISPOSSESSED)) == ("cancelled", 3)
    with pytest.raises(OrderError, match="is cancelled"):
        cancel_order(order)


@pytest.mark.parametrize(("isbn", "quantity", "left"), [(DISPOSSESSED, 4, 3), (EARTHSEA, 1, 0)])
def test_out_of_stock(session: Session, customer: Customer, isbn: str, quantity: int, left: int) -> None:
    """What is not there is not sold, and the rest of the basket stays on the shelf."""
    with pytest.raises(OutOfStockError, match=f"{quantity} asked for, {left} left"):
        place_order(session, customer, {LATHE: 1, isbn: quantity}, placed_on=TODAY)
    session.rollback()
    assert (stock(session, LATHE), stock(session, isbn)) == (12, left)
    assert session.scalar(select(func.count()).select_from(Order)) == 0


def test_refused_baskets(session: Session, customer: Customer) -> None:
    """An empty basket and an unknown book are refused."""
    with pytest.raises(OrderError, match="empty"):
        place_order(session, customer, {}, placed_on=TODAY)
    with pytest.raises(OrderError, match="not in the catalogue: 9780000000000"):
        place_order(session, customer, {"9780000000000": 1}, placed_on=TODAY)


def test_no_delivery(session: Session) -> None:
    """A country without a shipping rate gets no parcel."""
    with pytest.raises(OrderError, match="no delivery to NZ"):
        place_order(session, Customer(email="a@b.example", country="NZ"), {LATHE: 1}, placed_on=TODAY)


def test_stock_is_never_negative(session: Session) -> None:
    """The database itself refuses what the rules let through: the check survived all migrations."""
    session.scalars(select(Book).where(Book.isbn == EARTHSEA)).one().stock = -1
    with pytest.raises(IntegrityError, match="stock_not_negative"):
        session.commit()
