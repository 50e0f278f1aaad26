"""For two published projects: the sources that their migrations use are traced, and each edit is a miss.

Slow: source distributions and their dependencies are downloaded from the package index.
"""

from __future__ import annotations

import os
import random
import shutil
import sys
import tarfile
from typing import TYPE_CHECKING, Any

import pytest

from ci_accel import TemplateDB
from tests.support.environments import environment, uv

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

EDITS = 20
"""Number of sources of each project that are edited, one by one."""

JUPYTERHUB = """\
import sys

from jupyterhub import dbutil, orm

url = "sqlite:///" + sys.argv[1]
orm.new_session_factory(url)  # all tables, stamped
dbutil.upgrade(url)  # runs the command alembic, with a configuration in a temporary folder
"""

OPTUNA = """\
import os
import sys

import optuna
from alembic import command, config

url = "sqlite:///" + sys.argv[1]
folder = os.path.join(os.path.dirname(optuna.__file__), "storages", "_rdb")
settings = config.Config(os.path.join(folder, "alembic.ini"))
settings.set_main_option("script_location", os.path.join(folder, "alembic"))
settings.set_main_option("sqlalchemy.url", url)
command.upgrade(settings, "head")  # runs every migration on an empty database
optuna.storages.RDBStorage(url)  # checks the schema
"""

PROJECTS = {"jupyterhub==6.1.1": JUPYTERHUB, "optuna==5.0.0": OPTUNA}
"""Requirement of each source distribution, and the builder to write into its root."""


class Project:
    """The published sources of a project, and an environment beside them.

    Attributes:
        root: The sources.
        python: The interpreter of the environment.
    """

    def __init__(self, requirement: str, folder: Path) -> None:
        """Download and unpack the source distribution."""
        downloads = folder / "downloads"
        pip = ["run", "--no-project", "--python", sys.executable, "--with", "pip", "python", "-m", "pip"]
        wanted = ["--no-binary", ":all:", "--no-deps", "--dest", str(downloads), requirement]
        uv(*pip, "download", "--quiet", *wanted)
        (archive,) = downloads.iterdir()
        with tarfile.open(archive) as file:
            file.extractall(folder, filter="data")
        self.root = folder / archive.name.removesuffix(".tar.gz")
        (self.root / "migrate.py").write_text(PROJECTS[requirement], encoding="utf-8")
        self.python = self.dependencies(folder / "environment")

    def dependencies(self, folder: Path) -> Path:
        """Make an environment with the dependencies of the project, without the project; return its interpreter."""
        return environment(folder, "--requirements", self.root / "pyproject.toml")

    def template(self) -> TemplateDB:
        """Return a TemplateDB that declares pyproject.toml only."""
        build = ["python", "migrate.py", "{db}"]
        # The command alembic also imports the project.
        return TemplateDB(root=self.root, inputs=["pyproject.toml"], build=build, env={"PYTHONPATH": "."})

    def build(self) -> None:
        """Assert that ensure() builds and records the database."""
        outcome = self.template().ensure(python=self.python)
        assert outcome.status == "miss"
        assert "not recorded" not in " ".join(outcome.reasons), outcome.reasons

    def moved(self, folder: Path) -> Project:
        """Return a copy with other modification times and its own environment."""
        other = Project.__new__(Project)
        other.root = folder / "elsewhere" / "checkout"
        shutil.copytree(self.root, other.root, symlinks=True)
        for path in other.root.rglob("*"):
            os.utime(path, (1, 1), follow_symlinks=False)
        other.python = other.dependencies(folder / "elsewhere" / "environment")
        return other

    def sources(self) -> list[str]:
        """Return the traced files of the project."""
        made_from: dict[str, Any] = self.template().variants()[0]["manifest"]["made_from"]
        read = [seen["path"] for seen in made_from["seen"] if seen["kind"] == "read"]
        return sorted(path for path in read if not path.startswith(("/", "{")))


@pytest.fixture(scope="module", params=sorted(PROJECTS), ids=lambda name: name.partition("==")[0])
def project(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A project whose database is built and recorded."""
    patch = pytest.MonkeyPatch()
    for name in [name for name in os.environ if name.startswith(("CI_ACCEL", "PYTHON"))]:
        patch.delenv(name)  # so that bytecode is written
    project = Project(request.param, tmp_path_factory.mktemp("project"))
    project.build()
    yield project
    patch.undo()


def test_second_call_is_a_hit(project: Project) -> None:
    """Files that the builder leaves behind do not make the second call a miss."""
    outcome = project.template().ensure(python=project.python)
    assert outcome.status == "hit", outcome.reasons


def test_build_from_bytecode_is_recorded(project: Project) -> None:
    """A build that loads the first build's bytecode is recorded with the same sources."""
    sources = project.sources()
    assert list(project.root.rglob("*.pyc"))
    shutil.rmtree(project.root / "build")
    project.build()
    assert project.sources() == sources


def test_T32_another_checkout_and_environment_hit(project: Project, tmp_path: Path) -> None:
    """The stored database is a hit at another path, with other modification times, in a new environment."""
    other = project.moved(tmp_path)
    outcome = other.template().ensure(python=other.python)
    assert outcome.status == "hit", outcome.reasons


def test_every_edit_of_a_traced_source_is_named(project: Project) -> None:
    """An edit that keeps the modification time is a miss that names the source, and undoing it is a hit."""
    seed = random.randrange(2**32)
    print("seed", seed)  # noqa: T201 - shown when the test fails
    sources = project.sources()
    assert len(sources) > EDITS
    template = project.template()
    for name in random.Random(seed).sample(sources, EDITS):
        path = project.root / name
        content, status = path.read_bytes(), path.stat()
        path.write_bytes(content + (b"# edited\n" if path.suffix == ".py" else b" "))
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        outcome = template.explain(python=project.python)
        assert outcome.status == "miss", name
        assert any(reason.startswith(f"{name} changed") for reason in outcome.reasons), (name, outcome.reasons)
        path.write_bytes(content)
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        outcome = template.explain(python=project.python)
        assert outcome.status == "hit", (name, outcome.reasons)
