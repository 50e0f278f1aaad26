"""Migrations: they lead to the models, keep the data, and can be taken back."""

from __future__ import annotations

import sqlite3
from argparse import Namespace
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from bookshop import catalogue, orders
from bookshop.database import Base, open_database

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def config(database: Path) -> Config:
    """Return Alembic's configuration for this test's database."""
    return Config(ROOT / "alembic.ini", cmd_opts=Namespace(x=[f"url=sqlite:///{database}"]))


@pytest.fixture
def query(database: Path) -> Callable[[str], list[tuple[object, ...]]]:
    """Return a function that runs one statement."""

    def run(statement: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(database)) as connection, connection:
            return connection.execute(statement).fetchall()

    return run


def test_template_is_the_models(database: Path) -> None:
    """The migrated template has exactly the tables of the models."""
    assert {catalogue.Book.metadata, orders.Order.metadata} == {Base.metadata}
    engine = open_database(database)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    engine.dispose()


def test_seeded_rates(query: Callable[[str], list[tuple[object, ...]]]) -> None:
    """The rates that revision 0004 brought are in cents since 0007."""
    rates = [("AT", 490), ("CH", 990), ("DE", 350), ("FR", 540)]
    assert query("SELECT country, price_cents FROM shipping_rate ORDER BY country") == rates


def test_prices_become_cents(config: Config, query: Callable[[str], list[tuple[object, ...]]]) -> None:
    """Rows written before revision 0007 keep their price, to the cent, there and back."""
    command.downgrade(config, "0006")
    query("INSERT INTO author (id, name) VALUES (1, 'Ursula K. Le Guin')")
    query("INSERT INTO book (isbn, title, author_id, price) VALUES ('9781416556961', 'The Lathe of Heaven', 1, 19.99)")
    command.upgrade(config, "heads")
    assert query("SELECT price_cents, stock FROM book") == [(1_999, 0)]
    command.downgrade(config, "0006")
    assert query("SELECT price FROM book") == [(19.99,)]


def test_all_the_way_back(config: Config, query: Callable[[str], list[tuple[object, ...]]]) -> None:
    """Every revision can be taken back and applied again."""

    def schema() -> list[tuple[object, list[str]]]:
        # Sorted: a batch writes the constraints of a table in no fixed order.
        rows = query("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
        return [(name, sorted(line.strip("\t ,") for line in str(sql).splitlines())) for name, sql in rows]

    migrated = schema()
    command.downgrade(config, "base")
    assert [name for name, _ in schema()] == ["alembic_version"]
    command.upgrade(config, "heads")
    assert schema() == migrated
