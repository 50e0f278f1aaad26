"""Create the tax rates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

TAX_RATE = sa.table("tax_rate", sa.column("country"), sa.column("code"), sa.column("basis_points"))
RATES = (("DE", 1900, 700), ("AT", 2000, 1000), ("FR", 2000, 550))


def upgrade() -> None:
    """Create the table and insert the rates of each country."""
    op.create_table(
        "tax_rate",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("code", sa.String(12), nullable=False),
        sa.Column("basis_points", sa.Integer(), nullable=False),
        sa.UniqueConstraint("country", "code"),
    )
    for country, standard, reduced in RATES:
        for code, points in (("standard", standard), ("reduced", reduced)):
            op.execute(TAX_RATE.insert().values(country=country, code=code, basis_points=points))
