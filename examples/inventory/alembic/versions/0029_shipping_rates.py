"""Create the shipping rates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

SHIPPING_RATE = sa.table("shipping_rate", sa.column("country"), sa.column("maximum_grams"), sa.column("price_cents"))
RATES = (
    ("DE", 2000, 490),
    ("DE", 10000, 890),
    ("DE", 31500, 1690),
    ("AT", 2000, 990),
    ("AT", 10000, 1490),
    ("FR", 2000, 1190),
    ("FR", 10000, 1990),
)


def upgrade() -> None:
    """Create the table and insert the rates of each country."""
    op.create_table(
        "shipping_rate",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("maximum_grams", sa.Integer(), nullable=False),
        sa.Column("price_cents", sa.Integer(), nullable=False),
        sa.UniqueConstraint("country", "maximum_grams"),
    )
    for country, grams, cents in RATES:
        op.execute(SHIPPING_RATE.insert().values(country=country, maximum_grams=grams, price_cents=cents))
