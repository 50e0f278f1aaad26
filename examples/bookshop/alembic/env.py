"""How Alembic reaches the database: `-x url=...`, else BOOKSHOP_DATABASE_URL, else alembic.ini."""

from __future__ import annotations

import os

from alembic import context
from alembic.util import CommandError
from bookshop import catalogue, orders
from bookshop.database import Base
from sqlalchemy import create_engine, pool

# Autogenerate sees the tables of these modules: a module that nobody imports has no tables.
MODELS = (catalogue, orders)


def database_url() -> str:
    """Return the URL that was asked for most explicitly.

    Raises:
        CommandError: There is none.
    """
    url = (
        context.get_x_argument(as_dictionary=True).get("url")
        or os.environ.get("BOOKSHOP_DATABASE_URL")
        or context.config.get_main_option("sqlalchemy.url")
    )
    if not isinstance(url, str):
        message = "no database: give -x url=..., BOOKSHOP_DATABASE_URL or sqlalchemy.url in alembic.ini"
        raise CommandError(message)
    return url


def migrate() -> None:
    """Run the revisions on one connection.

    Raises:
        CommandError: With ``--sql``: batch operations read the tables that they change.
    """
    if context.is_offline_mode():
        message = "batch operations read the tables that they change: there is no --sql mode"
        raise CommandError(message)
    with create_engine(database_url(), poolclass=pool.NullPool).connect() as connection:
        context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
        with context.begin_transaction():
            context.run_migrations()


migrate()
