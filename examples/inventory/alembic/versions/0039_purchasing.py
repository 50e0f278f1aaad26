"""What the wholesaler orders, and the conditions of suppliers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    """Create the purchases; suppliers get codes made from their keys."""
    with op.batch_alter_table("supplier") as batch:
        batch.add_column(sa.Column("code", sa.String(12), nullable=True))
        batch.add_column(sa.Column("currency", sa.String(3), nullable=False, server_default="EUR"))
        batch.add_column(sa.Column("is_blocked", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE supplier SET code = 'S' || id")
    with op.batch_alter_table("supplier") as batch:
        batch.alter_column("code", existing_type=sa.String(12), nullable=False)
        batch.create_unique_constraint("uq_supplier_code", ["code"])
    with op.batch_alter_table("supplier_product") as batch:
        batch.add_column(sa.Column("minimum_quantity", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("pack_size", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("is_preferred", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "purchase_order",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("number", sa.String(20), nullable=False, unique=True),
        sa.Column("supplier_id", sa.Integer(), sa.ForeignKey("supplier.id"), nullable=False),
        sa.Column("warehouse_id", sa.Integer(), sa.ForeignKey("warehouse.id"), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("ordered_on", sa.Date(), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=True),
    )
    op.create_index("ix_purchase_order_state", "purchase_order", ["state"])
    op.create_table(
        "purchase_line",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("purchase_order_id", sa.Integer(), sa.ForeignKey("purchase_order.id"), nullable=False),
        sa.Column("product_id", sa.Integer(), sa.ForeignKey("product.id"), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("unit_cost_cents", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name="quantity_positive"),
    )
    op.create_index("ix_purchase_line_purchase_order_id", "purchase_line", ["purchase_order_id"])


def downgrade() -> None:
    """Drop the purchases and the conditions."""
    op.drop_table("purchase_line")
    op.drop_table("purchase_order")
    with op.batch_alter_table("supplier_product") as batch:
        batch.drop_column("is_preferred")
        batch.drop_column("pack_size")
        batch.drop_column("minimum_quantity")
    with op.batch_alter_table("supplier") as batch:
        batch.drop_constraint("uq_supplier_code", type_="unique")
        batch.drop_column("is_blocked")
        batch.drop_column("currency")
        batch.drop_column("code")
