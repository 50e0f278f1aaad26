"""FIFOs and folders in place of the files of the store: ci-accel does not block on them."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.faults.child_process import Child
from tests.faults.sample_project import dump

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.sample_project import SampleProject

pytestmark = pytest.mark.timeout(600)

PLACES = (
    "the manifest",
    "another manifest",
    "the manifest of the plain path",
    "the database",
    "another database",
    "the plain path",
    "an unfinished file beside the plain path",
    "CACHEDIR.TAG",
    "a private build",
    "a staging folder",
    "the store",
)
"""Names of the paths at which something is planted."""


def place(project: SampleProject, name: str) -> Path:
    """Return the path of a name in PLACES."""
    ((database,), (manifest,), (lock,)) = project.databases(), project.manifests(), project.locks()
    found = {
        "the manifest": manifest,
        "another manifest": project.store / f"{'0' * 64}.manifest.json",
        "the manifest of the plain path": project.plain.with_name(f"{project.plain.name}.manifest.json"),
        "the database": database,
        "another database": project.store / f"{'0' * 64}.db",
        "the plain path": project.plain,
        "an unfinished file beside the plain path": project.plain.with_name(f"{project.plain.name}.0.ci-accel.tmp"),
        "CACHEDIR.TAG": project.store.parent / "CACHEDIR.TAG",
        "a private build": project.store / f"{lock.stem}.private.0" / "template.db",
        "a staging folder": project.store / f"{lock.stem}.staging.0",
        "the store": project.store,
    }
    return found[name]


@pytest.mark.parametrize("is_stale", [False, True], ids=["fresh", "stale"])
@pytest.mark.parametrize("name", PLACES)
@pytest.mark.parametrize("kind", ["fifo", "directory"])
def test_T11_something_planted(project: SampleProject, kind: str, name: str, is_stale: bool) -> None:
    """A FIFO or folder in place of a file of the cache does not block ensure(), and the database is right."""
    assert Child(project, "ensure", template=project.declaration()).end().value["status"] == "miss"
    path = place(project, name)
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    path.parent.mkdir(exist_ok=True)
    os.mkfifo(path) if kind == "fifo" else path.mkdir()
    if is_stale:
        with project.schema.open("a", encoding="utf-8") as schema:
            schema.write("CREATE TABLE edit (id INTEGER)\n")
    clone = project.folder / "clone.db"
    ending = Child(project, "ensure", template=project.declaration(), destination=str(clone)).end()
    if ending.error:  # only the plain path may be named in an error
        assert name == "the plain path", ending
        assert (kind, ending.error, ending.filename) == ("directory", "IsADirectoryError", str(path)), ending
        return
    assert dump(clone) == project.reference()
    assert dump(project.plain) == project.reference()
    assert ending.value["status"] in {"hit", "miss", "disabled"}
