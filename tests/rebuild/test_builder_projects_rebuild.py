"""For each builder of the zoo: whatever happens to its project and to its environment, a hit is what a rebuild makes.

`pytest -s` shows how many misses were needless, and why.
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
from tests.rebuild.builder_projects import ZOO, Animal, Cage, schema, unpack
from tests.support.environments import uv, wheel
from tests.support.file_clock import rest

pytestmark = pytest.mark.timeout(3600)

WHICH = st.integers(0, 999)
"""Picks one of what is there, however much that is: nothing that is drawn depends on files."""

NEW = st.sampled_from(
    ["notes.txt", "run.log", "more.py", "0009_more.py", "more.sql", "sqlite3.py", "alembic/__init__.py"]
)
"""Names of files that come: some count for some builder."""

UNRELATED = "SHOP_UNRELATED"

CHANGING = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}|\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?")
"""UUIDs and time stamps: another each time."""


def facts(database: Path | str) -> set[tuple[str, ...]]:
    """Return schema and rows, less what is another each time."""
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        rows = {
            (name, CHANGING.sub("", repr(row)))
            for (name,) in found
            for row in connection.execute(f'SELECT * FROM "{name}"')
        }
    return {*schema(database), *rows}


class Rebuild(RuleBasedStateMachine):
    """A project under a builder that is traced; the model builds anew, without us."""

    animal: ClassVar[Animal]
    python: ClassVar[Path]
    extra: ClassVar[Path]
    """A distribution that no builder uses."""
    counts: ClassVar[Counter[str]]

    def __init__(self) -> None:
        """Check it out."""
        super().__init__()
        self.scratch = Path(tempfile.mkdtemp(prefix="zoo."))
        for project in self.animal.projects:
            unpack(project, self.scratch / "pristine")
        self.cage = Cage(self.animal, self.scratch / "checkout", self.python)
        self.environ = dict(os.environ)
        # Stale bytecode has tests of its own.
        os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
        if self.animal.build[0] == "uv":
            os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
            os.environ["UV_PROJECT_ENVIRONMENT"] = str(self.python.parent.parent)
        self.has_extra = False
        self.last: set[tuple[str, ...]] | None = None

    def teardown(self) -> None:
        """Leave nothing."""
        os.environ.clear()
        os.environ.update(self.environ)
        if self.has_extra:
            uv("pip", "uninstall", "--python", self.python, "extra")
        shutil.rmtree(self.scratch)

    # The model

    def rebuilt(self) -> set[tuple[str, ...]] | None:
        """Return what the builder makes now, without us; nothing where it fails, or makes no table."""
        database = self.scratch / "rebuilt.db"
        try:
            self.cage.rebuild(database)
            found = facts(database)
        except (subprocess.CalledProcessError, sqlite3.Error):
            return None
        return found if any(kind == "table" for kind, *_ in found) else None

    def check(self) -> None:
        """Ask for the database: it is a rebuild's, and what fails, fails without us, too."""
        rest(self.scratch)
        expected = self.rebuilt()
        template = self.cage.template
        try:
            outcome = template.ensure(python=self.python)
        except (subprocess.CalledProcessError, TemplateDatabaseError):
            assert expected is None
            self.counts.update(["the builder fails"])
            return
        except ValueError:
            assert not all((self.cage.root / name).exists() for name in self.animal.inputs)
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
        """Return what is there, less what a build leaves."""
        root = self.cage.root
        kept = (path for path in sorted(root.rglob("*")) if path.is_file() and path.suffix != ".pyc")
        return [path for path in kept if root / "build" not in path.parents and ".egg-info" not in str(path)]

    def pick(self, which: int) -> Path:
        """Return a file."""
        files = self.files()
        return files[which % len(files)]

    @initialize()
    def begin(self) -> None:
        """Check it out, and build."""
        self.restore()

    @rule()
    def restore(self) -> None:
        """Check everything out anew."""
        for path in self.files() if self.cage.root.is_dir() else ():
            path.unlink()
        shutil.copytree(self.scratch / "pristine", self.cage.root, dirs_exist_ok=True)
        self.cage.install()
        self.check()

    @rule(which=WHICH, turn=st.integers(0, 99), is_installed=st.booleans())
    @precondition(lambda self: self.files())
    def edit(self, which: int, turn: int, *, is_installed: bool) -> None:
        """Change one digit, or one name, or nothing that matters; maybe install the project anew."""
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
        """Install the project, if it still can be."""
        try:
            self.cage.install()
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
        """Add a file beside another one: a copy of that, or with nothing in it."""
        beside = self.pick(which)
        path = beside.parent / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(beside.read_bytes() if is_copy else b"")
        self.check()

    @rule()
    def touch(self) -> None:
        """Give everything another time."""
        for path in self.files():
            os.utime(path)
        self.check()

    # The environment

    @rule(which=WHICH, value=st.sampled_from([None, "1", "book"]))
    def set_variable(self, which: int, value: str | None) -> None:
        """Set a variable that a builder has read, or one that counts for nobody; or take it out."""
        try:
            variants = self.cage.template.variants()
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
        """Install a distribution, or remove it."""
        if self.has_extra:
            uv("pip", "uninstall", "--python", self.python, "extra")
        else:
            uv("pip", "install", "--offline", "--no-deps", "--python", self.python, self.extra)
        self.has_extra = not self.has_extra
        self.check()


def check_builder(name: str, python: Path, extra: Path, examples: int, steps: int) -> None:
    """Let things happen to one builder's project."""

    class OfAnimal(Rebuild):
        """The same for one builder."""

    OfAnimal.animal, OfAnimal.python, OfAnimal.extra, OfAnimal.counts = ZOO[name], python, extra, Counter()
    limits = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(OfAnimal, settings=limits)
        print(f"{name}: {dict(OfAnimal.counts.most_common())}")  # noqa: T201 - what `pytest -s` is asked for
    finally:
        if ZOO[name].install is not None:
            uv("pip", "uninstall", "--python", python, "shop")


@pytest.fixture(scope="session")
def extra(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel with one module."""
    return wheel(tmp_path_factory.mktemp("wheels"), "extra", extra="")


def test_hits_are_rebuilds(interpreter: Path, extra: Path) -> None:
    """The law, for the quickest builder of some size."""
    check_builder("importlib.resources", interpreter, extra, 2, 15)


@pytest.mark.slow
@pytest.mark.parametrize("name", ZOO)
def test_hits_are_rebuilds_for_each_builder(name: str, interpreter: Path, extra: Path) -> None:
    """The law, for each builder."""
    if any(shutil.which(program) is None for program in ZOO[name].programs):
        pytest.skip("a program of this builder is not there")
    check_builder(name, interpreter, extra, 3, 15)
