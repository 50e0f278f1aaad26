"""Closed streams, undecodable text, no working directory, unusual umasks, no threads and few file handles."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.faults import builder
from tests.faults.child_process import Child, meeting_point
from tests.faults.sample_project import SampleProject, dump

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.faults.child_process import Ending

pytestmark = pytest.mark.timeout(600)

NOBODY = 65534
"""User id of the user nobody."""

NOT_UTF_8 = os.fsdecode(b"\xff\xfe-caf\xe9")
"""Bytes that are not UTF-8, as Python decodes file names."""


def ensure(project: SampleProject, template: dict[str, Any] | None = None, **child: Any) -> Ending:
    """Ensure and clone in a child process."""
    clone = str(project.folder / "clone.db")
    return Child(project, "ensure", template=template or project.declaration(), destination=clone, **child).end()


def assert_right(project: SampleProject, ending: Ending, status: str) -> None:
    """Assert that the child succeeded without a warning, with the right database in every place."""
    assert not ending.error, ending
    assert ending.exit_code == 0
    assert ending.value["status"] == status, ending
    assert not ending.value["warnings"]
    clone = project.folder / "clone.db"
    assert dump(clone) == dump(project.plain) == project.reference()
    assert not project.unfinished()
    clone.unlink()


@pytest.mark.parametrize("closed", ["<&- >&- 2>&-", ">&-", "2>&-", "<&-"])
def test_X03_closed_streams(project: SampleProject, closed: str) -> None:
    """With closed standard streams, nothing is written into the files that get their numbers."""
    prefix = ["sh", "-c", f'exec "$@" {closed}', "sh"]
    for status in ("miss", "hit"):
        assert_right(project, ensure(project, prefix=prefix), status)


def test_X03_warning_with_closed_streams(project: SampleProject) -> None:
    """A warning that cannot be printed does not fail the call."""
    project.store.parent.mkdir(parents=True)
    project.store.touch()
    prefix = ["sh", "-c", 'exec "$@" >&- 2>&-', "sh"]
    ending = ensure(project, prefix=prefix)
    assert not ending.error, ending
    assert ending.value["status"] == "disabled"
    assert dump(project.plain) == project.reference()


@pytest.mark.parametrize("locale", ["C", "POSIX", "C.UTF-8"])
def test_X03_environment_that_is_not_utf_8(project: SampleProject, locale: str) -> None:
    """Variables with undecodable names and values do not matter."""
    environment = {"LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "ODD": NOT_UTF_8, NOT_UTF_8: "odd"}
    for status in ("miss", "hit"):
        assert_right(project, ensure(project, environment=environment), status)


def test_X03_command_line_that_is_not_utf_8(project: SampleProject) -> None:
    """An undecodable argument of the process can be written to the lock file."""
    for status in ("miss", "hit"):
        assert_right(project, ensure(project, options=["-X", b"odd=" + os.fsencode(NOT_UTF_8)]), status)


def test_X03_project_folder_that_is_not_utf_8(tmp_path: Path) -> None:
    """A project can be in a folder with an undecodable name."""
    project = SampleProject(tmp_path / NOT_UTF_8)
    for status in ("miss", "hit"):
        assert_right(project, ensure(project), status)


@pytest.mark.parametrize("where", ["build", "env", "values"])
def test_X03_declaration_with_words_that_are_not_utf_8(project: SampleProject, where: str) -> None:
    """The arguments, variables and values of a declaration may be undecodable."""
    odd: dict[str, Any] = {"env": {"ODD": NOT_UTF_8}, "values": {"odd": NOT_UTF_8}}
    odd["build"] = [*project.declaration()["build"], NOT_UTF_8]
    template = project.declaration(**{where: odd[where]})
    for status in ("miss", "hit"):
        assert_right(project, ensure(project, template), status)


def test_X03_removed_current_folder(project: SampleProject) -> None:
    """Absolute paths work without a working directory."""
    removed = {"removed": str(project.folder / "removed")}
    for status in ("miss", "hit"):
        assert_right(project, ensure(project, under=removed), status)


def test_X03_removed_current_folder_and_relative_paths(project: SampleProject) -> None:
    """A relative root without a working directory is FileNotFoundError."""
    removed = {"removed": str(project.folder / "removed")}
    ending = ensure(project, project.declaration(root="."), under=removed)
    assert ending.error == "FileNotFoundError", ending


def test_X03_no_home(project: SampleProject) -> None:
    """HOME may be unset."""
    for status in ("miss", "hit"):
        assert_right(project, ensure(project, prefix=["env", "-u", "HOME"]), status)


@pytest.mark.parametrize("umask", [0o077, 0o000, 0o777], ids=oct)
def test_X03_umask(project: SampleProject, umask: int) -> None:
    """With any umask, the next call is a hit, and no file of the cache is writable by all."""
    if umask == 0o777 and os.geteuid() != 0:
        pytest.skip("only root can use files without permissions")
    clone = project.folder / "clone.db"
    for status in ("miss", "hit"):
        ending = ensure(project, under={"umask": umask})
        assert not ending.error, ending
        assert ending.value["status"] == status, ending
        assert not ending.value["warnings"]
        assert stat.S_IMODE(clone.stat().st_mode) == 0o644 & ~umask
        clone.unlink()
    ours = [project.root / "build", *(project.root / "build").rglob("*")]
    open_to_all = [path for path in ours if path.lstat().st_mode & stat.S_IWOTH]
    assert not open_to_all
    assert dump(project.plain) == project.reference()


def test_X03_umask_while_the_builder_runs(project: SampleProject) -> None:
    """With umask 0, other users cannot replace the database in the staging folder."""
    with meeting_point() as point:
        template, environment = project.declaration(), {builder.MEET_PORT: point.port}
        child = Child(project, "ensure", template=template, under={"umask": 0}, environment=environment)
        point.meet()
        (staging,) = project.unfinished()
        assert not staging.stat().st_mode & stat.S_IWOTH
    assert not child.end().error


@pytest.mark.parametrize("umask", [0o077, 0o000], ids=oct)
def test_X03_umask_of_a_private_build(project: SampleProject, umask: int) -> None:
    """A private database is in a folder that other users cannot write to."""
    project.store.parent.mkdir(parents=True)
    project.store.touch()
    template = project.declaration()
    child = Child(project, "ensure", template=template, under={"umask": umask}, waits=True)
    database = Path(child.hear()["ensured"])
    open_to_all = [path for path in (database, database.parent) if path.lstat().st_mode & stat.S_IWOTH]
    assert not open_to_all
    child.say()
    assert child.end().value["status"] == "disabled"


@pytest.mark.parametrize("seconds", [-5, (1 << 32) + 5], ids=["before 1970", "after 2106"])
def test_X03_file_times_out_of_range(project: SampleProject, seconds: int) -> None:
    """Inputs and stored files with times before 1970 or after 2106 are a hit."""
    os.utime(project.schema, (seconds, seconds))
    assert_right(project, ensure(project), "miss")
    for path in (project.root / "build").rglob("*"):
        os.utime(path, (seconds, seconds))
    assert_right(project, ensure(project), "hit")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can read, unlike pytest's."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_X03_no_more_threads(open_folder: Path) -> None:
    """Without new threads, the calling one does the work; without new processes, the error is an OSError."""
    project = SampleProject(open_folder)
    many = project.root / "many"
    many.mkdir()
    for number in range(100):
        (many / f"{number}.sql").write_text(f"-- {number}\n", "utf-8")
    template = project.declaration(inputs=["schema.sql", "many"])
    child = Child(project, "without_threads", template=template, uid=NOBODY if os.geteuid() == 0 else None)
    answer = child.hear()
    (many / "new.sql").touch()
    child.say()
    ending = child.end()
    if not answer["is_limited"]:
        pytest.skip("the limit on processes is not enforced here")
    assert answer["is_same"]
    assert ending.error == ("BlockingIOError" if answer["can_run"] else ""), ending
    assert ending.is_ordinary


@pytest.mark.parametrize("most", [*range(4, 16), 16, 20, 24])
def test_X03_few_file_handles(project: SampleProject, most: int) -> None:
    """With few file handles, the database is right or the error is an OSError, and the next run is clean."""
    ending = ensure(project, under={"NOFILE": most})
    assert ending.exit_code == 0, ending
    clone = project.folder / "clone.db"
    if ending.error:
        assert ending.is_ordinary
        assert ending.error in {"OSError", "CalledProcessError"}, ending
        assert "Too many open files" in ending.text + ending.error_output or "unable to open" in ending.error_output, (
            ending
        )
        assert most < 16
    else:
        assert ending.value["status"] in {"miss", "disabled"}
        assert dump(clone) == dump(project.plain) == project.reference()
        clone.unlink()
    # A folder cannot be removed without a handle to list it, so the next run removes it.
    later = ensure(project)
    assert later.value["status"] in {"miss", "hit"}, later
    assert_right(project, later, later.value["status"])


def test_X03_few_file_handles_and_a_deep_tree(project: SampleProject) -> None:
    """Sixteen file handles are enough for a deep tree."""
    folder = project.root / "deep"
    for number in range(60):
        folder /= f"level-{number}"
    folder.mkdir(parents=True)
    (folder / "leaf.sql").touch()
    taken = [
        Child(project, "fingerprint", inputs=["deep"], root=str(project.root), under=under).end()
        for under in ({"NOFILE": 16}, {})
    ]
    assert not any(ending.error for ending in taken), taken
    assert taken[0].value == taken[1].value
