"""Add the codes of the categories."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from inventory.identifiers import category_code

revision = "0034"
down_revision = "0033"

CATEGORY = sa.table("category", sa.column("id"), sa.column("name"), sa.column("code"))


def upgrade() -> None:
    """Derive each code with the function of the application."""
    with op.batch_alter_table("category") as batch:
        batch.add_column(sa.Column("code", sa.String(12), nullable=True))
    connection = op.get_bind()
    for key, name in connection.execute(sa.select(CATEGORY.c.id, CATEGORY.c.name)).all():
        connection.execute(CATEGORY.update().where(CATEGORY.c.id == key).values(code=category_code(name)))
    with op.batch_alter_table("category") as batch:
        batch.alter_column("code", existing_type=sa.String(12), nullable=False)
        batch.create_unique_constraint("uq_category_code", ["code"])
