"""For each builder project: its database is recorded and reused, and each edit is a miss that names the file."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ci_accel import TemplateDB
from tests.rebuild.builder_projects import BUILDER_PROJECTS, SCRIPT, BuilderCheckout, unpack
from tests.support.environments import uv
from tests.support.file_clock import wait_for_tick

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def checkout(request: pytest.FixtureRequest, tmp_path: Path, interpreter: Path) -> Iterator[BuilderCheckout]:
    """A checkout of the project in the parameter."""
    project = request.param
    root = tmp_path / "checkout"
    for archive in project.archives:
        unpack(archive, root)
    yield BuilderCheckout(project, root, interpreter)
    if project.install is not None:
        uv("pip", "uninstall", "--python", interpreter, "shop")


@pytest.mark.parametrize("checkout", BUILDER_PROJECTS.values(), ids=BUILDER_PROJECTS, indirect=True)
def test_builder_project(checkout: BuilderCheckout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first build is recorded, other checkouts are hits, and each edit is a miss that names the file."""
    project = checkout.project
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)  # compile the libraries once for all tests
    for program in project.programs:
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    if project.build[0] == "uv":
        uv_program = Path(sys.executable).parent / "uv"
        if not uv_program.exists():
            pytest.skip("uv is not installed beside this interpreter")
        monkeypatch.setenv("PATH", os.pathsep.join([str(uv_program.parent), os.environ["PATH"]]))
        monkeypatch.setenv("UV_PROJECT_ENVIRONMENT", str(checkout.python.parent.parent))
    checkout.install()
    checkout.recorded(tmp_path / "rebuilt.db")
    for path in checkout.root.rglob("*"):
        os.utime(path)
    checkout.hit()
    other = BuilderCheckout(project, tmp_path / "another" / "place", checkout.python)
    shutil.copytree(checkout.root, other.root, symlinks=True)
    shutil.rmtree(checkout.root)
    other.install()
    other.hit()
    for name, old, new in project.edits:
        text = (other.root / name).read_text(encoding="utf-8")
        assert old in text
        other.write(name, text.replace(old, new))
        outcome = other.template.explain(python=other.python)
        assert outcome.status == "miss", name
        is_named = f"{name.removeprefix('src/')} changed"
        assert any(is_named in reason for reason in outcome.reasons), outcome.reasons
        if name == project.edits[0][0]:
            other.recorded(tmp_path / "rebuilt.db")
        other.write(name, text)
        other.hit()
    for name in project.additions:
        with other.added(name) as top:
            outcome = other.template.explain(python=other.python)
            assert outcome.status == "miss", name
            named = name.removesuffix("/__init__.py")
            assert any(named in reason or f"{top}/ " in reason for reason in outcome.reasons), outcome.reasons
    other.hit()


@pytest.mark.parametrize("checkout", [BUILDER_PROJECTS["alembic"]], ids=["alembic"], indirect=True)
def test_new_bytecode_is_compared_with_its_source(
    checkout: BuilderCheckout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build that loads fresh bytecode, of modules whose names begin with a digit, is recorded."""
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    checkout.rebuild(tmp_path / "rebuilt.db")
    assert list(checkout.root.glob("migrations/versions/__pycache__/0001_*.pyc"))
    checkout.recorded(tmp_path / "rebuilt.db")


def test_undeclared_program_is_not_recorded(tmp_path: Path, interpreter: Path) -> None:
    """The database of a builder that runs an untraceable, undeclared program is used and not recorded."""
    if shutil.which("sqlite3") is None:
        pytest.skip("sqlite3 is not installed")
    unpack("program", tmp_path / "checkout")
    wait_for_tick(tmp_path)
    template = TemplateDB(root=tmp_path / "checkout", inputs=["migrate.py"], build=SCRIPT)
    outcome = template.ensure(python=interpreter)
    assert "sqlite3 cannot be traced" in str(outcome.reasons)
    assert "not recorded" in str(outcome.reasons)
    assert template.explain(python=interpreter).status == "miss"
