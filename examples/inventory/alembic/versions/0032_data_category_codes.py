"""Categories form a tree and have codes, made from their names: a data migration."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from inventory.common.ids import category_code

revision = "0032"
down_revision = "0031"

CATEGORY = sa.table("category", sa.column("id", sa.Integer()), sa.column("name", sa.String()), sa.column("code"))


def upgrade() -> None:
    """Add the columns and let the application make the codes."""
    with op.batch_alter_table("category") as batch:
        batch.add_column(sa.Column("code", sa.String(12), nullable=True))
        batch.add_column(sa.Column("parent_id", sa.Integer(), nullable=True))
        batch.create_foreign_key("fk_category_parent_id", "category", ["parent_id"], ["id"])
    connection = op.get_bind()
    for key, name in connection.execute(sa.select(CATEGORY.c.id, CATEGORY.c.name)).all():
        connection.execute(CATEGORY.update().where(CATEGORY.c.id == key).values(code=category_code(name)))
    with op.batch_alter_table("category") as batch:
        batch.alter_column("code", existing_type=sa.String(12), nullable=False)
        batch.create_unique_constraint("uq_category_code", ["code"])


def downgrade() -> None:
    """Drop the columns."""
    with op.batch_alter_table("category") as batch:
        batch.drop_constraint("uq_category_code", type_="unique")
        batch.drop_constraint("fk_category_parent_id", type_="foreignkey")
        batch.drop_column("parent_id")
        batch.drop_column("code")
