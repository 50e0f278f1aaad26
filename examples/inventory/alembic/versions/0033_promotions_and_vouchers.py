"""What makes things cheaper for a while."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """Create both, and let orders know their voucher."""
    op.create_table(
        "promotion",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("code", sa.String(20), nullable=False, unique=True),
        sa.Column("reduction", sa.String(16), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), sa.ForeignKey("product.id"), nullable=True),
        sa.Column("category_id", sa.Integer(), sa.ForeignKey("category.id"), nullable=True),
        sa.Column("minimum_quantity", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("is_stackable", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.CheckConstraint("starts_on <= ends_on", name="starts_before_end"),
    )
    op.create_table(
        "voucher",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("code", sa.String(20), nullable=False, unique=True),
        sa.Column("reduction", sa.String(16), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("minimum_cents", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("usage_limit", sa.Integer(), nullable=True),
        sa.Column("used", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.CheckConstraint("used >= 0", name="used_not_negative"),
    )
    with op.batch_alter_table("customer_order") as batch:
        batch.add_column(sa.Column("voucher_id", sa.Integer(), nullable=True))
        batch.create_foreign_key("fk_customer_order_voucher_id", "voucher", ["voucher_id"], ["id"])


def downgrade() -> None:
    """Drop both."""
    with op.batch_alter_table("customer_order") as batch:
        batch.drop_constraint("fk_customer_order_voucher_id", type_="foreignkey")
        batch.drop_column("voucher_id")
    op.drop_table("voucher")
    op.drop_table("promotion")
