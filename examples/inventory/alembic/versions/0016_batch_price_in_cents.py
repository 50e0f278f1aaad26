"""Add the price of a product in cents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0010"  # the second branch


def upgrade() -> None:
    """Add the column without values."""
    with op.batch_alter_table("product") as batch:
        batch.add_column(sa.Column("price_cents", sa.Integer(), nullable=True))
