"""The recorded durations of test items."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ci_accel.coverage.durations import CACHEDIR_TAG, MAX_SUITES, Durations

pytestmark = pytest.mark.every_python

REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a project with files of different sizes."""
    for name, size in {"a": 100, "b": 300, "c": 200, "empty": 0}.items():
        (tmp_path / name).write_bytes(b"x" * size)
    return tmp_path


def path(root: Path) -> Path:
    """Return the path of the durations file."""
    return root / "build/ci-accel/durations.json"


def test_weights_of_a_first_run_are_sizes(root: Path) -> None:
    """Without recorded durations, the weight of an item is its size in bytes, and at least 1."""
    assert Durations(root).weights(["a", "b", "empty", "none"]) == {"a": 100, "b": 300, "empty": 1, "none": 1}


def test_seconds_of_a_shard_are_divided_by_weight(root: Path) -> None:
    """The seconds of a shard are divided among its items by their previous weights."""
    durations = Durations(root)
    durations.record([(["a", "b"], 8.0), (["c"], 5.0)])
    assert durations.weights(["a", "b", "c"]) == {"a": 2.0, "b": 6.0, "c": 5.0}
    durations.record([(["a", "c"], 14.0)])
    assert durations.weights(["a", "b", "c"]) == {"a": 4.0, "b": 6.0, "c": 10.0}


def test_weight_of_a_new_item_is_estimated(root: Path) -> None:
    """The weight of a new item is its size times the median of the known items' seconds per byte."""
    durations = Durations(root)
    durations.record([(["a"], 1.0), (["b"], 6.0)])  # 0.01 and 0.02 seconds per byte
    assert durations.weights(["a", "b", "c"])["c"] == pytest.approx(200 * 0.015)


def test_items_that_took_no_time(root: Path) -> None:
    """Items whose recorded durations are 0 get equal shares of the next measurement."""
    durations = Durations(root)
    durations.record([(["a", "b"], 0.0)])
    durations.record([(["a", "b"], 4.0)])
    assert durations.weights(["a", "b"]) == {"a": 2.0, "b": 2.0}


def test_deleted_items_are_removed(root: Path) -> None:
    """Items whose file was deleted are removed from the record, and so are items that are not files and did not run."""
    durations = Durations(root)
    durations.record([(["a", "b", "test.py::one"], 8.0)])
    (root / "b").unlink()
    durations.record([(["test.py::one", "test.py::two"], 4.0)])
    (suite,) = json.loads(path(root).read_text())["suites"].values()
    assert set(suite) == {"a", "test.py::one", "test.py::two"}


def test_suites_are_separate(root: Path) -> None:
    """Suites do not share durations, and only the latest suites are kept."""
    for suite in ("slow", "fast"):
        Durations(root, suite=suite).record([(["a"], 9.0 if suite == "slow" else 1.0)])
    assert Durations(root, suite="slow").weights(["a"]) == {"a": 9.0}
    assert Durations(root, suite="fast").weights(["a"]) == {"a": 1.0}
    for number in range(MAX_SUITES - 1):
        Durations(root, suite=str(number)).record([(["a"], 1.0)])
    Durations(root, suite="fast").record([(["a"], 2.0)])
    assert list(json.loads(path(root).read_text())["suites"]) == [*map(str, range(MAX_SUITES - 1)), "fast"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"[]",
        b"[" * 100_000,
        b'{"format": "ci-accel durations", "version": 2, "suites": {"": {"a": 9.0}}}',
        b'{"format": "something else", "version": 1, "suites": {"": {"a": 9.0}}}',
        b'{"format": "ci-accel durations", "version": 1, "suites": []}',
        b'{"format": "ci-accel durations", "version": 1, "suites": {"": []}}',
        b'{"format": "ci-accel durations", "version": 1, "suites": {"": {"a": NaN}}}',
        b'{"format": "ci-accel durations", "version": 1, "suites": {"": {"a": -1}}}',
        b'{"format": "ci-accel durations", "version": 1, "suites": {"": {"a": true}}}',
        b'{"format": "ci-accel durations", "version": 1, "suites": {"": {"a": "9"}}}',
    ],
)
def test_damaged_file_counts_as_empty(root: Path, content: bytes) -> None:
    """A damaged file counts as empty, and the next record replaces it."""
    path(root).parent.mkdir(parents=True)
    path(root).write_bytes(content)
    durations = Durations(root)
    assert durations.weights(["a"]) == {"a": 100}
    durations.record([(["a"], 3.0)])
    assert durations.weights(["a"]) == {"a": 3.0}


def test_errors_while_writing_are_ignored(root: Path) -> None:
    """Recording does not fail if the file cannot be written."""
    (root / "build").write_text("")
    Durations(root).record([(["a"], 3.0)])
    assert Durations(root).weights(["a"]) == {"a": 100}


def test_folder_has_a_cachedir_tag(root: Path) -> None:
    """The folder gets a CACHEDIR.TAG, and no temporary file is left."""
    Durations(root).record([(["a"], 3.0)])
    assert sorted(os.listdir(path(root).parent)) == ["CACHEDIR.TAG", "durations.json"]
    assert (path(root).parent / "CACHEDIR.TAG").read_text() == CACHEDIR_TAG


def test_cachedir_tag_is_that_of_the_engine() -> None:
    """Python and the engine write the same CACHEDIR.TAG."""
    source = (REPOSITORY / "src/engine/template/variants.rs").read_text()
    assert all(line in source for line in CACHEDIR_TAG.splitlines())
