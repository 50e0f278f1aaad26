"""Orders have a status, by which they are looked up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column, every order so far being open, and its index."""
    op.add_column("customer_order", sa.Column("status", sa.String(9), nullable=False, server_default="open"))
    op.create_index("ix_customer_order_status", "customer_order", ["status"])


def downgrade() -> None:
    """Drop the index and the column."""
    op.drop_index("ix_customer_order_status", "customer_order")
    with op.batch_alter_table("customer_order") as batch:
        batch.drop_column("status")
