"""What other currencies are worth."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

EXCHANGE_RATE = sa.table(
    "exchange_rate",
    sa.column("currency"),
    sa.column("euro_micros"),
    sa.column("valid_from", sa.Date()),
)
RATES = (("USD", 920_000), ("GBP", 1_170_000), ("CHF", 1_050_000))


def upgrade() -> None:
    """Create the rates and insert the first ones."""
    op.create_table(
        "exchange_rate",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("euro_micros", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.UniqueConstraint("currency", "valid_from"),
    )
    op.bulk_insert(
        EXCHANGE_RATE,
        [{"currency": code, "euro_micros": micros, "valid_from": date(2024, 1, 1)} for code, micros in RATES],
    )


def downgrade() -> None:
    """Drop the rates."""
    op.drop_table("exchange_rate")
