"""Run the revisions on the database that `-x url=...`, INVENTORY_DATABASE_URL or alembic.ini names."""

from __future__ import annotations

import os

from alembic import context
from inventory import models
from sqlalchemy import Table, create_engine, event, pool, util


def database_url() -> str:
    """Return the URL of the database. An argument has priority over the environment and the configuration file."""
    url = context.get_x_argument(as_dictionary=True).get("url") or os.environ.get("INVENTORY_DATABASE_URL")
    return str(url or context.config.get_main_option("sqlalchemy.url"))


def order_constraints(table: Table, *_: object, **__: object) -> None:
    """Sort the constraints of a table by name.

    A batch operation keeps them in a set. Without an order, two builds of the same database have different bytes.
    """
    for constraint in sorted(table.constraints, key=lambda each: str(each.name)):
        util.set_creation_order(constraint)


def migrate() -> None:
    """Run the revisions on one connection."""
    event.listen(Table, "before_create", order_constraints)
    with create_engine(database_url(), poolclass=pool.NullPool).connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=models.Base.metadata,
            render_as_batch=True,
        )
        with context.begin_transaction():
            context.run_migrations()


migrate()
