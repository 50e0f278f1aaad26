"""Number the existing orders."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from inventory.identifiers import order_number

revision = "0024"
down_revision = "0023"

ORDER = sa.table("customer_order", sa.column("id"), sa.column("number"))
NUMBER_SEQUENCE = sa.table("number_sequence", sa.column("next_value"))


def upgrade() -> None:
    """Number the orders by id with the function of the application."""
    connection = op.get_bind()
    keys = connection.scalars(sa.select(ORDER.c.id).order_by(ORDER.c.id)).all()
    for value, key in enumerate(keys, start=1):
        connection.execute(ORDER.update().where(ORDER.c.id == key).values(number=order_number(value)))
    op.execute(NUMBER_SEQUENCE.update().values(next_value=len(keys) + 1))
