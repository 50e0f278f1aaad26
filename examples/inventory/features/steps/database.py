"""Steps about the database itself: the template, its builders, its revisions, and what it refuses."""

from __future__ import annotations

import os
import runpy
import sqlite3
from argparse import Namespace
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from behave import given, then, when
from inventory.audit import history, record
from inventory.catalogue.products import create_product
from inventory.db.engine import open_database
from inventory.db.seed import seed
from inventory.db.session import unit_of_work
from inventory.models import Category
from scene import ask, attempt, rows
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from scene import Scene

ROOT = Path(__file__).resolve().parents[2]


def other(context: Scene) -> Path:
    """Return the path of the database that a scenario builds itself, beside its clone."""
    return context.database.with_name("other.db")


def config(database: Path) -> Config:
    """Return the configuration by which Alembic reaches a database."""
    return Config(ROOT / "alembic.ini", cmd_opts=Namespace(x=[f"url=sqlite:///{database}"]))


def contents(database: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows of every table, in the order of all columns, and the columns of each table."""
    with closing(sqlite3.connect(database)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        found: dict[str, list[tuple[object, ...]]] = {}
        for (name,) in tables:
            cursor = connection.execute(f"SELECT * FROM {name}")  # noqa: S608 - its own tables
            columns = [column[0] for column in cursor.description]
            order_of = sorted(range(len(columns)), key=columns.__getitem__)
            found[name] = sorted((tuple(row[index] for index in order_of) for row in cursor), key=repr)
            found[f"{name}'s columns"] = [tuple(sorted(columns))]
    return found


# The template and its builders


@given("a database that is built {how} its history")
@when("a database is built {how} its history")
def build(context: Scene, how: str) -> None:
    """Run one of the builders, in a new file."""
    script = {"with": "create_template_db.py", "without": "create_schema.py"}[how]
    main: Callable[[Path], None] = runpy.run_path(str(ROOT / "scripts" / script))["main"]
    main(other(context))


@then("it contains what the template contains")
def equals_template(context: Scene) -> None:
    """Compare all rows of all tables."""
    built, template = contents(other(context)), contents(context.database)
    assert built == template, [name for name in built.keys() | template.keys() if built.get(name) != template.get(name)]


@then("the template still has {count:Number} rows in {table:Word}")
def template_has(context: Scene, count: int, table: str) -> None:
    """Count the rows of a table in the template, of which the scenario's database is a clone."""
    del context
    template = Path(os.environ["INVENTORY_TEMPLATE_DB"]).absolute()
    with closing(sqlite3.connect(f"{template.as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        found = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - its own table
    assert found == count, found


@when("the database is seeded once more")
def seed_again(context: Scene) -> None:
    """Insert the first rows where they are already."""
    with Session(open_database(context.database)) as session:
        try:
            seed(session)
        except IntegrityError as error:
            context.answer = str(error.orig).split(":")[0]


# Revisions


@given("a database at the revision {revision}")
def build_to(context: Scene, revision: str) -> None:
    """Run the revisions up to one of them, in a new file."""
    command.upgrade(config(other(context)), revision)


@when("it goes up to {revision}")
def upgrade(context: Scene, revision: str) -> None:
    """Run further revisions."""
    command.upgrade(config(other(context)), revision)


@when("it goes down to {revision}")
def downgrade(context: Scene, revision: str) -> None:
    """Take revisions back."""
    command.downgrade(config(other(context)), revision)


@given("its table {table:Word} gets these rows")
def insert(context: Scene, table: str) -> None:
    """Insert rows as an older application would have."""
    named = rows(context)
    columns, marks = ", ".join(named.headings), ", ".join("?" for _ in named.headings)
    with closing(sqlite3.connect(other(context))) as connection:
        statement = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608 - its own table
        connection.executemany(statement, [list(row) for row in named])
        connection.commit()


@then("its table {table:Word} contains")
def contains(context: Scene, table: str) -> None:
    """Compare all rows of a table."""
    expected = rows(context)
    columns = ", ".join(expected.headings)
    with closing(sqlite3.connect(other(context))) as connection:
        cursor = connection.execute(f"SELECT {columns} FROM {table} ORDER BY 1")  # noqa: S608 - its own table
        found = [["nothing" if value is None else str(value) for value in row] for row in cursor]
    assert found == [list(row) for row in expected], found


@then("its table {table:Word} has no column {column:Word}")
def has_no_column(context: Scene, table: str, column: str) -> None:
    """Expect that a column is gone, or not there yet."""
    assert column not in contents(other(context))[f"{table}'s columns"][0]


@then("the models need no further revision")
def models_agree(context: Scene) -> None:
    """Compare the models with the clone, as `alembic check` does."""
    command.check(config(context.database))


# Units of work, moments, and what the database itself refuses


@when('"{first}" and "{second}" are created in one unit of work')
def create_together(context: Scene, first: str, second: str) -> None:
    """Create two products, both or none."""
    with attempt(context), unit_of_work(open_database(context.database)) as session:
        tools = session.get_one(Category, 1)
        create_product(session, first, "First", tools)
        create_product(session, second, "Second", tools)


@when("something happens at {moment}")
def happen(context: Scene, moment: str) -> None:
    """Write a moment into the audit trail."""
    at = datetime.fromisoformat(moment)
    ask(context, lambda: record(context.session, "ada", "looked", "product", "HAM-001", at=at))


@then("it happened at {moment}")
def happened(context: Scene, moment: str) -> None:
    """Compare the moment that is read again."""
    context.session.expire_all()
    (entry,) = history(context.session, "product", "HAM-001")
    assert entry.at.isoformat() == moment, entry.at.isoformat()


@then("the database refuses, because of {reason}: {statement}")
def refuses(context: Scene, reason: str, statement: str) -> None:
    """Expect that a constraint holds whatever the application does."""
    found = "nothing"
    context.session.commit()
    try:
        context.session.execute(text(statement))
    except IntegrityError as error:
        found = str(error.orig)
    context.session.rollback()
    assert found.startswith(f"{reason} constraint failed"), found
