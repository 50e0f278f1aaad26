"""What customers ordered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Create the orders."""
    op.create_table(
        "customer_order",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("customer_id", sa.Integer(), sa.ForeignKey("customer.id"), nullable=False),
        sa.Column("warehouse_id", sa.Integer(), sa.ForeignKey("warehouse.id"), nullable=False),
        sa.Column("address_id", sa.Integer(), sa.ForeignKey("address.id"), nullable=False),
        sa.Column("status", sa.String(9), nullable=False, server_default="placed"),
        sa.Column("placed_at", sa.DateTime(), nullable=False),
        sa.Column("note", sa.String(200), nullable=True),
    )


def downgrade() -> None:
    """Drop the orders."""
    op.drop_table("customer_order")
