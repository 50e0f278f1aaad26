"""An order's status is its state, of which there are more, and nobody wrote notes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Rename and widen the column, index it, and drop the notes."""
    with op.batch_alter_table("customer_order") as batch:
        batch.alter_column(
            "status",
            new_column_name="state",
            type_=sa.String(16),
            existing_type=sa.String(9),
            existing_nullable=False,
            server_default=None,
        )
        batch.add_column(sa.Column("priority", sa.Integer(), nullable=False, server_default="0"))
        batch.drop_column("note")
    op.create_index("ix_customer_order_state", "customer_order", ["state"])


def downgrade() -> None:
    """Rename and narrow the column; the notes are lost."""
    op.drop_index("ix_customer_order_state", "customer_order")
    with op.batch_alter_table("customer_order") as batch:
        batch.alter_column(
            "state",
            new_column_name="status",
            type_=sa.String(9),
            existing_type=sa.String(16),
            existing_nullable=False,
            server_default="placed",
        )
        batch.drop_column("priority")
        batch.add_column(sa.Column("note", sa.String(200), nullable=True))
