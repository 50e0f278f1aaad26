"""What an interpreter says of itself. Stand-alone: it also runs as a script in the builder's Python (3.8 and later).

The names and values become inputs of kind `interpreter` and `distribution` in the manifest: docs/cache-keys.md.
"""

from __future__ import annotations

import os
import sys

MIGRATION_TOOLS = frozenset(
    {
        "aerich",
        "alembic",
        "django",
        "peewee",
        "peewee-migrate",
        "piccolo",
        "sqlalchemy",
        "sqlmodel",
        "tortoise-orm",
        "yoyo-migrations",
    }
)
"""Distributions whose version counts: they write the schema. Names normalised as in PEP 503."""

SITE_FOLDERS = frozenset({"dist-packages", "site-packages"})
"""Names of folders that distributions are installed in."""

MARK = "ci-accel probe: "
"""Starts the line with the answer: an interpreter may print other things, too."""

METADATA = (".dist-info", ".egg-info")
"""Endings of the folders that installers leave: packaging.python.org, "Recording installed projects"."""


def interpreter() -> dict[str, str]:
    """Return encoding, version, SQLite version and platform of this interpreter."""
    try:
        from _sqlite3 import sqlite_version  # a tenth of the time of sqlite3, and the same library
    except ImportError:
        sqlite_version = "absent"
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info.releaselevel != "final":
        version += sys.version_info.releaselevel + str(sys.version_info.serial)
    return {
        # Of files that are opened without one: it follows LC_ALL and its like.
        "encoding": _encoding(),
        "python": sys.implementation.name + " " + version,
        "sqlite": sqlite_version,
        "platform": sys.platform + " " + os.uname().machine,
    }


def _encoding() -> str:
    """Return the encoding of files that are opened without one."""
    if sys.flags.utf8_mode:
        return "utf-8"
    from _locale import CODESET, nl_langinfo

    return nl_langinfo(CODESET).lower()


def distributions(path: list[str]) -> dict[str, str]:
    """Return the versions of the migration tools installed on a module search path, the first of each."""
    found: dict[str, str] = {}
    for folder in path:
        try:
            names = os.listdir(folder or ".")
        except OSError:
            continue
        for name in sorted(name for name in names if name.endswith(METADATA)):
            tool, _, version = os.path.splitext(name)[0].partition("-")
            tool = tool.lower().replace("_", "-").replace(".", "-")
            if tool in MIGRATION_TOOLS:
                found.setdefault(tool, version.split("-")[0])
    return found


def folders() -> dict[str, list[str]]:
    """Return where this interpreter's environment, its standard library and its distributions are.

    Returns:
        `prefix`: the environment, and what it was made from; `standard`: the standard library and the interpreter,
        which its version stands for; `sites`: folders that distributions are installed in, as far as they are on the
        module search path.
    """
    version = "python" + ".".join(str(part) for part in sys.version_info[:2])
    # `Py_DEBUG` and free-threaded builds put letters behind the version; os is where the library is.
    libraries = [os.path.join(sys.base_exec_prefix, name) for name in ("lib", getattr(sys, "platlibdir", "lib"))]
    standard = {os.path.dirname(os.__file__), *(os.path.join(library, version) for library in libraries)}
    standard.update(os.path.join(library, version.replace(".", "") + ".zip") for library in libraries)
    # The interpreter itself, under each of its names, and where it looks whether it was just built.
    programs = {sys.executable, getattr(sys, "_base_executable", sys.executable), os.path.realpath(sys.executable)}
    for folder in {os.path.dirname(program) for program in programs if program}:
        names = ("Modules", "pybuilddir.txt", "pyvenv.cfg", "python", "python3", version)
        standard.update(os.path.join(folder, name) for name in names)
    sites = [folder for folder in sys.path if os.path.basename(folder) in SITE_FOLDERS]
    return {
        "prefix": [sys.prefix, sys.base_prefix],
        "standard": sorted(standard),
        "sites": [os.path.abspath(site) for site in sites],
    }


if __name__ == "__main__":
    import json

    # This file's own folder is not among those that a builder has.
    own = os.path.dirname(os.path.abspath(__file__))
    search = [folder for folder in sys.path if os.path.abspath(folder) != own]
    answer = {"interpreter": interpreter(), "distributions": distributions(search), "folders": folders()}
    print("\n" + MARK + json.dumps(answer))
