"""Create the sequences of document numbers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Create the table and the sequence of the orders."""
    op.create_table(
        "number_sequence",
        sa.Column("name", sa.String(20), primary_key=True),
        sa.Column("next_value", sa.Integer(), nullable=False, server_default="1"),
    )
    op.execute("INSERT INTO number_sequence (name) VALUES ('order')")
