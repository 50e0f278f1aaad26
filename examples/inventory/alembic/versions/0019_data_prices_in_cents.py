"""The products' prices move into the retail list, as whole cents: a data migration."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from inventory.common.money import to_cents

revision = "0019"
down_revision = "0018"

PRODUCT = sa.table("product", sa.column("id", sa.Integer()), sa.column("price", sa.Numeric(10, 2)))
PRICE_LIST = sa.table("price_list", sa.column("id"), sa.column("code"), sa.column("name"), sa.column("is_default"))
PRICE = sa.table("price", sa.column("price_list_id"), sa.column("product_id"), sa.column("amount_cents"))
RETAIL = 1


def upgrade() -> None:
    """Create the list and convert each price, by the rule by which the application rounds."""
    op.bulk_insert(PRICE_LIST, [{"id": RETAIL, "code": "RETAIL", "name": "Retail prices", "is_default": True}])
    products = op.get_bind().execute(sa.select(PRODUCT).order_by(PRODUCT.c.id)).all()
    op.bulk_insert(
        PRICE,
        [{"price_list_id": RETAIL, "product_id": key, "amount_cents": to_cents(price)} for key, price in products],
    )


def downgrade() -> None:
    """Delete the list: the products still have their prices."""
    op.execute(PRICE.delete().where(PRICE.c.price_list_id == RETAIL))
    op.execute(PRICE_LIST.delete().where(PRICE_LIST.c.id == RETAIL))
