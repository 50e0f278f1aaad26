"""A builder that does what real ones do, as much of it as the file ``features`` says, and writes down all it saw.

Whatever differs in what a feature takes in differs in its fact: contents, names, kinds, places, exceptions.
"""

from __future__ import annotations

import os
import sqlite3
import sys

TYPE_CHECKING = False  # the name that type checkers know; importing typing would cost each build some milliseconds
if TYPE_CHECKING:
    from types import ModuleType

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[1:1] = [os.path.join(HERE, folder) for folder in ("early", "src", "lib")]
COUNTED = (".json", ".sql", ".txt")
"""Endings of what counts in a folder: tools leave others."""


def at(*parts: str) -> str:
    """Return a path in the project."""
    return os.path.join(HERE, *parts)


def short(path: object) -> str:
    """Return a path as every checkout has it."""
    return str(path).replace(HERE, "ROOT")


def content(path: str) -> str:
    """Read a file."""
    with open(path, encoding="utf-8") as file:
        return file.read()


def told(module: ModuleType) -> object:
    """Return what a module says, and where it came from."""
    return getattr(module, "VALUE", None), short(getattr(module, "__file__", None))


def modules() -> object:
    """Import a package and modules of it; one of them imports others if it can."""
    import app.models  # type: ignore[import-not-found]  # the project's
    import app.settings  # type: ignore[import-not-found]  # the project's

    return told(app), told(app.models), told(app.settings)


def plugins() -> object:
    """Import what no import statement names."""
    import importlib

    def optional(name: str) -> object:
        try:
            return told(importlib.import_module(name))
        except ImportError as error:
            return error.name

    named = [optional(name) for name in ("app.plugin", "local_settings", "extra")]
    return told(__import__("app.plugin", fromlist=["VALUE"])), named


def namespace() -> object:
    """Import from a package that lies in several folders."""
    import ns.one  # type: ignore[import-not-found]  # the project's
    import ns.two  # type: ignore[import-not-found]  # the project's

    return [short(path) for path in ns.__path__], told(ns.one), told(ns.two)


def library() -> object:
    """Import modules of the standard library that somebody may shadow."""
    import bisect
    import json

    return json.dumps({"a": 1}), short(json.__file__).startswith("ROOT"), told(bisect)[0]  # type: ignore[index]


def listing() -> object:
    """List one folder."""
    return [(name, content(at("schema", name))) for name in sorted(os.listdir(at("schema"))) if name.endswith(".sql")]


def globbing() -> object:
    """Find files by patterns."""
    import glob

    found = sorted(glob.glob(at("schema", "**", "*.sql"), recursive=True) + glob.glob(at("optional", "*.sql")))
    return [(short(path), content(path)) for path in found]


def paths() -> object:
    """Find files as pathlib does."""
    from pathlib import Path

    return [(short(path), path.read_text()) for path in sorted(Path(HERE, "data").rglob("*.json"))]


def walking() -> object:
    """Walk through folders."""
    found = []
    for folder, folders, files in os.walk(at("data")):
        folders[:] = sorted(set(folders) - {"__pycache__"})
        names = [name for name in sorted(files) if name.endswith(COUNTED)]
        found.append((short(folder), list(folders), [content(os.path.join(folder, name)) for name in names]))
    return found


def dotenv() -> object:
    """Read a file that need not be there."""
    return content(at(".env")) if os.path.isfile(at(".env")) else None


def questions() -> object:
    """Ask what is there."""
    names = ["flag", "early", "optional", "data/deep", "src/app/extra", "linked.sql"]
    return [(os.path.exists(at(name)), os.path.isdir(at(name)), os.path.isfile(at(name))) for name in names]


def links() -> object:
    """Ask what is a link, and where one leads."""
    names = ["flag", "linked.sql", "linked", "schema"]
    return [(os.path.islink(at(name)), short(os.path.realpath(at(name)))) for name in names]


def linked() -> object:
    """Read through links."""
    names = [name for name in sorted(os.listdir(at("linked"))) if name.endswith(COUNTED)]
    return content(at("linked.sql")), [content(at("linked", name)) for name in names]


def resources() -> object:
    """Read a file that comes with a package."""
    import pkgutil

    return pkgutil.get_data("app", "defaults.json")


def resource_files() -> object:
    """Read it as newer code does."""
    from importlib.resources import files

    return files("app").joinpath("defaults.json").read_text()


def variables() -> object:
    """Read variables, each in another way."""
    home = os.getenv("APP_HOME")
    return os.environ.get("APP_MODE"), "APP_FLAG" in os.environ, home and short(home)


def environment() -> object:
    """Take the environment whole."""
    return sorted((name, short(value)) for name, value in os.environ.items() if name.startswith("APP_"))


def child() -> object:
    """Let another process read a file."""
    import subprocess

    code = "import os; print(open('child.txt').read(), os.environ.get('APP_MODE'))"
    return subprocess.run([sys.executable, "-c", code], cwd=HERE, capture_output=True, check=True).stdout


def isolated() -> object:
    """Let one read a file that heeds no variables."""
    import subprocess

    code = "print(open('child.txt').read())"
    return subprocess.run([sys.executable, "-I", "-S", "-c", code], cwd=HERE, capture_output=True, check=True).stdout


def forked() -> object:
    """Let a copy of this process read a file."""
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
    """Open a file that starts from an open folder."""
    folder = os.open(at("data"), os.O_RDONLY)
    return os.read(os.open("a.json", os.O_RDONLY, dir_fd=folder), 99), os.stat("deep", dir_fd=folder).st_mode >> 12


def through_links() -> object:
    """Begin in a folder that a link leads to."""
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
    """Ask for a local time."""
    import time

    return tuple(time.localtime(0))


def expanded() -> object:
    """Let the library read variables."""
    return os.path.expandvars("$TERM/$APP_MODE"), short(os.path.expanduser("~"))


def main(database: str) -> None:
    """Write down what each feature says."""
    facts = []
    for name in content(at("features")).split():
        try:
            fact = globals()[name]()
        except Exception as error:  # noqa: BLE001 - what went wrong is a fact, too
            fact = type(error).__name__
        # Where the checkout lies is the same to us: what holds it is taken for equal, docs/tracing.md says so.
        facts.append((name, short(repr(fact))))
    connection = sqlite3.connect(database)
    connection.execute("CREATE TABLE fact (name TEXT, value TEXT)")
    connection.executemany("INSERT INTO fact VALUES (?, ?)", facts)
    connection.commit()
    connection.close()


if __name__ == "__main__":
    main(sys.argv[1])
