"""Add the group and the country of a customer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Add the columns; existing customers are German standard customers."""
    with op.batch_alter_table("customer") as batch:
        batch.add_column(sa.Column("group_id", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("country", sa.String(2), nullable=False, server_default="DE"))
        batch.create_foreign_key("fk_customer_group_id", "customer_group", ["group_id"], ["id"])
    with op.batch_alter_table("customer") as batch:
        batch.alter_column("country", existing_type=sa.String(2), existing_nullable=False, server_default=None)
