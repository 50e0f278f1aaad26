"""Orders get the numbers that new ones would get: a data migration."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from inventory.orders.numbering import render_number

revision = "0025"
down_revision = "0024"

ORDER = sa.table("customer_order", sa.column("id", sa.Integer()), sa.column("number"))
NUMBER_SEQUENCE = sa.table("number_sequence", sa.column("name"), sa.column("next_value"))


def upgrade() -> None:
    """Number the orders in the order in which they were placed, and go on from there."""
    with op.batch_alter_table("customer_order") as batch:
        batch.add_column(sa.Column("number", sa.String(20), nullable=True))
    connection = op.get_bind()
    keys = connection.scalars(sa.select(ORDER.c.id).order_by(ORDER.c.id)).all()
    for value, key in enumerate(keys, start=1):
        number = render_number("SO", value, width=6)
        connection.execute(ORDER.update().where(ORDER.c.id == key).values(number=number))
    sequence = NUMBER_SEQUENCE.update().where(NUMBER_SEQUENCE.c.name == "order")
    connection.execute(sequence.values(next_value=len(keys) + 1))
    with op.batch_alter_table("customer_order") as batch:
        batch.alter_column("number", existing_type=sa.String(20), nullable=False)
        batch.create_unique_constraint("uq_customer_order_number", ["number"])


def downgrade() -> None:
    """Drop the numbers."""
    with op.batch_alter_table("customer_order") as batch:
        batch.drop_constraint("uq_customer_order_number", type_="unique")
        batch.drop_column("number")
    op.execute(NUMBER_SEQUENCE.update().where(NUMBER_SEQUENCE.c.name == "order").values(next_value=1))
