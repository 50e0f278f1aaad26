"""Add the reference of a movement."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add the column and an index for the history of a product."""
    with op.batch_alter_table("movement") as batch:
        batch.add_column(sa.Column("reference", sa.String(40), nullable=False, server_default=""))
    op.create_index("ix_movement_product_id_moved_on", "movement", ["product_id", "moved_on"])
