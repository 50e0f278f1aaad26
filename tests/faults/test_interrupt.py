"""Ctrl-C in each long call: answered within a second, nothing held, nothing left."""

from __future__ import annotations

import json
import random
import time
from typing import TYPE_CHECKING

import pytest

from ci_accel import fingerprint
from tests.faults import builder, crash_trials
from tests.faults.child_process import POLL, Child, meeting_point
from tests.faults.sample_project import dump, is_free
from tests.faults.test_changing_files import sparse

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.child_process import Ending
    from tests.faults.sample_project import SampleProject

pytestmark = pytest.mark.timeout(120)

ANSWERED = 1.0
"""Seconds within which Ctrl-C is answered."""

ENDLESS = 1 << 40
"""Bytes that take minutes to read. Nothing of it is on the disk."""

LARGE = 1 << 31
"""Bytes that take a second to read, and longer to write."""

TIMES = 20
"""Moments at which Ctrl-C is tried."""


def assert_answered(ending: Ending, sent: float) -> None:
    """See that Ctrl-C ended it, and soon."""
    assert ending.error == "KeyboardInterrupt", ending
    assert ending.at - sent < ANSWERED, f"after {ending.at - sent:.2f} s"


@pytest.mark.parametrize("name", ["alone.sql", "many/000-first.sql", "many/zzz-last.sql"])
def test_X05_interrupt_while_a_fingerprint_is_taken(project: SampleProject, name: str) -> None:
    """Ctrl-C while a huge file is hashed, by the calling thread or by another."""
    folder = project.root / "many"
    folder.mkdir()
    for number in range(100):
        (folder / f"{number:03}.sql").touch()
    huge = sparse(project.root / name, ENDLESS)
    taking = Child(project, "fingerprint", inputs=["many"] if "/" in name else [name], root=str(project.root))
    taking.wait_until_open(huge)
    sent = taking.interrupt()
    assert_answered(taking.end(), sent)


def large_template(project: SampleProject) -> Path:
    """Return a database of many bytes, with a manifest that proves them."""
    project.template().ensure()
    large = sparse(project.folder / "large.db", LARGE)
    manifest = json.loads(project.manifests()[0].read_bytes())
    (digest,) = fingerprint([large.name], root=project.folder).files.values()
    manifest["database"] = {"length": LARGE, "digest": digest}
    large.with_name(f"{large.name}.manifest.json").write_text(json.dumps(manifest), "utf-8")
    return large


def test_X05_interrupt_while_a_database_is_proved(project: SampleProject) -> None:
    """Ctrl-C while the bytes of a large database are read."""
    large = large_template(project)
    opening = Child(project, "open_and_clone", path=str(large), destination=str(project.folder / "clone.db"))
    opening.wait_until_open(large)
    sent = opening.interrupt()
    assert_answered(opening.end(), sent)


def test_X05_interrupt_while_a_database_is_cloned(project: SampleProject) -> None:
    """Ctrl-C while a large database is copied: neither a destination nor a part of one is there afterwards."""
    large = large_template(project)
    folder = project.folder / "clones"
    cloning = Child(project, "open_and_clone", path=str(large), destination=str(folder / "clone.db"))
    assert cloning.hear() == "opened"
    while not (folder.exists() and any(path.stat().st_size for path in folder.iterdir())):
        time.sleep(POLL)
    sent = cloning.interrupt()
    assert_answered(cloning.end(), sent)
    assert not any(folder.iterdir())


def test_X05_interrupt_while_the_builder_runs(project: SampleProject) -> None:
    """Ctrl-C in the middle of a build: the builder ends, the lock is free, the staging is gone."""
    with meeting_point() as point:
        building = Child(project, "ensure", template=project.declaration(), environment={builder.MEET_PORT: point.port})
        point.meet()
        sent = building.interrupt()
        ending = building.end()
    assert_answered(ending, sent)
    (lock,) = project.locks()
    assert is_free(lock)
    assert not project.unfinished()
    assert not project.plain.exists()
    assert Child(project, "ensure", template=project.declaration()).end().value["status"] == "miss"


def test_X05_interrupt_while_a_new_database_is_checked(project: SampleProject) -> None:
    """Ctrl-C while SQLite checks what the builder made, here with a constraint that takes seconds."""
    expensive = "length(hex(zeroblob(3000000 + number)))"
    with project.schema.open("a", encoding="utf-8") as schema:
        schema.write(f"CREATE TABLE slow (number INTEGER CHECK ({expensive} > 0))\n")
        schema.write("PRAGMA ignore_check_constraints=ON\n")
        counted = "WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 2000)"
        schema.write(f"INSERT INTO slow {counted} SELECT n FROM counted\n")
    with meeting_point() as point:
        building = Child(project, "ensure", template=project.declaration(), environment={builder.MEET_PORT: point.port})
        point.meet()
        (staging,) = project.unfinished()
    building.wait_until_open(staging / "template.db")
    sent = building.interrupt()
    assert_answered(building.end(), sent)
    (lock,) = project.locks()
    assert is_free(lock)
    assert not project.unfinished()


def test_X05_interrupt_at_any_moment(project: SampleProject) -> None:
    """Ctrl-C at random moments of an ensure: either it was done, or it is as if it had never been."""
    chance = random.Random(f"{crash_trials.SEED} interrupt")
    template = project.declaration()
    reference = project.reference()
    for number in range(TIMES):
        with project.schema.open("a", encoding="utf-8") as schema:
            schema.write(f"-- {number}\n")
        ensuring = Child(project, "ensure_when_told", template=template)
        assert ensuring.hear() == "ready"
        ensuring.say()
        time.sleep(chance.uniform(0, 0.150))
        sent = ensuring.interrupt()
        ending = ensuring.end()
        if ending.exit_code == 0 and not ending.error:
            assert ending.value == "miss", ending
        elif ending.exit_code == 0:
            assert_answered(ending, sent)
        assert not project.unfinished(), ending
        assert all(is_free(lock) for lock in project.locks())
        if project.plain.exists():
            assert dump(project.plain) == reference
    assert Child(project, "ensure", template=template).end().value["status"] in {"hit", "miss"}
    assert dump(project.plain) == reference
