"""Convert the prices to cents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from inventory.money import to_cents

revision = "0017"
down_revision = "0016"

PRODUCT = sa.table("product", sa.column("id"), sa.column("price", sa.Numeric(10, 2)), sa.column("price_cents"))


def upgrade() -> None:
    """Convert each price with the function of the application."""
    connection = op.get_bind()
    for key, price in connection.execute(sa.select(PRODUCT.c.id, PRODUCT.c.price)).all():
        connection.execute(PRODUCT.update().where(PRODUCT.c.id == key).values(price_cents=to_cents(price)))
