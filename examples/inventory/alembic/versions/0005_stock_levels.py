"""How much lies where."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the stock levels."""
    op.create_table(
        "stock_level",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("product_id", sa.Integer(), sa.ForeignKey("product.id"), nullable=False),
        sa.Column("bin_id", sa.Integer(), sa.ForeignKey("bin.id"), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False, server_default="0"),
        sa.UniqueConstraint("product_id", "bin_id"),
    )


def downgrade() -> None:
    """Drop the stock levels."""
    op.drop_table("stock_level")
