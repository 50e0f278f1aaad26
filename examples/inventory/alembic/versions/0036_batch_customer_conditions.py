"""Add the credit limit and the block of a customer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    """Add the columns; existing customers have no limit and are not blocked."""
    with op.batch_alter_table("customer") as batch:
        batch.add_column(sa.Column("credit_limit_cents", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("is_blocked", sa.Boolean(), nullable=False, server_default=sa.false()))
