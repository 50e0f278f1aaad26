"""Build a template database without the cache: with CI_ACCEL=off, or without the compiled module.

The database is built on each call. It is opened with Python's own SQLite, and only if no other SQLite library of this
process has it open.
"""

from __future__ import annotations

import atexit
import contextlib
import errno
import os
import shutil
from typing import TYPE_CHECKING

from ci_accel.exceptions import TemplateDatabaseError
from ci_accel.foundation.files import beside
from ci_accel.template.side_files import MANIFEST, PLAYED_BACK

if TYPE_CHECKING:
    import sqlite3

    from ci_accel.template.builder import Builder


def build_uncached(builder: Builder, path: str) -> str | None:
    """Build a database in a temporary folder of this process, and copy it to the plain path.

    Args:
        builder: The builder.
        path: The plain path. An existing file is replaced, and its manifest is removed.

    Returns:
        The path of the database, which is removed when this process exits; None if the session runs no commands.

    Raises:
        TemplateDatabaseError: The builder wrote no database with a table.
        OSError: The files cannot be written.
    """
    folder = _temporary_folder()
    built, database = os.path.join(folder, "built.db"), os.path.join(folder, "template.db")
    if not builder.run(built):
        return None
    _finish(built)
    # A process that the builder left running may still write to the file that was built.
    copy_database(built, database, replace=True)
    copy_database(database, path, replace=True)
    # The manifest of an earlier run describes another file.
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path + MANIFEST)
    return database


def copy_database(database: str, destination: str, *, replace: bool) -> None:
    """Copy a database, with the changes that are still in its WAL.

    Args:
        database: The database.
        destination: The path of the copy, which appears as a whole or not at all.
        replace: Whether to replace an existing file.

    Raises:
        OSError: The database is missing, the destination exists, or a side file of another database is beside it.
    """
    for ending in PLAYED_BACK:
        if _has_content(destination + ending):
            reason = "stale sidecar of another database; close the program that has it open, or remove the file"
            raise FileExistsError(errno.EEXIST, reason, destination + ending)
    if os.path.lexists(destination) and not replace:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), destination)
    if not any(_has_content(database + ending) for ending in PLAYED_BACK):
        with beside(destination) as copy:
            shutil.copyfile(database, copy)
        return
    # A copy of the main file alone can lack every table that is still in the WAL.
    with beside(destination) as copy, _connected(database) as source, _connected(copy) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")


def _temporary_folder() -> str:
    """Create a folder that is removed when this process exits, and not when a forked child does."""
    import tempfile

    owner = os.getpid()
    folder = tempfile.mkdtemp(prefix="ci-accel.")

    def remove() -> None:
        if os.getpid() == owner:
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)
    return folder


def _finish(database: str) -> None:
    """Move all changes into the main file, and check that the database has a table."""
    import sqlite3

    if not _has_content(database) and not _has_content(f"{database}-wal"):
        raise TemplateDatabaseError(database, "the builder produced no schema: it wrote nothing to {db}")
    try:
        with _connected(database) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            # If another process has the database open, it keeps its WAL. Then `copy_database` copies through SQLite.
            with contextlib.suppress(sqlite3.OperationalError):
                connection.execute("PRAGMA journal_mode=DELETE")
            query = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
            (tables,) = connection.execute(query).fetchone()
    except sqlite3.DatabaseError as error:
        raise TemplateDatabaseError(database, f"the builder wrote no usable database: {error}") from None
    if not tables:
        raise TemplateDatabaseError(database, "the builder produced no schema: the database has no tables")


def _connected(path: str) -> contextlib.closing[sqlite3.Connection]:
    """Return an open connection that is closed at the end of a `with` block."""
    import sqlite3

    return contextlib.closing(sqlite3.connect(path))


def _has_content(path: str) -> bool:
    """Return whether a file exists and is not empty."""
    try:
        return os.stat(path).st_size > 0
    except OSError:
        return False
