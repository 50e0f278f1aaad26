"""Documents are numbered, each kind by itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

NUMBER_SEQUENCE = sa.table("number_sequence", sa.column("name"), sa.column("prefix"))
PREFIXES = (("order", "SO"), ("shipment", "SH"), ("return", "RT"), ("transfer", "TR"), ("purchase", "PO"))


def upgrade() -> None:
    """Create the sequences, all of which begin at 1."""
    op.create_table(
        "number_sequence",
        sa.Column("name", sa.String(20), primary_key=True),
        sa.Column("prefix", sa.String(6), nullable=False),
        sa.Column("next_value", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("width", sa.Integer(), nullable=False, server_default="6"),
    )
    op.bulk_insert(NUMBER_SEQUENCE, [{"name": name, "prefix": prefix} for name, prefix in PREFIXES])


def downgrade() -> None:
    """Drop the sequences."""
    op.drop_table("number_sequence")
