"""What was paid for the goods that are there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Create the layers, and let movements know what a piece cost."""
    op.create_table(
        "cost_layer",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("product_id", sa.Integer(), sa.ForeignKey("product.id"), nullable=False),
        sa.Column("warehouse_id", sa.Integer(), sa.ForeignKey("warehouse.id"), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("remaining", sa.Integer(), nullable=False),
        sa.Column("unit_cost_cents", sa.Integer(), nullable=False),
        sa.CheckConstraint("remaining >= 0", name="remaining_not_negative"),
    )
    with op.batch_alter_table("movement") as batch:
        batch.add_column(sa.Column("unit_cost_cents", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Drop the layers and the costs."""
    with op.batch_alter_table("movement") as batch:
        batch.drop_column("unit_cost_cents")
    op.drop_table("cost_layer")
