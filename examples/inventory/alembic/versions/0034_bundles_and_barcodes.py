"""Products that consist of products, and what is printed on packs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    """Create both."""
    op.create_table(
        "bundle_item",
        sa.Column("bundle_id", sa.Integer(), sa.ForeignKey("product.id"), primary_key=True),
        sa.Column("product_id", sa.Integer(), sa.ForeignKey("product.id"), primary_key=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name="quantity_positive"),
    )
    op.create_table(
        "barcode",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("product_id", sa.Integer(), sa.ForeignKey("product.id"), nullable=False),
        sa.Column("gtin", sa.String(14), nullable=False, unique=True),
        sa.Column("pack_quantity", sa.Integer(), nullable=False, server_default="1"),
    )
    op.create_index("ix_barcode_product_id", "barcode", ["product_id"])


def downgrade() -> None:
    """Drop both."""
    op.drop_table("barcode")
    op.drop_table("bundle_item")
