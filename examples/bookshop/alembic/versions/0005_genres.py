"""Genres. Written beside 0004 by somebody else: both follow 0003, and 0006 joins them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0003"


def upgrade() -> None:
    """Create the genres and let a book have one."""
    op.create_table(
        "genre",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_genre"),
        sa.UniqueConstraint("name", name="uq_genre_name"),
    )
    with op.batch_alter_table("book") as batch:
        batch.add_column(sa.Column("genre_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_book_genre_id"), "genre", ["genre_id"], ["id"])


def downgrade() -> None:
    """Drop what was created."""
    with op.batch_alter_table("book") as batch:
        batch.drop_constraint("fk_book_genre_id", type_="foreignkey")
        batch.drop_column("genre_id")
    op.drop_table("genre")
