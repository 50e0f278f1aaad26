"""Stocktaking."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Create the sheets."""
    op.create_table(
        "count_sheet",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("warehouse_id", sa.Integer(), sa.ForeignKey("warehouse.id"), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
    )
    op.create_table(
        "count_line",
        sa.Column("sheet_id", sa.Integer(), sa.ForeignKey("count_sheet.id"), primary_key=True),
        sa.Column("product_id", sa.Integer(), sa.ForeignKey("product.id"), primary_key=True),
        sa.Column("bin_id", sa.Integer(), sa.ForeignKey("bin.id"), primary_key=True),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=True),
    )


def downgrade() -> None:
    """Drop the sheets."""
    op.drop_table("count_line")
    op.drop_table("count_sheet")
