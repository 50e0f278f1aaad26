"""Create the quantity discounts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Create the table and insert the discounts."""
    op.create_table(
        "quantity_discount",
        sa.Column("minimum_quantity", sa.Integer(), primary_key=True),
        sa.Column("percent", sa.Integer(), nullable=False),
    )
    op.execute("INSERT INTO quantity_discount VALUES (10, 3), (50, 5), (100, 8)")
