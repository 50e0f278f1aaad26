"""Fault rows of the template database: failing builders, and damage in the store."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from blake3 import blake3

from ci_accel import TemplateDatabaseError, TemplateDB
from tests.support.checkout import ISOLATED, Checkout, dump, listing
from tests.support.piped_process import PATIENCE, fifos, read, running, write

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.timeout(600)

SIDE_FILES = ("-wal", "-shm", "-journal")


def program(code: str) -> list[str]:
    """Return a builder that runs Python code, in which ``db`` is the path to write to."""
    return [*ISOLATED, "-c", f"import os, sqlite3, sys; db = sys.argv[1]; {code}", "{db}"]


def side_files(folder: Path) -> list[str]:
    """Return the side files of databases below a folder."""
    return [name for name in listing(folder) if name.endswith(SIDE_FILES)]


# Builders


def test_T03_waiters_try_themselves(tmp_path: Path) -> None:
    """If a builder fails, only its process fails: a waiting process builds, after a warning that it waited."""
    checkout = Checkout(tmp_path / "shop", "waits_for_verdict.py")
    started, verdict = fifos(tmp_path, "started", "verdict")
    command = checkout.client("ensure", build=[*ISOLATED, "build_db.py", "{db}", started, verdict])
    with running(command) as first:
        read(started)
        with running(command) as second:
            line = second.error_line()
            assert f"waiting for pid {first.pid} on {os.uname().nodename}" in line
            assert line.rstrip().endswith(".lock)")
            write(verdict, "9")
            _, errors = first.communicate()
            assert errors.splitlines()[-1].endswith("returned non-zero exit status 9.")
            assert errors.splitlines()[-1].startswith("subprocess.CalledProcessError: ")
            assert checkout.databases() == []
            read(started)
            write(verdict, "0")
            answer = json.loads(second.line())
    assert answer["status"] == "miss"
    assert "INSERT INTO \"book\" VALUES('gated');" in dump(answer["database"])


NO_SCHEMA = {
    "nothing": ("pass", "wrote nothing"),
    "empty file": ("open(db, 'w').close()", "wrote nothing"),
    "no tables": ("sqlite3.connect(db).executescript('PRAGMA user_version=7')", "no tables"),
    "view only": ("sqlite3.connect(db).executescript('CREATE VIEW one AS SELECT 1')", "no tables"),
    "text": ("open(db, 'w').write('CREATE TABLE book (title);' * 99)", "not an SQLite database"),
    "folder": ("os.mkdir(db)", "SQLite cannot read"),
    "elsewhere": ("os.symlink('/dev/null', db)", "no schema|cannot read"),
    "torn": (
        "sqlite3.connect(db).executescript('CREATE TABLE t (x); CREATE TABLE u (x)').close(); os.truncate(db, 4096)",
        "broken|malformed|cannot read",
    ),
}
"""Builders that succeed without creating a schema: the code and the expected reason."""


@pytest.mark.parametrize("cache", ["", "off"])
@pytest.mark.parametrize("case", NO_SCHEMA)
def test_T04_no_schema(checkout: Checkout, case: str, cache: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A builder that creates no schema is an error and publishes nothing, with the cache and without it."""
    if (case, cache) == ("torn", "off"):
        pytest.skip("without the cache only the schema of a database is checked")
    code, words = NO_SCHEMA[case]
    monkeypatch.setenv("CI_ACCEL", cache)
    with pytest.raises(TemplateDatabaseError, match=".*" if cache else words) as raised:
        checkout.template(build=program(code)).ensure()
    assert raised.value.path.endswith(".db")
    assert (checkout.databases(), checkout.manifests()) == ([], [])
    assert not checkout.plain.exists()
    assert not [name for name in listing(checkout.root) if ".staging." in name]


@pytest.mark.parametrize("cache", ["", "off"])
def test_T05_wal_only_schema(tmp_path: Path, cache: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A schema that is only in the WAL is moved into the main file, in rollback mode, without side files."""
    checkout = Checkout(tmp_path / "shop", "exits_with_open_wal.py")
    monkeypatch.setenv("CI_ACCEL", cache)
    template = checkout.template()
    template.ensure()
    clone = template.clone(tmp_path / "clone.db")
    for database in (template.database, str(checkout.plain), clone):
        assert "INSERT INTO \"book\" VALUES('in the wal');" in dump(database)
    for database in (str(checkout.plain), clone):
        assert Path(database).read_bytes()[18:20] == b"\1\1"
    assert side_files(tmp_path) == []


@pytest.mark.parametrize("store", ["usable", "unusable"])
@pytest.mark.parametrize("kind", ["wal", "delete", "immediate", "handle"])
def test_T06_stray_writer(tmp_path: Path, kind: str, store: str) -> None:
    """A process that the builder left running cannot change the database that ``ensure`` returned or stored."""
    checkout = Checkout(tmp_path / "shop", "leaves_process_with_database_open.py")
    if store == "unusable":
        checkout.store.mkdir(parents=True)
        checkout.store.chmod(0o777)
    go, done = fifos(tmp_path, "go", "done")
    template = checkout.template(build=[*ISOLATED, "build_db.py", "{db}", kind, go, done])
    outcome = template.ensure()
    handed_out = Path(template.database).read_bytes()
    before = {path: path.read_bytes() for path in (*checkout.databases(), *checkout.manifests(), checkout.plain)}
    write(go, "go")
    verdict = read(done)
    assert Path(template.database).read_bytes() == handed_out, verdict
    assert {path: path.read_bytes() for path in before} == before
    content = dump(template.clone(tmp_path / "clone.db"))
    assert [line for line in content if line.startswith("INSERT")] == ["INSERT INTO \"book\" VALUES('built');"]
    assert dump(template.database) == content
    if store == "usable" and kind in {"wal", "immediate"}:
        assert outcome.reasons[-1].endswith("has the database open: used, not recorded")
        assert (checkout.databases(), checkout.manifests()) == ([], [])
        assert checkout.template(build=template.build).explain().status == "miss"


def test_T06_locked_for_good(tmp_path: Path) -> None:
    """If a process that the builder left running keeps the database locked, ``ensure`` fails with that reason."""
    checkout = Checkout(tmp_path / "shop", "leaves_process_with_database_open.py")
    go, done = fifos(tmp_path, "go", "done")
    with pytest.raises(TemplateDatabaseError, match="locked"):
        checkout.template(build=[*ISOLATED, "build_db.py", "{db}", "exclusive", go, done]).ensure()
    write(go, "go")
    assert read(done)
    assert (checkout.databases(), checkout.manifests()) == ([], [])


def test_T06_locked_while_it_is_copied(tmp_path: Path) -> None:
    """If a process locks the database while it is copied, ``ensure`` fails with that reason."""
    checkout = Checkout(tmp_path / "shop", "locks_database_while_copied.py")
    with running(checkout.client("ensure", build=["python", "build_db.py", "{db}"])) as client:
        answer, errors = client.communicate(timeout=PATIENCE)
    assert "used, not recorded" in answer or "locked" in errors


@pytest.mark.parametrize("how", ["edited", "removed", "joined", "put back"])
def test_T24_declared_input_moves_while_the_builder_runs(tmp_path: Path, how: str) -> None:
    """If a declared input changes while the builder runs, the database is used, not recorded, and never a hit."""
    checkout = Checkout(tmp_path / "shop", "changes_inputs_while_building.py")
    template = checkout.template(build=[*ISOLATED, "build_db.py", "{db}", how])
    outcome = template.ensure()
    assert outcome.status == "miss"
    assert template.clone(tmp_path / "clone.db")
    assert (checkout.databases(), checkout.manifests()) == ([], [])
    assert outcome.reasons[-1].endswith("while the builder ran: used, not recorded")
    if how != "removed":  # then there is an input that matches nothing
        assert checkout.template(build=template.build).explain().status == "miss"


# Damage in the store


def flip(path: Path, position: int, bits: int = 0x01) -> None:
    """Change bits of one byte, in a new file with the same name."""
    content = bytearray(path.read_bytes())
    content[position] ^= bits
    replace(path, bytes(content))


def replace(path: Path, content: bytes) -> None:
    """Replace a file by a new one with other content and the same mode, as restoring a CI cache does."""
    mode = path.stat().st_mode
    path.unlink()
    path.write_bytes(content)
    path.chmod(stat.S_IMODE(mode))


def test_T11_every_byte_of_the_database(checkout: Checkout) -> None:
    """A change of any byte of the stored database is a miss; with the old content restored, it is a hit."""
    template = checkout.template()
    template.ensure()
    checkout.plain.unlink()
    (stored,) = checkout.databases()
    good = stored.read_bytes()
    assert template.explain()
    positions = {*range(100), *range(100, len(good), 97), 4095, 4096, len(good) - 1}
    wrong = []
    for position in sorted(positions):
        flip(stored, position, 1 << position % 8)
        if template.explain():
            wrong.append(position)
        replace(stored, good)
    assert wrong == []
    assert template.explain()


def test_T11_every_byte_of_the_manifest(checkout: Checkout) -> None:
    """After a change of any byte of the manifest, a hit still returns the right database."""
    template = checkout.template()
    template.ensure()
    checkout.plain.unlink()
    checkout.plain_manifest.unlink()
    (manifest,), (stored,) = checkout.manifests(), checkout.databases()
    good, database, hits = manifest.read_bytes(), stored.read_bytes(), 0
    for position in range(len(good)):
        flip(manifest, position, 1 << position % 7)
        if template.explain():
            hits += 1
            template.ensure()
            assert Path(template.database).read_bytes() == database
            checkout.plain.unlink()
        replace(manifest, good)
    # The declaration, the build time and Alembic's revisions are for display only, so a change there is a hit.
    assert hits < len(good) // 4


def two_databases(checkout: Checkout) -> tuple[list[str], TemplateDB]:
    """Store the databases of two versions. Return the content of the current one, and its template."""
    for table in ("old", "new"):
        checkout.write({"schema/1.sql": f"CREATE TABLE {table} (x); CREATE TABLE second (x);"})
        template = checkout.template()
        template.ensure()
    return checkout.rebuild(), template


def swap(paths: list[Path]) -> None:
    """Exchange two files."""
    one, other = (path.read_bytes() for path in paths)
    replace(paths[0], other)
    replace(paths[1], one)


def present(checkout: Checkout, template: TemplateDB) -> tuple[Path, Path]:
    """Return the stored database and the manifest of the current version."""
    database = checkout.store / f"{template.digest}.db"
    (manifest,) = [path for path in checkout.manifests() if template.digest in path.read_text(encoding="utf-8")]
    return database, manifest


def into_link(path: Path) -> None:
    """Move a file, and replace it by a link to its new place."""
    moved = path.rename(path.parent.parent / f"moved-{path.name}")
    path.symlink_to(moved)


def into_wrong_link(path: Path) -> None:
    """Replace a file by a link to another stored file of the same kind."""
    other = next(entry for entry in sorted(path.parent.iterdir()) if entry.suffix == path.suffix and entry != path)
    path.unlink()
    path.symlink_to(other)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "gone": Path.unlink,
    "empty": lambda path: replace(path, b""),
    "one byte": lambda path: replace(path, path.read_bytes()[:1]),
    "half": lambda path: replace(path, path.read_bytes()[: path.stat().st_size // 2]),
    "one byte less": lambda path: replace(path, path.read_bytes()[:-1]),
    "one byte more": lambda path: replace(path, path.read_bytes() + b"\0"),
    "twice": lambda path: replace(path, path.read_bytes() * 2),
    "zeros": lambda path: replace(path, bytes(path.stat().st_size)),
    "first byte": lambda path: flip(path, 0),
    "last byte": lambda path: flip(path, -1),
    "middle": lambda path: flip(path, path.stat().st_size // 2, 0x80),
    "link": into_link,
    "wrong link": into_wrong_link,
    "swapped": lambda path: swap([p for p in sorted(path.parent.iterdir()) if p.name.endswith(path.name[64:])]),
}
"""Kinds of damage to a stored file."""


@pytest.mark.parametrize("is_plain_left", [True, False], ids=["plain path left", "store only"])
@pytest.mark.parametrize("which", ["database", "manifest", "both"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_T11_damage(checkout: Checkout, damage: str, which: str, is_plain_left: bool) -> None:
    """After any damage, ``ensure`` returns the content of a rebuild, twice, and repairs the store."""
    expected, template = two_databases(checkout)
    database, manifest = present(checkout, template)
    if not is_plain_left:
        checkout.plain.unlink()
    for path in {"database": [database], "manifest": [manifest], "both": [database, manifest]}[which]:
        DAMAGES[damage](path)
    template = checkout.template()
    outcome = template.ensure()
    assert dump(template.database) == dump(template.clone(checkout.root / "clone.db")) == expected
    assert dump(checkout.plain) == expected
    # The last byte of a manifest is a newline, which is not needed to read it.
    is_harmless = which == "manifest" and damage in {"last byte", "one byte less"}
    assert outcome.status == "miss" or is_plain_left or damage == "link" or is_harmless
    again = checkout.template()
    assert again.ensure()
    assert blake3(Path(again.database).read_bytes()).hexdigest() == again.digest
    assert dump(again.database) == expected


PLACES = ("database", "manifest", "plain path", "plain manifest")


def place(checkout: Checkout, template: TemplateDB, which: str) -> Path:
    """Return one of the four files of a template database."""
    paths = (*present(checkout, template), checkout.plain, checkout.plain_manifest)
    return dict(zip(PLACES, paths, strict=True))[which]


@pytest.mark.parametrize("which", PLACES)
def test_T11_fifo(checkout: Checkout, which: str) -> None:
    """A FIFO without a writer in place of a stored file does not block ``ensure``."""
    template = checkout.template()
    template.ensure()
    path = place(checkout, template, which)
    path.unlink()
    os.mkfifo(path)
    with running(checkout.client("explain", "ensure")) as client:
        answer, errors = client.communicate(timeout=PATIENCE)
    assert errors.count("Traceback") == 0
    assert dump(json.loads(answer.splitlines()[1])["database"]) == checkout.rebuild()


@pytest.mark.parametrize("which", ["database", "manifest"])
def test_T11_folder(checkout: Checkout, which: str) -> None:
    """A folder in place of a stored file is kept; the database is built privately, and the reason names the folder."""
    template = checkout.template()
    template.ensure()
    path = place(checkout, template, which)
    path.unlink()
    path.mkdir()
    checkout.plain.unlink()
    outcome = template.ensure()
    assert (outcome.status, outcome.reasons[0].startswith(f"{path}: ")) == ("disabled", True)
    assert dump(template.database) == dump(checkout.plain) == checkout.rebuild()


def test_T11_changed_after_it_was_proved(checkout: Checkout, tmp_path: Path) -> None:
    """A database that is changed in place after ``ensure`` is not cloned: the error names it, and no file is left."""
    template = checkout.template()
    template.ensure()
    database = Path(template.database)
    database.chmod(0o644)
    with database.open("r+b") as file:
        file.seek(200)
        file.write(b"x")
    with pytest.raises(TemplateDatabaseError, match=r"ensure\(\)") as raised:
        template.clone(tmp_path / "clones" / "clone.db")
    assert raised.value.path == str(database)
    assert list((tmp_path / "clones").iterdir()) == []
    template.ensure()
    assert dump(template.clone(tmp_path / "clone.db")) == checkout.rebuild()
