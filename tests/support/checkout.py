"""A project with inputs and a builder script, and functions that read the databases it makes."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ci_accel import TemplateDB

if TYPE_CHECKING:
    from collections.abc import Mapping

SUPPORT = Path(__file__).parent
BUILDERS = SUPPORT / "builder_scripts"

ISOLATED = ("python", "-I", "-S")
"""A Python command that starts fast and ignores the environment."""

HEADER = ("application_id", "auto_vacuum", "encoding", "page_size", "user_version")
"""Settings in the header of a database."""

FACTS = "CREATE TABLE fact (name TEXT, value TEXT);\n"
"""A table for the facts that a builder stores about its environment."""

SCHEMA = "CREATE TABLE book (id INTEGER PRIMARY KEY, title TEXT NOT NULL);\n"


def dump(database: str | os.PathLike[str]) -> list[str]:
    """Return the content of a database file as SQL, and the settings in its header. Side files are ignored."""
    uri = f"{Path(database).absolute().as_uri()}?immutable=1"
    with closing(sqlite3.connect(uri, uri=True)) as connection:
        header = [f"{name} {connection.execute(f'PRAGMA {name}').fetchone()[0]}" for name in HEADER]
        return [*header, *connection.iterdump()]


def facts(database: str | os.PathLike[str]) -> dict[str, str]:
    """Return the rows of the table ``fact``."""
    with closing(sqlite3.connect(database)) as connection:
        return dict(connection.execute("SELECT name, value FROM fact"))


def listing(folder: Path) -> dict[str, tuple[int, int, int, int]]:
    """Return mode, inode, size and modification time of a folder and everything below it, by path."""
    found = {}
    for path in sorted([folder, *folder.rglob("*")]):
        status = path.lstat()
        found[str(path)] = (status.st_mode, status.st_ino, status.st_size, status.st_mtime_ns)
    return found


class Checkout:
    """A project with a builder.

    Attributes:
        root: The root. The inputs are ``schema``, a folder of SQL files, and ``build_db.py``.
    """

    def __init__(self, root: Path, builder: str = "runs_sql_files.py") -> None:
        """Make the folder and write the project."""
        self.root = root
        self.write({"schema/1.sql": SCHEMA})
        shutil.copyfile(BUILDERS / builder, root / "build_db.py")

    def write(self, files: Mapping[str, str | bytes]) -> None:
        """Write files by their path below the root, and make their folders."""
        for name, content in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def arguments(self, **changes: Any) -> dict[str, Any]:
        """Return the arguments of the TemplateDB; ``changes`` replace the usual ones."""
        build = [*ISOLATED, "build_db.py", "{db}"]
        usual = {"inputs": ["schema", "build_db.py"], "build": build, "root": str(self.root), "trace": False}
        return {**usual, **changes}

    def template(self, **changes: Any) -> TemplateDB:
        """Return the TemplateDB; ``changes`` replace the usual arguments."""
        return TemplateDB(**self.arguments(**changes))

    @property
    def plain(self) -> Path:
        """The plain path."""
        return self.root / "build" / ".template-migrated.db"

    @property
    def plain_manifest(self) -> Path:
        """The manifest beside the plain path."""
        return self.root / "build" / ".template-migrated.db.manifest.json"

    @property
    def store(self) -> Path:
        """The folder of the stored databases."""
        return self.root / "build" / "ci-accel" / "template"

    def databases(self) -> list[Path]:
        """Return the stored databases."""
        return sorted(self.store.glob("*.db"))

    def manifests(self) -> list[Path]:
        """Return the stored manifests."""
        return sorted(self.store.glob("*.manifest.json"))

    def rebuild(self, python: str = sys.executable, env: Mapping[str, str] | None = None) -> list[str]:
        """Return the content of a database built without ci-accel."""
        with tempfile.TemporaryDirectory() as folder:
            database = Path(folder, "rebuilt.db")
            command = [python, "-I", "-S", "build_db.py", str(database)]
            subprocess.run(command, cwd=self.root, check=True, env=dict(env or {}))
            return dump(database)

    def client(self, *steps: str, **changes: Any) -> list[str]:
        """Return the command that runs ``template_client.py`` with the arguments of the TemplateDB."""
        return [sys.executable, str(SUPPORT / "template_client.py"), json.dumps(self.arguments(**changes)), *steps]

    def ask(self, *steps: str, environ: Mapping[str, str] | None = None, **changes: Any) -> list[Any]:
        """Return the answer of ``template_client.py`` to each step."""
        command, variables = self.client(*steps, **changes), {**os.environ, **(environ or {})}
        answer = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True, env=variables)
        return [json.loads(line) for line in answer.stdout.splitlines()]

    def nox(
        self, *arguments: str, folder: Path | None = None, environ: Mapping[str, str] | None = None, **changes: Any
    ) -> tuple[subprocess.CompletedProcess[str], list[dict[str, Any]]]:
        """Run sessions of ``template_noxfile.py``, copied to ``folder`` (default: the root).

        Returns:
            The ended process and the answers of the sessions.
        """
        home = folder or self.root
        home.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(SUPPORT / "template_noxfile.py", home / "noxfile.py")
        usual = {"env_var": "SHOP_TEMPLATE_DB", **changes}
        (home / "template.json").write_text(json.dumps(self.arguments(**usual)), encoding="utf-8")
        with tempfile.TemporaryDirectory() as scratch:
            answers = Path(scratch, "answers")
            answers.touch()
            command = [sys.executable, "-m", "nox", "--no-color", *arguments]
            # A session without an environment runs `python` from PATH, and some systems have `python3` only.
            search = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
            variables = {**os.environ, "PATH": search, "ANSWERS": str(answers), **(environ or {})}
            done = subprocess.run(command, cwd=home, env=variables, capture_output=True, text=True, check=False)
            return done, [json.loads(line) for line in answers.read_text(encoding="utf-8").splitlines()]


def interpreters() -> list[str]:
    """Return one interpreter of each installed version from 3.10 on, this one first."""
    places = [sys.executable, *(shutil.which(f"python3.{minor}") or "" for minor in range(10, 20))]
    places += sorted(map(str, Path("~/.pyenv/versions").expanduser().glob("3.1*/bin/python")))
    found: dict[str, str] = {}
    for place in filter(None, places):
        # sys.executable, because the found file may be a shim that depends on the environment.
        code = "import platform, sqlite3, sys; print(platform.python_version(), sys.executable)"
        command = [place, "-I", "-S", "-c", code]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
        if answer.returncode == 0:
            version, _, path = answer.stdout.strip().partition(" ")
            found.setdefault(version, place if place == sys.executable else path)
    return list(found.values())
