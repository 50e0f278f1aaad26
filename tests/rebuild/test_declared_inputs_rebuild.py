"""With declared inputs: after random changes between two calls, each database of ``TemplateDB`` equals a rebuild."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, event, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from ci_accel import TemplateDatabaseError, TemplateDB
from ci_accel.template import held_databases
from tests.support.builder_scripts.stores_input_files import build
from tests.support.checkout import BUILDERS, dump

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NAMES = st.sampled_from(["a.sql", "b.sql", "sub/c.sql", "sub/deep/d", os.fsdecode(b"e\xff")])
CONTENTS = st.binary(max_size=2)
TIMES = st.sampled_from([0, 1, 1_000_000_000, 2**32 + 5, 4_000_000_000])
PARTS = st.integers(0, 999).map(lambda number: number / 1000)
WHICH = st.integers(0, 999)
"""Index, modulo the number of candidates: drawn values must not depend on the files that exist."""


def pick(paths: Iterable[Path], which: int) -> Path:
    """Return one of the paths."""
    found = list(paths)
    return found[which % len(found)]


class Rebuild(RuleBasedStateMachine):
    """A project that is edited, copied, restored and damaged. The model is a rebuild without ci-accel."""

    def __init__(self) -> None:
        """Make an empty folder."""
        super().__init__()
        self.scratch = Path(tempfile.mkdtemp(prefix="rebuild."))
        self.root = self.scratch / "0"
        self.copies = 0
        self.flavour = "plain"
        self.values: dict[str, str] = {}
        self.backups: list[Path] = []
        self.made: set[tuple[str, ...]] = set()
        self.known: set[object] = set()
        """Versions whose database must still be stored, so that ensure() is a hit."""

    def teardown(self) -> None:
        """Remove the folder."""
        held_databases.release_all()
        shutil.rmtree(self.scratch)

    # The model

    @property
    def inputs(self) -> dict[str, Path]:
        """The present inputs by path."""
        top = self.root / "input"
        return {str(path.relative_to(top)): path for path in sorted(top.rglob("*")) if path.is_file()}

    def version(self) -> object:
        """Return everything that the present database depends on."""
        contents = tuple((name, path.read_bytes()) for name, path in self.inputs.items())
        return contents, self.flavour, tuple(self.values.items())

    def rebuilt(self) -> list[str]:
        """Return the content of a rebuild."""
        database = self.scratch / "rebuilt.db"
        database.unlink(missing_ok=True)
        build(str(database), str(self.root / "input"), self.flavour)
        return dump(database)

    def template(self) -> TemplateDB:
        """Return a new TemplateDB with the present declaration."""
        return TemplateDB(
            inputs=["input"],
            build=["python", "-I", "-S", str(BUILDERS / "stores_input_files.py"), "{db}", "input"],
            env={"FLAVOUR": self.flavour},
            values=self.values,
            root=self.root,
            trace=False,
        )

    # The project

    @initialize()
    def begin(self) -> None:
        """Start with one input."""
        self.write("a.sql", b"1")

    @rule(name=NAMES, content=CONTENTS)
    def write(self, name: str, content: bytes) -> None:
        """Add or edit an input."""
        path = self.root / "input" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    @rule(which=WHICH, content=CONTENTS)
    def edit_unseen(self, which: int, content: bytes) -> None:
        """Edit an input and restore its modification time."""
        path = pick(self.inputs.values(), which)
        before = path.stat()
        path.write_bytes(content)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    @rule(time=TIMES)
    def touch(self, time: int) -> None:
        """Change all modification times."""
        for path in self.root.rglob("*"):
            os.utime(path, (time, time))

    @rule(which=WHICH, name=NAMES)
    def rename(self, which: int, name: str) -> None:
        """Rename an input; it may replace another one."""
        path, target = pick(self.inputs.values(), which), self.root / "input" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)

    @precondition(lambda self: len(self.inputs) > 1)
    @rule(which=WHICH)
    def remove(self, which: int) -> None:
        """Remove an input."""
        pick(self.inputs.values(), which).unlink()

    @rule(flavour=st.sampled_from(["plain", "sweet", ""]))
    def change_environment(self, flavour: str) -> None:
        """Change the environment variable of the builder."""
        self.flavour = flavour

    @rule(values=st.sampled_from([{}, {"seed": "1"}, {"seed": "2"}]))
    def change_values(self, values: dict[str, str]) -> None:
        """Change the declared values."""
        self.values = values

    # The cache

    @rule()
    def ensure(self) -> None:
        """Assert that the database equals a rebuild, and that a known version is a hit."""
        expected, template = self.rebuilt(), self.template()
        outcome = template.ensure()
        event(outcome.status)
        assert outcome.status != "disabled"
        assert outcome or self.version() not in self.known
        assert dump(template.database) == expected
        assert dump(template.clone(self.scratch / "clone.db", replace=True)) == expected
        assert dump(self.root / "build" / ".template-migrated.db") == expected
        self.made.add(tuple(expected))
        self.known.add(self.version())

    @rule()
    def explain_and_ensure(self) -> None:
        """Assert that explain() predicts the status of ensure(), and that the next call is a hit."""
        explained = self.template().explain()
        assert explained.status == self.template().ensure().status
        self.known.add(self.version())
        self.ensure()

    @rule()
    def open_plain_path(self) -> None:
        """Assert that the plain path either cannot be opened or is a database that some build made."""
        try:
            opened = TemplateDB.open(self.root / "build" / ".template-migrated.db")
        except (TemplateDatabaseError, FileNotFoundError):
            return
        assert tuple(dump(opened.clone(self.scratch / "opened.db", replace=True))) in self.made

    @property
    def store(self) -> Path:
        """The folder of the stored databases."""
        return self.root / "build" / "ci-accel" / "template"

    def state(self) -> Iterator[Path]:
        """Return the files below ``build``."""
        return (path for path in sorted((self.root / "build").rglob("*")) if path.is_file())

    @precondition(lambda self: any(self.state()))
    @rule(
        which=WHICH,
        other=WHICH,
        how=st.sampled_from(["flip", "truncate", "extend", "empty", "delete", "swap"]),
        part=PARTS,
    )
    def damage(self, which: int, other: int, how: str, part: float) -> None:
        """Damage or delete a file of the cache, or swap two files with the same suffix."""
        path = pick(self.state(), which)
        content, position = path.read_bytes(), int(part * path.stat().st_size)
        others = [entry for entry in self.state() if entry != path and entry.suffix == path.suffix]
        self.known.clear()
        if not content or how == "delete":
            path.unlink()
            return
        if how == "swap" and others:
            partner = pick(others, other)
            path.chmod(0o644)
            partner.chmod(0o644)
            path.write_bytes(partner.read_bytes())
            partner.write_bytes(content)
            return
        flipped = content[:position] + bytes([content[position] ^ 1 << position % 8]) + content[position + 1 :]
        damaged = {"flip": flipped, "truncate": content[:position], "extend": content + b"\0"}.get(how, b"")
        path.chmod(0o644)
        path.write_bytes(damaged)

    @precondition(lambda self: self.store.exists())
    @rule()
    def back_up_store(self) -> None:
        """Keep a copy of the store, as a CI cache does."""
        self.backups.append(self.scratch / f"backup-{len(self.backups)}")
        shutil.copytree(self.store, self.backups[-1])

    @precondition(lambda self: self.backups)
    @rule(which=WHICH, is_clean=st.booleans())
    def restore_store(self, which: int, *, is_clean: bool) -> None:
        """Restore an older store: replace the present one, or copy over it."""
        backup = pick(self.backups, which)
        if is_clean:
            shutil.rmtree(self.store, ignore_errors=True)
        self.store.mkdir(parents=True, exist_ok=True)
        for path in backup.iterdir():
            (self.store / path.name).unlink(missing_ok=True)
            shutil.copyfile(path, self.store / path.name)
        self.known.clear()

    @rule(has_times=st.booleans())
    def go_on_elsewhere(self, *, has_times: bool) -> None:
        """Copy the checkout to another path and continue there, with or without modification times."""
        self.copies += 1
        target = self.scratch / str(self.copies)
        shutil.copytree(self.root, target, copy_function=shutil.copy2 if has_times else shutil.copyfile)
        self.root = target
        # No process holds the copied databases, so pruning may remove all but the last used one.
        self.known &= {self.version()}


TestRebuild = pytest.mark.timeout(300)(Rebuild.TestCase)
TestRebuild.settings = settings(
    max_examples=120, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
