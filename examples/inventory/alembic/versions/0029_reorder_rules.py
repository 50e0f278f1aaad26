"""When to order more, and which products matter most."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Create the rules and let products have a class."""
    op.create_table(
        "reorder_rule",
        sa.Column("product_id", sa.Integer(), sa.ForeignKey("product.id"), primary_key=True),
        sa.Column("warehouse_id", sa.Integer(), sa.ForeignKey("warehouse.id"), primary_key=True),
        sa.Column("minimum", sa.Integer(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.CheckConstraint("target > minimum", name="target_above_minimum"),
    )
    with op.batch_alter_table("product") as batch:
        batch.add_column(sa.Column("abc_class", sa.String(1), nullable=True))


def downgrade() -> None:
    """Drop the rules and the classes."""
    with op.batch_alter_table("product") as batch:
        batch.drop_column("abc_class")
    op.drop_table("reorder_rule")
