"""Obstacles to reading files: permissions, links, special files, depth and number."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import stat
from typing import TYPE_CHECKING, Any

import pytest

from tests.oracles.fingerprint import fingerprint as plain_definition
from tests.support.file_trees import new_folder, write
from tests.support.fingerprint_engines import Engine, accelerated, both, in_child, outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


# Fault 4, no permission


@contextlib.contextmanager
def locked_tree(name: str, mode: int) -> Iterator[tuple[Path, Path]]:
    """Create a tree in which one path cannot be read by other users.

    Yields:
        The root and the locked path.
    """
    with new_folder() as top:
        top.chmod(0o755)
        write(top, {"db/a.sql": "1", "db/locked/b.sql": "2", "db/secret.sql": "3", "other/c.sql": "4"})
        locked = top / name
        before = stat.S_IMODE(locked.stat().st_mode)
        locked.chmod(mode)
        try:
            yield top, locked
        finally:
            locked.chmod(before)


def require_refusal(answer: dict[str, Any]) -> None:
    """Skip the test if a child without privileges can read files that permissions should protect."""
    if not answer["refused"]:
        assert os.geteuid() != 0, "the child was not refused"
        pytest.skip("this file system opens files without permission")


@both
@pytest.mark.parametrize("pattern", [".", "db", "db/secret.sql", "db/*.sql", "**/secret.sql", "db/[s]*"])
def test_F04_unreadable_file(engine: Engine, pattern: str) -> None:
    """An unreadable input is a PermissionError with its name, however it was declared."""
    with locked_tree("db/secret.sql", 0o000) as (root, locked):
        answer = in_child(engine, [pattern], root=root, locked=locked)
        require_refusal(answer)
        assert answer["error"] == "PermissionError", answer
        assert answer["filename"].endswith("db/secret.sql")


@both
@pytest.mark.parametrize("mode", [0o000, 0o444, 0o111], ids=["closed", "list-only", "search-only"])
@pytest.mark.parametrize("pattern", [".", "db", "db/locked", "**", "**/b.sql", "db/*/*.sql"])
def test_F04_unreadable_folder(engine: Engine, pattern: str, mode: int) -> None:
    """A folder that cannot be listed or entered is a PermissionError with its name; it is never left out."""
    with locked_tree("db/locked", mode) as (root, locked):
        answer = in_child(engine, [pattern], root=root, locked=locked)
        require_refusal(answer)
        assert answer["error"] == "PermissionError", answer
        assert "db/locked" in answer["filename"]


@both
@pytest.mark.parametrize("pattern", ["db/locked/b.sql", "db/locked/gone.sql", "db/locked/*.sql", "link/b.sql", "link"])
def test_F04_path_in_a_closed_folder(engine: Engine, pattern: str) -> None:
    """A path in an unreadable folder may exist, so it is a PermissionError and not a missing file."""
    with locked_tree("db/locked", 0o000) as (root, locked):
        (root / "link").symlink_to("db/locked")
        answer = in_child(engine, [pattern], root=root, locked=locked)
        require_refusal(answer)
        assert answer["error"] == "PermissionError", answer
        assert "locked" in answer["filename"] or "link" in answer["filename"]


@both
def test_F04_folder_that_can_only_be_entered(engine: Engine) -> None:
    """A file in a folder that cannot be listed can be declared by its name."""
    with locked_tree("db/locked", 0o111) as (root, locked):
        answer = in_child(engine, ["db/locked/b.sql"], root=root, locked=locked)
        require_refusal(answer)
        assert answer["error"] == "", answer
        assert answer["files"].keys() == {"db/locked/b.sql"}


@both
@pytest.mark.parametrize(
    ("pattern", "exclude"), [("db", "db/locked"), (".", "**/lo*"), ("db/*.sql", ""), ("other", ""), ("*/c.sql", "")]
)
def test_F04_excluded_folders_need_no_permission(engine: Engine, pattern: str, exclude: str) -> None:
    """An unreadable folder that is excluded, or in which no glob can match, is not an error."""
    with locked_tree("db/locked", 0o000) as (root, locked):
        answer = in_child(engine, [pattern], root=root, exclude=[exclude] if exclude else [], locked=locked)
        require_refusal(answer)
        assert answer["error"] == "", answer
        assert answer["files"]


# Fault 6, symbolic links


@both
@pytest.mark.parametrize("pattern", [".", "link", "l*", "**/link"])
@pytest.mark.parametrize(
    "target", ["gone", "link", "other-link", "..", "../outside.sql", "/", "db/gone", "db/a.sql/x"], ids=str
)
def test_F06_bad_links(engine: Engine, target: str, pattern: str, tmp_path: Path) -> None:
    """A link that is broken, circular or leads out of the root is a ValueError that names the link."""
    root = write(tmp_path, {"outside.sql": "1", "root/db/a.sql": "2"}) / "root"
    (root / "link").symlink_to(target)
    (root / "other-link").symlink_to("link")
    with pytest.raises(ValueError, match="link"):
        engine([pattern], root=root)
    assert engine(["."], root=root, exclude=["link", "other-link"]).files.keys() == {"db/a.sql"}


@both
@pytest.mark.parametrize("text", [".", "..", "../db", "sub/..", "./sub/here/sub"])
def test_F06_loops_end(engine: Engine, text: str, tmp_path: Path) -> None:
    """A link to one of its own parent folders ends the walk, and every path counts once."""
    write(tmp_path, {"db/a.sql": "1", "db/sub/b.sql": "2"})
    (tmp_path / "db" / "again").symlink_to(text)
    (tmp_path / "db" / "sub" / "here").symlink_to("..")
    files = engine(["db"], root=tmp_path).files
    assert files.keys() == {"db/a.sql", "db/sub/b.sql", "db/again", "db/sub/here"}


@both
@pytest.mark.parametrize(
    "pattern",
    [
        "current",
        "current/versions",
        "current/versions/a.sql",
        "current/versions/*.sql",
        "current/**/a.sql",
        "latest.sql",
        "c*",
    ],
)
def test_F06_the_target_counts(engine: Engine, pattern: str, tmp_path: Path) -> None:
    """The target of a link counts: an edit changes the digest."""
    write(tmp_path, {"db/versions/a.sql": "1", "else/x.sql": "2"})
    (tmp_path / "current").symlink_to("db")
    (tmp_path / "latest.sql").symlink_to("current/versions/a.sql")
    before = outcome(engine, [pattern], root=tmp_path)
    assert {"db/versions/a.sql", "current"} <= before.files.keys()
    assert "else/x.sql" not in before.files
    write(tmp_path, {"db/versions/a.sql": "other"})
    after = outcome(engine, [pattern], root=tmp_path)
    assert after.digest != before.digest
    assert {name for name in after.files if after.files[name] != before.files[name]} == {"db/versions/a.sql"}


@both
def test_F06_excluded_links(engine: Engine, tmp_path: Path) -> None:
    """An excluded link does not count, neither as an input nor on the way to one; its target counts without it."""
    write(tmp_path, {"db/versions/a.sql": "1"})
    (tmp_path / "link").symlink_to("db")
    (tmp_path / "latest").symlink_to("link/versions")
    (tmp_path / "chain").symlink_to("link")
    assert engine(["."], root=tmp_path, exclude=["latest", "chain", "db"]).files.keys() == {"link"}
    assert engine(["chain"], root=tmp_path, exclude=["link"]).files.keys() == {"chain", "db/versions/a.sql"}
    assert engine(["latest"], root=tmp_path, exclude=["link"]).files.keys() == {"latest", "db/versions/a.sql"}
    for pattern in ("link", "link/versions", "l*k", "link/**"):
        with pytest.raises(ValueError, match=re.escape(pattern)):
            engine([pattern], root=tmp_path, exclude=["link"])


@both
def test_F06_the_text_of_a_link_counts(engine: Engine, tmp_path: Path) -> None:
    """Another spelling of a link, a link to an equal copy and a file in its place each change the digest."""
    write(tmp_path, {"a.sql": "1", "b.sql": "1"})
    digests = set()
    texts = ("a.sql", "./a.sql", ".//a.sql", "b.sql", str(tmp_path / "a.sql"))
    for text in texts:
        (tmp_path / "link").symlink_to("placeholder")
        (tmp_path / "link").unlink()
        os.symlink(text, tmp_path / "link")  # a Path would normalise the text
        digests.add(engine(["."], root=tmp_path).digest)
        (tmp_path / "link").unlink()
    write(tmp_path, {"link": "a.sql"})
    digests.add(engine(["."], root=tmp_path).digest)
    assert len(digests) == len(texts) + 1


# Fault 7, special files


@both
@pytest.mark.parametrize("kind", ["fifo", "socket"])
@pytest.mark.parametrize("pattern", [".", "db", "db/odd", "**", "db/o*", "link"])
def test_F07_fifo_and_socket(engine: Engine, kind: str, pattern: str) -> None:
    """A FIFO or a socket is a ValueError that names it, without waiting."""
    with new_folder() as root, contextlib.ExitStack() as stack:
        write(root, {"db/a.sql": "1"})
        if kind == "fifo":
            os.mkfifo(root / "db" / "odd")
        else:
            listener = stack.enter_context(socket.socket(socket.AF_UNIX))
            listener.bind(str(root / "db" / "odd"))
        (root / "link").symlink_to("db/odd")
        answer = in_child(engine, [pattern], root=root)
        assert answer["error"] == "ValueError", answer
        assert "not a regular file" in answer["text"]
        assert "db/odd" in answer["text"]
        assert in_child(engine, ["."], root=root, exclude=["**/odd", "link"])["files"].keys() == {"db/a.sql"}


# Fault 11, large and deep


def remove_chain(folders: Sequence[Path], leaf: Path) -> None:
    """Remove a file and the folders above it without recursion, which would be too deep."""
    leaf.unlink(missing_ok=True)
    for folder in reversed(folders):
        folder.rmdir()


def make_chain(root: Path, name: str, levels: int) -> tuple[list[Path], Path]:
    """Create nested folders and a file in the innermost one."""
    folders = [root]
    for _ in range(levels):
        folders.append(folders[-1] / name)
        folders[-1].mkdir()
    leaf = folders[-1] / "leaf.sql"
    leaf.write_bytes(b"1")
    return folders[1:], leaf


@both
@pytest.mark.parametrize("pattern", [".", "a", "**/leaf.sql", "a/**/*.sql"])
def test_F11_deep_folders(engine: Engine, pattern: str, tmp_path: Path) -> None:
    """A file below 400 folders counts like any other."""
    folders, leaf = make_chain(tmp_path, "a", 400)
    try:
        before = engine([pattern], root=tmp_path)
        assert before.files.keys() == {"a/" * 400 + "leaf.sql"}
        leaf.write_bytes(b"2")
        assert engine([pattern], root=tmp_path).digest != before.digest
    finally:
        remove_chain(folders, leaf)


@both
def test_F11_long_path(engine: Engine, tmp_path: Path) -> None:
    """A path of nearly 4,000 bytes counts like any other."""
    levels = (3900 - len(os.fsencode(tmp_path))) // 150
    folders, leaf = make_chain(tmp_path, "n" * 149, levels)
    name = str(leaf.relative_to(tmp_path))
    assert 3700 < len(os.fsencode(leaf)) < 4000
    try:
        for pattern in (".", name, "**/leaf.sql", f"{'n' * 149}/**"):
            assert engine([pattern], root=tmp_path).files.keys() == {name}
    finally:
        remove_chain(folders, leaf)


@pytest.fixture(scope="module")
def many_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with 20,000 files."""
    root = tmp_path_factory.mktemp("many")
    for folder in range(200):
        (root / f"f{folder}").mkdir()
        for number in range(100):
            (root / f"f{folder}" / f"{number}.sql").write_bytes(b"%d %d" % (folder, number))
    return root


def test_F11_many_files(many_files: Path) -> None:
    """The fingerprint of 20,000 files is that of the plain definition, and one edit among them changes it."""
    before = accelerated(["."], root=many_files)
    assert len(before.files) == 20_000
    assert before.digest == plain_definition(["."], root=many_files).digest
    assert accelerated(["**/*.sql"], root=many_files).digest == before.digest
    write(many_files, {"f77/77.sql": "other"})
    assert accelerated(["."], root=many_files).digest != before.digest
