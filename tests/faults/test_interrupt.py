"""Ctrl-C during each long call: it raises KeyboardInterrupt, releases the lock and leaves no file."""

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

pytestmark = pytest.mark.timeout(600)

ENDLESS = 1 << 43
"""Size in bytes of a sparse file that takes an hour to read, far longer than `Child.end` waits."""

LARGE = 1 << 31
"""Size in bytes of a sparse file that takes a second to read, and longer to copy."""

TIMES = 20
"""Number of random moments at which Ctrl-C is tried."""


def assert_interrupted(ending: Ending) -> None:
    """Assert that Ctrl-C ended the process. Without it, the work would outlast the wait for the end."""
    assert ending.error == "KeyboardInterrupt", ending


@pytest.mark.parametrize("name", ["alone.sql", "many/000-first.sql", "many/zzz-last.sql"])
def test_X05_interrupt_while_a_fingerprint_is_taken(project: SampleProject, name: str) -> None:
    """Ctrl-C ends the hashing of an endless file, in the calling thread or another one."""
    folder = project.root / "many"
    folder.mkdir()
    for number in range(100):
        (folder / f"{number:03}.sql").touch()
    huge = sparse(project.root / name, ENDLESS)
    taking = Child(project, "fingerprint", inputs=["many"] if "/" in name else [name], root=str(project.root))
    taking.wait_until_open(huge)
    taking.interrupt()
    assert_interrupted(taking.end())


def sparse_template(project: SampleProject, size: int, digest: str) -> Path:
    """Return a sparse file of some size as a database, with a manifest that has its digest."""
    project.template().ensure()
    database = sparse(project.folder / "large.db", size)
    manifest = json.loads(project.manifests()[0].read_bytes())
    manifest["database"] = {"length": size, "digest": digest}
    database.with_name(f"{database.name}.manifest.json").write_text(json.dumps(manifest), "utf-8")
    return database


def large_template(project: SampleProject) -> Path:
    """Return a large database with a manifest that matches it."""
    (digest,) = fingerprint(["zeros"], root=sparse(project.folder / "zeros", LARGE).parent).files.values()
    return sparse_template(project, LARGE, digest)


def endless_template(project: SampleProject) -> Path:
    """Return a database that takes an hour to read, with a manifest of its length and some digest."""
    return sparse_template(project, ENDLESS, "0" * 64)


def test_X05_interrupt_while_a_database_is_proved(project: SampleProject) -> None:
    """Ctrl-C ends the check of an endless database."""
    large = endless_template(project)
    opening = Child(project, "open_and_clone", path=str(large), destination=str(project.folder / "clone.db"))
    opening.wait_until_open(large)
    opening.interrupt()
    assert_interrupted(opening.end())


def test_X05_interrupt_while_a_database_is_cloned(project: SampleProject) -> None:
    """Ctrl-C while a large database is cloned leaves neither a destination nor a part of it."""
    large = large_template(project)
    folder = project.folder / "clones"
    cloning = Child(project, "open_and_clone", path=str(large), destination=str(folder / "clone.db"))
    assert cloning.hear() == "opened"
    while not (folder.exists() and any(path.stat().st_size for path in folder.iterdir())):
        time.sleep(POLL)
    cloning.interrupt()
    assert_interrupted(cloning.end())
    assert not any(folder.iterdir())


def test_X05_interrupt_while_the_builder_runs(project: SampleProject) -> None:
    """Ctrl-C during a build ends the builder, releases the lock and removes the staging folder."""
    with meeting_point() as point:
        building = Child(project, "ensure", template=project.declaration(), environment={builder.MEET_PORT: point.port})
        point.meet()
        building.interrupt()
        ending = building.end()
    assert_interrupted(ending)
    (lock,) = project.locks()
    assert is_free(lock)
    assert not project.unfinished()
    assert not project.plain.exists()
    assert Child(project, "ensure", template=project.declaration()).end().value["status"] == "miss"


def test_X05_interrupt_while_a_new_database_is_checked(project: SampleProject) -> None:
    """Ctrl-C ends the check of a new database, here with a constraint that takes hours to check."""
    expensive = "length(hex(zeroblob(3000000 + number)))"
    with project.schema.open("a", encoding="utf-8") as schema:
        schema.write(f"CREATE TABLE slow (number INTEGER CHECK ({expensive} > 0))\n")
        schema.write("PRAGMA ignore_check_constraints=ON\n")
        counted = "WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 500000)"
        schema.write(f"INSERT INTO slow {counted} SELECT n FROM counted\n")
    with meeting_point() as point:
        building = Child(project, "ensure", template=project.declaration(), environment={builder.MEET_PORT: point.port})
        point.meet()
        (staging,) = project.unfinished()
    building.wait_until_open(staging / "template.db")
    building.interrupt()
    assert_interrupted(building.end())
    (lock,) = project.locks()
    assert is_free(lock)
    assert not project.unfinished()


def test_X05_interrupt_at_any_moment(project: SampleProject) -> None:
    """Ctrl-C at a random moment of ensure() leaves either the finished state or the state before."""
    chance = random.Random(f"{crash_trials.SEED} interrupt")
    template = project.declaration()
    reference = project.reference()
    for number in range(TIMES):
        with project.schema.open("a", encoding="utf-8") as schema:
            schema.write(f"-- {number}\n")
        ensuring = Child(project, "ensure_when_released", template=template)
        assert ensuring.hear() == "ready"
        ensuring.say()
        time.sleep(chance.uniform(0, 0.150))
        ensuring.interrupt()
        ending = ensuring.end()
        if ending.exit_code == 0 and not ending.error:
            assert ending.value == "miss", ending
        elif ending.exit_code == 0:
            assert_interrupted(ending)
        assert not project.unfinished(), ending
        assert all(is_free(lock) for lock in project.locks())
        if project.plain.exists():
            assert dump(project.plain) == reference
    assert Child(project, "ensure", template=template).end().value["status"] in {"hit", "miss"}
    assert dump(project.plain) == reference
