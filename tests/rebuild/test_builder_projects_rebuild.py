"""For each builder project: after random changes of the project and its environment, a hit equals a rebuild.

`pytest -s` shows the number of needless misses and their reasons.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import ClassVar

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from ci_accel import TemplateDatabaseError
from tests.rebuild.builder_projects import BUILDER_PROJECTS, BuilderCheckout, BuilderProject, schema, unpack
from tests.support.environments import uv, wheel
from tests.support.file_clock import wait_for_tick

pytestmark = pytest.mark.timeout(3600)

WHICH = st.integers(0, 999)
"""Index, modulo the number of candidates: drawn values must not depend on the files that exist."""

NEW = st.sampled_from(
    ["notes.txt", "run.log", "more.py", "0009_more.py", "more.sql", "sqlite3.py", "alembic/__init__.py"]
)
"""Names of added files; each is an input of some builder or of none."""

UNRELATED = "SHOP_UNRELATED"

CHANGING = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}|\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?")
"""UUIDs and time stamps, which differ from build to build."""


def facts(database: Path | str) -> set[tuple[str, ...]]:
    """Return schema and rows without UUIDs and time stamps."""
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        rows = {
            (name, CHANGING.sub("", repr(row)))
            for (name,) in found
            for row in connection.execute(f'SELECT * FROM "{name}"')
        }
    return {*schema(database), *rows}


class Rebuild(RuleBasedStateMachine):
    """A project with a traced builder. The model is a rebuild without ci-accel."""

    project: ClassVar[BuilderProject]
    python: ClassVar[Path]
    extra: ClassVar[Path]
    """The wheel of a distribution that no builder uses."""
    counts: ClassVar[Counter[str]]

    def __init__(self) -> None:
        """Unpack the project."""
        super().__init__()
        self.scratch = Path(tempfile.mkdtemp(prefix="rebuild."))
        for archive in self.project.archives:
            unpack(archive, self.scratch / "pristine")
        self.checkout = BuilderCheckout(self.project, self.scratch / "checkout", self.python)
        self.environ = dict(os.environ)
        # test_traced_inputs_rebuild.py tests stale bytecode.
        os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
        if self.project.build[0] == "uv":
            os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
            os.environ["UV_PROJECT_ENVIRONMENT"] = str(self.python.parent.parent)
        self.has_extra = False
        self.last: set[tuple[str, ...]] | None = None

    def teardown(self) -> None:
        """Restore the environment and remove the files."""
        os.environ.clear()
        os.environ.update(self.environ)
        if self.has_extra:
            uv("pip", "uninstall", "--python", self.python, "extra")
        shutil.rmtree(self.scratch)

    # The model

    def rebuilt(self) -> set[tuple[str, ...]] | None:
        """Return the facts of a rebuild; None if the builder fails or makes no table."""
        database = self.scratch / "rebuilt.db"
        try:
            self.checkout.rebuild(database)
            found = facts(database)
        except (subprocess.CalledProcessError, sqlite3.Error):
            return None
        return found if any(kind == "table" for kind, *_ in found) else None

    def check(self) -> None:
        """Assert that the database equals a rebuild, and that ensure() fails only if the rebuild fails."""
        wait_for_tick(self.scratch)
        expected = self.rebuilt()
        template = self.checkout.template
        try:
            outcome = template.ensure(python=self.python)
        except (subprocess.CalledProcessError, TemplateDatabaseError):
            assert expected is None
            self.counts.update(["the builder fails"])
            return
        except ValueError:
            assert not all((self.checkout.root / name).exists() for name in self.project.inputs)
            self.counts.update(["a declared input is gone"])
            return
        assert facts(template.database) == expected, outcome.reasons
        if outcome:
            self.counts.update(["hit"])
        elif self.last == expected:
            cause = re.search(r"\(([^)]*)\)", outcome.reasons[0])
            self.counts.update([f"needless: {cause.group(1) if cause else outcome.reasons[0]}"])
        else:
            self.counts.update(["miss"])
        self.last = expected

    # The project

    def files(self) -> list[Path]:
        """Return the files of the checkout without those that a build leaves."""
        root = self.checkout.root
        kept = (path for path in sorted(root.rglob("*")) if path.is_file() and path.suffix != ".pyc")
        return [path for path in kept if root / "build" not in path.parents and ".egg-info" not in str(path)]

    def pick(self, which: int) -> Path:
        """Return a file."""
        files = self.files()
        return files[which % len(files)]

    @initialize()
    def begin(self) -> None:
        """Write the checkout and build."""
        self.restore()

    @rule()
    def restore(self) -> None:
        """Restore every file."""
        for path in self.files() if self.checkout.root.is_dir() else ():
            path.unlink()
        shutil.copytree(self.scratch / "pristine", self.checkout.root, dirs_exist_ok=True)
        self.checkout.install()
        self.check()

    @rule(which=WHICH, turn=st.integers(0, 99), is_installed=st.booleans())
    @precondition(lambda self: self.files())
    def edit(self, which: int, turn: int, *, is_installed: bool) -> None:
        """Change one digit or name, or append a line break; then install the project or not."""
        path = self.pick(which)
        text = path.read_text(encoding="utf-8")
        places = [found.start() for found in re.finditer(r"[1-8]\b|(?<=\w)e\b", text)]
        if places and turn % 4:
            place = places[turn % len(places)]
            new = "x" if text[place] == "e" else str(int(text[place]) + 1)
            text = text[:place] + new + text[place + 1 :]
        else:
            text += "\n"
        path.write_text(text, encoding="utf-8")
        if is_installed:
            self.install()
        self.check()

    def install(self) -> None:
        """Install the project; count a failure."""
        try:
            self.checkout.install()
        except subprocess.CalledProcessError:
            self.counts.update(["the project cannot be installed"])

    @rule(which=WHICH)
    @precondition(lambda self: self.files())
    def remove(self, which: int) -> None:
        """Remove a file."""
        self.pick(which).unlink()
        self.check()

    @rule(which=WHICH, other=WHICH)
    @precondition(lambda self: self.files())
    def rename(self, which: int, other: int) -> None:
        """Give a file the name of another one."""
        self.pick(which).replace(self.pick(other))
        self.check()

    @rule(which=WHICH, name=NEW, is_copy=st.booleans())
    @precondition(lambda self: self.files())
    def add(self, which: int, name: str, *, is_copy: bool) -> None:
        """Add a file beside another one: a copy of it, or an empty file."""
        beside = self.pick(which)
        path = beside.parent / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(beside.read_bytes() if is_copy else b"")
        self.check()

    @rule()
    def touch(self) -> None:
        """Change all modification times."""
        for path in self.files():
            os.utime(path)
        self.check()

    # The environment

    @rule(which=WHICH, value=st.sampled_from([None, "1", "book"]))
    def set_variable(self, which: int, value: str | None) -> None:
        """Set or remove a variable that the builder has read, or an unrelated one."""
        try:
            variants = self.checkout.template.variants()
        except ValueError:  # a declared input is gone
            variants = []
        seen = variants[0]["manifest"]["made_from"].get("seen", []) if variants else []
        names = [given["name"] for given in seen if given["kind"] == "variable"]
        names = [name for name in [UNRELATED, *names] if name not in {"HOME", "PATH"}]
        name = names[which % len(names)]
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value
        self.check()

    @rule()
    def change_distributions(self) -> None:
        """Install or remove an unused distribution."""
        if self.has_extra:
            uv("pip", "uninstall", "--python", self.python, "extra")
        else:
            uv("pip", "install", "--offline", "--no-deps", "--python", self.python, self.extra)
        self.has_extra = not self.has_extra
        self.check()


def check_builder(name: str, python: Path, extra: Path, examples: int, steps: int) -> None:
    """Run the state machine for one builder project."""

    class OfProject(Rebuild):
        """The state machine of this project."""

    OfProject.project, OfProject.python, OfProject.extra, OfProject.counts = (
        BUILDER_PROJECTS[name],
        python,
        extra,
        Counter(),
    )
    limits = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(OfProject, settings=limits)
        print(f"{name}: {dict(OfProject.counts.most_common())}")  # noqa: T201 - the module docstring promises it
    finally:
        if BUILDER_PROJECTS[name].install is not None:
            uv("pip", "uninstall", "--python", python, "shop")


@pytest.fixture(scope="session")
def extra(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel with one module."""
    return wheel(tmp_path_factory.mktemp("wheels"), "extra", extra="")


def test_hits_are_rebuilds(interpreter: Path, extra: Path) -> None:
    """Every hit of the fastest larger builder equals a rebuild."""
    check_builder("importlib.resources", interpreter, extra, 2, 15)


@pytest.mark.slow
@pytest.mark.parametrize("name", BUILDER_PROJECTS)
def test_hits_are_rebuilds_for_each_builder(name: str, interpreter: Path, extra: Path) -> None:
    """Every hit of each builder equals a rebuild."""
    if any(shutil.which(program) is None for program in BUILDER_PROJECTS[name].programs):
        pytest.skip("a program of this builder is not installed")
    check_builder(name, interpreter, extra, 3, 15)
