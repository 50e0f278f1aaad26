"""The content of template databases: every feature of SQLite's file format, and migrations by Alembic."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.checkout import ISOLATED, Checkout, dump

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.every_python, pytest.mark.timeout(600)]

CONTENT = {
    "trigger": """
        CREATE TABLE book (title); CREATE TABLE log (title);
        CREATE TRIGGER logged AFTER INSERT ON book BEGIN INSERT INTO log VALUES (new.title); END;
        INSERT INTO book VALUES ('logged');""",
    "view": "CREATE TABLE book (title); CREATE VIEW shout AS SELECT upper(title) FROM book;",
    "full text": "CREATE VIRTUAL TABLE page USING fts5 (body); INSERT INTO page VALUES ('once upon a time');",
    "r-tree": "CREATE VIRTUAL TABLE box USING rtree (id, a, b); INSERT INTO box VALUES (1, 0, 9);",
    "generated column": "CREATE TABLE line (a, b AS (a * 2) STORED, c AS (a + b)); INSERT INTO line (a) VALUES (21);",
    "without rowid": "CREATE TABLE pair (a PRIMARY KEY, b) WITHOUT ROWID; INSERT INTO pair VALUES (2, 3), (1, 4);",
    "strict": "CREATE TABLE plain (a INTEGER, b ANY) STRICT; INSERT INTO plain VALUES (1, x'00ff');",
    "sequence": "CREATE TABLE n (id INTEGER PRIMARY KEY AUTOINCREMENT); INSERT INTO n VALUES (41); DELETE FROM n;",
    "indexes": "CREATE TABLE t (a, b); CREATE UNIQUE INDEX i ON t (a) WHERE b; CREATE INDEX j ON t (lower(b) DESC);",
    "statistics": "CREATE TABLE t (a); CREATE INDEX i ON t (a); INSERT INTO t VALUES (1), (2); ANALYZE;",
    "values": "CREATE TABLE t (a); INSERT INTO t VALUES (NULL), (1e308), (-1), (x''), ('\N{SNOWMAN}');",
    "versions": "PRAGMA user_version=7; PRAGMA application_id=252006673; CREATE TABLE t (a);",
    "small pages": "PRAGMA page_size=512; CREATE TABLE t (a); INSERT INTO t VALUES (hex(zeroblob(9999)));",
    "large pages": "PRAGMA page_size=65536; CREATE TABLE t (a); INSERT INTO t VALUES (hex(zeroblob(99999)));",
    "UTF-16le": "PRAGMA encoding='UTF-16le'; CREATE TABLE t (a); INSERT INTO t VALUES ('\N{SNOWMAN}');",
    "UTF-16be": "PRAGMA encoding='UTF-16be'; CREATE TABLE t (a); INSERT INTO t VALUES ('\N{SNOWMAN}');",
    "auto vacuum": "PRAGMA auto_vacuum=INCREMENTAL; CREATE TABLE t (a);",
    "free pages": "CREATE TABLE t (a); INSERT INTO t VALUES (zeroblob(99999)); DELETE FROM t;",
    "WAL": "PRAGMA journal_mode=WAL; CREATE TABLE t (a); INSERT INTO t VALUES (1);",
    "kept journal": "PRAGMA journal_mode=PERSIST; CREATE TABLE t (a); INSERT INTO t VALUES (1);",
    "exclusive": "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; CREATE TABLE t (a);",
    "other heads": "CREATE TABLE alembic_version (note BLOB); INSERT INTO alembic_version VALUES (x'ff');",
    "odd heads": "CREATE TABLE alembic_version (version_num); INSERT INTO alembic_version VALUES (NULL), (x'ff'), (7);",
    "hostile names": 'CREATE TABLE "a""\'b; --" ("select"); CREATE TABLE "sqlitex" (a);',
    "foreign keys": "CREATE TABLE a (id PRIMARY KEY); CREATE TABLE b (a REFERENCES a); INSERT INTO b VALUES (99);",
}
"""SQL that a builder runs, by the feature that it uses."""


@pytest.mark.parametrize("content", CONTENT)
def test_content_is_kept(checkout: Checkout, content: str) -> None:
    """The clone, the plain path and the stored database have the content of a rebuild."""
    checkout.write({"schema/1.sql": CONTENT[content]})
    template = checkout.template()
    assert [template.ensure().status, template.ensure().status] == ["miss", "hit"]
    clone = template.clone(checkout.root / "clone.db")
    assert dump(clone) == dump(checkout.plain) == dump(template.database) == checkout.rebuild()
    with closing(sqlite3.connect(clone)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA journal_mode").fetchall() == [("delete",)]


OWN_FUNCTIONS = {
    "collation": "CREATE TABLE t (a COLLATE own); CREATE INDEX i ON t (a); INSERT INTO t VALUES ('b'), ('a')",
    "index": "CREATE TABLE t (a); CREATE INDEX i ON t (own(a)); INSERT INTO t VALUES ('b'), ('a')",
    "check": "CREATE TABLE t (a CHECK (own(a))); INSERT INTO t VALUES ('b'), ('a')",
    "generated column": "CREATE TABLE t (a, b AS (own(a)) STORED); INSERT INTO t (a) VALUES ('b'), ('a')",
    "view": "CREATE TABLE t (a); CREATE VIEW v AS SELECT own(a) FROM t",
}
"""SQL that needs a function or a collation that only the builder defines."""


@pytest.mark.parametrize("sql", OWN_FUNCTIONS)
def test_content_that_only_the_builder_understands(checkout: Checkout, sql: str) -> None:
    """A database with functions or collations that SQLite does not know is accepted, and proved by its digest."""
    code = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.create_function('own', 1, len, deterministic=True);"
        "c.create_collation('own', lambda a, b: (a < b) - (a > b)); c.executescript(sys.argv[2])"
    )
    template = checkout.template(build=[*ISOLATED, "-c", code, "{db}", OWN_FUNCTIONS[sql]])
    assert [template.ensure().status, template.ensure().status] == ["miss", "hit"]
    expected = checkout.root / "expected.db"
    subprocess.run([sys.executable, "-I", "-S", "-c", code, str(expected), OWN_FUNCTIONS[sql]], check=True)
    assert dump(template.clone(checkout.root / "clone.db")) == dump(expected)


# Alembic

ENV = """
import os
from alembic import context
from sqlalchemy import create_engine, pool

with create_engine(os.environ["DATABASE_URL"], poolclass=pool.NullPool).connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""


def version(revision: str, down: object, table: str) -> str:
    """Return a version file that creates a table."""
    return (
        f"from alembic import op\nimport sqlalchemy as sa\nrevision = {revision!r}\ndown_revision = {down!r}\n"
        f"def upgrade():\n    op.create_table({table!r}, sa.Column('id', sa.Integer, primary_key=True))\n"
    )


class Migrations(Checkout):
    """A project whose database is built by Alembic."""

    def __init__(self, root: Path) -> None:
        """Write a project with two branches of migrations."""
        super().__init__(root)
        self.write(
            {
                "alembic.ini": "[alembic]\nscript_location = migrations\n",
                "migrations/env.py": ENV,
                "migrations/versions/1.py": version("root", None, "book"),
                "migrations/versions/2.py": version("left", "root", "author"),
                "migrations/versions/3.py": version("right", "root", "shelf"),
            }
        )

    def arguments(self, **changes: Any) -> dict[str, Any]:
        """Return the arguments of its TemplateDB."""
        usual = {
            "inputs": ["migrations", "alembic.ini"],
            "build": ["python", "-m", "alembic", "upgrade", "heads"],
            "env": {"DATABASE_URL": "sqlite:///{db}"},
        }
        return super().arguments(**{**usual, **changes})

    def rebuild(self, *_: Any, **__: Any) -> list[str]:
        """Return the content that Alembic creates now, without a cache."""
        database = self.root / "build" / "rebuilt.db"
        database.parent.mkdir(exist_ok=True)
        database.unlink(missing_ok=True)
        command = [sys.executable, "-m", "alembic", "upgrade", "heads"]
        variables = {**os.environ, "DATABASE_URL": f"sqlite:///{database}"}
        subprocess.run(command, cwd=self.root, env=variables, check=True, capture_output=True)
        return dump(database)


@pytest.fixture
def migrations(tmp_path: Path) -> Migrations:
    """A project whose database is built by Alembic."""
    return Migrations(tmp_path / "shop")


def alembic_reasons(checkout: Checkout, **changes: Any) -> list[str]:
    """Return the reasons of ``explain`` that are about Alembic."""
    return [reason for reason in checkout.template(**changes).explain().reasons if reason.startswith("Alembic")]


def test_alembic_revisions_are_shown(migrations: Migrations) -> None:
    """The revisions of a database are recorded and shown, two branches as well as the revision that merges them."""
    assert alembic_reasons(migrations) == []
    template = migrations.template()
    assert template.ensure().status == "miss"
    assert alembic_reasons(migrations) == ["Alembic revision of the database: left, right"]
    migrations.write({"migrations/versions/4.py": version("merge", ("left", "right"), "loan")})
    assert migrations.template().explain().reasons[0] == "migrations/versions/4.py added"
    assert template.ensure().status == "miss"
    assert dump(template.clone(migrations.root / "clone.db")) == migrations.rebuild()
    assert alembic_reasons(migrations) == ["Alembic revision of the database: merge"]
    recorded = [json.loads(path.read_text(encoding="utf-8"))["alembic_revisions"] for path in migrations.manifests()]
    assert sorted(recorded) == [["left", "right"], ["merge"]]


@pytest.mark.parametrize("content", ["revision = = 'x'", b"\xff\xfe\x00"], ids=["invalid Python", "not text"])
def test_version_files_are_not_parsed(migrations: Migrations, content: str | bytes) -> None:
    """An invalid version file that is excluded from the inputs changes nothing."""
    exclude = ["migrations/versions/9.py"]
    template = migrations.template(exclude=exclude)
    template.ensure()
    migrations.write({"migrations/versions/9.py": content})
    assert template.ensure()
    assert migrations.template(exclude=exclude).explain()
