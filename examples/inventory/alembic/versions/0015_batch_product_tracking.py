"""Products say how they are tracked, how long they keep, what they weigh."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

PRODUCT = sa.table(
    "product",
    sa.column("sku"),
    sa.column("tracking"),
    sa.column("shelf_life_days"),
    sa.column("weight_grams"),
)
TRACKED = (
    ("HAM-001", "none", None, 600),
    ("SAW-001", "none", None, 450),
    ("MIL-001", "lot", 180, 1050),
    ("COF-001", "lot", 365, 1000),
    ("PHO-001", "serial", None, 190),
    ("CAB-001", "none", None, 40),
)


def upgrade() -> None:
    """Add the columns and fill them for the products that we know."""
    with op.batch_alter_table("product") as batch:
        batch.add_column(sa.Column("tracking", sa.String(16), nullable=False, server_default="none"))
        batch.add_column(sa.Column("shelf_life_days", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("weight_grams", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("is_active", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch.create_check_constraint("weight_not_negative", "weight_grams >= 0")
    for sku, tracking, days, grams in TRACKED:
        known = PRODUCT.update().where(PRODUCT.c.sku == sku)
        op.execute(known.values(tracking=tracking, shelf_life_days=days, weight_grams=grams))


def downgrade() -> None:
    """Drop the columns."""
    with op.batch_alter_table("product") as batch:
        batch.drop_constraint(op.f("ck_product_weight_not_negative"), type_="check")
        batch.drop_column("is_active")
        batch.drop_column("weight_grams")
        batch.drop_column("shelf_life_days")
        batch.drop_column("tracking")
