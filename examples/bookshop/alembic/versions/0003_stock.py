"""Books have a stock, which is never negative."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column and its check in one batch: SQLite cannot add a constraint to a table that exists."""
    with op.batch_alter_table("book") as batch:
        batch.add_column(sa.Column("stock", sa.Integer(), nullable=False, server_default="0"))
        batch.create_check_constraint(op.f("ck_book_stock_not_negative"), sa.text("stock >= 0"))


def downgrade() -> None:
    """Drop the check, which names the column, and the column."""
    with op.batch_alter_table("book") as batch:
        batch.drop_constraint(op.f("ck_book_stock_not_negative"), type_="check")
        batch.drop_column("stock")
