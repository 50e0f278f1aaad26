"""The template database without proofs: for CI_ACCEL=off, and where there is no compiled module.

All the work is done, each time. A database is opened by Python's own SQLite only, and only where no other library
of this process has it open.
"""

from __future__ import annotations

import atexit
import contextlib
import errno
import os

from ci_accel.exceptions import TemplateDatabaseError
from ci_accel.foundation.files import beside

TYPE_CHECKING = False  # the name that type checkers know; importing typing would cost 7 ms
if TYPE_CHECKING:
    import sqlite3

    from ci_accel.template.builder import Builder

SIDE_FILES = ("-journal", "-wal")
"""Endings of files that SQLite plays back into the database beside them."""


def build_plainly(builder: Builder, path: str) -> str | None:
    """Build into a folder of this process, and keep the plain path a copy.

    Args:
        builder: Runs the command.
        path: The plain path; replaced.

    Returns:
        The database, which lives as long as this process; None where nothing was run.

    Raises:
        TemplateDatabaseError: The builder made no database with a table.
        OSError: There is no room for it.
    """
    folder = _private_folder()
    built, database = os.path.join(folder, "built.db"), os.path.join(folder, "template.db")
    if not builder.run(built):
        return None
    _finish(built)
    # A process that the builder left behind must not reach what is handed out.
    copy_plainly(built, database, replace=True)
    copy_plainly(database, path, replace=True)
    # What an earlier run recorded does not speak for this copy.
    with contextlib.suppress(FileNotFoundError):
        os.unlink(f"{path}.manifest.json")
    return database


def copy_plainly(database: str, destination: str, *, replace: bool) -> None:
    """Copy a database, with what is still in its WAL.

    Args:
        database: What to copy.
        destination: Where to. It appears whole or not at all.
        replace: Whether an existing destination may go.

    Raises:
        OSError: The database is not there; the destination exists, or a side file of another database lies beside it.
    """
    import shutil

    for ending in SIDE_FILES:
        if _has_content(destination + ending):
            reason = "stale sidecar of another database; close the program that has it open, or remove the file"
            raise FileExistsError(errno.EEXIST, reason, destination + ending)
    if os.path.lexists(destination) and not replace:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), destination)
    if not any(_has_content(database + ending) for ending in SIDE_FILES):
        with beside(destination) as copy:
            shutil.copyfile(database, copy)
        return
    # Through SQLite: a bare copy of a database with a WAL can hold no table at all.
    with beside(destination) as copy, _connected(database) as source, _connected(copy) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")


def _private_folder() -> str:
    """Make a folder that goes when this process ends, but not when a forked child of it does."""
    import shutil
    import tempfile

    owner = os.getpid()
    folder = tempfile.mkdtemp(prefix="ci-accel.")

    def remove() -> None:
        if os.getpid() == owner:
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)
    return folder


def _finish(database: str) -> None:
    """Bring everything into the main file, and see that there is a table."""
    import sqlite3

    if not _has_content(database) and not _has_content(f"{database}-wal"):
        raise TemplateDatabaseError(database, "the builder produced no schema: it wrote nothing to {db}")
    try:
        with _connected(database) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            # An error is no matter: who has the database open keeps its WAL, and the copy goes through SQLite.
            with contextlib.suppress(sqlite3.OperationalError):
                connection.execute("PRAGMA journal_mode=DELETE")
            query = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
            (tables,) = connection.execute(query).fetchone()
    except sqlite3.DatabaseError as error:
        raise TemplateDatabaseError(database, f"the builder wrote no usable database: {error}") from None
    if not tables:
        raise TemplateDatabaseError(database, "the builder produced no schema: the database has no tables")


def _connected(path: str) -> contextlib.closing[sqlite3.Connection]:
    """Open a database by Python's own SQLite."""
    import sqlite3

    return contextlib.closing(sqlite3.connect(path))


def _has_content(path: str) -> bool:
    """Whether there is such a file with anything in it."""
    try:
        return os.stat(path).st_size > 0
    except OSError:
        return False
