"""What each country takes from each kind of product."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

TAX_RATE = sa.table(
    "tax_rate",
    sa.column("country"),
    sa.column("code"),
    sa.column("basis_points"),
    sa.column("valid_from", sa.Date()),
)
PRODUCT = sa.table("product", sa.column("category_id"), sa.column("tax_code"))
FOOD = 2
RATES = (
    ("DE", "standard", 1900),
    ("DE", "reduced", 700),
    ("AT", "standard", 2000),
    ("AT", "reduced", 1000),
    ("FR", "standard", 2000),
    ("FR", "reduced", 550),
)


def upgrade() -> None:
    """Create the rates and give each product its kind: food is taxed less."""
    op.create_table(
        "tax_rate",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("code", sa.String(12), nullable=False),
        sa.Column("basis_points", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.UniqueConstraint("country", "code", "valid_from"),
    )
    op.bulk_insert(
        TAX_RATE,
        [
            {"country": country, "code": code, "basis_points": points, "valid_from": date(2020, 1, 1)}
            for country, code, points in RATES
        ],
    )
    with op.batch_alter_table("product") as batch:
        batch.add_column(sa.Column("tax_code", sa.String(12), nullable=False, server_default="standard"))
    op.execute(PRODUCT.update().where(PRODUCT.c.category_id == FOOD).values(tax_code="reduced"))


def downgrade() -> None:
    """Drop the rates and the kinds."""
    with op.batch_alter_table("product") as batch:
        batch.drop_column("tax_code")
    op.drop_table("tax_rate")
