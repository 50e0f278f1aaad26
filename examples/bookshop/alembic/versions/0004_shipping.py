"""Shipping rates, with those that the shop starts with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

RATES = {"AT": 4.90, "CH": 9.90, "DE": 3.50, "FR": 5.40}


def upgrade() -> None:
    """Create the rates and what an order paid."""
    rates = op.create_table(
        "shipping_rate",
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("price", sa.Numeric(8, 2, asdecimal=False), nullable=False),
        sa.PrimaryKeyConstraint("country", name="pk_shipping_rate"),
    )
    op.bulk_insert(rates, [{"country": country, "price": price} for country, price in RATES.items()])
    op.add_column("customer_order", sa.Column("shipping", sa.Numeric(8, 2), nullable=False, server_default="0"))


def downgrade() -> None:
    """Drop what was created."""
    with op.batch_alter_table("customer_order") as batch:
        batch.drop_column("shipping")
    op.drop_table("shipping_rate")
