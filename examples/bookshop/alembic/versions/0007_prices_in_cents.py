"""Prices become whole cents: a data migration, the rows that stand there are converted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

PRICES = (("book", "price"), ("customer_order", "shipping"), ("order_line", "unit_price"), ("shipping_rate", "price"))


def upgrade() -> None:
    """Convert each price, then drop the old column."""
    for table, old in PRICES:
        new = f"{old}_cents"
        op.add_column(table, sa.Column(new, sa.Integer(), nullable=True))
        cents = sa.cast(sa.func.round(sa.column(old, sa.Float()) * 100), sa.Integer())
        op.execute(sa.update(sa.table(table, sa.column(new))).values({new: cents}))
        with op.batch_alter_table(table) as batch:
            batch.alter_column(new, existing_type=sa.Integer(), nullable=False)
            batch.drop_column(old)


def downgrade() -> None:
    """Convert each price back."""
    for table, old in PRICES:
        new = f"{old}_cents"
        op.add_column(table, sa.Column(old, sa.Numeric(8, 2), nullable=True))
        op.execute(sa.update(sa.table(table, sa.column(old))).values({old: sa.column(new, sa.Float()) / 100}))
        with op.batch_alter_table(table) as batch:
            batch.alter_column(old, existing_type=sa.Numeric(8, 2), nullable=False)
            batch.drop_column(new)
