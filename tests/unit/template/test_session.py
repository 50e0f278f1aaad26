"""``TemplateDB`` in sessions that nox runs."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from tests.support.checkout import FACTS, ISOLATED, SCHEMA, Checkout, dump, facts

pytestmark = [pytest.mark.every_python, pytest.mark.timeout(600), pytest.mark.measured_children]


def executables(*names: str) -> str:
    """Return SQL that stores the results of functions about the builder's process."""
    return FACTS + "".join(f"INSERT INTO fact VALUES ('{name}', {name}());" for name in names)


def test_session_runs_the_builder(checkout: Checkout) -> None:
    """The builder runs once as a command of the session, in its interpreter, and the session gets the variable."""
    checkout.write({"schema/1.sql": executables("executable")})
    for status in ("miss", "hit"):
        done, answers = checkout.nox("-s", "tests")
        assert done.returncode == 0, done.stderr
        assert [answer["status"] for answer in answers] == [status]
        assert answers[0]["tables"] == ["fact"]
        (database,) = checkout.databases()
        assert answers[0]["seen"] == str(database)
        logged = [line for line in done.stderr.splitlines() if "nox > python -I -S build_db.py" in line]
        assert len(logged) == (status == "miss")
        assert f"template database: {status} in " in done.stderr
    interpreter = Path(facts(database)["executable"])
    assert interpreter.is_relative_to(checkout.root / ".nox")
    assert interpreter != Path(sys.executable)


def test_session_elsewhere(checkout: Checkout, tmp_path: Path) -> None:
    """If the noxfile is outside the root, the builder still runs in the root, and later commands do not."""
    checkout.write({"schema/1.sql": executables("cwd")})
    done, answers = checkout.nox("-s", "bare", folder=tmp_path / "ci")
    assert done.returncode == 0, done.stderr
    assert facts(answers[0]["seen"]) == {"cwd": str(checkout.root)}
    assert dump(checkout.plain) == checkout.rebuild()
    assert not (tmp_path / "ci" / "build").exists()


def test_session_without_env_var(checkout: Checkout) -> None:
    """Without ``env_var`` the session's environment is not changed."""
    done, answers = checkout.nox("-s", "bare", env_var=None)
    assert done.returncode == 0, done.stderr
    assert (answers[0]["status"], answers[0]["seen"]) == ("miss", "")


@pytest.mark.parametrize(
    "build", [["-c", "raise SystemExit(7)"], ["no_such_script.py"]], ids=["exit code", "no script"]
)
def test_session_fails_as_nox_fails(checkout: Checkout, build: list[str]) -> None:
    """A failing builder fails the session like any command: without a traceback, and nothing is published."""
    done, answers = checkout.nox("-s", "bare", build=[*ISOLATED, *build, "{db}"])
    code = 7 if "-c" in build else 2
    assert done.returncode == 1
    assert answers == []
    assert f"failed with exit code {code}" in done.stderr
    assert "Session bare failed." in done.stderr
    assert "Traceback" not in done.stderr
    assert (checkout.databases(), checkout.manifests(), checkout.plain.exists()) == ([], [], False)


@pytest.mark.parametrize("why", ["off", "store"])
def test_session_disabled(checkout: Checkout, why: str) -> None:
    """With the cache off or its store unusable, the session gets a database for itself, and continues."""
    if why == "store":
        checkout.store.mkdir(parents=True)
        checkout.store.chmod(0o777)
    done, answers = checkout.nox("-s", "bare", environ={"CI_ACCEL": "off"} if why == "off" else {})
    assert done.returncode == 0, done.stderr
    assert answers[0]["status"] == "disabled"
    assert answers[0]["tables"] == ["book"]
    assert not Path(answers[0]["seen"]).exists()
    assert ("writable by everybody" in done.stderr) == (why == "store")
    assert dump(checkout.plain) == checkout.rebuild()


def test_session_explain(checkout: Checkout) -> None:
    """``explain`` uses the interpreter of the session, builds nothing and sets no variable."""
    environ = {"CALL": "explain"}
    _, answers = checkout.nox("-s", "bare", environ=environ)
    assert (answers[0]["status"], answers[0]["seen"]) == ("miss", "")
    assert not (checkout.root / "build").exists()
    checkout.nox("-s", "bare")
    assert checkout.nox("-s", "bare", environ=environ)[1][0]["status"] == "hit"


def test_session_or_interpreter(checkout: Checkout) -> None:
    """A session together with ``python`` is a ValueError."""
    done, answers = checkout.nox("-s", "both")
    assert done.returncode == 0, done.stderr
    assert "not both" in answers[0]["error"]


def install(site_packages: Path, version: str) -> None:
    """Create the metadata folder of an installed migration tool, in place of another version."""
    for older in site_packages.glob("yoyo_migrations-*.dist-info"):
        older.rmdir()
    (site_packages / f"yoyo_migrations-{version}.dist-info").mkdir(parents=True)


def site_packages(checkout: Checkout) -> Path:
    """Return the site-packages folder of the session's environment."""
    (found,) = (checkout.root / ".nox").glob("*/lib/python*/site-packages")
    return found


def test_session_tools_count(checkout: Checkout) -> None:
    """Another version of a migration tool in the session's environment is a miss that names both versions."""
    checkout.nox("-s", "tests")
    for version, reason in (("1.0", "yoyo-migrations 1.0 added"), ("2.0", "yoyo-migrations 1.0 -> 2.0")):
        install(site_packages(checkout), version)
        _, answers = checkout.nox("-s", "tests")
        assert (answers[0]["status"], answers[0]["reasons"][0]) == ("miss", reason)
    assert checkout.nox("-s", "tests")[1][0]["status"] == "hit"


@pytest.mark.parametrize("where", ["session.env", "outside", "unset in session.env"])
def test_session_search_path(checkout: Checkout, where: str, tmp_path: Path) -> None:
    """The migration tools are looked up on the search path of the session's commands, not on that of nox."""
    install(tmp_path / "outer", "9.0")
    outer = {"PYTHONPATH": str(tmp_path / "outer")}
    environ: dict[str, str] = {}
    if where != "session.env":
        environ.update(outer)
    if where == "session.env":
        environ["SESSION_ENV"] = json.dumps(outer)
    if where == "unset in session.env":
        environ["SESSION_ENV"] = json.dumps({"PYTHONPATH": None})
    checkout.nox("-s", "tests", environ=environ)
    install(site_packages(checkout), "1.0")
    (before,) = checkout.nox("-s", "tests", environ=environ)[1]
    install(site_packages(checkout), "2.0")
    (after,) = checkout.nox("-s", "tests", environ=environ)[1]
    if where == "unset in session.env":
        assert [before["status"], after["status"]] == ["miss", "miss"]
        assert after["reasons"][0] == "yoyo-migrations 1.0 -> 2.0"
    else:
        assert [before["status"], after["status"]] == ["hit", "hit"]
        install(tmp_path / "outer", "10.0")
        (later,) = checkout.nox("-s", "tests", environ=environ)[1]
        assert later["reasons"][0] == "yoyo-migrations 9.0 -> 10.0"


def test_session_in_a_folder_that_is_not_utf8(tmp_path: Path) -> None:
    """A project in a folder whose name is not UTF-8 is built and reused in a session."""
    checkout = Checkout(tmp_path / os.fsdecode(b"caf\xe9") / "shop")
    checkout.write({"schema/1.sql": SCHEMA})
    noxfile = str(checkout.root / "noxfile.py")
    for status in ("miss", "hit"):
        done, answers = checkout.nox("-f", noxfile, "-s", "bare")
        assert done.returncode == 0, done.stderr
        assert [answer["status"] for answer in answers] == [status]
