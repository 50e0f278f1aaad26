"""Changes between two fingerprints, and fingerprints that are saved and loaded."""

from __future__ import annotations

import json
import pickle
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.file_trees import RAW, new_folder, require_names, some, write
from tests.support.fingerprint_engines import accel

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def named(lines: Sequence[str], name: str) -> bool:
    """Return whether one of the lines contains a name."""
    return any(name in line for line in lines)


SOME_FILES = st.dictionaries(st.sampled_from(("one.sql", "two.sql", "f/six.sql", "ten.sql")), st.sampled_from("xyz"))
SOME_VALUES = st.dictionaries(st.sampled_from(("postgres", "arch", "image")), st.sampled_from(("1", "2", "")))


@some(100)
@given(old=SOME_FILES, new=SOME_FILES, old_values=SOME_VALUES, new_values=SOME_VALUES)
def test_changes_name_everything_that_changed(
    old: dict[str, str], new: dict[str, str], old_values: dict[str, str], new_values: dict[str, str]
) -> None:
    """`changes` names every path and value that differs, and is empty for equal fingerprints."""
    with new_folder() as first, new_folder() as second:
        older = accel().fingerprint(["."] if old else [], root=write(first, old), values=old_values)
        newer = accel().fingerprint(["."] if new else [], root=write(second, new), values=new_values)
    lines = newer.changes(older)
    assert all(isinstance(line, str) for line in lines)
    for name in sorted({*old, *new}):
        assert old.get(name) == new.get(name) or named(lines, name), name
    for name in sorted({*old_values, *new_values}):
        assert old_values.get(name) == new_values.get(name) or named(lines, name), name
    assert bool(lines) == ((old, old_values) != (new, new_values))
    assert newer.changes(newer) == []
    assert older.changes(older) == []


def odd_fingerprint(root: Path) -> Any:
    """Return a fingerprint with names that are hard to write to a file."""
    require_names(root, "\u00e9.sql", "e\u0301.sql", f"{RAW}.sql")
    write(root, {"plain.sql": "1", "\u00e9.sql": "2", "e\u0301.sql": "3", f"{RAW}.sql": "4", 'q"\\\n.sql': "5"})
    (root / "link").symlink_to(f"{RAW}.sql")
    return accel().fingerprint(["."], root=root, values={"\u00e9": "a\nb", "": '"', "\U0001f600": "\x00\x7f\u2028"})


def test_save_and_load_round_trip(tmp_path: Path) -> None:
    """A saved fingerprint keeps its digest, files and values, whatever the names."""
    root = tmp_path / "root"
    root.mkdir()
    saved = odd_fingerprint(root)
    assert f"{RAW}.sql" in saved.files
    for path in (tmp_path / "print.json", str(tmp_path / "again.json"), tmp_path / f"{RAW}.json"):
        saved.save(path)
        loaded = accel().Fingerprint.load(path)
        assert (loaded.digest, loaded.files, loaded.values) == (saved.digest, saved.files, saved.values)
        assert loaded.changes(saved) == []
        assert saved.changes(loaded) == []


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_pickle_round_trip(protocol: int, tmp_path: Path) -> None:
    """A pickled fingerprint keeps its digest, files and values, whatever the names."""
    before = odd_fingerprint(tmp_path)
    after = pickle.loads(pickle.dumps(before, protocol))
    assert type(after) is type(before)
    assert (after.digest, after.files, after.values) == (before.digest, before.files, before.values)
    assert after.changes(before) == []


def saved_text(folder: Path) -> str:
    """Return the text of a saved fingerprint."""
    write(folder / "tree", {"a.sql": "1", "b/c.sql": "2"})
    path = folder / "saved.json"
    accel().fingerprint(["."], root=folder / "tree", values={"v": "1"}).save(path)
    return path.read_text(encoding="utf-8")


def load_error(folder: Path, content: bytes) -> str:
    """Return the text of the ValueError that loading the content raises."""
    path = folder / "broken-print.json"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="broken-print\\.json") as caught:
        accel().Fingerprint.load(path)
    return str(caught.value)


@some(100)
@given(data=st.data())
def test_load_of_a_truncated_file(data: st.DataObject) -> None:
    """A saved fingerprint that is cut anywhere is a ValueError that names the file."""
    with new_folder() as folder:
        content = saved_text(folder).rstrip().encode()
        load_error(folder, content[: data.draw(st.integers(0, len(content) - 1))])


def test_load_of_another_version(tmp_path: Path) -> None:
    """A saved fingerprint of another version is a ValueError that names the file."""
    saved = json.loads(saved_text(tmp_path))
    keys = [key for key in saved if key in {"version", "format"}]
    assert keys
    for key in keys:
        for other in (999, "999", None, [saved[key]]):
            load_error(tmp_path, json.dumps({**saved, key: other}).encode())
        load_error(tmp_path, json.dumps({name: value for name, value in saved.items() if name != key}).encode())


@pytest.mark.parametrize(
    "content",
    [b"", b"not json", b"\x00\xff\xfe", b"null", b"1", b"[]", b"{}", b'"text"', b"[" * 100_000, b"{}{}"],
    ids=["empty", "words", "binary", "null", "number", "list", "object", "string", "deep", "two"],
)
def test_load_of_something_else(content: bytes, tmp_path: Path) -> None:
    """Loading any other file is a ValueError that names the file."""
    load_error(tmp_path, content)


def test_F14_changes_name_values(tmp_path: Path) -> None:
    """`changes` names values that were added, removed or changed, and nothing else."""
    write(tmp_path, {"a.sql": "1"})
    older = accel().fingerprint(["."], root=tmp_path, values={"postgres": "16.4", "gone": "g", "same": "s"})
    newer = accel().fingerprint(["."], root=tmp_path, values={"postgres": "17.2", "fresh": "f", "same": "s"})
    lines = newer.changes(older)
    for name in ("postgres", "gone", "fresh"):
        assert named(lines, name)
    for name in ("same", "a.sql"):
        assert not named(lines, name)
