"""The project under test: a schema, a builder, and the files that ci-accel may leave on the disk."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from ci_accel import TemplateDB
from tests.faults import builder

REPOSITORY = Path(__file__).resolve().parents[2]
"""Folder on the module path of a child that runs a module of these tests."""

STATEMENTS = (
    "CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT NOT NULL)",
    "CREATE TABLE book (id INTEGER PRIMARY KEY, author INTEGER REFERENCES author (id), title TEXT)",
    "CREATE INDEX book_title ON book (title)",
    "CREATE TABLE sale (book INTEGER REFERENCES book (id), copies INTEGER NOT NULL)",
    *(f"INSERT INTO author (name) VALUES ('author {number}')" for number in range(3)),
    *(f"INSERT INTO book (author, title) VALUES ({number}, 'title {number}')" for number in range(1, 4)),
    "INSERT INTO sale VALUES (1, 10)",
    "PRAGMA user_version = 7",
)
"""Statements of a build."""

UNFINISHED = (".staging.", ".private.", ".tmp")
"""Parts of the names of files and folders that exist only while a process runs."""


class SampleProject:
    """A project with a schema and a builder, and a folder for temporary files."""

    def __init__(self, folder: Path) -> None:
        """Write the project into `folder`, unless it exists."""
        self.folder = folder
        self.root = folder / "project"
        self.schema = self.root / "schema.sql"
        self.plain = self.root / "build" / ".template-migrated.db"
        self.store = self.root / "build" / "ci-accel" / "template"
        self.temporary = folder / "temporary"
        self.log = folder / "builds.log"
        for made in (self.root, self.temporary):
            made.mkdir(parents=True, exist_ok=True)
        if not self.schema.exists():
            self.schema.write_text("\n".join(STATEMENTS) + "\n", "utf-8")

    def declaration(self, **more: Any) -> dict[str, Any]:
        """Return the arguments of TemplateDB as JSON values, for another process."""
        return {
            "path": str(self.plain),
            "root": str(self.root),
            "inputs": ["schema.sql"],
            "build": builder_command("{db}"),
            "trace": False,
            **more,
        }

    def template(self, **more: Any) -> TemplateDB:
        """Return a TemplateDB in this process."""
        return TemplateDB(**self.declaration(**more))

    def environment(self, **more: str) -> dict[str, str]:
        """Return the environment of a child process."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CI_ACCEL")}
        environment.update(
            PYTHONPATH=os.pathsep.join(filter(None, [more.pop("PYTHONPATH", ""), str(REPOSITORY)])),
            PYTHONDONTWRITEBYTECODE="1",
            TMPDIR=str(self.temporary),
        )
        return {**environment, builder.LOG: str(self.log), **more}

    def builds(self) -> int:
        """Return the number of finished builds."""
        return len(self.log.read_text("utf-8").splitlines()) if self.log.exists() else 0

    def reference(self) -> str:
        """Return the dump of a database built without ci-accel."""
        database = self.folder / "reference.db"
        if not database.exists():
            environment = {name: text for name, text in self.environment().items() if name != builder.LOG}
            subprocess.run(builder_command(str(database)), cwd=self.root, env=environment, check=True)
        return dump(database)

    def databases(self) -> list[Path]:
        """Return the stored databases."""
        return sorted(self.store.glob("*.db"))

    def manifests(self) -> list[Path]:
        """Return the stored manifests."""
        return sorted(self.store.glob("*.manifest.json"))

    def locks(self) -> list[Path]:
        """Return the lock files."""
        return sorted(self.store.glob("*.lock"))

    def unfinished(self) -> set[Path]:
        """Return the temporary files of killed and running processes."""
        build = self.root / "build"
        named = {path for path in build.rglob("*") if any(part in path.name for part in UNFINISHED)}
        return named | set(self.temporary.iterdir())


def is_free(lock: Path) -> bool:
    """Return whether no process holds the lock."""
    with lock.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def builder_command(database: str) -> list[str]:
    """Return the argv of the builder, isolated and without `site` for a fast start."""
    python = "python" if database == "{db}" else sys.executable
    return [python, "-IS", builder.__file__, database]


def dump(database: Path) -> str:
    """Return the content of a database file as SQL, or the error. Side files are ignored."""
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro&immutable=1", uri=True)) as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            return "\n".join([*connection.iterdump(), f"-- user_version {version}"])
    except sqlite3.DatabaseError as error:
        return f"no database: {error}"
