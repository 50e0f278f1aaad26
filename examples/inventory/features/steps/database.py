"""Steps for the template, the revisions and the constraints of the database."""

from __future__ import annotations

import os
import sqlite3
from argparse import Namespace
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from behave import given, then, when
from inventory.models import Base
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

if TYPE_CHECKING:
    from scene import Scene

ROOT = Path(__file__).resolve().parents[2]


def old_database(context: Scene) -> Path:
    """Return the path of a database that a scenario migrates itself."""
    return context.database.with_name("old.db")


def configuration(database: Path) -> Config:
    """Return the configuration of Alembic for a database."""
    return Config(ROOT / "alembic.ini", cmd_opts=Namespace(x=[f"url=sqlite:///{database}"]))


@given("a database at revision {revision}")
def create_database(context: Scene, revision: str) -> None:
    """Run the revisions up to one of them on an empty file."""
    command.upgrade(configuration(old_database(context)), revision)


@given("its table {table} has the rows")
def insert_rows(context: Scene, table: str) -> None:
    """Insert the rows of a table."""
    assert context.table is not None, "the step needs a table"
    columns, marks = ", ".join(context.table.headings), ", ".join("?" for _ in context.table.headings)
    with closing(sqlite3.connect(old_database(context))) as connection:
        statement = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608 - names from the feature
        connection.executemany(statement, [list(row) for row in context.table])
        connection.commit()


@when("it is upgraded to {revision}")
def upgrade(context: Scene, revision: str) -> None:
    """Run further revisions."""
    command.upgrade(configuration(old_database(context)), revision)


@then("its table {table} contains")
def table_contains(context: Scene, table: str) -> None:
    """Compare all rows of a table."""
    assert context.table is not None, "the step needs a table"
    columns = ", ".join(context.table.headings)
    with closing(sqlite3.connect(old_database(context))) as connection:
        rows = connection.execute(f"SELECT {columns} FROM {table} ORDER BY 1")  # noqa: S608 - names from the feature
        found = [[str(value) for value in row] for row in rows]
    assert found == [list(row) for row in context.table], found


@then("it has the schema of the template")
def same_schema(context: Scene) -> None:
    """Compare the statements that created the tables and indexes."""
    schemas = []
    for database in (old_database(context), context.database):
        with closing(sqlite3.connect(database)) as connection:
            schemas.append(connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall())
    assert schemas[0] == schemas[1], schemas


@then("the models need no further revision")
def models_match(context: Scene) -> None:
    """Compare the models with the database, as `alembic check` does."""
    command.check(configuration(context.database))


@then("the table {table} has {count:d} rows")
def has_rows(context: Scene, table: str, count: int) -> None:
    """Count the rows of a table."""
    found = context.session.scalars(select(func.count()).select_from(Base.metadata.tables[table])).one()
    assert found == count, found


@then("the template has {count:d} rows in the table {table}")
def template_has_rows(context: Scene, table: str, count: int) -> None:
    """Count the rows of a table in the template."""
    del context
    template = Path(os.environ["INVENTORY_TEMPLATE_DB"]).absolute()
    with closing(sqlite3.connect(f"{template.as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        (found,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - names from the feature
    assert found == count, found


@then("the database rejects with {reason}: {statement}")
def rejects(context: Scene, reason: str, statement: str) -> None:
    """Run a statement that breaks a constraint."""
    message = "no error"
    try:
        context.session.execute(text(statement))
    except IntegrityError as error:
        message = str(error.orig)
    context.session.rollback()
    assert message.startswith(f"{reason} constraint failed"), message
