"""Single pieces that have names of their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Create the serial numbers."""
    op.create_table(
        "serial_number",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("product_id", sa.Integer(), sa.ForeignKey("product.id"), nullable=False),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.UniqueConstraint("product_id", "number"),
    )


def downgrade() -> None:
    """Drop the serial numbers."""
    op.drop_table("serial_number")
