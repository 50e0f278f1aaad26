"""The methods of ``TemplateDB``: ``ensure``, ``explain``, ``clone`` and ``open``."""

from __future__ import annotations

import copy
import logging
import os
import pickle
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from blake3 import blake3

from ci_accel import Outcome, TemplateDatabaseError, TemplateDB
from tests.support.checkout import FACTS, ISOLATED, SCHEMA, Checkout, dump, facts, listing

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.every_python, pytest.mark.timeout(600)]


# ensure


def test_ensure_builds_once(checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The builder runs once; every later call, of any object, is a hit with the content of a rebuild."""
    runs = tmp_path / "runs.log"
    monkeypatch.setenv("RUNS_LOG", str(runs))
    template = checkout.template()
    outcomes = [template.ensure(), template.ensure(), checkout.template().ensure()]
    assert [outcome.status for outcome in outcomes] == ["miss", "hit", "hit"]
    assert len(runs.read_text(encoding="utf-8").splitlines()) == 1
    assert dump(template.database) == checkout.rebuild()


def test_ensure_leaves_one_immutable_file(checkout: Checkout) -> None:
    """The database is one read-only file in the store, with the digest of its bytes as its name."""
    template = checkout.template()
    outcome = template.ensure()
    database = Path(template.database)
    assert outcome.digest == template.digest == blake3(database.read_bytes()).hexdigest()
    assert database == checkout.store / f"{outcome.digest}.db"
    assert stat.S_IMODE(database.stat().st_mode) == 0o444
    assert checkout.databases() == [database]
    assert len(checkout.manifests()) == 1


def test_ensure_keeps_the_plain_path(checkout: Checkout) -> None:
    """The plain path is a writable copy with its manifest beside it, and the state folder has a CACHEDIR.TAG."""
    template = checkout.template()
    template.ensure()
    assert checkout.plain.read_bytes() == Path(template.database).read_bytes()
    assert checkout.plain_manifest.read_bytes() == checkout.manifests()[0].read_bytes()
    assert checkout.plain.stat().st_mode & stat.S_IWUSR
    tag = (checkout.root / "build" / "ci-accel" / "CACHEDIR.TAG").read_text(encoding="utf-8")
    assert tag.startswith("Signature: 8a477f597d28d172789f06886806bc55")
    leftovers = [name for name in listing(checkout.root) if name.endswith(".tmp") or ".staging." in name]
    assert leftovers == []


def nothing(_checkout: Checkout) -> None:
    """Change nothing in the project: the arguments differ."""


def rename(checkout: Checkout) -> None:
    """Rename the SQL file."""
    (checkout.root / "schema" / "1.sql").rename(checkout.root / "schema" / "2.sql")


def remove(checkout: Checkout) -> None:
    """Remove one of the two SQL files."""
    (checkout.root / "schema" / "0.sql").unlink()


def link(checkout: Checkout) -> None:
    """Replace a file by a link to the same content."""
    remove(checkout)
    (checkout.root / "schema" / "0.sql").symlink_to("../empty.sql")


STALE: dict[str, tuple[Callable[[Checkout], object], dict[str, Any], str]] = {
    "edit": (lambda checkout: checkout.write({"schema/1.sql": SCHEMA[::-1]}), {}, "schema/1.sql changed"),
    "builder": (lambda checkout: checkout.write({"build_db.py": b"# new\n"}), {}, "build_db.py changed"),
    "add": (lambda checkout: checkout.write({"schema/new/3.sql": ""}), {}, "schema/new/3.sql added"),
    "remove": (remove, {}, "schema/0.sql removed"),
    "link": (link, {}, "schema/0.sql changed"),
    "rename": (rename, {}, "schema/1.sql renamed to schema/2.sql"),
    "value": (nothing, {"values": {"seed": "2", "same": "x"}}, "seed 1 -> 2"),
    "value added": (nothing, {"values": {"seed": "1", "same": "x", "new": "3"}}, "new 3 added"),
    "value removed": (nothing, {"values": {"seed": "1"}}, "same x removed"),
    "env": (nothing, {"env": {"FLAVOUR": "s3cret-2"}}, "environment variable FLAVOUR changed"),
    "env added": (nothing, {"env": {"FLAVOUR": "s3cret", "NEW": ""}}, "environment variable NEW changed"),
    "env removed": (nothing, {"env": {}}, "environment variable FLAVOUR changed"),
    "build": (nothing, {"build": [*ISOLATED, "-B", "build_db.py", "{db}"]}, "build command python -I -S build_db.py"),
}
"""Changes that make a stored database stale: of files or of arguments, with the expected reason."""


@pytest.mark.parametrize("change", STALE)
def test_ensure_names_the_change(checkout: Checkout, change: str) -> None:
    """A change of any input is a miss that names it, without the value of an environment variable."""
    mutate, arguments, reason = STALE[change]
    usual = {"values": {"seed": "1", "same": "x"}, "env": {"FLAVOUR": "s3cret"}}
    checkout.write({"schema/0.sql": "", "empty.sql": ""})
    assert checkout.template(**usual).ensure().status == "miss"
    assert checkout.template(**usual).ensure()
    mutate(checkout)
    explained = checkout.template(**{**usual, **arguments}).explain()
    assert explained.status == "miss"
    assert explained.reasons[0].startswith(reason)
    assert not any("s3cret" in text for text in explained.reasons)
    assert not any(b"s3cret" in path.read_bytes() for path in (*checkout.manifests(), checkout.plain_manifest))


def touch(checkout: Checkout) -> None:
    """Change the times of all files."""
    for path in checkout.root.rglob("*"):
        os.utime(path, (1, 1))


def copy_anew(checkout: Checkout) -> None:
    """Replace all inputs by copies."""
    shutil.copytree(checkout.root / "schema", checkout.root / "copy")
    shutil.rmtree(checkout.root / "schema")
    (checkout.root / "copy").rename(checkout.root / "schema")


UNCHANGED: dict[str, Callable[[Checkout], object]] = {
    "times": touch,
    "mode": lambda checkout: (checkout.root / "schema" / "1.sql").chmod(0o755),
    "bytecode": lambda checkout: checkout.write({"schema/__pycache__/a.cpython-313.pyc": "x", "schema/b.pyc": "x"}),
    "elsewhere": lambda checkout: checkout.write({"other/1.sql": "x"}),
    "excluded": lambda checkout: checkout.write({"schema/notes/README.txt": "x", "schema/draft.sql~": "x"}),
    "rewritten": lambda checkout: checkout.write({"schema/1.sql": SCHEMA}),
    "new inodes": copy_anew,
}
"""Changes of files that are not inputs, and changes that keep the content of inputs."""


@pytest.mark.parametrize("change", UNCHANGED)
def test_ensure_ignores(checkout: Checkout, change: str) -> None:
    """A change that concerns no input's content is a hit."""
    template = checkout.template(exclude=["schema/notes", "**/*~"])
    template.ensure()
    UNCHANGED[change](checkout)
    assert template.ensure()


def test_two_keys_of_one_database(checkout: Checkout) -> None:
    """Different inputs that give the same database share one stored file, with a manifest for each."""
    for comment in ("", "-- a comment\n"):
        checkout.write({"schema/1.sql": SCHEMA + comment})
        assert checkout.template().ensure().status == "miss"
    assert len(checkout.databases()) == 1
    assert len(checkout.manifests()) == 2
    checkout.write({"schema/1.sql": SCHEMA})
    assert checkout.template().ensure()


def test_ensure_requires_existing_inputs(checkout: Checkout) -> None:
    """An input that matches nothing or is outside the root is a ValueError with its name, and nothing is built."""
    for inputs, words in ((["schema", "no*.sql"], r"no\*\.sql"), ([".."], "outside the root")):
        with pytest.raises(ValueError, match=words):
            checkout.template(inputs=inputs).ensure()
    assert not checkout.store.exists()


def test_environment_of_the_builder(checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The builder runs in the root, with ``env``, in this interpreter, whatever the current folder is."""
    monkeypatch.chdir(tmp_path)
    asked = "".join(f"INSERT INTO fact VALUES ('{name}', {name}());" for name in ("cwd", "executable"))
    checkout.write({"schema/2.sql": FACTS + asked + "INSERT INTO fact VALUES ('env', env('FLAVOUR'));"})
    template = checkout.template(env={"FLAVOUR": "sweet"}, root="shop")
    monkeypatch.chdir("/")
    template.ensure()
    assert facts(template.database) == {"cwd": str(checkout.root), "executable": sys.executable, "env": "sweet"}


def test_database_named_in_the_environment(checkout: Checkout) -> None:
    """``{db}`` in a value of ``env`` is enough, and is replaced by an absolute path."""
    program = "import os, sqlite3; sqlite3.connect(os.environ['URL'][4:]).execute('CREATE TABLE book (title)')"
    template = checkout.template(build=["python", "-c", program], env={"URL": "url:{db}"}, inputs=["schema"])
    assert [template.ensure().status, template.ensure().status] == ["miss", "hit"]
    assert any("CREATE TABLE book" in line for line in dump(template.database))


@pytest.mark.parametrize("how", ["exit code", "no such program"])
def test_failing_builder(checkout: Checkout, how: str) -> None:
    """An error of the builder is passed on, no file is left, and the next call builds."""
    if how == "exit code":
        template = checkout.template(build=["python", "-c", "raise SystemExit(7)", "{db}"])
        with pytest.raises(subprocess.CalledProcessError) as failed:
            template.ensure()
        assert failed.value.returncode == 7
    else:
        template = checkout.template(build=["no-such-program", "{db}"])
        with pytest.raises(FileNotFoundError, match="no-such-program"):
            template.ensure()
    assert [path.suffix for path in checkout.store.iterdir()] == [".lock"]
    assert not checkout.plain.exists()
    with pytest.raises(TemplateDatabaseError, match="no database yet"):
        _ = template.database
    assert checkout.template().ensure().status == "miss"


def test_failing_builder_forgets_the_earlier_database(checkout: Checkout) -> None:
    """After a failed ``ensure``, ``database`` is an error, because the earlier database is stale."""
    template = checkout.template()
    template.ensure()
    checkout.write({"schema/2.sql": "this is no SQL"})
    with pytest.raises(subprocess.CalledProcessError):
        template.ensure()
    with pytest.raises(TemplateDatabaseError):
        _ = template.database
    with pytest.raises(TemplateDatabaseError):
        template.clone(checkout.root / "clone.db")


# Outcome


def test_outcome(checkout: Checkout) -> None:
    """A hit is true and has the seconds that it saved; a miss is false and has none; both have the seconds spent."""
    template = checkout.template()
    miss, hit = template.ensure(), template.ensure()
    assert (bool(miss), bool(hit)) == (False, True)
    assert miss.seconds_saved is None
    assert hit.seconds_saved is not None
    assert 0 < hit.seconds_saved <= miss.seconds_spent
    assert hit.seconds_spent > 0
    assert str(hit).startswith("template database: hit in 0.")
    assert hit.digest[:12] in str(hit)
    assert hit.digest not in str(hit)
    assert str(miss).split(": ", 2)[2].startswith("nothing stored yet in build/ci-accel/template")


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_outcome_can_be_pickled(checkout: Checkout, protocol: int) -> None:
    """A pickled or copied outcome has the same attributes."""
    outcome = checkout.template().ensure()
    for again in (pickle.loads(pickle.dumps(outcome, protocol)), copy.copy(outcome), copy.deepcopy(outcome)):
        assert isinstance(again, Outcome)
        for name in Outcome.__slots__:
            assert getattr(again, name) == getattr(outcome, name)


@pytest.mark.parametrize(
    "arguments",
    [{"values": {"note": "two\nlines"}}, {"build": ["python", "-c", "import sys\nsys.exit()", "{db}"]}],
    ids=["values", "build"],
)
def test_outcome_is_one_line(checkout: Checkout, arguments: dict[str, Any]) -> None:
    """The text of an outcome is one line, whatever the reasons contain."""
    checkout.template(values={"note": "one line"}).ensure()
    outcome = checkout.template(**arguments).explain()
    assert outcome.status == "miss"
    assert len(str(outcome).splitlines()) == 1


def test_outcome_counts_the_reasons_that_it_does_not_show(checkout: Checkout) -> None:
    """The line shows two reasons and the number of the others."""
    checkout.template().ensure()
    checkout.write({f"schema/{number}.sql": "" for number in range(2, 7)})
    outcome = checkout.template().explain()
    assert str(outcome).count("added") == 2
    assert f"and {len(outcome.reasons) - 2} more" in str(outcome)


def test_ensure_logs_its_outcome(checkout: Checkout, caplog: pytest.LogCaptureFixture) -> None:
    """Each call logs its outcome in one record, as a warning only if the cache is disabled."""
    with caplog.at_level(logging.INFO, logger="ci_accel"):
        outcomes = [checkout.template().ensure(), checkout.template().ensure()]
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.INFO, str(outcome)) for outcome in outcomes
    ]


# explain


def stale(checkout: Checkout) -> None:
    """Build, and edit an input."""
    checkout.template().ensure()
    checkout.write({"schema/1.sql": "CREATE TABLE other (x);"})


def without_store(checkout: Checkout) -> None:
    """Build, and remove the store, but not the plain path."""
    checkout.template().ensure()
    shutil.rmtree(checkout.store)


def damaged(checkout: Checkout) -> None:
    """Build, and damage the stored database."""
    checkout.template().ensure()
    (database,) = checkout.databases()
    database.chmod(0o644)
    os.truncate(database, 100)


@pytest.mark.parametrize(
    ("prepare", "status"),
    [
        (lambda _: None, "miss"),
        (lambda checkout: checkout.template().ensure(), "hit"),
        (without_store, "hit"),
        (stale, "miss"),
        (damaged, "miss"),
    ],
    ids=["nothing yet", "fresh", "fresh, no store", "stale", "damaged"],
)
def test_explain_changes_nothing(checkout: Checkout, prepare: Callable[[Checkout], object], status: str) -> None:
    """``explain`` returns the status and the reasons of the next ``ensure``, and changes no file."""
    prepare(checkout)
    before = listing(checkout.root)
    template = checkout.template()
    explained = template.explain()
    assert listing(checkout.root) == before
    with pytest.raises(TemplateDatabaseError):
        _ = template.database
    ensured = template.ensure()
    assert explained.status == ensured.status == status
    assert explained.reasons[: len(ensured.reasons)] == ensured.reasons
    assert explained.reasons[-1].startswith("not traced")


# clone and open


def test_clone(checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clone has the template's bytes, is writable, and its path is relative to the current folder."""
    template = checkout.template()
    template.ensure()
    monkeypatch.chdir(tmp_path)
    target = template.clone("deep/down/scenario.db")
    assert target == str(tmp_path / "deep" / "down" / "scenario.db")
    assert Path(target).read_bytes() == Path(template.database).read_bytes()
    with closing(sqlite3.connect(target)) as connection, connection:
        connection.execute("INSERT INTO book (title) VALUES ('mine')")
    assert dump(template.database) == checkout.rebuild() != dump(target)
    with pytest.raises(FileExistsError):
        template.clone(target)
    assert dump(template.clone(Path(target), replace=True)) == checkout.rebuild()
    assert sorted(path.name for path in Path(target).parent.iterdir()) == ["scenario.db"]


def test_clone_keeps_its_version(checkout: Checkout) -> None:
    """Two objects with one plain path and different inputs each clone their own database."""
    one = checkout.template()
    one.ensure()
    before = dump(one.database)
    checkout.write({"schema/1.sql": "CREATE TABLE other (x);"})
    two = checkout.template()
    two.ensure()
    assert dump(one.clone(checkout.root / "one.db")) == before
    assert dump(two.clone(checkout.root / "two.db")) == dump(checkout.plain) == checkout.rebuild()


@pytest.mark.parametrize("which", ["stored", "plain"])
def test_open(checkout: Checkout, which: str, tmp_path: Path) -> None:
    """A stored database and the plain path can be opened and cloned, and not built."""
    template = checkout.template()
    outcome = template.ensure()
    path = Path(template.database) if which == "stored" else checkout.plain
    opened = TemplateDB.open(path)
    assert (opened.database, opened.digest) == (str(path), outcome.digest)
    assert (opened.inputs, opened.build) == (template.inputs, template.build)
    assert dump(opened.clone(tmp_path / "clone.db")) == checkout.rebuild()
    for call in (opened.ensure, opened.explain, opened.variants):
        with pytest.raises(TemplateDatabaseError, match="opened to be cloned"):
            call()


@pytest.mark.parametrize("which", ["stored", "plain"])
@pytest.mark.parametrize("damage", ["bytes", "manifest", "no manifest", "gone"])
def test_open_compares_the_content(checkout: Checkout, which: str, damage: str) -> None:
    """A database whose content differs from its manifest is an error with its path and the next step."""
    checkout.template().ensure()
    path, manifest = checkout.plain, checkout.plain_manifest
    if which == "stored":
        path, manifest = checkout.databases()[0], checkout.manifests()[0]
    if damage == "gone":
        path.unlink()
        with pytest.raises(FileNotFoundError) as missing:
            TemplateDB.open(path)
        assert missing.value.filename == str(path)
        return
    if damage == "no manifest":
        manifest.unlink()
    else:
        target = path if damage == "bytes" else manifest
        content = bytearray(target.read_bytes())
        content[len(content) // 2] ^= 0xFF
        target.unlink()
        target.write_bytes(content)
    with pytest.raises(TemplateDatabaseError, match=r"ensure\(\)") as raised:
        TemplateDB.open(path)
    assert raised.value.path == str(path)
    assert isinstance(pickle.loads(pickle.dumps(raised.value)), TemplateDatabaseError)
