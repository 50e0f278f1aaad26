"""Add the number of an order."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Add the column without values."""
    with op.batch_alter_table("customer_order") as batch:
        batch.add_column(sa.Column("number", sa.String(20), nullable=True))
