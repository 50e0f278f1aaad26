"""Orders know all their sums, in cents, and lines how far they are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"

SUMS = ("goods_cents", "shipping_cents", "tax_cents")


def upgrade() -> None:
    """Add the sums, compute them for the orders that stand there, and drop the prices."""
    with op.batch_alter_table("customer_order") as batch:
        batch.add_column(sa.Column("currency", sa.String(3), nullable=False, server_default="EUR"))
        batch.add_column(sa.Column("discount_cents", sa.Integer(), nullable=False, server_default="0"))
        for name in SUMS:
            batch.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("order_line") as batch:
        batch.add_column(sa.Column("net_cents", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("tax_cents", sa.Integer(), nullable=False, server_default="0"))
        for name in ("allocated", "shipped", "cancelled"):
            batch.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE order_line SET net_cents = CAST(round(unit_price * 100) AS INTEGER) * quantity")
    op.execute(
        "UPDATE customer_order SET goods_cents ="
        " coalesce((SELECT sum(net_cents) FROM order_line WHERE order_id = customer_order.id), 0)",
    )
    with op.batch_alter_table("order_line") as batch:
        batch.drop_column("unit_price")
        batch.alter_column("net_cents", existing_type=sa.Integer(), existing_nullable=False, server_default=None)
        batch.alter_column("tax_cents", existing_type=sa.Integer(), existing_nullable=False, server_default=None)
        batch.create_check_constraint("not_more_than_ordered", "shipped + cancelled <= quantity")
    with op.batch_alter_table("customer_order") as batch:
        batch.alter_column("currency", existing_type=sa.String(3), existing_nullable=False, server_default=None)
        for name in SUMS:
            batch.alter_column(name, existing_type=sa.Integer(), existing_nullable=False, server_default=None)


def downgrade() -> None:
    """Bring the prices back and drop the sums."""
    with op.batch_alter_table("order_line") as batch:
        batch.drop_constraint(op.f("ck_order_line_not_more_than_ordered"), type_="check")
        batch.add_column(sa.Column("unit_price", sa.Numeric(10, 2), nullable=False, server_default="0"))
    op.execute("UPDATE order_line SET unit_price = round(net_cents / 100.0 / quantity, 2)")
    with op.batch_alter_table("order_line") as batch:
        batch.alter_column("unit_price", existing_type=sa.Numeric(10, 2), existing_nullable=False, server_default=None)
        for name in ("net_cents", "tax_cents", "allocated", "shipped", "cancelled"):
            batch.drop_column(name)
    with op.batch_alter_table("customer_order") as batch:
        for name in ("currency", "discount_cents", *SUMS):
            batch.drop_column(name)
