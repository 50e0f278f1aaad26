"""``build_uncached`` and ``copy_database``, which work without the compiled module."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from ci_accel import TemplateDatabaseError
from ci_accel.foundation.interpreter import Interpreter
from ci_accel.template.builder import Builder
from ci_accel.template.fallback import build_uncached, copy_database
from tests.support.checkout import ISOLATED, dump

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.checkout import Checkout

pytestmark = pytest.mark.every_python


def in_wal(database: Path) -> sqlite3.Connection:
    """Write a table that is only in the WAL as long as the returned connection is open."""
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA wal_autocheckpoint=0")
    connection.execute("CREATE TABLE book (title TEXT)")
    connection.execute("INSERT INTO book VALUES ('Emma')")
    connection.commit()
    return connection


def builder(checkout: Checkout, *argv: str) -> Builder:
    """Return a builder that runs a command in a project."""
    root = str(checkout.root)
    return Builder(argv, {}, root=root, interpreter=Interpreter(root=root))


def test_copy_has_the_content_of_the_wal(tmp_path: Path) -> None:
    """A database with a WAL is copied into one file in rollback mode."""
    with closing(in_wal(tmp_path / "live.db")) as connection:
        expected = list(connection.iterdump())
        copy_database(str(tmp_path / "live.db"), str(tmp_path / "new" / "copy.db"), replace=False)
    assert os.listdir(tmp_path / "new") == ["copy.db"]
    with closing(sqlite3.connect(tmp_path / "new" / "copy.db")) as copy:
        assert list(copy.iterdump()) == expected
        assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)


@pytest.mark.parametrize("ending", ["-journal", "-wal"])
def test_copy_refuses_a_side_file_of_another_database(tmp_path: Path, ending: str) -> None:
    """A journal beside the destination is an error that names it, and all files are kept."""
    source, destination = tmp_path / "a.db", tmp_path / "b.db"
    source.write_bytes(b"new")
    destination.write_bytes(b"old")
    (tmp_path / f"b.db{ending}").write_bytes(b"frames")
    with pytest.raises(FileExistsError, match="stale sidecar") as raised:
        copy_database(str(source), str(destination), replace=True)
    assert raised.value.filename == f"{destination}{ending}"
    assert destination.read_bytes() == b"old"
    assert len(os.listdir(tmp_path)) == 3


def test_copy_keeps_an_existing_destination(tmp_path: Path) -> None:
    """Without ``replace``, an existing destination is an error, and so is a broken link."""
    (tmp_path / "a.db").write_bytes(b"new")
    (tmp_path / "b.db").symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileExistsError) as raised:
        copy_database(str(tmp_path / "a.db"), str(tmp_path / "b.db"), replace=False)
    assert raised.value.filename == str(tmp_path / "b.db")
    assert not (tmp_path / "nowhere").exists()


def test_copy_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """A missing source is an error that names it, and no file is left."""
    with pytest.raises(FileNotFoundError) as raised:
        copy_database(str(tmp_path / "absent.db"), str(tmp_path / "b.db"), replace=False)
    assert raised.value.filename == str(tmp_path / "absent.db")
    assert os.listdir(tmp_path) == []


def test_build_is_copied_to_the_plain_path(checkout: Checkout) -> None:
    """The database and the plain path have the builder's content, and an older manifest is removed."""
    checkout.write({"build/plain.db.manifest.json": "{}"})
    plain = checkout.root / "build" / "plain.db"
    database = build_uncached(builder(checkout, *ISOLATED, "build_db.py", "{db}"), str(plain))
    assert database is not None
    assert dump(database) == dump(plain) == checkout.rebuild()
    assert os.listdir(plain.parent) == ["plain.db"]


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("pass", "wrote nothing"),
        ("import sys; open(sys.argv[1], 'w').write('not a database at all')", "no usable database"),
        ("import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('PRAGMA user_version=1')", "has no tables"),
    ],
)
def test_build_without_a_schema(checkout: Checkout, script: str, reason: str) -> None:
    """A file that is not a database with a table is an error, and the plain path is not changed."""
    plain = checkout.root / "build" / "plain.db"
    checkout.write({"build/plain.db": "kept"})
    with pytest.raises(TemplateDatabaseError, match=reason):
        build_uncached(builder(checkout, *ISOLATED, "-c", script, "{db}"), str(plain))
    assert plain.read_text() == "kept"
