"""Add the allocated quantity of an order line."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """Add the column with a constraint."""
    with op.batch_alter_table("order_line") as batch:
        batch.add_column(sa.Column("allocated", sa.Integer(), nullable=False, server_default="0"))
        batch.create_check_constraint("allocated_in_range", "allocated BETWEEN 0 AND quantity")
