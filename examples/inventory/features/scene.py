"""What the steps share: the scene that a scenario plays in, and how its words become values."""

from __future__ import annotations

import enum
import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timezone
from typing import TYPE_CHECKING, Protocol

from behave import register_type
from inventory.catalogue.products import find_product
from inventory.common.errors import InventoryError
from inventory.common.money import to_cents
from inventory.customers.accounts import find_customer
from inventory.orders.cart import Cart
from inventory.stock.places import find_bin, find_warehouse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from behave import Row, Table
    from inventory.models import (
        Bin,
        CountSheet,
        Customer,
        Order,
        OrderLine,
        Product,
        Reservation,
        Return,
        Shipment,
        Transfer,
        Warehouse,
    )
    from sqlalchemy.orm import Session

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)


@dataclass
class Things:
    """What a scenario has made so far, and a later step calls "the order", "the cart" and so on."""

    now: datetime = MONDAY
    cart: Cart = field(default_factory=Cart)
    orders: list[Order] = field(default_factory=list)
    shipments: list[Shipment] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)
    transfers: list[Transfer] = field(default_factory=list)
    reservations: list[Reservation] = field(default_factory=list)
    sheets: list[CountSheet] = field(default_factory=list)


class Scene(Protocol):
    """Behave's context, as features/environment.py furnishes it for each scenario."""

    session: Session
    database: Path
    things: Things
    error: InventoryError | None
    error_is_expected: bool
    answer: object
    table: Table | None
    text: str | None


@contextmanager
def attempt(context: Scene) -> Iterator[None]:
    """Do something as the application does: all of it is kept, or, after an error of the application, nothing.

    The error is remembered for the step that expects it. Nobody may forget it: without such a step, the scenario fails.
    """
    if context.error is not None and not context.error_is_expected:
        raise context.error
    context.error = None
    context.session.commit()
    try:
        yield
        context.session.commit()
    except InventoryError as error:
        context.session.rollback()
        context.error, context.error_is_expected = error, False


def ask(context: Scene, question: Callable[[], object]) -> None:
    """Remember the answer to a question, or the error that came instead."""
    with attempt(context):
        context.answer = question()


def rows(context: Scene) -> Table:
    """Return the table below the step."""
    assert context.table is not None, "the step needs a table"
    return context.table


def only_row(context: Scene) -> Row:
    """Return the one row of the table below the step."""
    (row,) = rows(context)
    return row


def product(context: Scene, sku: str) -> Product:
    """Return the product with this SKU."""
    return find_product(context.session, sku)


def warehouse(context: Scene, code: str = "MAIN") -> Warehouse:
    """Return a warehouse: without a code, the one where most scenarios play."""
    return find_warehouse(context.session, code)


def place(context: Scene, code: str) -> Bin:
    """Return a bin, named like ``A-01`` in the main warehouse, like ``NORD/A-01`` in another one."""
    house, _, name = code.rpartition("/")
    return find_bin(context.session, warehouse(context, house or "MAIN"), name)


def customer(context: Scene, email: str) -> Customer:
    """Return the customer with this address."""
    return find_customer(context.session, email)


def order(context: Scene, number: str = "") -> Order:
    """Return the order with this number, or the one of which the scenario spoke last."""
    if not number:
        return context.things.orders[-1]
    return next(each for each in context.things.orders if each.number == number)


def line_of(context: Scene, sku: str, number: str = "") -> OrderLine:
    """Return the line of a product in an order."""
    return next(line for line in order(context, number).lines if line.product.sku == sku)


def shown(value: object) -> str:
    """Return a value as the features write it: lists with commas, pairs with a space, nothing as "nothing"."""
    if isinstance(value, dict):
        value = list(value.items())
    if value is None or value in ([], ""):
        words = "nothing"
    elif isinstance(value, bool):
        words = "yes" if value else "no"
    elif isinstance(value, enum.Enum):
        words = str(value.value)
    elif isinstance(value, list):
        words = ", ".join(shown(each) for each in value)
    elif isinstance(value, tuple):
        words = " ".join(shown(each) for each in value)
    else:
        keys = ("sku", "number", "code", "email")
        words = next((str(getattr(value, key)) for key in keys if hasattr(value, key)), str(value))
    return words


def expect(record: object, row: Row) -> None:
    """Compare a record's attributes with a row, whose headings name them, "unit cost" for `unit_cost`."""
    found = {heading: shown(getattr(record, heading.replace(" ", "_"))) for heading in row.headings}
    expected = {heading: row[heading] for heading in row.headings}
    assert found == expected, f"{found} instead of {expected}"


def expect_all(records: Sequence[object], table: Table) -> None:
    """Compare records with the rows of a table, in their order."""
    assert len(records) == len(table.rows), f"there are {len(records)} instead of {len(table.rows)}"
    for record, row in zip(records, table, strict=True):
        expect(record, row)


def euros(amount: int) -> str:
    """Return cents as the features write them."""
    return f"{amount / 100:.2f}"


def typed(pattern: str) -> Callable[[Callable[[str], object]], Callable[[str], object]]:
    """Say how the words look that a converter reads, so that no two steps can mean the same sentence."""

    def mark(converter: Callable[[str], object]) -> Callable[[str], object]:
        converter.pattern = pattern  # type: ignore[attr-defined]  # as the parse module asks for it
        return converter

    return mark


@typed(r"[A-Z]{2,4}-[0-9]{3,6}")
def sku(words: str) -> str:
    """Read a SKU as it is stored, like ``HAM-001``."""
    return words


@typed(r"(?:[A-Z]+/)?[A-Z]+(?:-[0-9]+)?")
def bin_code(words: str) -> str:
    """Read a bin, like ``A-01`` or ``NORD/A-01``."""
    return words


@typed(r"[A-Z][A-Z0-9-]*")
def code(words: str) -> str:
    """Read a code in capitals, like ``MAIN`` or ``SO-000001``."""
    return words


@typed(r"[\w.-]+@[\w.-]+")
def email(words: str) -> str:
    """Read an address, like ``ada@example.com``."""
    return words


@typed(r"-?[0-9]+")
def number(words: str) -> int:
    """Read a whole number."""
    return int(words)


@typed(r"-?[0-9,]+\.[0-9]{2}")
def cents(words: str) -> int:
    """Read an amount like ``1,234.50``."""
    return to_cents(words.replace(",", ""))


@typed(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
def day(words: str) -> date:
    """Read a day, like ``2026-03-02``."""
    return date.fromisoformat(words)


@typed(r"[a-z][a-z_-]*")
def word(words: str) -> str:
    """Read one word in small letters, like ``partly-shipped``."""
    return words


@typed(r"[A-Z]{2,4}-[0-9]{3,6} x [0-9]+(?:, [A-Z]{2,4}-[0-9]{3,6} x [0-9]+)*")
def items(words: str) -> dict[str, int]:
    """Read products and quantities, like ``HAM-001 x 2, SAW-001 x 1``."""
    return {sku: int(count) for sku, count in re.findall(r"([A-Z]+-[0-9]+) x ([0-9]+)", words)}


@typed(r"[A-Z0-9-]+(?:, [A-Z0-9-]+)*")
def names(words: str) -> list[str]:
    """Read names in capitals with commas between them, like serial numbers."""
    return words.split(", ")


def products(context: Scene, quantities: dict[str, int]) -> dict[Product, int]:
    """Return quantities by product instead of by SKU."""
    return {product(context, each): count for each, count in quantities.items()}


register_type(
    Sku=sku,
    Bin=bin_code,
    Code=code,
    Email=email,
    Number=number,
    Cents=cents,
    Day=day,
    Word=word,
    Items=items,
    Names=names,
)
