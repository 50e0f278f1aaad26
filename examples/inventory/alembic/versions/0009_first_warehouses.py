"""Insert the warehouses."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

WAREHOUSE = sa.table("warehouse", sa.column("id"), sa.column("code"), sa.column("name"))
WAREHOUSES = ((1, "MAIN", "Main warehouse"), (2, "NORD", "Northern warehouse"))


def upgrade() -> None:
    """Insert one row for each warehouse."""
    op.bulk_insert(WAREHOUSE, [{"id": key, "code": code, "name": name} for key, code, name in WAREHOUSES])
