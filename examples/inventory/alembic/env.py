"""How Alembic reaches the database: `-x url=...`, else INVENTORY_DATABASE_URL, else alembic.ini."""

from __future__ import annotations

import os

from alembic import context
from alembic.util import CommandError
from inventory import models
from sqlalchemy import Table, create_engine, event, pool, util


def database_url() -> str:
    """Return the URL that was asked for most explicitly.

    Raises:
        CommandError: There is none.
    """
    url = (
        context.get_x_argument(as_dictionary=True).get("url")
        or os.environ.get("INVENTORY_DATABASE_URL")
        or context.config.get_main_option("sqlalchemy.url")
    )
    if not isinstance(url, str):
        message = "no database: give -x url=..., INVENTORY_DATABASE_URL or sqlalchemy.url in alembic.ini"
        raise CommandError(message)
    return url


def order_constraints(table: Table, *_: object, **__: object) -> None:
    """Write a table's constraints in the order of their names.

    A batch operation reads them into a set, so that each run would write another order: the same schema, other bytes.
    """
    for constraint in sorted(table.constraints, key=lambda each: str(each.name)):
        util.set_creation_order(constraint)


def migrate() -> None:
    """Run the revisions on one connection.

    Raises:
        CommandError: With ``--sql``: batch operations read the tables that they change.
    """
    if context.is_offline_mode():
        message = "batch operations read the tables that they change: there is no --sql mode"
        raise CommandError(message)
    event.listen(Table, "before_create", order_constraints)
    with create_engine(database_url(), poolclass=pool.NullPool).connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=models.Base.metadata,
            render_as_batch=True,
            compare_server_default=True,
        )
        with context.begin_transaction():
            context.run_migrations()


migrate()
