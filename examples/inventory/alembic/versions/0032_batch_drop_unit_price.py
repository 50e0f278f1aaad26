"""Drop the unit price of an order line."""

from __future__ import annotations

from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Drop the column."""
    with op.batch_alter_table("order_line") as batch:
        batch.drop_column("unit_price")
