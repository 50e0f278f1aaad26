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

MARK = "ci-accel probe: "
"""Starts the line with the answer: an interpreter may print other things, too."""

METADATA = (".dist-info", ".egg-info")
"""Endings of the folders that installers leave: packaging.python.org, "Recording installed projects"."""


def interpreter() -> dict[str, str]:
    """Return version, SQLite version and platform of this interpreter."""
    try:
        from _sqlite3 import sqlite_version  # a tenth of the time of sqlite3, and the same library
    except ImportError:
        sqlite_version = "absent"
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info.releaselevel != "final":
        version += sys.version_info.releaselevel + str(sys.version_info.serial)
    return {
        "python": sys.implementation.name + " " + version,
        "sqlite": sqlite_version,
        "platform": sys.platform + " " + os.uname().machine,
    }


def distributions(path: list[str]) -> dict[str, str]:
    """Return the versions of the migration tools installed on a module search path, the first of each."""
    found: dict[str, str] = {}
    for folder in path:
        try:
            names = os.listdir(folder or ".")
        except OSError:
            continue
        for name in sorted(names):
            stem, ending = os.path.splitext(name)
            tool, _, version = stem.partition("-")
            tool = tool.lower().replace("_", "-").replace(".", "-")
            if ending in METADATA and tool in MIGRATION_TOOLS:
                found.setdefault(tool, version.split("-")[0])
    return found


if __name__ == "__main__":
    import json

    # This file's own folder is not among those that a builder has.
    own = os.path.dirname(os.path.abspath(__file__))
    search = [folder for folder in sys.path if os.path.abspath(folder) != own]
    print("\n" + MARK + json.dumps({"interpreter": interpreter(), "distributions": distributions(search)}))
