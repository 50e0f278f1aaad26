"""Add the tax code of a product."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Add the column and set the reduced rate for food."""
    with op.batch_alter_table("product") as batch:
        batch.add_column(sa.Column("tax_code", sa.String(12), nullable=False, server_default="standard"))
    op.execute("UPDATE product SET tax_code = 'reduced' WHERE category_id = 2")
