"""The template database without proofs: what `copy_plainly` and `build_plainly` hand out, leave and refuse."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from ci_accel import TemplateDatabaseError
from ci_accel.foundation.interpreter import Interpreter
from ci_accel.template.builder import Builder
from ci_accel.template.fallback import build_plainly, copy_plainly
from tests.support.checkout import ISOLATED, dump

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.checkout import Checkout

pytestmark = pytest.mark.every_python


def in_wal(database: Path) -> sqlite3.Connection:
    """Write a table that only the WAL holds; the connection keeps it there."""
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA wal_autocheckpoint=0")
    connection.execute("CREATE TABLE book (title TEXT)")
    connection.execute("INSERT INTO book VALUES ('Emma')")
    connection.commit()
    return connection


def builder(checkout: Checkout, *argv: str) -> Builder:
    """Return what runs a command in a project."""
    root = str(checkout.root)
    return Builder(argv, {}, root=root, interpreter=Interpreter(root=root))


def test_copy_holds_what_the_wal_holds(tmp_path: Path) -> None:
    """A database with a WAL is copied through SQLite, into one file in rollback mode."""
    with closing(in_wal(tmp_path / "live.db")) as connection:
        expected = list(connection.iterdump())
        copy_plainly(str(tmp_path / "live.db"), str(tmp_path / "new" / "copy.db"), replace=False)
    assert os.listdir(tmp_path / "new") == ["copy.db"]
    with closing(sqlite3.connect(tmp_path / "new" / "copy.db")) as copy:
        assert list(copy.iterdump()) == expected
        assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)


@pytest.mark.parametrize("ending", ["-journal", "-wal"])
def test_copy_refuses_a_side_file_of_another(tmp_path: Path, ending: str) -> None:
    """A journal beside the destination would be played back into the copy: named, and everything stays."""
    source, destination = tmp_path / "a.db", tmp_path / "b.db"
    source.write_bytes(b"new")
    destination.write_bytes(b"old")
    (tmp_path / f"b.db{ending}").write_bytes(b"frames")
    with pytest.raises(FileExistsError, match="stale sidecar") as told:
        copy_plainly(str(source), str(destination), replace=True)
    assert told.value.filename == f"{destination}{ending}"
    assert destination.read_bytes() == b"old"
    assert len(os.listdir(tmp_path)) == 3


def test_copy_keeps_what_is_there(tmp_path: Path) -> None:
    """Without `replace` an existing destination stays, and so does a link that leads nowhere."""
    (tmp_path / "a.db").write_bytes(b"new")
    (tmp_path / "b.db").symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileExistsError) as told:
        copy_plainly(str(tmp_path / "a.db"), str(tmp_path / "b.db"), replace=False)
    assert told.value.filename == str(tmp_path / "b.db")
    assert not (tmp_path / "nowhere").exists()


def test_copy_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """No source: the error names it, nothing half-made stays."""
    with pytest.raises(FileNotFoundError) as told:
        copy_plainly(str(tmp_path / "absent.db"), str(tmp_path / "b.db"), replace=False)
    assert told.value.filename == str(tmp_path / "absent.db")
    assert os.listdir(tmp_path) == []


def test_build_is_handed_out_and_kept_at_the_plain_path(checkout: Checkout) -> None:
    """The builder's database, twice; an earlier manifest does not speak for the new copy."""
    checkout.write({"build/plain.db.manifest.json": "{}"})
    plain = checkout.root / "build" / "plain.db"
    database = build_plainly(builder(checkout, *ISOLATED, "build_db.py", "{db}"), str(plain))
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
    """What is no database with a table is refused, and the plain path stays as it was."""
    plain = checkout.root / "build" / "plain.db"
    checkout.write({"build/plain.db": "kept"})
    with pytest.raises(TemplateDatabaseError, match=reason):
        build_plainly(builder(checkout, *ISOLATED, "-c", script, "{db}"), str(plain))
    assert plain.read_text() == "kept"
