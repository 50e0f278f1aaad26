"""The state of a scenario, and the rules that its data must follow at the end."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from inventory.errors import InventoryError
from sqlalchemy import text

if TYPE_CHECKING:
    import tempfile
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from behave import Table
    from inventory.models import Order
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

RULES = {
    "a stock level is the sum of its movements": """
        SELECT product_id, warehouse_id FROM stock_level WHERE on_hand <> (
            SELECT coalesce(sum(quantity), 0) FROM movement
            WHERE product_id = stock_level.product_id AND warehouse_id = stock_level.warehouse_id)
    """,
    "reserved pieces are in the warehouse": """
        SELECT product_id, warehouse_id FROM stock_level WHERE on_hand < (
            SELECT coalesce(sum(allocated), 0) FROM order_line JOIN customer_order ON customer_order.id = order_id
            WHERE order_line.product_id = stock_level.product_id
            AND customer_order.warehouse_id = stock_level.warehouse_id)
    """,
    "only open orders have reserved pieces": """
        SELECT number FROM customer_order JOIN order_line ON customer_order.id = order_id
        WHERE allocated > 0 AND state IN ('shipped', 'cancelled')
    """,
}


class Scene(Protocol):
    """The attributes that features/environment.py and the steps set on the context of behave."""

    folder: tempfile.TemporaryDirectory[str]
    database: Path
    engine: Engine
    session: Session
    today: date
    order: Order
    missing: int
    difference: int
    error: InventoryError | None
    error_is_expected: bool
    exit_code: int
    output: str
    table: Table | None
    text: str | None


@contextmanager
def unit_of_work(context: Scene) -> Iterator[Session]:
    """Commit the changes of a step, or roll them back and keep the error for a later step."""
    if context.error is not None and not context.error_is_expected:
        raise context.error
    context.error = None
    try:
        yield context.session
        context.session.commit()
    except InventoryError as error:
        context.session.rollback()
        context.error, context.error_is_expected = error, False


def broken_rules(session: Session) -> list[str]:
    """Return the rules that the data breaks, each with the records that break it."""
    records = {rule: session.execute(text(query)).all() for rule, query in RULES.items()}
    return [f"{rule}: {broken}" for rule, broken in records.items() if broken]
