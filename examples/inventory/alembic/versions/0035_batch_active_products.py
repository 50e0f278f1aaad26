"""Add the flag of active products and widen their names."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    """Add the column; existing products are active."""
    with op.batch_alter_table("product") as batch:
        batch.add_column(sa.Column("is_active", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch.alter_column("name", type_=sa.String(160), existing_type=sa.String(120), existing_nullable=False)
