"""Describe an interpreter. Stand-alone: it also runs as a script in the builder's Python.

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
"""Distributions that write schemas, so that their version is an input. Names are normalised as in PEP 503."""

SITE_FOLDERS = frozenset({"dist-packages", "site-packages"})
"""Names of the folders that distributions are installed in."""

MARK = "ci-accel probe: "
"""Start of the line with the answer; an interpreter may print other lines."""

METADATA = (".dist-info", ".egg-info")
"""Endings of the folders that installers write: packaging.python.org, "Recording installed projects"."""


def interpreter() -> dict[str, str]:
    """Return encoding, version, SQLite version and platform of this interpreter."""
    try:
        from _sqlite3 import sqlite_version  # the same library as sqlite3, imported in a tenth of the time
    except ImportError:
        sqlite_version = "absent"
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info.releaselevel != "final":
        version += sys.version_info.releaselevel + str(sys.version_info.serial)
    return {
        # It depends on LC_ALL and similar variables.
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
    """Return the versions of the migration tools on a module search path; the first of each name counts."""
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
    """Return the folders of this interpreter's environment, standard library and distributions.

    Returns:
        `prefix`: the environment, and the installation that it was made from; `standard`: paths of the standard
        library and the interpreter, which are identified by the version; `sites`: the folders on the module search path
        that distributions are installed in.
    """
    version = "python" + ".".join(str(part) for part in sys.version_info[:2])
    # Free-threaded builds add a letter to the version. The folder of os is the standard library in any case.
    libraries = [os.path.join(sys.base_exec_prefix, name) for name in ("lib", sys.platlibdir)]
    standard = {os.path.dirname(os.__file__), *(os.path.join(library, version) for library in libraries)}
    standard.update(os.path.join(library, version.replace(".", "") + ".zip") for library in libraries)
    # The interpreter under each of its names, and the files beside it that it looks for at its start.
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

    # The folder of this script is not on the builder's search path.
    own = os.path.dirname(os.path.abspath(__file__))
    search = [folder for folder in sys.path if os.path.abspath(folder) != own]
    answer = {"interpreter": interpreter(), "distributions": distributions(search), "folders": folders()}
    print("\n" + MARK + json.dumps(answer))
