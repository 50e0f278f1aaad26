"""Add the weight of a product."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the column with a constraint."""
    with op.batch_alter_table("product") as batch:
        batch.add_column(sa.Column("weight_grams", sa.Integer(), nullable=False, server_default="0"))
        batch.create_check_constraint("weight_not_negative", "weight_grams >= 0")
