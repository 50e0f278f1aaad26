"""Files that change while they are read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from ci_accel import fingerprint
from tests.faults.child_process import Child
from tests.faults.sample_project import dump

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.sample_project import SampleProject

pytestmark = pytest.mark.timeout(600)

LARGE = 1 << 28
"""Size in bytes of a sparse file that takes long enough to read for another process to write."""

HUGE = 1 << 33
"""Size in bytes of a sparse file that takes seconds to read."""


def sparse(path: Path, size: int) -> Path:
    """Make a sparse file of some size, and return its path."""
    path.touch()
    os.truncate(path, size)
    return path


def test_F05_file_that_keeps_changing_is_an_error(project: SampleProject) -> None:
    """fingerprint() of a file that a process keeps appending to is an error that names it."""
    moving = sparse(project.root / "moving.sql", LARGE)
    writer = Child(project, "append_forever", path=str(moving))
    assert writer.hear() == "writing"
    ending = Child(project, "fingerprint", inputs=["schema.sql", "moving.sql"], root=str(project.root)).end()
    assert (ending.error, ending.filename) == ("OSError", str(moving)), ending
    assert "changed while it was read" in ending.text


def test_F05_template_of_changing_inputs_is_used_but_not_recorded(project: SampleProject) -> None:
    """While an input changes, a miss is not recorded; afterwards one miss is recorded, and the next call is a hit."""
    reference = project.reference()
    moving = sparse(project.root / "moving.sql", LARGE)
    template = project.declaration(inputs=["schema.sql", "moving.sql"])
    clone = project.folder / "clone.db"
    writer = Child(project, "append_forever", path=str(moving))
    assert writer.hear() == "writing"
    ending = Child(project, "ensure", template=template, destination=str(clone)).end()
    assert ending.value["status"] == "miss", ending
    assert any("moving.sql" in reason and "not recorded" in reason for reason in ending.value["reasons"]), ending
    assert dump(clone) == dump(project.plain) == reference
    assert not project.databases()
    assert not project.manifests()
    assert not project.unfinished()
    writer.kill()
    writer.end()
    for status in ("miss", "hit"):
        ending = Child(project, "ensure", template=template).end()
        assert ending.value["status"] == status, ending
    assert len(project.manifests()) == 1


def test_F12_truncated_while_read(project: SampleProject) -> None:
    """A large file truncated during the read gives an error or the fingerprint of the rest."""
    huge = sparse(project.root / "huge.sql", HUGE)
    reader = Child(project, "fingerprint", inputs=["huge.sql"], root=str(project.root))
    reader.wait_until_open(huge)
    os.truncate(huge, 1000)
    ending = reader.end()
    assert ending.exit_code == 0, "killed by a signal"
    if ending.error:
        assert (ending.error, ending.filename) == ("OSError", str(huge)), ending
    else:
        assert ending.value == fingerprint(["huge.sql"], root=project.root).digest
