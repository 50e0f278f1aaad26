"""Add the kind of a movement."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add the column; existing movements are receipts."""
    with op.batch_alter_table("movement") as batch:
        batch.add_column(sa.Column("kind", sa.String(12), nullable=False, server_default="receipt"))
