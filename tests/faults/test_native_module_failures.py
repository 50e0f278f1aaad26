"""The compiled module panics or is missing."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import ci_accel
from ci_accel import CiAccelError, CiAccelInternalError, fingerprint
from tests.faults import builder
from tests.faults.child_process import Child
from tests.faults.sample_project import builder_command, dump, is_free

if TYPE_CHECKING:
    from tests.faults.child_process import Ending
    from tests.faults.sample_project import SampleProject

pytestmark = pytest.mark.timeout(600)


def is_debug_build() -> bool:
    """Return whether the compiled module is a debug build, which can panic on purpose."""
    from ci_accel import _native

    return _native.IS_DEBUG_BUILD


needs_debug_build = pytest.mark.skipif(not is_debug_build(), reason="only a debug build panics on purpose")


@needs_debug_build
def test_X01_panic_is_an_exception(project: SampleProject) -> None:
    """A panic raises CiAccelInternalError with its text and location, prints nothing, and leaves the module usable."""
    assert issubclass(CiAccelInternalError, CiAccelError)
    assert issubclass(CiAccelInternalError, Exception)
    ending = Child(project, "panic").end()
    assert not ending.error, ending
    assert len(ending.value["messages"]) == 2
    assert all("on purpose" in text and "outcome.rs" in text for text in ending.value["messages"])
    assert ending.value["digest"] == fingerprint(["schema.sql"], root=project.root).digest
    assert (ending.output, ending.error_output) == ("", "")


@needs_debug_build
@pytest.mark.parametrize("method", ["look", "begin", "publish", "keep_plain"])
def test_X01_panic_in_the_cache_disables_it(project: SampleProject, method: str) -> None:
    """After a panic, ensure() builds without the cache, logs one warning and prints nothing."""
    clone = project.folder / "clone.db"
    template = project.declaration()
    ending = Child(project, "ensure_and_panic", template=template, method=method, destination=str(clone)).end()
    assert not ending.error, ending
    assert ending.value["status"] == "disabled"
    (reason,) = ending.value["reasons"]
    assert "on purpose" in reason
    assert "bug in ci-accel" in reason
    assert len(ending.value["warnings"]) == 1
    assert dump(clone) == dump(project.plain) == project.reference()
    assert (ending.output, ending.error_output) == ("", "")
    assert all(is_free(lock) for lock in project.locks())
    assert not project.unfinished()
    after = Child(project, "ensure", template=template).end()
    assert after.value["status"] == ("hit" if method == "keep_plain" else "miss")
    assert not after.value["warnings"]


@needs_debug_build
def test_X01_panic_is_an_error_where_disabled_is_one(project: SampleProject) -> None:
    """With CI_ACCEL_STRICT=1, a panic is an error that names it."""
    strict = {"CI_ACCEL_STRICT": "1"}
    template = project.declaration()
    ending = Child(project, "ensure_and_panic", template=template, method="look", environment=strict).end()
    assert ending.error == "CiAccelError", ending
    assert ending.is_ordinary
    assert "on purpose" in ending.text


def copy_of_the_sources(folder: Path) -> str:
    """Copy the package without its compiled module; return the folder for PYTHONPATH."""
    package = Path(ci_accel.__file__).parent
    shutil.copytree(package, folder / "ci_accel", ignore=shutil.ignore_patterns("_native*.so", "__pycache__"))
    return str(folder)


def declare(project: SampleProject) -> None:
    """Write the declaration of the template to pyproject.toml."""
    table = {"path": "build/declared.db", "inputs": ["schema.sql"], "build": builder_command("{db}")}
    lines = [f"{key} = {json.dumps(value)}" for key, value in table.items()]
    text = "\n".join(["[tool.ci-accel.template]", *lines, ""])
    (project.root / "pyproject.toml").write_text(text, "utf-8")


def do_without(project: SampleProject, **environment: str) -> Ending:
    """Run the role `without_native` with a builder that leaves the schema in the write-ahead log."""
    declare(project)
    environment[builder.JOURNAL_MODE] = builder.KEPT_WAL
    return Child(
        project,
        "without_native",
        template=project.declaration(),
        folder=str(project.folder),
        environment=environment,
    ).end()


def assert_work_is_done(project: SampleProject, value: dict[str, Any]) -> None:
    """Assert that every database is complete and none is from a cache."""
    reference = project.reference()
    assert value["statuses"] == ["disabled"] * 3
    assert [dump(Path(clone)) for clone in value["clones"]] == [reference] * 3
    assert dump(project.plain) == dump(project.root / "build" / "declared.db") == reference
    assert project.builds() == 2, "two ensures"
    assert not project.store.exists()
    assert not project.unfinished()


def test_X02_bare_copy_of_a_database_with_a_wal_has_no_table(project: SampleProject) -> None:
    """A bare copy of the builder's database has no table, so the tests below need the log."""
    database = project.folder / "wal.db"
    environment = project.environment(**{builder.JOURNAL_MODE: builder.KEPT_WAL})
    subprocess.run(builder_command(str(database)), cwd=project.root, env=environment, check=True)
    bare = project.folder / "bare.db"
    shutil.copyfile(database, bare)
    assert "CREATE TABLE" not in dump(bare)


def test_X02_without_the_compiled_module(project: SampleProject, tmp_path: Path) -> None:
    """Without the compiled module, caches do all the work with one warning each, and fingerprint() names the module."""
    path = copy_of_the_sources(tmp_path / "sources")
    ending = do_without(project, PYTHONPATH=path)
    assert not ending.error, ending
    value = ending.value
    assert value["imported_from"].startswith(path)
    assert value["has_native"] is False
    assert_work_is_done(project, value)
    assert len(value["warnings"]) == 2, "one for each ensure"
    assert all("ci_accel._native" in text for text in [*value["reasons"], *value["warnings"], value["error"]])
    assert not value["fingerprint"]


def test_X02_switched_off(project: SampleProject) -> None:
    """With CI_ACCEL=off, caches do all the work without a warning, and fingerprint() works."""
    ending = do_without(project, CI_ACCEL="off")
    assert not ending.error, ending
    value = ending.value
    assert value["has_native"] is True
    assert_work_is_done(project, value)
    assert value["warnings"] == []
    assert value["reasons"] == ["CI_ACCEL=off"]
    assert value["fingerprint"] == fingerprint(["schema.sql"], root=project.root).digest
