"""Projects whose builders use the libraries that real projects use, and a checkout of such a project."""

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
from tests.support.file_clock import wait_for_tick

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECTS = Path(__file__).parent / "projects"
"""Folder of the project archives. An archive is a description, then the files, each below a line with its name."""

PACKAGES = [
    "aiosqlite",
    "alembic",
    "django",
    "jinja2",
    "pydantic-settings",
    "python-dotenv",
    "sqlalchemy[asyncio]",
]
"""Requirements of the projects, installed from the package index."""

URL = {"DATABASE_URL": "sqlite:///{db}"}
UPGRADE = ["alembic", "upgrade", "head"]
SCRIPT = ["python", "migrate.py", "{db}"]
COLUMNS = ("src/shop/domain/columns.py", "80", "120")
SHELF = ("migrations/sql/shelf.sql", "name", "name_of_it")


@dataclass(frozen=True)
class BuilderProject:
    """A project with a builder.

    Attributes:
        archives: Names of the archives that make up the project; later ones replace files of earlier ones.
        edits: Edits of files that the builder reads: the file, a text in it, and the replacement.
        build: Command of the builder.
        env: Environment variables of the builder.
        programs: Declared programs, of which the builder needs an installation.
        install: Options to install the project with. Empty: a normal installation; None: the project is not installed.
        inputs: Declared inputs.
        additions: Missing files that the builder uses once they exist.
    """

    archives: tuple[str, ...]
    edits: tuple[tuple[str, str, str], ...]
    build: list[str] = field(default_factory=lambda: SCRIPT)
    env: dict[str, str] = field(default_factory=dict)
    programs: tuple[str, ...] = ()
    install: tuple[str, ...] | None = None
    inputs: tuple[str, ...] = ("migrate.py",)
    additions: tuple[str, ...] = ()


def migrated(build: list[str], url: str = "sqlite:///{db}", archives: tuple[str, ...] = ("shop",)) -> BuilderProject:
    """Return the project `shop` with Alembic migrations, run by a command."""
    env = {"DATABASE_URL": url}
    additions = ("migrations/versions/0003_loan.py", "src/shop/domain/columns/__init__.py", "src/sqlite3.py")
    return BuilderProject(archives, (COLUMNS, SHELF), build, env, inputs=("alembic.ini",), additions=additions)


def installed(back_end: str, *options: str) -> BuilderProject:
    """Return the project `shop`, installed by a build back end."""
    build = ["python", "-m", "shop.create", "{db}"]
    edits = (COLUMNS, ("migrations/versions/0002_shelf.py", '"0002"', '"0002b"'))
    return BuilderProject(("shop", back_end), edits, build, install=options, inputs=("alembic.ini",))


def parallel(method: str) -> BuilderProject:
    """Return the project whose builder starts processes by a method of multiprocessing."""
    edits = (("shop/columns.py", "title", "title_of_it"), ("tables.txt", "one", "first"))
    return BuilderProject(("processes",), edits, [*SCRIPT, method])


BUILDER_PROJECTS = {
    "create_all": BuilderProject(("shop",), (COLUMNS, ("migrations/versions/0002_shelf.py", '"0002"', '"0002b"'))),
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
    "sqlite3": BuilderProject(
        ("program",),
        (("shop.py", "1", "22"), ("schema.sql", "id", "number")),
        programs=("sqlite3",),
    ),
    "python-dotenv": BuilderProject(
        ("dotenv",),
        (("shop/tables.py", "INTEGER", "TEXT"), (".env", "book", "author")),
        additions=("sqlite3/__init__.py",),
    ),
    "pydantic-settings": BuilderProject(
        ("pydantic",),
        (
            ("shop/settings.py", '"title"', '"name"'),
            (".env", "book", "author"),
            ("secrets/shop_default", "untitled", "none"),
        ),
        additions=("secrets/shop_column",),
    ),
    "importlib.resources": BuilderProject(
        ("resources",),
        (
            ("shop/plugins/author.py", "name", "name_of_it"),
            ("shop/schema/2.sql", "shelf", "shelves"),
            ("shop/more/views.sql", "books", "views"),
            ("shop/more/index.sql", "by_id", "by_number"),
        ),
        additions=("shop/plugins/loan.py", "shop/schema/3.sql", "shop/schema/__init__.py"),
    ),
    "jinja2": BuilderProject(
        ("jinja",),
        (
            ("shop/context.py", "shelf", "shelves"),
            ("templates/base.sql.j2", "base", "basis"),
            ("shop/templates/columns.sql.j2", "title", "name"),
        ),
        additions=("overrides/base.sql.j2", "templates/columns.sql.j2"),
    ),
    "exec": BuilderProject(
        ("executed",),
        (
            ("schema/tables.py", "id", "id, title"),
            ("schema/views.py", "books", "views"),
            ("schema/index.py", "by_id", "by_number"),
        ),
    ),
    "django": BuilderProject(
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
    "uv run": BuilderProject(
        ("shop", "uv"),
        (COLUMNS, ("pyproject.toml", "1.0", "1.0.1")),
        ["uv", "run", "--offline", "--no-sync", *SCRIPT],
        additions=("uv.toml", ".python-version"),
    ),
}


def unpack(archive: str, root: Path) -> None:
    """Write the files of an archive below a folder."""
    name = None
    files: dict[str, list[str]] = {}
    for line in (PROJECTS / f"{archive}.txt").read_text(encoding="utf-8").splitlines(keepends=True):
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
    """Return the schema and the user version of a database."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
        version: tuple[int] = connection.execute("PRAGMA user_version").fetchone()
    return {*rows, ("user_version", *map(str, version))}


class BuilderCheckout:
    """A checkout of a project, and the environment that its builder runs in.

    Attributes:
        project: The project.
        root: Folder of the checkout.
        python: Interpreter of the environment.
    """

    def __init__(self, project: BuilderProject, root: Path, python: Path) -> None:
        """Store the arguments; no file is written."""
        self.project = project
        self.root = root
        self.python = python

    @property
    def template(self) -> TemplateDB:
        """A new TemplateDB for the checkout."""
        project = self.project
        return TemplateDB(
            root=self.root, inputs=project.inputs, build=project.build, env=project.env, programs=project.programs
        )

    def install(self) -> None:
        """Install the present state of the project, if the project is to be installed."""
        if self.project.install is not None:
            # setuptools keeps copies there and updates them by modification time only.
            shutil.rmtree(self.root / "build" / "lib", ignore_errors=True)
            uv("pip", "install", "--python", self.python, "--reinstall", "--no-deps", *self.project.install, self.root)
        wait_for_tick(self.root.parent)

    def rebuild(self, database: Path) -> set[tuple[str, ...]]:
        """Run the builder without ci-accel and return the schema."""
        database.unlink(missing_ok=True)
        command = [str(self.python) if word == "python" else word for word in self.project.build[:1]]
        command += [word.replace("{db}", str(database)) for word in self.project.build[1:]]
        path = f"{self.python.parent}{os.pathsep}{os.environ['PATH']}"
        env = {name: value.replace("{db}", str(database)) for name, value in self.project.env.items()}
        program = shutil.which(command[0], path=path)
        assert program is not None
        subprocess.run([program, *command[1:]], cwd=self.root, env={**os.environ, "PATH": path, **env}, check=True)
        return schema(database)

    def hit(self) -> None:
        """Assert that ensure() is a hit."""
        outcome = self.template.ensure(python=self.python)
        assert outcome.status == "hit", outcome.reasons

    def recorded(self, database: Path) -> None:
        """Assert that ensure() builds and records a database equal to a rebuild, and that the next call is a hit."""
        template = self.template
        outcome = template.ensure(python=self.python)
        assert outcome.status == "miss"
        assert "not recorded" not in str(outcome.reasons), outcome.reasons
        assert schema(template.database) == self.rebuild(database)
        self.hit()

    def write(self, name: str, text: str) -> None:
        """Replace the content of a file and keep its modification time."""
        path = self.root / name
        before = path.stat()
        path.write_text(text, encoding="utf-8")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        if self.project.install == () and name.startswith("src/"):
            self.install()
        wait_for_tick(self.root.parent)

    @contextmanager
    def added(self, name: str) -> Iterator[str]:
        """Add an empty file and its folders for the block; yield the topmost new path."""
        path = self.root / name
        top = next(each for each in [*reversed(path.parents), path] if not each.exists())
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        yield str(top.relative_to(self.root))
        if top.is_dir():
            shutil.rmtree(top)
        else:
            top.unlink()
