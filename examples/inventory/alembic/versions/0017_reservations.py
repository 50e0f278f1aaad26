"""Promises of goods that still lie there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Create the reservations."""
    op.create_table(
        "reservation",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("product_id", sa.Integer(), sa.ForeignKey("product.id"), nullable=False),
        sa.Column("warehouse_id", sa.Integer(), sa.ForeignKey("warehouse.id"), nullable=False),
        sa.Column("order_line_id", sa.Integer(), sa.ForeignKey("order_line.id"), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("quantity > 0", name="quantity_positive"),
    )
    columns = ["product_id", "warehouse_id", "state"]
    op.create_index("ix_reservation_product_id_warehouse_id_state", "reservation", columns)


def downgrade() -> None:
    """Drop the reservations."""
    op.drop_table("reservation")
