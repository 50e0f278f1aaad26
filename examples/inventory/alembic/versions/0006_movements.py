"""Every movement that led to a stock level."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create the movements."""
    op.create_table(
        "movement",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("product_id", sa.Integer(), sa.ForeignKey("product.id"), nullable=False),
        sa.Column("bin_id", sa.Integer(), sa.ForeignKey("bin.id"), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("moved_at", sa.DateTime(), nullable=False),
        sa.Column("reference", sa.String(40), nullable=False),
    )
    op.create_index("ix_movement_moved_at", "movement", ["moved_at"])


def downgrade() -> None:
    """Drop the movements."""
    op.drop_table("movement")
