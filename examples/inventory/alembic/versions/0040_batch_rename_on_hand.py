"""A stock level is what is on hand and never negative; movements are read product by product."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    """Rename the column, guard it, and replace the index."""
    with op.batch_alter_table("stock_level") as batch:
        batch.alter_column(
            "quantity",
            new_column_name="on_hand",
            existing_type=sa.Integer(),
            existing_nullable=False,
            existing_server_default="0",
        )
    with op.batch_alter_table("stock_level") as batch:
        batch.create_check_constraint("on_hand_not_negative", "on_hand >= 0")
    op.drop_index("ix_movement_moved_at", "movement")
    op.create_index("ix_movement_product_id_moved_at", "movement", ["product_id", "moved_at"])


def downgrade() -> None:
    """Take all three back."""
    op.drop_index("ix_movement_product_id_moved_at", "movement")
    op.create_index("ix_movement_moved_at", "movement", ["moved_at"])
    with op.batch_alter_table("stock_level") as batch:
        batch.drop_constraint(op.f("ck_stock_level_on_hand_not_negative"), type_="check")
    with op.batch_alter_table("stock_level") as batch:
        batch.alter_column(
            "on_hand",
            new_column_name="quantity",
            existing_type=sa.Integer(),
            existing_nullable=False,
            existing_server_default="0",
        )
