"""Builders as projects have them, each with the libraries that it is made of, and a checkout to keep one in."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ci_accel import TemplateDB
from tests.support.environments import uv
from tests.support.file_clock import rest

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECTS = Path(__file__).parent / "projects"
"""Projects, one in a file: text, then each file below a line with its name."""

PACKAGES = [
    "aiosqlite",
    "alembic",
    "django",
    "jinja2",
    "pydantic-settings",
    "python-dotenv",
    "sqlalchemy[asyncio]",
]
"""What the projects use, from the package index."""

URL = {"DATABASE_URL": "sqlite:///{db}"}
UPGRADE = ["alembic", "upgrade", "head"]
SCRIPT = ["python", "migrate.py", "{db}"]
COLUMNS = ("src/shop/domain/columns.py", "80", "120")
SHELF = ("migrations/sql/shelf.sql", "name", "name_of_it")


@dataclass(frozen=True)
class Animal:
    """A builder, and edits of what it reads: a file, what is in it, and what comes in its place."""

    projects: tuple[str, ...]
    edits: tuple[tuple[str, str, str], ...]
    build: list[str] = field(default_factory=lambda: SCRIPT)
    env: dict[str, str] = field(default_factory=dict)
    programs: tuple[str, ...] = ()
    install: tuple[str, ...] | None = None
    """Options with which the project is installed: without any it is copied; None: it is not installed."""
    inputs: tuple[str, ...] = ("migrate.py",)
    additions: tuple[str, ...] = ()
    """Files that were not there, and that the builder would use."""


def migrated(build: list[str], url: str = "sqlite:///{db}", projects: tuple[str, ...] = ("shop",)) -> Animal:
    """Return the shop's migrations under some command."""
    env = {"DATABASE_URL": url}
    additions = ("migrations/versions/0003_loan.py", "src/shop/domain/columns/__init__.py", "src/sqlite3.py")
    return Animal(projects, (COLUMNS, SHELF), build, env, inputs=("alembic.ini",), additions=additions)


def installed(back_end: str, *options: str) -> Animal:
    """Return the shop installed by some back end."""
    build = ["python", "-m", "shop.create", "{db}"]
    edits = (COLUMNS, ("migrations/versions/0002_shelf.py", '"0002"', '"0002b"'))
    return Animal(("shop", back_end), edits, build, install=options, inputs=("alembic.ini",))


def parallel(method: str) -> Animal:
    """Return the builder that starts processes by some method."""
    edits = (("shop/columns.py", "title", "title_of_it"), ("tables.txt", "one", "first"))
    return Animal(("processes",), edits, [*SCRIPT, method])


ZOO = {
    "create_all": Animal(("shop",), (COLUMNS, ("migrations/versions/0002_shelf.py", '"0002"', '"0002b"'))),
    "hatchling": installed("hatchling"),
    "hatchling, editable": installed("hatchling", "--editable"),
    "setuptools": installed("setuptools"),
    "setuptools, editable": installed("setuptools", "--editable"),
    "alembic": migrated(UPGRADE),
    "python -m alembic": migrated(["python", "-m", *UPGRADE]),
    "asynchronous alembic": migrated(UPGRADE, "sqlite+aiosqlite:///{db}", ("shop", "asynchronous")),
    "fork": parallel("fork"),
    "spawn": parallel("spawn"),
    "forkserver": parallel("forkserver"),
    "sqlite3": Animal(
        ("program",),
        (("shop.py", "1", "22"), ("schema.sql", "id", "number")),
        programs=("sqlite3",),
    ),
    "python-dotenv": Animal(
        ("dotenv",),
        (("shop/tables.py", "INTEGER", "TEXT"), (".env", "book", "author")),
        additions=("sqlite3/__init__.py",),
    ),
    "pydantic-settings": Animal(
        ("pydantic",),
        (
            ("shop/settings.py", '"title"', '"name"'),
            (".env", "book", "author"),
            ("secrets/shop_default", "untitled", "none"),
        ),
        additions=("secrets/shop_column",),
    ),
    "importlib.resources": Animal(
        ("resources",),
        (
            ("shop/plugins/author.py", "name", "name_of_it"),
            ("shop/schema/2.sql", "shelf", "shelves"),
            ("shop/more/views.sql", "books", "views"),
            ("shop/more/index.sql", "by_id", "by_number"),
        ),
        additions=("shop/plugins/loan.py", "shop/schema/3.sql", "shop/schema/__init__.py"),
    ),
    "jinja2": Animal(
        ("jinja",),
        (
            ("shop/context.py", "shelf", "shelves"),
            ("templates/base.sql.j2", "base", "basis"),
            ("shop/templates/columns.sql.j2", "title", "name"),
        ),
        additions=("overrides/base.sql.j2", "templates/columns.sql.j2"),
    ),
    "exec": Animal(
        ("executed",),
        (
            ("schema/tables.py", "id", "id, title"),
            ("schema/views.py", "books", "views"),
            ("schema/index.py", "by_id", "by_number"),
        ),
    ),
    "django": Animal(
        ("django",),
        (
            ("shop/domain/columns.py", "80", "120"),
            ("site_of_shop/settings.py", '"django.contrib.auth", ', ""),
            ("shop/migrations/view.sql", "books", "views"),
        ),
        ["python", "manage.py", "migrate", "--verbosity=0"],
        {"DB": "{db}"},
        inputs=("manage.py",),
        additions=("shop/migrations/0003_loan.py", "shop/models/__init__.py", "shop/management/commands/migrate.py"),
    ),
    "uv run": Animal(
        ("shop", "uv"),
        (COLUMNS, ("pyproject.toml", "1.0", "1.0.1")),
        ["uv", "run", "--offline", "--no-sync", *SCRIPT],
        additions=("uv.toml", ".python-version"),
    ),
}


def unpack(project: str, root: Path) -> None:
    """Write the files of a project."""
    name = None
    files: dict[str, list[str]] = {}
    for line in (PROJECTS / f"{project}.txt").read_text(encoding="utf-8").splitlines(keepends=True):
        if line.startswith("-- ") and line.endswith(" --\n"):
            name = line[3:-4]
            files[name] = []
        elif name is not None:
            files[name].append(line)
    for path, lines in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(lines), encoding="utf-8")


def schema(database: Path | str) -> set[tuple[str, ...]]:
    """Return what a database is made of."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
        version: tuple[int] = connection.execute("PRAGMA user_version").fetchone()
    return {*rows, ("user_version", *map(str, version))}


class Cage:
    """A checkout of a project, and the environment that its builder runs in."""

    def __init__(self, animal: Animal, root: Path, python: Path) -> None:
        """Remember where; nothing is there yet."""
        self.animal = animal
        self.root = root
        self.python = python

    @property
    def template(self) -> TemplateDB:
        """Its template database, declared anew."""
        animal = self.animal
        return TemplateDB(
            root=self.root, inputs=animal.inputs, build=animal.build, env=animal.env, programs=animal.programs
        )

    def install(self) -> None:
        """Install the project if it is to be, as it is now."""
        if self.animal.install is not None:
            # setuptools keeps copies there, which it renews by their times.
            shutil.rmtree(self.root / "build" / "lib", ignore_errors=True)
            uv("pip", "install", "--python", self.python, "--reinstall", "--no-deps", *self.animal.install, self.root)
        rest(self.root.parent)

    def rebuild(self, database: Path) -> set[tuple[str, ...]]:
        """Return the schema that the builder makes now, without us."""
        database.unlink(missing_ok=True)
        told = [str(self.python) if word == "python" else word for word in self.animal.build[:1]]
        told += [word.replace("{db}", str(database)) for word in self.animal.build[1:]]
        path = f"{self.python.parent}{os.pathsep}{os.environ['PATH']}"
        env = {name: value.replace("{db}", str(database)) for name, value in self.animal.env.items()}
        program = shutil.which(told[0], path=path)
        assert program is not None
        subprocess.run([program, *told[1:]], cwd=self.root, env={**os.environ, "PATH": path, **env}, check=True)
        return schema(database)

    def hit(self) -> None:
        """See that nothing is built."""
        outcome = self.template.ensure(python=self.python)
        assert outcome.status == "hit", outcome.reasons

    def recorded(self, database: Path) -> None:
        """See that it is built, recorded, what the builder makes without us, and reused."""
        template = self.template
        outcome = template.ensure(python=self.python)
        assert outcome.status == "miss"
        assert "not recorded" not in str(outcome.reasons), outcome.reasons
        assert schema(template.database) == self.rebuild(database)
        self.hit()

    def write(self, name: str, text: str) -> None:
        """Give a file another content, and keep its time."""
        path = self.root / name
        before = path.stat()
        path.write_text(text, encoding="utf-8")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        if self.animal.install == () and name.startswith("src/"):
            self.install()
        rest(self.root.parent)

    @contextmanager
    def added(self, name: str) -> Iterator[str]:
        """Add a file, with its folders, for a while; yield the topmost of what is new."""
        path = self.root / name
        top = next(each for each in [*reversed(path.parents), path] if not each.exists())
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        yield str(top.relative_to(self.root))
        if top.is_dir():
            shutil.rmtree(top)
        else:
            top.unlink()
