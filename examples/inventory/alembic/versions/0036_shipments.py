"""Parcels that left the house, and what carriers ask for them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"

SHIPPING_RATE = sa.table(
    "shipping_rate",
    sa.column("country"),
    sa.column("maximum_grams"),
    sa.column("price_cents"),
)
RATES = (
    ("DE", 2_000, 490),
    ("DE", 10_000, 890),
    ("DE", 31_500, 1_690),
    ("AT", 2_000, 990),
    ("AT", 10_000, 1_490),
    ("FR", 2_000, 1_190),
)


def upgrade() -> None:
    """Create the shipments and the rates."""
    op.create_table(
        "shipment",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("number", sa.String(20), nullable=False, unique=True),
        sa.Column("order_id", sa.Integer(), sa.ForeignKey("customer_order.id"), nullable=False),
        sa.Column("shipped_at", sa.DateTime(), nullable=False),
        sa.Column("weight_grams", sa.Integer(), nullable=False),
        sa.Column("parcels", sa.Integer(), nullable=False),
        sa.Column("tracking_code", sa.String(40), nullable=True),
    )
    op.create_index("ix_shipment_order_id", "shipment", ["order_id"])
    op.create_table(
        "shipment_line",
        sa.Column("shipment_id", sa.Integer(), sa.ForeignKey("shipment.id"), primary_key=True),
        sa.Column("order_line_id", sa.Integer(), sa.ForeignKey("order_line.id"), primary_key=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("cost_cents", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name="quantity_positive"),
    )
    op.create_table(
        "shipping_rate",
        sa.Column("country", sa.String(2), primary_key=True),
        sa.Column("maximum_grams", sa.Integer(), primary_key=True),
        sa.Column("price_cents", sa.Integer(), nullable=False),
    )
    op.bulk_insert(
        SHIPPING_RATE,
        [{"country": country, "maximum_grams": grams, "price_cents": cents} for country, grams, cents in RATES],
    )


def downgrade() -> None:
    """Drop the shipments and the rates."""
    op.drop_table("shipping_rate")
    op.drop_table("shipment_line")
    op.drop_table("shipment")
