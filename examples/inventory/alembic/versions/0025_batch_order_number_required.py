"""Require the number of an order."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Forbid missing and duplicate numbers."""
    with op.batch_alter_table("customer_order") as batch:
        batch.alter_column("number", existing_type=sa.String(20), nullable=False)
        batch.create_unique_constraint("uq_customer_order_number", ["number"])
