"""Drop the price in euros."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Require the price in cents and drop the old column."""
    with op.batch_alter_table("product") as batch:
        batch.alter_column("price_cents", existing_type=sa.Integer(), nullable=False)
        batch.create_check_constraint("price_not_negative", "price_cents >= 0")
        batch.drop_column("price")
