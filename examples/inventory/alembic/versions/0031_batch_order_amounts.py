"""Add the amounts of an order in cents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"

AMOUNTS = ("goods_cents", "discount_cents", "shipping_cents", "tax_cents")


def upgrade() -> None:
    """Add the columns and calculate the goods of existing orders."""
    with op.batch_alter_table("customer_order") as batch:
        for name in AMOUNTS:
            batch.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE customer_order SET goods_cents = coalesce((SELECT sum(CAST(round(unit_price * 100) AS INTEGER)"
        " * quantity) FROM order_line WHERE order_id = customer_order.id), 0)",
    )
