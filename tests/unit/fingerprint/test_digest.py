"""Changes that the digest depends on, and changes that it does not depend on."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tests.support.file_trees import (
    CONTENTS,
    FILES,
    ROOT,
    VALUES,
    Scene,
    Tree,
    join,
    new_folder,
    scenes,
    some,
    trees,
    working_in,
    write,
)
from tests.support.fingerprint_engines import Engine, both, outcome

# Changes that the digest depends on


def free_paths(tree: Tree) -> list[str]:
    """Return paths that would count and do not exist yet."""
    folders = [folder for folder in tree.folders if "__pycache__" not in folder.split("/")]
    paths = [join(folder, name) for folder in folders for name in FILES if not name.endswith(".pyc")]
    return [path for path in paths if path not in tree.files and path not in tree.folders]


@both
@pytest.mark.parametrize("pattern", [".", "**", "*"])
@some(100)
@given(tree=trees(links=False), data=st.data())
def test_every_change_changes_the_digest(engine: Engine, pattern: str, tree: Tree, data: st.DataObject) -> None:
    """Any single edit, rename, addition, removal or swap of counted files changes the digest."""
    with new_folder() as root:
        tree.build(root)
        before = outcome(engine, [pattern], root=root)
        assume(not before.error)
        path = data.draw(st.sampled_from(sorted(before.files)), label="path")
        content = tree.files[path]
        kind = data.draw(st.sampled_from(("edit", "rename", "add", "remove", "swap")), label="kind")
        if kind == "edit":
            (root / path).write_bytes(data.draw(st.sampled_from([other for other in CONTENTS if other != content])))
        elif kind == "rename":
            (root / path).rename(root / data.draw(st.sampled_from(free_paths(tree))))
        elif kind == "add":
            (root / data.draw(st.sampled_from(free_paths(tree)))).write_bytes(data.draw(st.sampled_from(CONTENTS)))
        elif kind == "remove":
            assume(len(before.files) > 1)
            (root / path).unlink()
        else:
            others = [other for other in sorted(before.files) if tree.files[other] != content]
            assume(others)
            other = data.draw(st.sampled_from(others))
            (root / path).write_bytes(tree.files[other])
            (root / other).write_bytes(content)
        after = outcome(engine, [pattern], root=root)
        assert not after.error
        assert after.digest != before.digest
        assert after.files != before.files


# Changes that the digest does not depend on


@both
@some(100)
@given(tree=trees(), times=st.lists(st.integers(0, 2**33), min_size=1))
def test_place_time_and_creation_order_do_not_count(engine: Engine, tree: Tree, times: list[int]) -> None:
    """A copy of a tree in another place, created in another order and with other times, has the same fingerprint."""
    assume(not any(ROOT in text for text in tree.links.values()))
    with new_folder() as first, new_folder() as second:
        tree.build(first)
        (second / "deeper").mkdir()
        tree.build(second / "deeper", backwards=True)
        for index, path in enumerate((*tree.files, *tree.folders)):
            time = times[index % len(times)]
            os.utime(second / "deeper" / path, (time, time))
        assert outcome(engine, ["."], root=second / "deeper") == outcome(engine, ["."], root=first)


@both
@some(40)
@given(tree=trees())
def test_spelling_of_the_root_and_working_folder_do_not_count(engine: Engine, tree: Tree) -> None:
    """An absolute, relative, indirect or linked root gives the same fingerprint from any working folder."""
    with new_folder() as top:
        root = top / "x" / "root"
        root.mkdir(parents=True)
        tree.build(root)
        (top / "link").symlink_to("x/root")
        expected = outcome(engine, ["."], root=root)
        spellings = {
            top: ("x/root", "./x/../x/root/", "x//root", "link", str(root), f"{top}/link/.", f"{root}/../root"),
            top / "x": ("root", "../x/root", "./root/.", "../link"),
            root: (".", "", "./", "../root", str(root)),
        }
        for place, roots in spellings.items():
            with working_in(place):
                for spelling in filter(None, roots):
                    assert outcome(engine, ["."], root=Path(spelling)) == expected
                    if not expected.error:
                        assert engine(["."], root=spelling).digest == expected.digest
                if place == root and not expected.error:
                    assert engine(["."]).digest == expected.digest


@both
@some(100)
@given(scene=scenes(), data=st.data())
def test_order_and_repetition_of_inputs_do_not_count(engine: Engine, scene: Scene, data: st.DataObject) -> None:
    """Inputs, excludes and values in another order, and repeated, give the same fingerprint."""
    with new_folder() as root:
        scene.tree.build(root)
        inputs = [pattern.replace(ROOT, str(root)) for pattern in scene.inputs]
        exclude = [pattern.replace(ROOT, str(root)) for pattern in scene.exclude]
        expected = outcome(engine, inputs, root=root, exclude=exclude, values=scene.values)
        again = outcome(
            engine,
            data.draw(st.permutations(inputs + inputs[:1])),
            root=root,
            exclude=data.draw(st.permutations(exclude + exclude[:1])),
            values=dict(data.draw(st.permutations(list(scene.values.items())))),
        )
        assert again == expected


# Fault 1, framing

SMALL = st.dictionaries(st.text("ab", min_size=1, max_size=3), st.text("ab", max_size=3), max_size=3)


@both
@some(100)
@example(one=({"a": "bc"}, {}), two=({"ab": "c"}, {}))
@example(one=({"a": ""}, {}), two=({}, {"a": ""}))
@given(one=st.tuples(SMALL, SMALL), two=st.tuples(SMALL, SMALL))
def test_F01_framing(
    engine: Engine, one: tuple[dict[str, str], dict[str, str]], two: tuple[dict[str, str], dict[str, str]]
) -> None:
    """Two different sets of files and values have different digests: names and contents never run together."""
    digests = []
    for files, values in (one, two):
        with new_folder() as root:
            digests.append(engine(["."] if files else [], root=write(root, files), values=values).digest)
    assert (digests[0] == digests[1]) == (one == two)


# Fault 2, the set of paths counts, permissions do not


@both
def test_F02_swap_rename_delete_and_add(engine: Engine, tmp_path: Path) -> None:
    """Swapped contents, a rename, a removal and an added empty file each change the digest."""
    base = {"a.sql": "1", "b.sql": "2", "c.sql": ""}
    variants = {
        "base": base,
        "swapped": {"a.sql": "2", "b.sql": "1", "c.sql": ""},
        "renamed": {"a.sql": "1", "b2.sql": "2", "c.sql": ""},
        "moved": {"a.sql": "1", "d/b.sql": "2", "c.sql": ""},
        "removed": {"a.sql": "1", "b.sql": "2"},
        "added": {**base, "d.sql": ""},
        "added below": {**base, "d/d.sql": ""},
    }
    digests = {name: engine(["."], root=write(tmp_path / name, files)).digest for name, files in variants.items()}
    assert len(set(digests.values())) == len(variants)


@both
@pytest.mark.parametrize("mode", [0o755, 0o600, 0o444])
def test_F02_permissions_do_not_count(engine: Engine, mode: int, tmp_path: Path) -> None:
    """A file that is made executable or read-only keeps its fingerprint."""
    before = outcome(engine, ["."], root=write(tmp_path, {"a.sh": "true\n"}))
    (tmp_path / "a.sh").chmod(mode)
    assert outcome(engine, ["."], root=tmp_path) == before


@both
def test_F02_empty_folders_do_not_count(engine: Engine, tmp_path: Path) -> None:
    """Empty folders and bytecode files do not change the digest."""
    before = outcome(engine, ["."], root=write(tmp_path, {"app/a.py": "1"}))
    (tmp_path / "app" / "empty").mkdir()
    write(tmp_path, {"app/__pycache__/a.cpython-312.pyc": "x", "app/a.pyc": "y"})
    assert outcome(engine, ["."], root=tmp_path) == before


# Fault 13, order


@both
def test_F13_order_is_that_of_the_raw_bytes(engine: Engine, tmp_path: Path) -> None:
    """Files are sorted by the bytes of their paths, whatever the order of creation, inputs and folders."""
    names = ["a/b", "a-b", "a.b", "a0b", "B", "\uffff", "\U00010000", "a/b.c", "ab"]
    first, second = tmp_path / "first", tmp_path / "second"
    for root, order in ((first, names), (second, names[::-1])):
        root.mkdir()
        for name in order:
            path = root / name.replace("a/b", "a/b/x")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(name.encode())
    expected = engine(["."], root=first)
    assert engine(["."], root=second).digest == expected.digest
    assert engine(sorted(expected.files), root=first).digest == expected.digest
    assert engine(sorted(expected.files, reverse=True), root=second).digest == expected.digest
    assert list(expected.files) == sorted(expected.files, key=os.fsencode)


# Fault 14, values


@both
@some(100)
@given(one=VALUES, two=VALUES)
def test_F14_values_are_in_the_digest(engine: Engine, one: dict[str, str], two: dict[str, str]) -> None:
    """Two fingerprints of the same files are equal exactly if their values are."""
    with new_folder() as root:
        write(root, {"a.sql": "1"})
        results = [engine(["."], root=root, values=values) for values in (one, two)]
    assert (results[0].digest == results[1].digest) == (one == two)
    assert results[0].files == results[1].files
    assert [result.values for result in results] == [one, two]


@both
def test_F14_no_values(engine: Engine, tmp_path: Path) -> None:
    """No values, and an empty set of values, are the same."""
    write(tmp_path, {"a.sql": "1"})
    assert engine(["."], root=tmp_path, values={}).digest == engine(["."], root=tmp_path).digest
    assert engine(["."], root=tmp_path, values=None).values == {}


# Fault 15, no text conversion


@both
def test_F15_line_ends_and_byte_order_mark_count(engine: Engine, tmp_path: Path) -> None:
    """CRLF, LF, CR, a final line end and a byte order mark each change the digest."""
    contents = [b"a\n", b"a\r\n", b"a\r", b"a", b"\xef\xbb\xbfa\n", b"a\n\n", b"a\n\x1a", b"a\n\x00"]
    results = [engine(["a.sql"], root=write(tmp_path, {"a.sql": content})) for content in contents]
    assert len({result.digest for result in results}) == len(contents)
    assert len({result.files["a.sql"] for result in results}) == len(contents)


# Fault 16, no shortcut by size and time


@both
@pytest.mark.parametrize("size", [1, 1000, 70_000, 3_000_000])
def test_F16_same_size_and_time_other_content(engine: Engine, size: int, tmp_path: Path) -> None:
    """A changed byte changes the digest although the size and the times are unchanged."""
    path = write(tmp_path, {"db/a.sql": bytes(size)}) / "db" / "a.sql"
    times = {place: place.stat() for place in (path, path.parent)}
    digests = {engine(["."], root=tmp_path).digest}
    for position in sorted({0, size // 2, size - 1}):
        content = bytearray(size)
        content[position] = 1
        path.write_bytes(content)
        for place, before in times.items():
            os.utime(place, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert path.stat().st_mtime_ns == times[path].st_mtime_ns
        digests.add(engine(["."], root=tmp_path).digest)
    assert len(digests) == len({0, size // 2, size - 1}) + 1


# Fault 17, whole digests


@both
@some(40)
@given(tree=trees())
def test_F17_digests_are_whole(engine: Engine, tree: Tree) -> None:
    """The digest and every content digest are 64 hex digits."""
    with new_folder() as root:
        tree.build(root)
        result = outcome(engine, ["."], root=root)
    assume(not result.error)
    for digest in (result.digest, *result.files.values()):
        assert re.fullmatch("[0-9a-f]{64}", digest)
