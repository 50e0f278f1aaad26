"""The description of an interpreter, in this process and as a script."""

from __future__ import annotations

import json
import locale
import os
import platform
import shutil
import sqlite3
import subprocess
import sys
from importlib import metadata
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from ci_accel.guest import probe

if TYPE_CHECKING:
    from pathlib import Path


pytestmark = pytest.mark.every_python


def test_interpreter() -> None:
    """Encoding, version, SQLite and platform are those of the standard library."""
    assert probe.interpreter() == {
        "encoding": locale.getpreferredencoding(do_setlocale=False).lower(),
        "python": f"{platform.python_implementation().lower()} {platform.python_version()}",
        "sqlite": sqlite3.sqlite_version,
        "platform": f"{sys.platform} {platform.machine()}",
    }


def test_interpreter_without_sqlite(monkeypatch: pytest.MonkeyPatch) -> None:
    """An interpreter without SQLite has the version "absent"."""
    monkeypatch.setitem(sys.modules, "_sqlite3", None)
    assert probe.interpreter()["sqlite"] == "absent"


def test_interpreter_that_is_a_release_candidate(monkeypatch: pytest.MonkeyPatch) -> None:
    """The version of a release candidate differs from that of the release."""
    candidate = type("VersionInfo", (tuple,), {"releaselevel": "candidate", "serial": 2})((3, 14, 0, "candidate", 2))
    monkeypatch.setattr(probe, "sys", SimpleNamespace(**{**vars(sys), "version_info": candidate}))
    assert probe.interpreter()["python"] == "cpython 3.14.0candidate2"


def test_distributions_are_the_first_of_each_on_the_path(tmp_path: Path) -> None:
    """Names are normalised; other distributions and missing folders are skipped."""
    installed = ["one/Alembic-1.2.dist-info", "one/tortoise_orm-0.20.dist-info", "two/alembic-1.3.dist-info"]
    installed += ["two/SQLAlchemy-2.0-py3.11.egg-info", "two/requests-2.0.dist-info", "two/alembic-9.py"]
    for name in installed:
        (tmp_path / name).mkdir(parents=True)
    path = [str(tmp_path / name) for name in ("absent", "one", "two")]
    expected = {"alembic": "1.2", "tortoise-orm": "0.20", "sqlalchemy": "2.0"}
    assert probe.distributions(path) == expected
    assert probe.distributions(sys.path)["alembic"] == metadata.version("alembic")


def test_probe_as_a_script(tmp_path: Path) -> None:
    """The script prints the same after its mark; its own folder is not searched."""
    (tmp_path / "django-5.0.dist-info").mkdir()
    (tmp_path / "own" / "piccolo-1.0.dist-info").mkdir(parents=True)
    script = shutil.copy(probe.__file__, tmp_path / "own")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, script]
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    (line,) = [line for line in answer.stdout.splitlines() if line.startswith(probe.MARK)]
    said = json.loads(line.removeprefix(probe.MARK))
    assert said["interpreter"] == probe.interpreter()
    assert said["distributions"]["django"] == "5.0"
    assert "piccolo" not in said["distributions"]
    assert said["distributions"]["alembic"] == metadata.version("alembic")
