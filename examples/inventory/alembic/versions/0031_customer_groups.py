"""Customers with the same conditions, a currency, and a credit limit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0026"

CUSTOMER_GROUP = sa.table(
    "customer_group",
    sa.column("id"),
    sa.column("code"),
    sa.column("name"),
    sa.column("discount_percent"),
)
GROUPS = ((1, "STANDARD", "Standard customers", 0), (2, "TRADE", "Trade customers", 10))


def upgrade() -> None:
    """Create the groups; every customer so far is a standard customer."""
    op.create_table(
        "customer_group",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("code", sa.String(12), nullable=False, unique=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("discount_percent", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("price_list_id", sa.Integer(), sa.ForeignKey("price_list.id"), nullable=True),
        sa.CheckConstraint("discount_percent BETWEEN 0 AND 100", name="discount_is_percentage"),
    )
    op.bulk_insert(
        CUSTOMER_GROUP,
        [{"id": key, "code": code, "name": name, "discount_percent": percent} for key, code, name, percent in GROUPS],
    )
    with op.batch_alter_table("customer") as batch:
        batch.add_column(sa.Column("group_id", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("currency", sa.String(3), nullable=False, server_default="EUR"))
        batch.add_column(sa.Column("vat_id", sa.String(16), nullable=True))
        batch.add_column(sa.Column("credit_limit_cents", sa.Integer(), nullable=True))
        batch.create_foreign_key("fk_customer_group_id", "customer_group", ["group_id"], ["id"])
    with op.batch_alter_table("customer") as batch:
        batch.alter_column("group_id", existing_type=sa.Integer(), existing_nullable=False, server_default=None)


def downgrade() -> None:
    """Drop the groups."""
    with op.batch_alter_table("customer") as batch:
        batch.drop_constraint("fk_customer_group_id", type_="foreignkey")
        batch.drop_column("credit_limit_cents")
        batch.drop_column("vat_id")
        batch.drop_column("currency")
        batch.drop_column("group_id")
    op.drop_table("customer_group")
