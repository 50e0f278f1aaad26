"""Products have no price of their own any more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Drop the column."""
    with op.batch_alter_table("product") as batch:
        batch.drop_column("price")


def downgrade() -> None:
    """Bring the column back, with the retail price for one piece."""
    with op.batch_alter_table("product") as batch:
        batch.add_column(sa.Column("price", sa.Numeric(10, 2), nullable=True))
    op.execute(
        "UPDATE product SET price = coalesce((SELECT amount_cents / 100.0 FROM price"
        " WHERE product_id = product.id AND price_list_id = 1 AND minimum_quantity = 1), 0)",
    )
    with op.batch_alter_table("product") as batch:
        batch.alter_column("price", existing_type=sa.Numeric(10, 2), nullable=False)
