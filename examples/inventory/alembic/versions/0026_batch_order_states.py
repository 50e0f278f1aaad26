"""Rename the status of an order to state and drop the note."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Rename and widen the column, and index it."""
    with op.batch_alter_table("customer_order") as batch:
        batch.alter_column(
            "status",
            new_column_name="state",
            type_=sa.String(16),
            existing_type=sa.String(9),
            existing_nullable=False,
            existing_server_default="placed",
        )
        batch.drop_column("note")
    op.create_index("ix_customer_order_state", "customer_order", ["state"])
