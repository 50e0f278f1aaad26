"""Goods on their way from one warehouse to another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Create the transfers."""
    op.create_table(
        "transfer",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("number", sa.String(20), nullable=False, unique=True),
        sa.Column("source_id", sa.Integer(), sa.ForeignKey("warehouse.id"), nullable=False),
        sa.Column("target_id", sa.Integer(), sa.ForeignKey("warehouse.id"), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("source_id <> target_id", name="goes_elsewhere"),
    )
    op.create_table(
        "transfer_line",
        sa.Column("transfer_id", sa.Integer(), sa.ForeignKey("transfer.id"), primary_key=True),
        sa.Column("product_id", sa.Integer(), sa.ForeignKey("product.id"), primary_key=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False, server_default="0"),
        sa.CheckConstraint("quantity > 0", name="quantity_positive"),
    )


def downgrade() -> None:
    """Drop the transfers."""
    op.drop_table("transfer_line")
    op.drop_table("transfer")
