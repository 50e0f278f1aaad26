"""Bins have a purpose and may be full; warehouses stand in a country and may close."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

BIN = sa.table("bin", sa.column("code"), sa.column("kind"), sa.column("capacity"))
KINDS = (("RECV", "receiving", None), ("A-01", "storage", 500), ("P-01", "picking", 100), ("QUAR", "quarantine", None))


def upgrade() -> None:
    """Add the columns and tell the bins of the first warehouses what they are."""
    with op.batch_alter_table("bin") as batch:
        batch.add_column(sa.Column("kind", sa.String(16), nullable=False, server_default="storage"))
        batch.add_column(sa.Column("capacity", sa.Integer(), nullable=True))
    with op.batch_alter_table("warehouse") as batch:
        batch.add_column(sa.Column("country", sa.String(2), nullable=False, server_default="DE"))
        batch.add_column(sa.Column("is_active", sa.Boolean(), nullable=False, server_default=sa.true()))
    for code, kind, capacity in KINDS:
        op.execute(BIN.update().where(BIN.c.code == code).values(kind=kind, capacity=capacity))


def downgrade() -> None:
    """Drop the columns."""
    with op.batch_alter_table("warehouse") as batch:
        batch.drop_column("is_active")
        batch.drop_column("country")
    with op.batch_alter_table("bin") as batch:
        batch.drop_column("capacity")
        batch.drop_column("kind")
