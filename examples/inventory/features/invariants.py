"""What holds after every scenario, whatever it did: each rule with a query for what breaks it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.stock.ledger import discrepancies
from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

THERE = """
    WITH there AS (
    SELECT product.id, product.sku, product.tracking, bin.warehouse_id, sum(stock_level.on_hand) AS pieces
    FROM stock_level JOIN bin ON bin.id = stock_level.bin_id JOIN product ON product.id = stock_level.product_id
    GROUP BY product.id, bin.warehouse_id)
"""  # which each rule may ask
RULES = {
    "the cost layers of a product hold as many pieces as its bins": """
        SELECT sku, pieces FROM there WHERE pieces <> coalesce((
            SELECT sum(remaining) FROM cost_layer
            WHERE product_id = there.id AND warehouse_id = there.warehouse_id), 0)
    """,
    "the lots of a product hold as many pieces as its bins": """
        SELECT sku, pieces FROM there WHERE tracking = 'lot' AND pieces <> coalesce((
            SELECT sum(quantity) FROM lot WHERE product_id = there.id AND warehouse_id = there.warehouse_id), 0)
    """,
    "there are as many serial numbers in stock as pieces that have them": """
        SELECT sku, sum(pieces) FROM there WHERE tracking = 'serial' GROUP BY id HAVING sum(pieces) <> (
            SELECT count(*) FROM serial_number WHERE product_id = there.id AND state = 'in-stock')
    """,
    "what is allocated to an order line is promised to it": """
        SELECT order_id, allocated FROM order_line
        WHERE product_id NOT IN (SELECT bundle_id FROM bundle_item) AND allocated <> coalesce((
            SELECT sum(quantity) FROM reservation WHERE order_line_id = order_line.id AND state = 'active'), 0)
    """,
    "an order is never worth less than nothing": """
        SELECT number FROM customer_order WHERE goods_cents < discount_cents OR tax_cents < 0 OR shipping_cents < 0
    """,
    "a bin holds no more than it can": """
        SELECT bin.code FROM bin JOIN stock_level ON bin.id = stock_level.bin_id
        GROUP BY bin.id HAVING sum(on_hand) > capacity
    """,
    "a voucher is used no more often than it may be": """
        SELECT code FROM voucher WHERE used NOT BETWEEN 0 AND coalesce(usage_limit, used)
    """,
}


def violations(session: Session) -> list[str]:
    """Return which rules are broken, and where."""
    broken: dict[str, Sequence[object]] = {
        rule: session.execute(text(f"{THERE} {query}")).all() for rule, query in RULES.items()
    }
    broken["a level is the sum of its movements"] = discrepancies(session)
    return [f"{rule}: {where}" for rule, where in broken.items() if where]
