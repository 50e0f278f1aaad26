"""Who bought what: customers, orders, and the rules for placing and cancelling one."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - SQLAlchemy evaluates the annotations of the models
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from bookshop.catalogue import Book
from bookshop.database import Base
from bookshop.pricing import line_price, shipping_price

if TYPE_CHECKING:
    from collections.abc import Mapping


class OrderError(Exception):
    """The order cannot be placed or changed as asked."""


class Customer(Base):
    """Somebody who orders."""

    __tablename__ = "customer"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(200), unique=True)
    country: Mapped[str] = mapped_column(String(2))


class ShippingRate(Base):
    """What a parcel to a country costs. The shop delivers to the countries that stand here."""

    __tablename__ = "shipping_rate"

    country: Mapped[str] = mapped_column(String(2), primary_key=True)
    price_cents: Mapped[int]


class Order(Base):
    """What a customer ordered on one day; ``open``, ``shipped`` or ``cancelled``."""

    __tablename__ = "customer_order"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    placed_on: Mapped[date]
    shipping_cents: Mapped[int]
    status: Mapped[str] = mapped_column(String(9), default="open", server_default="open", index=True)
    customer: Mapped[Customer] = relationship()
    lines: Mapped[list[OrderLine]] = relationship(back_populates="order", cascade="all, delete-orphan")

    @property
    def total_cents(self) -> int:
        """What the customer pays."""
        return self.shipping_cents + sum(line.price_cents for line in self.lines)


class OrderLine(Base):
    """One title of an order, at the price of the day."""

    __tablename__ = "order_line"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)

    order_id: Mapped[int] = mapped_column(ForeignKey("customer_order.id"), primary_key=True)
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"), primary_key=True)
    quantity: Mapped[int]
    unit_price_cents: Mapped[int]
    order: Mapped[Order] = relationship(back_populates="lines")
    book: Mapped[Book] = relationship()

    @property
    def price_cents(self) -> int:
        """What this line costs, discount included."""
        return line_price(self.unit_price_cents, self.quantity)


def place_order(session: Session, customer: Customer, basket: Mapping[str, int], *, placed_on: date) -> Order:
    """Take the books of a basket (ISBN to quantity) from the stock and return the order.

    Raises:
        OrderError: The basket is empty, a book is unknown, or the shop does not deliver to the country.
        OutOfStockError: Too few copies of a book are left. Roll back: others may have been taken already.
    """
    if not basket:
        message = "the basket is empty"
        raise OrderError(message)
    rate = session.get(ShippingRate, customer.country)
    if rate is None:
        message = f"no delivery to {customer.country}"
        raise OrderError(message)
    books = {book.isbn: book for book in session.scalars(select(Book).where(Book.isbn.in_(basket)))}
    if unknown := sorted(basket.keys() - books.keys()):
        message = f"not in the catalogue: {', '.join(unknown)}"
        raise OrderError(message)
    lines = []
    for isbn, quantity in basket.items():
        book = books[isbn]
        book.take(quantity)
        lines.append(OrderLine(book=book, quantity=quantity, unit_price_cents=book.price_cents))
    shipping_cents = shipping_price(sum(line.price_cents for line in lines), rate.price_cents)
    order = Order(customer=customer, placed_on=placed_on, shipping_cents=shipping_cents, lines=lines)
    session.add(order)
    session.flush()
    return order


def cancel_order(order: Order) -> None:
    """Cancel an open order and put its books back.

    Raises:
        OrderError: The order is no longer open.
    """
    if order.status != "open":
        message = f"order {order.id} is {order.status}"
        raise OrderError(message)
    for line in order.lines:
        line.book.put_back(line.quantity)
    order.status = "cancelled"
