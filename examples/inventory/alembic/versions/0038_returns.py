"""What customers send back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    """Create the returns."""
    op.create_table(
        "return_request",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("number", sa.String(20), nullable=False, unique=True),
        sa.Column("order_id", sa.Integer(), sa.ForeignKey("customer_order.id"), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("requested_at", sa.DateTime(), nullable=False),
    )
    op.create_index("ix_return_request_order_id", "return_request", ["order_id"])
    op.create_table(
        "return_line",
        sa.Column("return_id", sa.Integer(), sa.ForeignKey("return_request.id"), primary_key=True),
        sa.Column("order_line_id", sa.Integer(), sa.ForeignKey("order_line.id"), primary_key=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("condition", sa.String(16), nullable=True),
        sa.Column("refund_cents", sa.Integer(), nullable=False, server_default="0"),
        sa.CheckConstraint("quantity > 0", name="quantity_positive"),
    )


def downgrade() -> None:
    """Drop the returns."""
    op.drop_table("return_line")
    op.drop_table("return_request")
