"""Rename the quantity of a stock level to `on_hand`."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Rename the column and forbid negative levels."""
    with op.batch_alter_table("stock_level") as batch:
        batch.alter_column(
            "quantity",
            new_column_name="on_hand",
            existing_type=sa.Integer(),
            existing_nullable=False,
            existing_server_default="0",
        )
    with op.batch_alter_table("stock_level") as batch:
        batch.create_check_constraint("on_hand_not_negative", "on_hand >= 0")
