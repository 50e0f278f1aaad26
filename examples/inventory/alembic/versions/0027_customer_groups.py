"""Create the customer groups."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Create the table and the groups."""
    op.create_table(
        "customer_group",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("code", sa.String(12), nullable=False, unique=True),
        sa.Column("discount_percent", sa.Integer(), nullable=False, server_default="0"),
        sa.CheckConstraint("discount_percent BETWEEN 0 AND 100", name="discount_is_percentage"),
    )
    op.execute("INSERT INTO customer_group VALUES (1, 'STANDARD', 0), (2, 'TRADE', 10), (3, 'STAFF', 20)")
