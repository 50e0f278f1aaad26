"""With a traced builder: after random changes between two calls, each database of ``TemplateDB`` equals a rebuild."""

from __future__ import annotations

import atexit
import os
import py_compile
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, Phase, event, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from ci_accel import TemplateDB
from ci_accel.template import held_databases
from tests.support.checkout import BUILDERS, dump
from tests.support.file_clock import wait_for_tick

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ci_accel import Outcome

FEATURES = {
    "child": ["child.txt"],
    "clock": [],
    "dotenv": [".env"],
    "environment": [],
    "expanded": [],
    "forked": ["child.txt"],
    "globbing": ["schema/1.sql", "schema/2.sql", "schema/sub/3.sql", "optional/1.sql"],
    "library": ["bisect.py", "early/json/__init__.py", "src/bisect/__init__.py", "src/json.py"],
    "linked": ["linked", "linked.sql", "linked/1.txt", "schema/1.sql"],
    "links": ["flag", "linked", "linked.sql"],
    "listing": ["schema/1.sql", "schema/2.sql"],
    "modules": ["src/app/__init__.py", "src/app/models.py", "src/app/settings.py", "local_settings.py", "early/app.py"],
    "namespace": ["src/ns/one.py", "lib/ns/two.py", "early/ns/one.py", "early/ns/__init__.py", "ns.py"],
    "opened_below": ["data/a.json", "data/deep/c.json"],
    "paths": ["data/a.json", "data/deep/c.json", "data/deep"],
    "plugins": ["src/app/plugin.py", "src/app/plugin/__init__.py", "lib/extra.py", "early/extra.py"],
    "questions": ["flag", "early/x.txt", "optional/1.sql", "src/app/extra", "linked.sql"],
    "resource_files": ["src/app/defaults.json"],
    "resources": ["src/app/defaults.json"],
    "through_links": ["linked", "schema/1.sql", "schema/2.sql"],
    "variables": [],
    "walking": ["data/a.json", "data/b.txt", "data/deep/c.json", "data/deep"],
}
"""The functions of ``uses_inputs_of_every_kind.py``, each with some of the paths that it uses."""

VARIABLES_READ = {
    "child": ["APP_MODE"],
    "clock": ["TZ"],
    "environment": ["APP_MODE", "APP_FLAG"],
    "expanded": ["TERM", "APP_MODE"],
    "variables": ["APP_MODE", "APP_FLAG", "APP_HOME"],
}
"""The functions that read variables, each with the names."""

OFTEN = ["globbing", "paths", "through_links", "walking"]
"""Features that are drawn more often, because few others cover listing by scandir and working directories."""

USES = st.lists(st.sampled_from([*sorted(FEATURES), *OFTEN]), min_size=1, max_size=4, unique=True)
"""A few features at a time, because a change that one feature notices hides that another one misses it."""

MODULES = [
    "src/app/__init__.py",
    "src/app/models.py",
    "src/app/settings.py",
    "src/app/plugin.py",
    "src/ns/one.py",
    "lib/ns/two.py",
    "lib/extra.py",
]
SHADOWS = [
    "bisect.py",
    "early/app.py",
    "early/app/__init__.py",
    "early/extra.py",
    "early/json/__init__.py",
    "early/local_settings/__init__.py",
    "early/ns/__init__.py",
    "early/ns/one.py",
    "lib/sitecustomize.py",
    "local_settings.py",
    "ns.py",
    "sqlite3.py",
    "src/app.py",
    "src/app/models/__init__.py",
    "src/app/plugin/__init__.py",
    "src/bisect/__init__.py",
    "src/extra/data.txt",
    "src/extra.py",
    "src/json.py",
]
FILES = [
    ".env",
    "child.txt",
    "data/a.json",
    "data/b.txt",
    "data/deep/c.json",
    "early/x.txt",
    "flag",
    "linked.sql",
    "linked/1.txt",
    "optional/1.sql",
    "schema/1.sql",
    "schema/2.sql",
    "schema/sub/3.sql",
    "src/app/defaults.json",
    "src/app/extra",
]
UNUSED = [
    "README.md",
    "data/run.log",
    "docs/guide.md",
    "schema/.coverage",
    "src/app/__pycache__/models.cpython-36.pyc",
    "src/app/unused.py",
    "src/app/unused/__init__.py",
]
"""Files that no feature uses, and files that tools leave in listed folders."""

FOLDERS = ["data", "data/deep", "early", "early/ns", "linked", "optional", "schema", "schema/sub", "src/app", "src/ns"]
NAMES = [*MODULES, *SHADOWS, *FILES]
TURNS = st.integers(1, 2)
DIGITS = st.sampled_from("123")
OPTIONAL = "VALUE = '1'\ntry:\n    from local_settings import VALUE\nexcept ImportError:\n    pass\n"
CODE = st.sampled_from(
    [
        "VALUE = '1'\n",
        "VALUE = '1'\n",
        OPTIONAL,
        "from extra import VALUE  # 1\n",
        "raise ImportError('1')\n",
        "import os\nVALUE = os.environ.get('APP_MODE', '1')\n",
    ]
)
TIMES = st.sampled_from([0, 1, 1_000_000_000, 2**32 + 5, 4_000_000_000])
WHICH = st.integers(0, 999)
"""Index, modulo the number of candidates: drawn values must not depend on the files that exist."""

VARIABLES = [
    "APP_MODE",
    "APP_FLAG",
    "APP_HOME",
    "UNRELATED",
    "PYTHONPATH",
    "PYTHONOPTIMIZE",
    "PYTHONDONTWRITEBYTECODE",
    "TERM",
    "TZ",
]
VALUES = st.sampled_from([None, "1", "2", "{root}/lib", "lib", "", "UTC+9"])

BYTECODE = tempfile.mkdtemp(prefix="bytecode.")
"""Folder for the bytecode of the standard library, used by rebuilds that ignore the project's bytecode."""

atexit.register(shutil.rmtree, BYTECODE, ignore_errors=True)

STALE = "was loaded from bytecode of other source code"
"""The only allowed reason for a build that is not recorded: an edit kept the size and second, so bytecode is stale."""


def choose(used: list[str], others: list[str], which: int) -> str:
    """Return one of the names, usually a used one."""
    names = used if used and which % 4 else others
    return names[which // 4 % len(names)]


def turned(text: str, turns: int) -> str:
    """Return a text of the same size with other digits."""
    return re.sub(r"\b[123]\b", lambda digit: "123123"[int(digit.group()) + turns - 1], text)


class TracedRebuild(RuleBasedStateMachine):
    """A project whose traced builder imports, lists, reads and tests paths. The model is a rebuild without ci-accel."""

    def __init__(self) -> None:
        """Make an empty folder."""
        super().__init__()
        self.scratch = Path(tempfile.mkdtemp(prefix="traced."))
        self.root = self.scratch / "0"
        self.copies = 0
        self.features: list[str] = []
        self.environ = dict(os.environ)
        for name in VARIABLES:
            os.environ.pop(name, None)
        self.has_ticked = False
        self.is_stored = False
        """Whether the last ensure() was a hit or recorded, and no input has changed since."""

    def teardown(self) -> None:
        """Restore the environment and remove the folder."""
        os.environ.clear()
        os.environ.update(self.environ)
        held_databases.release_all()
        shutil.rmtree(self.scratch)

    # The model

    def rebuilt(self, *, ignores_bytecode: bool) -> list[str] | None:
        """Return the content of a rebuild; None if the builder fails. No file is left in the project.

        Args:
            ignores_bytecode: Whether the builder ignores the project's bytecode. Stale bytecode gives a result of an
                older source, so only a rebuild without it is correct.
        """
        database = self.scratch / "rebuilt.db"
        database.unlink(missing_ok=True)
        if ignores_bytecode:
            # The bytecode of the standard library is kept from one run to the next.
            variables = {**os.environ, "PYTHONPYCACHEPREFIX": BYTECODE}
            variables.pop("PYTHONDONTWRITEBYTECODE", None)
            shutil.rmtree(f"{BYTECODE}/{self.scratch}", ignore_errors=True)
        else:
            variables = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "migrate.py", str(database)]
        done = subprocess.run(command, cwd=self.root, env=variables, capture_output=True, check=False)
        return dump(database) if done.returncode == 0 else None

    def template(self) -> TemplateDB:
        """Return a new TemplateDB that declares pyproject.toml only; the tracer records all other inputs."""
        return TemplateDB(inputs=["pyproject.toml"], build=["python", "migrate.py", "{db}"], root=self.root)

    def wait_for_tick(self) -> None:
        """Wait until the last written file is older than a tick of the file system's clock."""
        if not self.has_ticked:
            wait_for_tick(self.scratch)
        self.has_ticked = True

    def note_write(self) -> None:
        """Note that a possible input was written."""
        self.has_ticked = self.is_stored = False

    # The project

    def files(self) -> list[Path]:
        """Return the files and links that may be edited."""
        state = self.root / "build"
        found = (path for path in sorted(self.root.rglob("*")) if path.is_symlink() or path.is_file())
        kept = {"features", "migrate.py", "pyproject.toml"}
        return [path for path in found if state not in path.parents and path.suffix != ".pyc" and path.name not in kept]

    def name(self, which: int) -> str:
        """Return the name of a possible input, usually of a feature in use."""
        return choose([name for feature in self.features for name in FEATURES[feature]], NAMES, which)

    def pick(self, which: int) -> Path:
        """Return a path, usually of a feature in use; it may be missing."""
        if which % 2:
            return self.root / self.name(which // 2)
        return self.root / choose([], [str(path) for path in self.files()] or NAMES, which)

    def cleared(self, name: str) -> Path:
        """Remove whatever is at a path, and files in place of its parent folders; return the path."""
        path = self.root / name
        for place in [*reversed(path.relative_to(self.root).parents[:-1]), Path(name)]:
            there = self.root / place
            if there.is_symlink() or there.is_file():
                if place != Path(name) and there.is_dir():
                    continue
                there.unlink()
            elif there.is_dir() and place == Path(name):
                shutil.rmtree(there)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    @initialize()
    def begin(self) -> None:
        """Write the project."""
        for name in (*MODULES, "data/a.json", "data/deep/c.json", "schema/1.sql", "child.txt", "src/app/defaults.json"):
            self.lay(name, "VALUE = '1'\n", "1")
        self.lay("src/app/settings.py", OPTIONAL, "1")
        (self.root / "linked.sql").symlink_to("schema/1.sql")
        (self.root / "linked").symlink_to("schema")
        (self.root / "pyproject.toml").write_text("")
        shutil.copyfile(BUILDERS / "uses_inputs_of_every_kind.py", self.root / "migrate.py")

    @initialize(features=USES)
    def begin_with(self, features: list[str]) -> None:
        """Choose the first features."""
        self.use(features)

    @rule(features=USES)
    def use(self, features: list[str]) -> None:
        """Choose the features of the builder."""
        self.features = features
        self.root.mkdir(exist_ok=True)
        (self.root / "features").write_text("\n".join(features))
        self.note_write()

    def lay(self, name: str, code: str, digit: str) -> None:
        """Write a file."""
        text = code if name.endswith(".py") else "1\n"
        self.cleared(name).write_text(text.replace("1", digit))
        self.note_write()

    @rule(which=WHICH, code=CODE, digit=DIGITS, asks=st.booleans())
    def write(self, which: int, code: str, digit: str, *, asks: bool) -> None:
        """Add or rewrite a file."""
        self.lay(self.name(which), code, digit)
        if asks:
            self.ensure()

    @rule(which=WHICH, turns=TURNS)
    def edit_unseen(self, which: int, turns: int) -> None:
        """Edit a file and keep its size and modification time."""
        path = self.pick(which)
        if path.is_file():
            before = path.stat()
            path.write_text(turned(path.read_text(), turns))
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
            self.note_write()
            self.ensure()

    @rule(which=WHICH)
    def remove(self, which: int) -> None:
        """Remove a file or folder."""
        path = self.pick(which)
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.is_symlink() or path.exists():
            path.unlink()
        self.note_write()
        self.ensure()

    @rule(name=st.sampled_from(FOLDERS), is_made=st.booleans(), asks=st.booleans())
    def change_folder(self, name: str, *, is_made: bool, asks: bool) -> None:
        """Remove whatever is at a path, and make an empty folder there or not."""
        path = self.cleared(name)
        if is_made:
            path.mkdir()
        self.note_write()
        if asks:
            self.ensure()

    @rule(which=WHICH, other=WHICH)
    def rename(self, which: int, other: int) -> None:
        """Rename a file; it may replace another one."""
        path = self.pick(which)
        if path.is_file():
            away = path.replace(self.scratch / "moving")
            away.replace(self.cleared(self.name(other)))
            self.note_write()
            self.ensure()

    @rule(which=WHICH, to=st.sampled_from([*FILES, *FOLDERS, *MODULES, "nowhere"]))
    def link(self, which: int, to: str) -> None:
        """Replace whatever is at a path by a link, possibly a dangling one."""
        name = self.name(which) if which % 2 else choose([], FOLDERS, which)
        path = self.cleared(name)
        path.symlink_to(os.path.relpath(self.root / to, path.parent))
        self.note_write()
        self.ensure()

    # Bytecode

    @rule(
        name=st.sampled_from(MODULES),
        turns=st.integers(0, 2),
        mode=st.sampled_from(list(py_compile.PycInvalidationMode)),
    )
    def compile(self, name: str, turns: int, mode: py_compile.PycInvalidationMode) -> None:
        """Compile a module, then edit its source and keep size and modification time."""
        path = self.root / name
        if path.is_file():
            py_compile.compile(str(path), invalidation_mode=mode, doraise=True)
            self.note_write()
            before = path.stat()
            path.write_text(turned(path.read_text(), turns))
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
            self.ensure()

    @rule()
    def remove_bytecode(self) -> None:
        """Remove all bytecode."""
        for folder in list(self.root.rglob("__pycache__")):
            shutil.rmtree(folder)
        self.has_ticked = False
        self.check_unneeded("bytecode removed")

    # Changes of no input

    @rule(name=st.sampled_from(UNUSED), digit=DIGITS)
    def write_unused(self, name: str, digit: str) -> None:
        """Write a file that the builder does not use."""
        path = self.root / name
        if any(folder in name and not (self.root / folder).is_dir() for folder in FOLDERS):
            return  # writing it would make the folder, which may be an input
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(digit)
        except OSError:  # another rule has put a file or link there
            return
        self.has_ticked = False
        self.check_unneeded(f"{name} written", does_count=not self.is_stored)

    @rule(time=TIMES)
    def touch(self, time: int) -> None:
        """Change all modification times."""
        for path in self.files():
            if path.exists():
                os.utime(path, (time, time))
        self.has_ticked = False
        self.check_unneeded("times changed")

    @rule(which=WHICH, mode=st.sampled_from([0o600, 0o644, 0o755, 0o444]))
    def change_mode(self, which: int, mode: int) -> None:
        """Change the mode of a file to another readable one."""
        path = self.pick(which)
        if path.exists() and path.is_file():
            path.chmod(mode)
            self.has_ticked = False
            self.check_unneeded("mode changed")

    @rule(is_timed=st.booleans())
    def go_on_elsewhere(self, *, is_timed: bool) -> None:
        """Copy the checkout to another path and continue there, with or without modification times."""
        self.copies += 1
        target = self.scratch / str(self.copies)
        copy = shutil.copy2 if is_timed else shutil.copyfile
        shutil.copytree(self.root, target, copy_function=copy, symlinks=True)
        for name in VARIABLES:
            if name in os.environ:
                os.environ[name] = os.environ[name].replace(str(self.root), str(target))
        self.root = target
        self.has_ticked = False
        self.check_unneeded("copied")

    def check_unneeded(self, what: str, *, does_count: bool = False) -> None:
        """Assert that ensure() is a hit after a change of no input."""
        if self.is_stored and not does_count:
            self.wait_for_tick()
            outcome = self.template().ensure()
            assert outcome, (what, outcome.reasons)

    @rule(which=WHICH, value=VALUES)
    def change_environment(self, which: int, value: str | None) -> None:
        """Set or remove a variable."""
        name = choose([name for feature in self.features for name in VARIABLES_READ.get(feature, ())], VARIABLES, which)
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value.replace("{root}", str(self.root))
        self.is_stored = False
        self.ensure()

    # The cache

    @rule()
    def ensure(self) -> None:
        """Assert that the database equals a rebuild, and that a recorded one is found again."""
        self.wait_for_tick()
        template = self.template()
        try:
            outcome = template.ensure()
        except subprocess.CalledProcessError:
            event("the builder fails")
            assert self.rebuilt(ignores_bytecode=False) is None
            return
        assert outcome.status != "disabled", outcome.reasons
        found = dump(template.database)
        assert dump(self.root / "build" / ".template-migrated.db") == found
        # The builder of a miss may have loaded stale bytecode: its database is used and not recorded. A hit must match
        # the sources, even if a rebuild would now load bytecode that has become stale since.
        assert found == self.rebuilt(ignores_bytecode=bool(outcome)), outcome.reasons
        self.note(outcome)
        if not outcome and self.is_stored:
            again = self.template().ensure()
            assert again, ("needless", again.reasons)

    def note(self, outcome: Outcome) -> None:
        """Count the outcome, and assert that stale bytecode is the only reason for a build that is not recorded."""
        reasons = " ".join(outcome.reasons)
        self.is_stored = "not recorded" not in reasons
        if outcome:
            event("hit")
            return
        first = outcome.reasons[0]
        kind = re.search(
            r"removed|appeared|added|changed|was set|is no longer|instead|leads|nothing stored|manifest|stored", first
        )
        event(f"miss: {kind.group() if kind else 'other'}")
        if not self.is_stored:
            event("not recorded: " + ("stale bytecode" if STALE in reasons else "other"))
            assert STALE in reasons, reasons

    @rule()
    def explain_and_ensure(self) -> None:
        """Assert that explain() predicts the status of ensure()."""
        self.wait_for_tick()
        explained = self.template().explain()
        try:
            assert explained.status == self.template().ensure().status
        except subprocess.CalledProcessError:
            assert explained.status == "miss"
        self.ensure()

    def state(self) -> Iterator[Path]:
        """Return the files below ``build``."""
        return (path for path in sorted((self.root / "build").rglob("*")) if path.is_file())

    @precondition(lambda self: any(self.state()))
    @rule(which=WHICH, how=st.sampled_from(["flip", "truncate", "empty", "delete"]))
    def damage(self, which: int, how: str) -> None:
        """Damage or delete a file of the cache."""
        found = list(self.state())
        path = found[which % len(found)]
        self.is_stored = False
        if how == "delete":
            path.unlink()
            return
        content = path.read_bytes()
        middle = len(content) // 2
        flipped = content[:middle] + bytes(byte ^ 1 for byte in content[middle : middle + 1]) + content[middle + 1 :]
        path.chmod(0o644)
        path.write_bytes({"flip": flipped, "truncate": content[:middle]}.get(how, b""))


TestTracedRebuild = pytest.mark.timeout(300)(TracedRebuild.TestCase)
TestTracedRebuild.settings = settings(
    max_examples=50,
    stateful_step_count=20,
    deadline=None,
    # The explain phase takes longer than reading the failing example.
    phases=set(Phase) - {Phase.explain},
    suppress_health_check=[HealthCheck.too_slow],
)


class LongTracedRebuild(TracedRebuild):
    """The same state machine, run for ten thousand steps."""


TestLongTracedRebuild = pytest.mark.slow(pytest.mark.timeout(7200)(LongTracedRebuild.TestCase))
TestLongTracedRebuild.settings = settings(TestTracedRebuild.settings, max_examples=200, stateful_step_count=50)
