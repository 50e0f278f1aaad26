"""Fault rows about the files that a template database is copied from and to."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ci_accel import TemplateDB
from tests.support.checkout import Checkout, dump, listing
from tests.support.piped_process import running

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.every_python, pytest.mark.timeout(600)]

CRASH = """
import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.executescript("CREATE TABLE hostile (x); PRAGMA cache_size=1; PRAGMA cache_spill=1; BEGIN;")
connection.executemany("INSERT INTO hostile VALUES (?)", [["x" * 4000]] * 99)
os._exit(0)
"""
"""Code that leaves a hot journal, which SQLite plays back into the database that is opened next."""


def plant(path: Path, ending: str, scratch: Path) -> bytes:
    """Put the journal or WAL of another database beside a path; return its bytes."""
    other = scratch / "other.db"
    mode = "PRAGMA journal_mode=WAL;" if ending == "-wal" else ""
    code = CRASH.replace("CREATE TABLE hostile", f"{mode} CREATE TABLE hostile")
    subprocess.run([sys.executable, "-I", "-S", "-c", code, other], check=True)
    planted = Path(f"{path}{ending}")
    shutil.copyfile(f"{other}{ending}", planted)
    content = planted.read_bytes()
    assert len(content) > 4096
    return content


# Side files


@pytest.mark.parametrize("is_there", [False, True], ids=["new destination", "replaced destination"])
@pytest.mark.parametrize("ending", ["-wal", "-journal"])
def test_T12_side_file_of_the_destination(checkout: Checkout, tmp_path: Path, ending: str, is_there: bool) -> None:
    """A journal or WAL beside the destination is an error that names it, and neither file is changed."""
    template = checkout.template()
    template.ensure()
    destination = tmp_path / "clones" / "clone.db"
    destination.parent.mkdir()
    if is_there:
        destination.write_bytes(b"in use")
    planted = plant(destination, ending, tmp_path)
    before = listing(destination.parent)
    with pytest.raises(FileExistsError, match="sidecar") as raised:
        template.clone(destination, replace=is_there)
    assert raised.value.filename == f"{destination}{ending}"
    assert listing(destination.parent) == before
    assert Path(f"{destination}{ending}").read_bytes() == planted
    Path(f"{destination}{ending}").write_bytes(b"")  # what SQLite leaves with journal_mode=TRUNCATE
    assert dump(template.clone(destination, replace=is_there)) == checkout.rebuild()


@pytest.mark.parametrize("ending", ["-wal", "-journal"])
def test_T12_side_file_of_the_stored_database(checkout: Checkout, tmp_path: Path, ending: str) -> None:
    """A journal or WAL beside a stored database is not played back, into the database or into a clone."""
    template = checkout.template()
    template.ensure()
    database = Path(template.database)
    good, planted = database.read_bytes(), plant(database, ending, tmp_path)
    assert template.ensure()
    assert Path(template.clone(tmp_path / "clone.db")).read_bytes() == good
    assert Path(TemplateDB.open(database).clone(tmp_path / "second.db")).read_bytes() == good
    assert database.read_bytes() == good
    assert Path(f"{database}{ending}").read_bytes() == planted


@pytest.mark.parametrize("state", ["hit", "miss"])
@pytest.mark.parametrize("ending", ["-wal", "-journal"])
def test_T12_side_file_of_the_plain_path(checkout: Checkout, tmp_path: Path, ending: str, state: str) -> None:
    """A journal or WAL beside the plain path is an error that names it, and the file is kept."""
    template = checkout.template()
    template.ensure()
    planted = plant(checkout.plain, ending, tmp_path)
    if state == "miss":
        checkout.write({"schema/2.sql": "CREATE TABLE other (x);"})
    before = checkout.plain.read_bytes()
    with pytest.raises(FileExistsError, match="sidecar") as raised:
        template.ensure()
    side_file = Path(f"{checkout.plain}{ending}")
    assert raised.value.filename == str(side_file)
    assert (side_file.read_bytes(), checkout.plain.read_bytes()) == (planted, before)
    side_file.unlink()
    template.ensure()
    assert dump(checkout.plain) == checkout.rebuild()


# The destination


@pytest.mark.parametrize("kind", ["file", "link", "dangling link", "folder", "own database"])
@pytest.mark.parametrize("replace", [False, True])
def test_T13_destination_is_taken(checkout: Checkout, tmp_path: Path, kind: str, replace: bool) -> None:
    """An existing destination is replaced only with ``replace``; of a link, the link itself and not its target."""
    template = checkout.template()
    template.ensure()
    target, destination = tmp_path / "target", tmp_path / "clones" / "clone.db"
    destination.parent.mkdir()
    if kind == "file":
        destination.write_text("mine", encoding="utf-8")
    elif kind == "folder":
        destination.mkdir()
    elif kind == "own database":
        destination = Path(template.database)
    else:
        destination.symlink_to(target)
        if kind == "link":
            target.write_text("mine", encoding="utf-8")
    before = listing(tmp_path)
    if not replace or kind == "folder":
        with pytest.raises(IsADirectoryError if kind == "folder" else FileExistsError) as raised:
            template.clone(destination, replace=replace)
        assert raised.value.filename == str(destination)
        assert listing(tmp_path) == before
        return
    template.clone(destination, replace=replace)
    assert dump(destination) == checkout.rebuild()
    assert destination.is_file()
    assert not destination.is_symlink()
    assert target.exists() == (kind == "link")
    assert kind != "link" or target.read_text(encoding="utf-8") == "mine"
    assert template.ensure()


def test_T13_destination_is_open(checkout: Checkout, tmp_path: Path) -> None:
    """A process that has the destination open keeps the old file, and its writes do not reach the new one."""
    template = checkout.template()
    template.ensure()
    destination = template.clone(tmp_path / "clone.db")
    with closing(sqlite3.connect(destination)) as connection:
        connection.execute("INSERT INTO book (title) VALUES ('mine')")
        connection.commit()
        template.clone(destination, replace=True)
        assert connection.execute("SELECT title FROM book").fetchall() == [("mine",)]
        assert dump(destination) == checkout.rebuild()
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            connection.execute("INSERT INTO book (title) VALUES ('late')")
    assert dump(destination) == checkout.rebuild()


@pytest.mark.parametrize("name", ["schema/1.sql/clone.db", "x" * 300])
def test_T13_destination_cannot_be(checkout: Checkout, name: str) -> None:
    """A destination that cannot be written is an OSError with the path that prevents it, and no file is left."""
    template = checkout.template()
    template.ensure()
    before = listing(checkout.root)
    with pytest.raises(OSError, match=r"clone\.db|1\.sql|xxx") as raised:
        template.clone(checkout.root / name)
    assert str(raised.value.filename).startswith(str(checkout.root))
    assert listing(checkout.root) == before


@pytest.mark.parametrize("umask", [0o022, 0o002, 0o077, 0o000, 0o027], ids=oct)
def test_T14_mode(checkout: Checkout, umask: int, tmp_path: Path) -> None:
    """The stored database is read-only; its owner can write to clones and the plain path, subject to the umask."""
    before = os.umask(umask)
    try:
        template = checkout.template()
        template.ensure()
        clone = Path(template.clone(tmp_path / "clone.db"))
    finally:
        os.umask(before)
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (Path(template.database), clone, checkout.plain)]
    assert modes == [0o444 & ~umask, 0o644 & ~umask, 0o644 & ~umask]
    with closing(sqlite3.connect(clone)) as connection, connection:
        connection.execute("INSERT INTO book (title) VALUES ('written')")


def size_below(folder: Path) -> int:
    """Return the number of bytes in the files of a folder; 0 while a file is being renamed."""
    try:
        return sum(path.stat().st_size for path in folder.iterdir()) or -1
    except FileNotFoundError:
        return -1


def test_T15_killed_while_it_clones(checkout: Checkout, tmp_path: Path) -> None:
    """After a kill during a clone, the destination is missing or complete, and the next clone succeeds."""
    size = 64_000_000
    checkout.write({"schema/2.sql": f"CREATE TABLE blob (x); INSERT INTO blob VALUES (zeroblob({size}));"})
    template = checkout.template()
    template.ensure()
    good, absent = Path(template.database), 0
    for fraction in (0.0, 0.2, 0.4, 0.6, 0.8, 0.95):
        folder = tmp_path / f"at-{fraction}"
        folder.mkdir()
        destination = folder / "clone.db"
        with running(checkout.client("ensure", "wait", f"clone={destination}")) as client:
            assert json.loads(client.line())["status"] == "hit"
            client.line()
            client.tell("go on")
            while client.poll() is None and not destination.exists() and size_below(folder) < fraction * size:
                pass
            client.send_signal(signal.SIGKILL)
        absent += not destination.exists()
        assert not destination.exists() or destination.read_bytes() == good.read_bytes()
        template.clone(destination, replace=True)
        assert destination.read_bytes() == good.read_bytes()
    assert absent > 0


@pytest.mark.parametrize("eviction", ["file", "store", "other bytes under its name"])
def test_T16_evicted(checkout: Checkout, eviction: str, tmp_path: Path) -> None:
    """A database that is removed from the store after ``ensure`` can still be cloned; the next call rebuilds it."""
    template = checkout.template()
    template.ensure()
    expected = checkout.rebuild()
    database = Path(template.database)
    if eviction == "store":
        shutil.rmtree(checkout.store)
    else:
        database.unlink()
    if eviction.startswith("other"):
        database.write_bytes(b"other")
    assert dump(template.clone(tmp_path / "clone.db")) == expected
    checkout.plain.unlink()
    again = checkout.template()
    assert again.ensure().status == "miss"
    assert dump(again.clone(tmp_path / "again.db")) == expected


# File systems


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    """A folder on another file system."""
    for place in ("/dev/shm", "/run/shm", "/var/tmp", "/tmp"):
        if os.access(place, os.W_OK) and Path(place).stat().st_dev != tmp_path.stat().st_dev:
            folder = Path(place, f"ci-accel-test-{os.getpid()}")
            folder.mkdir()
            yield folder
            shutil.rmtree(folder)
            return
    pytest.skip("all temporary folders are on one file system")


@pytest.mark.parametrize("which", ["store", "path", "destination"])
def test_T17_across_file_systems(checkout: Checkout, which: str, elsewhere: Path) -> None:
    """The store, the plain path and the destination can each be on another file system."""
    changes = {} if which == "destination" else {which: str(elsewhere / which)}
    template = checkout.template(**changes)
    assert [template.ensure().status, template.ensure().status] == ["miss", "hit"]
    clone = template.clone((elsewhere if which == "destination" else checkout.root) / "clone.db")
    expected = checkout.rebuild()
    assert dump(clone) == dump(template.database) == expected
    assert dump(checkout.root / changes["path"] if which == "path" else checkout.plain) == expected
    assert not [name for name in (*listing(elsewhere), *listing(checkout.root)) if name.endswith(".tmp")]
