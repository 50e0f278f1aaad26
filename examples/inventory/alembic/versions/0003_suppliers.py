"""Suppliers and what they ask for their products."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the suppliers."""
    op.create_table(
        "supplier",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("email", sa.String(200), nullable=False),
        sa.Column("lead_time_days", sa.Integer(), nullable=False, server_default="7"),
    )
    op.create_table(
        "supplier_product",
        sa.Column("supplier_id", sa.Integer(), sa.ForeignKey("supplier.id"), primary_key=True),
        sa.Column("product_id", sa.Integer(), sa.ForeignKey("product.id"), primary_key=True),
        sa.Column("supplier_sku", sa.String(40), nullable=False),
        sa.Column("cost_cents", sa.Integer(), nullable=False),
    )


def downgrade() -> None:
    """Drop the suppliers."""
    op.drop_table("supplier_product")
    op.drop_table("supplier")
