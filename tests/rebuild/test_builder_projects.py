"""Builders as projects have them: recorded, reused, and missed by name."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ci_accel import TemplateDB
from tests.rebuild.builder_projects import SCRIPT, ZOO, Cage, unpack
from tests.support.environments import uv
from tests.support.file_clock import rest

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def cage(request: pytest.FixtureRequest, tmp_path: Path, interpreter: Path) -> Iterator[Cage]:
    """A checkout of the project that the test is about."""
    animal = request.param
    root = tmp_path / "checkout"
    for project in animal.projects:
        unpack(project, root)
    yield Cage(animal, root, interpreter)
    if animal.install is not None:
        uv("pip", "uninstall", "--python", interpreter, "shop")


@pytest.mark.parametrize("cage", [pytest.param(animal, id=name) for name, animal in ZOO.items()], indirect=True)
def test_builder(cage: Cage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Recorded at once, reused wherever and whenever it was checked out; an edit is named, and taken back is none."""
    animal = cage.animal
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)  # the libraries are compiled once for all tests
    for program in animal.programs:
        if shutil.which(program) is None:
            pytest.skip(f"there is no {program}")
    if animal.build[0] == "uv":
        uv_program = Path(sys.executable).parent / "uv"
        if not uv_program.exists():
            pytest.skip("uv is not installed beside this interpreter")
        monkeypatch.setenv("PATH", os.pathsep.join([str(uv_program.parent), os.environ["PATH"]]))
        monkeypatch.setenv("UV_PROJECT_ENVIRONMENT", str(cage.python.parent.parent))
    cage.install()
    cage.recorded(tmp_path / "rebuilt.db")
    for path in cage.root.rglob("*"):
        os.utime(path)
    cage.hit()
    other = Cage(animal, tmp_path / "another" / "place", cage.python)
    shutil.copytree(cage.root, other.root, symlinks=True)
    shutil.rmtree(cage.root)
    other.install()
    other.hit()
    for name, old, new in animal.edits:
        text = (other.root / name).read_text(encoding="utf-8")
        assert old in text
        other.write(name, text.replace(old, new))
        outcome = other.template.explain(python=other.python)
        assert outcome.status == "miss", name
        is_named = f"{name.removeprefix('src/')} changed"
        assert any(is_named in reason for reason in outcome.reasons), outcome.reasons
        if name == animal.edits[0][0]:
            other.recorded(tmp_path / "rebuilt.db")
        other.write(name, text)
        other.hit()
    for name in animal.additions:
        with other.added(name) as top:
            outcome = other.template.explain(python=other.python)
            assert outcome.status == "miss", name
            named = name.removesuffix("/__init__.py")
            assert any(named in reason or f"{top}/ " in reason for reason in outcome.reasons), outcome.reasons
    other.hit()


@pytest.mark.parametrize("cage", [pytest.param(ZOO["alembic"], id="alembic")], indirect=True)
def test_bytecode_of_just_now(cage: Cage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is compared with its source, whose name may begin with a digit, and is no reason not to record."""
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    cage.rebuild(tmp_path / "rebuilt.db")
    assert list(cage.root.glob("migrations/versions/__pycache__/0001_*.pyc"))
    cage.recorded(tmp_path / "rebuilt.db")


def test_program_that_nobody_vouches_for(tmp_path: Path, interpreter: Path) -> None:
    """What it reads is not seen: the database is used, and not recorded."""
    if shutil.which("sqlite3") is None:
        pytest.skip("there is no sqlite3")
    unpack("program", tmp_path / "checkout")
    rest(tmp_path)
    template = TemplateDB(root=tmp_path / "checkout", inputs=["migrate.py"], build=SCRIPT)
    outcome = template.ensure(python=interpreter)
    assert "what sqlite3 reads is not seen" in str(outcome.reasons)
    assert "not recorded" in str(outcome.reasons)
    assert template.explain(python=interpreter).status == "miss"
