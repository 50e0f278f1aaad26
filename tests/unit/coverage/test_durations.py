"""How long items took: remembered, guessed at for new ones, and never an error."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ci_accel.coverage.durations import CACHEDIR_TAG, MOST_SUITES, Durations

REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with features of different sizes."""
    for name, size in {"a": 100, "b": 300, "c": 200, "empty": 0}.items():
        (tmp_path / name).write_bytes(b"x" * size)
    return tmp_path


def path(root: Path) -> Path:
    """Return where durations are kept."""
    return root / "build/ci-accel/durations.json"


def test_the_first_run_goes_by_size(root: Path) -> None:
    """Nothing is known: an item weighs its bytes, and one that is empty or no file still something."""
    assert Durations(root).weights(["a", "b", "empty", "none"]) == {"a": 100, "b": 300, "empty": 1, "none": 1}


def test_seconds_are_shared_out_by_weight(root: Path) -> None:
    """A shard's seconds go to its items as these weighed before: by size, then by what was measured."""
    durations = Durations(root)
    durations.record([(["a", "b"], 8.0), (["c"], 5.0)])
    assert durations.weights(["a", "b", "c"]) == {"a": 2.0, "b": 6.0, "c": 5.0}
    durations.record([(["a", "c"], 14.0)])
    assert durations.weights(["a", "b", "c"]) == {"a": 4.0, "b": 6.0, "c": 10.0}


def test_a_new_item_weighs_as_the_known_ones_do(root: Path) -> None:
    """Its size counts at the median of their seconds by byte."""
    durations = Durations(root)
    durations.record([(["a"], 1.0), (["b"], 6.0)])  # 0.01 and 0.02 seconds by byte
    assert durations.weights(["a", "b", "c"])["c"] == pytest.approx(200 * 0.015)


def test_items_that_took_no_time(root: Path) -> None:
    """They share what is measured the next time evenly."""
    durations = Durations(root)
    durations.record([(["a", "b"], 0.0)])
    durations.record([(["a", "b"], 4.0)])
    assert durations.weights(["a", "b"]) == {"a": 2.0, "b": 2.0}


def test_items_that_are_gone_are_forgotten(root: Path) -> None:
    """The file does not grow with each item that there ever was; an item that is no file stays as long as it is run."""
    durations = Durations(root)
    durations.record([(["a", "b", "test.py::one"], 8.0)])
    (root / "b").unlink()
    durations.record([(["test.py::one", "test.py::two"], 4.0)])
    (suite,) = json.loads(path(root).read_text())["suites"].values()
    assert set(suite) == {"a", "test.py::one", "test.py::two"}


def test_suites_do_not_spoil_each_other(root: Path) -> None:
    """The same items under another name are other items; of many suites the last ones are kept."""
    for suite in ("slow", "fast"):
        Durations(root, suite=suite).record([(["a"], 9.0 if suite == "slow" else 1.0)])
    assert Durations(root, suite="slow").weights(["a"]) == {"a": 9.0}
    assert Durations(root, suite="fast").weights(["a"]) == {"a": 1.0}
    for number in range(MOST_SUITES - 1):
        Durations(root, suite=str(number)).record([(["a"], 1.0)])
    Durations(root, suite="fast").record([(["a"], 2.0)])
    assert list(json.loads(path(root).read_text())["suites"]) == [*map(str, range(MOST_SUITES - 1)), "fast"]


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
def test_a_damaged_file_is_none(root: Path, content: bytes) -> None:
    """Whatever is in it, nothing is known, and the next run writes a good one."""
    path(root).parent.mkdir(parents=True)
    path(root).write_bytes(content)
    durations = Durations(root)
    assert durations.weights(["a"]) == {"a": 100}
    durations.record([(["a"], 3.0)])
    assert durations.weights(["a"]) == {"a": 3.0}


def test_what_cannot_be_written_is_not_remembered(root: Path) -> None:
    """A file in the place of the folder, say, is no reason to fail."""
    (root / "build").write_text("")
    Durations(root).record([(["a"], 3.0)])
    assert Durations(root).weights(["a"]) == {"a": 100}


def test_the_folder_is_marked_as_a_cache(root: Path) -> None:
    """Backup tools pass it over; nothing else is left in it."""
    Durations(root).record([(["a"], 3.0)])
    assert sorted(os.listdir(path(root).parent)) == ["CACHEDIR.TAG", "durations.json"]
    assert (path(root).parent / "CACHEDIR.TAG").read_text() == CACHEDIR_TAG


def test_the_mark_is_the_engines() -> None:
    """Whoever of the two comes first to the folder, what is written is the same."""
    source = (REPOSITORY / "src/engine/template_db/store.rs").read_text()
    assert all(line in source for line in CACHEDIR_TAG.splitlines())
