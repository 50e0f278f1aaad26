"""Build a database with the features that the file ``features`` lists: functions that read inputs as real builders do.

Each feature stores one fact: the contents, names, kinds, paths or exceptions it found. A different input gives a
different fact.
"""

from __future__ import annotations

import os
import sqlite3
import sys

TYPE_CHECKING = False  # type checkers know the name; the builder is to import as few modules as possible
if TYPE_CHECKING:
    from types import ModuleType

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[1:1] = [os.path.join(HERE, folder) for folder in ("early", "src", "lib")]
COUNTED = (".json", ".sql", ".txt")
"""Suffixes of the files that features read in a folder. Tools leave files with other suffixes there."""


def at(*parts: str) -> str:
    """Return a path in the project."""
    return os.path.join(HERE, *parts)


def short(path: object) -> str:
    """Return a path with the project folder replaced by ROOT."""
    return str(path).replace(HERE, "ROOT")


def content(path: str) -> str:
    """Read a file."""
    with open(path, encoding="utf-8") as file:
        return file.read()


def value_and_file(module: ModuleType) -> object:
    """Return the VALUE of a module and its file."""
    return getattr(module, "VALUE", None), short(getattr(module, "__file__", None))


def modules() -> object:
    """Import a package and its modules; one of them has optional imports."""
    import app.models  # type: ignore[import-not-found]  # the project's
    import app.settings  # type: ignore[import-not-found]  # the project's

    return value_and_file(app), value_and_file(app.models), value_and_file(app.settings)


def plugins() -> object:
    """Import by name, without an import statement."""
    import importlib

    def optional(name: str) -> object:
        try:
            return value_and_file(importlib.import_module(name))
        except ImportError as error:
            return error.name

    named = [optional(name) for name in ("app.plugin", "local_settings", "extra")]
    return value_and_file(__import__("app.plugin", fromlist=["VALUE"])), named


def namespace() -> object:
    """Import from a namespace package in several folders."""
    import ns.one  # type: ignore[import-not-found]  # the project's
    import ns.two  # type: ignore[import-not-found]  # the project's

    return [short(path) for path in ns.__path__], value_and_file(ns.one), value_and_file(ns.two)


def library() -> object:
    """Import modules of the standard library that a project file may shadow."""
    import bisect
    import json

    return json.dumps({"a": 1}), short(json.__file__).startswith("ROOT"), value_and_file(bisect)[0]  # type: ignore[index]


def listing() -> object:
    """List one folder."""
    return [(name, content(at("schema", name))) for name in sorted(os.listdir(at("schema"))) if name.endswith(".sql")]


def globbing() -> object:
    """Find files by patterns."""
    import glob

    found = sorted(glob.glob(at("schema", "**", "*.sql"), recursive=True) + glob.glob(at("optional", "*.sql")))
    return [(short(path), content(path)) for path in found]


def paths() -> object:
    """Find files with pathlib."""
    from pathlib import Path

    return [(short(path), path.read_text()) for path in sorted(Path(HERE, "data").rglob("*.json"))]


def walking() -> object:
    """Walk a folder with os.walk."""
    found = []
    for folder, folders, files in os.walk(at("data")):
        folders[:] = sorted(set(folders) - {"__pycache__"})
        names = [name for name in sorted(files) if name.endswith(COUNTED)]
        found.append((short(folder), list(folders), [content(os.path.join(folder, name)) for name in names]))
    return found


def dotenv() -> object:
    """Read an optional file."""
    return content(at(".env")) if os.path.isfile(at(".env")) else None


def questions() -> object:
    """Test which paths exist."""
    names = ["flag", "early", "optional", "data/deep", "src/app/extra", "linked.sql"]
    return [(os.path.exists(at(name)), os.path.isdir(at(name)), os.path.isfile(at(name))) for name in names]


def links() -> object:
    """Test which paths are links, and resolve them."""
    names = ["flag", "linked.sql", "linked", "schema"]
    return [(os.path.islink(at(name)), short(os.path.realpath(at(name)))) for name in names]


def linked() -> object:
    """Read through links."""
    names = [name for name in sorted(os.listdir(at("linked"))) if name.endswith(COUNTED)]
    return content(at("linked.sql")), [content(at("linked", name)) for name in names]


def resources() -> object:
    """Read a package resource with pkgutil."""
    import pkgutil

    return pkgutil.get_data("app", "defaults.json")


def resource_files() -> object:
    """Read a package resource with importlib.resources."""
    from importlib.resources import files

    return files("app").joinpath("defaults.json").read_text()


def variables() -> object:
    """Read variables in three different ways."""
    home = os.getenv("APP_HOME")
    return os.environ.get("APP_MODE"), "APP_FLAG" in os.environ, home and short(home)


def environment() -> object:
    """Read the whole environment."""
    return sorted((name, short(value)) for name, value in os.environ.items() if name.startswith("APP_"))


def child() -> object:
    """Read a file in a child process."""
    import subprocess

    code = "import os; print(open('child.txt').read(), os.environ.get('APP_MODE'))"
    return subprocess.run([sys.executable, "-c", code], cwd=HERE, capture_output=True, check=True).stdout


def forked() -> object:
    """Read a file in a forked process."""
    receiver, sender = os.pipe()
    if os.fork() == 0:
        try:
            os.write(sender, content(at("child.txt")).encode())
        finally:
            os._exit(0)
    os.wait()
    os.close(sender)
    return os.read(receiver, 99)


def opened_below() -> object:
    """Open a file relative to an open folder."""
    folder = os.open(at("data"), os.O_RDONLY)
    return os.read(os.open("a.json", os.O_RDONLY, dir_fd=folder), 99), os.stat("deep", dir_fd=folder).st_mode >> 12


def through_links() -> object:
    """Read files through a link to a folder: as working directory, as open folder and in a child process."""
    import subprocess

    os.chdir(at("linked"))
    try:
        here = content("1.sql")
    finally:
        os.chdir(HERE)
    folder = os.open(at("linked"), os.O_RDONLY)
    names = [name for name in sorted(os.listdir(folder)) if name.endswith(COUNTED)]
    below = os.read(os.open("1.sql", os.O_RDONLY, dir_fd=folder), 99), names
    code = "print(open('1.sql').read())"
    return here, below, subprocess.check_output([sys.executable, "-c", code], cwd=at("linked"))


def clock() -> object:
    """Convert to local time."""
    import time

    return tuple(time.localtime(0))


def expanded() -> object:
    """Expand variables and the home folder in paths."""
    return os.path.expandvars("$TERM/$APP_MODE"), short(os.path.expanduser("~"))


def main(database: str) -> None:
    """Store the fact of each listed feature."""
    facts = []
    for name in content(at("features")).split():
        try:
            fact = globals()[name]()
        except Exception as error:  # noqa: BLE001 - the exception is the fact
            fact = type(error).__name__
        # The path of the checkout is not an input (docs/tracing.md), so it must not differ in a fact.
        facts.append((name, short(repr(fact))))
    connection = sqlite3.connect(database)
    connection.execute("CREATE TABLE fact (name TEXT, value TEXT)")
    connection.executemany("INSERT INTO fact VALUES (?, ?)", facts)
    connection.commit()
    connection.close()


if __name__ == "__main__":
    main(sys.argv[1])
