"""A run in shards: real processes under real tools, each its own part, and what becomes of them."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import ci_accel
from tests.support.script_suite import ITEMS, RUNNER, make_suite

SLIPCOVER = [sys.executable, "-m", "slipcover", "--source", "src", "--json", "--out", "{part}", RUNNER, "{items}"]
COVERAGE = [sys.executable, "-m", "coverage", "run", "--source=src", "--data-file={part}", RUNNER, "{items}"]
FORKS = """import os
import runpy
import sys

sys.path.insert(0, "src")
for item in sys.argv[1:]:
    if os.fork() == 0:
        runpy.run_path(item)
        os._exit(0)
    os.wait()
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return the suite's root."""
    return make_suite(tmp_path / "suite")


def coverage(root: Path, **changes: Any) -> ci_accel.Coverage:
    """Return the suite's coverage: 4 of 6 statements run."""
    declared: dict[str, Any] = {"sources": ["src"], "items": ["items/*.py"], "fail_under": 50, "root": root}
    return ci_accel.Coverage(**(declared | changes))


@pytest.mark.parametrize("command", [SLIPCOVER, COVERAGE], ids=["slipcover", "coverage.py"])
def test_shards_together_cover_what_one_process_does(root: Path, command: list[str]) -> None:
    """The same lines in each file, whatever the number of shards."""
    answers = []
    for shards in (1, 3):
        measured = coverage(root)
        run = measured.run(shards=shards, command=command)
        assert run, run
        assert (run.exit_code, len(run.parts), run.failed, len(run.seconds)) == (0, shards, (), shards)
        info = measured.combine(expected=shards)
        result = measured.check()
        assert result
        report = root / f"report-{shards}.json"
        measured.report(format="json", file=report)
        answers.append((info.files, info.covered_lines, result.covered, result.total, report.read_text()))
    assert answers[0] == answers[1]
    assert answers[0][2:4] == (4, 6)


def test_every_item_is_run_once_and_its_output_kept(root: Path) -> None:
    """The logs say which."""
    run = coverage(root).run(shards=5, command=SLIPCOVER)
    said = [line for log in run.logs for line in Path(log).read_text().splitlines()]
    assert sorted(said) == [f"running items/item_{number:02}.py" for number in range(ITEMS)]
    assert [Path(log).name for log in run.logs] == [f"part-{number:03}.log" for number in range(1, 6)]


def test_more_shards_than_items_are_not_started(root: Path) -> None:
    """No process without an item."""
    run = coverage(root).run(["items/item_0[01].py"], shards=9, command=SLIPCOVER)
    assert len(run.parts) == 2


def test_a_failing_shard_fails_the_run_with_its_own_exit_code(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The others end well, and what they measured is kept."""
    (root / "items/item_07.py").write_text("print('it is this one'); raise SystemExit(7)\n")
    measured = coverage(root)
    with caplog.at_level(logging.INFO, logger="ci_accel"):
        run = measured.run(shards=3, command=SLIPCOVER)
    assert not run
    assert run.exit_code == 7
    (failed,) = run.failed
    number = run.parts.index(failed) + 1
    assert str(run).startswith(f"part {number} of 3 failed: exit code 7 (its log: ")
    assert "it is this one" in caplog.text
    kept = [ci_accel.inspect_coverage(part).sealed for part in run.parts]
    assert kept == [True, True, True]
    with pytest.raises(
        ci_accel.CoverageDataError, match=f"the run is incomplete: part {number} of 3 ended with exit code 7"
    ):
        measured.combine()
    run = measured.run(shards=3, command=SLIPCOVER, exit_codes=(0, 7))
    assert run
    assert measured.combine().sealed


def test_C21_a_part_of_slipcover_whose_process_forked_is_refused(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Slipcover loses what killed workers measured, and says nothing."""
    (root / RUNNER).write_text(FORKS)
    measured = coverage(root)
    run = measured.run(shards=2, command=SLIPCOVER)
    assert not run
    assert run.exit_code == 1
    assert "run each worker as its own part" in str(run)
    with pytest.raises(ci_accel.CoverageDataError, match="run each worker as its own part"):
        measured.combine()


def test_C21_workers_of_coverage_py_have_a_file_each(root: Path) -> None:
    """With `parallel = true` each child's data belongs to the part."""
    settings = "[tool.coverage.run]\nparallel = true\npatch = ['_exit', 'fork']\nsource = ['src']\n"
    (root / "pyproject.toml").write_text(settings)
    (root / RUNNER).write_text(FORKS)
    measured = coverage(root)
    run = measured.run(shards=2, command=COVERAGE)
    assert run, run
    assert len(list(Path(run.parts[0]).parent.glob("part-001.sqlite.*.pid*"))) > 2
    measured.combine()
    assert (measured.check().covered, measured.check().total) == (4, 6)


def test_C12_a_part_that_left_no_data_is_told(root: Path) -> None:
    """A command that measures nothing is no part."""
    command = [sys.executable, RUNNER, "{items}"]
    run = coverage(root).run(shards=1, command=command, env={"COVERAGE_FILE": "{part}"})
    assert not run
    assert "left no complete data: its process wrote none" in str(run)


def test_sources_that_change_meanwhile_make_the_run_stale(root: Path) -> None:
    """An item edits a source while it runs."""
    (root / "items/item_03.py").write_text("open('src/shop.py', 'a').write('# edited')\n")
    measured = coverage(root)
    measured.run(shards=2, command=SLIPCOVER)
    with pytest.raises(ci_accel.CoverageDataError, match=r"src/shop\.py changed"):
        measured.combine()


def test_C22_a_run_of_some_items_is_no_whole_run(root: Path) -> None:
    """Folders and globs of the whole list can be named."""
    measured = coverage(root)
    assert measured.run(shards=2, command=SLIPCOVER)
    measured.combine()
    before = (root / "build/coverage/coverage.json").read_bytes()
    assert measured.run(["items/item_0*.py"], shards=2, command=SLIPCOVER)
    measured.combine()
    assert (root / "build/coverage/coverage.json").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"command": ["behave"]}, "command has no argument {items}"),
        ({"command": ["behave", "{items}"]}, "neither command nor a value of env holds {part}"),
        ({"shards": 0}, "shards is 0"),
        ({"items": []}, "items is empty"),
        ({"items": ["src"]}, "src names nothing of the whole list"),
    ],
)
def test_a_run_that_makes_no_sense_is_refused(root: Path, arguments: dict[str, Any], words: str) -> None:
    """Before anything is started or written."""
    declared: dict[str, Any] = {"shards": 2, "command": SLIPCOVER}
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - its words are looked at below
        coverage(root).run(**(declared | arguments))
    assert words in str(caught.value)
    assert not (root / "build").exists()


def test_a_command_that_is_not_there_is_an_error(root: Path) -> None:
    """The operating system's, naming it."""
    with pytest.raises(FileNotFoundError) as caught:
        coverage(root).run(shards=2, command=["no-such-runner", "{part}", "{items}"])
    assert caught.value.filename == "no-such-runner"


def test_a_run_of_the_same_name_begins_anew(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A retry of a job has the forge's same number; parts of the first try do not count."""
    monkeypatch.setenv("CI_ACCEL_RUN", "job-5")
    measured = coverage(root)
    assert measured.run(shards=4, command=SLIPCOVER)
    assert measured.run(shards=2, command=SLIPCOVER)
    assert Path(measured.combine().files[0]).name
    assert sorted(path.name for path in (root / "build/coverage/job-5").glob("*.json")) == [
        f"part-00{number}.json{ending}" for number in (1, 2) for ending in ("", ".passport.json")
    ]


def test_a_passport_says_all_that_was_run(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run, commit, parts, items, exit codes, code before and after, tool, data."""
    monkeypatch.setenv("CI_ACCEL_RUN", "run-5")
    monkeypatch.setenv("GITHUB_SHA", "c0ffee")
    measured = coverage(root)
    measured.run(shards=2, command=SLIPCOVER)
    info = measured.combine()
    passport = json.loads((root / "build/coverage/coverage.json.passport.json").read_text())
    assert (passport["run"], passport["commit"], passport["count"]) == ("run-5", "c0ffee", 2)
    now = measured.fingerprint()
    assert passport["code"] == {"digest": now.digest, "files": now.files, "values": now.values}
    assert [shard["number"] for shard in passport["shards"]] == [1, 2]
    assert sorted(item for shard in passport["shards"] for item in shard["items"]) == sorted(
        f"items/item_{number:02}.py" for number in range(ITEMS)
    )
    assert all(shard["exit_code"] == 0 and shard["after"] == now.digest for shard in passport["shards"])
    assert passport["data"] == [{"name": "coverage.json", "digest": info.digest}]
    assert passport["tool"] == {"name": "slipcover", "version": info.version, "has_branches": False}


PART = """import sys

import ci_accel

measured = ci_accel.Coverage(sources=["src"], items=["items/*.py"], fail_under=50)
number = int(sys.argv[1])
items = [f"items/item_{each:02}.py" for each in range(12) if each % 2 == number % 2]
run = measured.part(sys.argv[2:], number=number, count=2, items=items)
print(run)
sys.exit(run.exit_code)
"""


def test_workers_of_another_runner_are_parts(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each in a process of its own; the run's name is what they share."""
    monkeypatch.setenv("CI_ACCEL_RUN", "pabot-1")
    (root / "part.py").write_text(PART)
    commands = [[sys.executable, "part.py", str(number), *SLIPCOVER] for number in (1, 2)]
    workers = [subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) for command in commands]
    for number, worker in enumerate(workers, 1):
        said, _ = worker.communicate()
        assert worker.returncode == 0, said
        assert f"part {number} of 2 ended well" in said
    measured = coverage(root)
    assert measured.combine(expected=["part-001.json", "part-002.json"]).sealed
    assert measured.check().covered == 4


def test_a_part_that_is_asked_to_stop_is_incomplete(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The signal is the command's; its end is sealed as what it is."""
    monkeypatch.setenv("CI_ACCEL_RUN", "pabot-2")
    (root / "part.py").write_text(PART)
    (root / "items/item_01.py").write_text("import time; print('slow', flush=True); time.sleep(60)\n")
    command = [sys.executable, "-u", "part.py", "1", *SLIPCOVER]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        while "slow" not in worker.stdout.readline():
            pass
        worker.send_signal(signal.SIGTERM)
        said = worker.stdout.read()
    assert worker.returncode != 0
    assert "part 1 of 2 failed" in said
    with pytest.raises(ci_accel.CoverageDataError, match="part 1 of 2"):
        coverage(root).combine()


def test_a_part_takes_data_from_where_its_command_writes_it(root: Path) -> None:
    """A runner that cannot be told; what lies there already is nobody's."""
    command = [word.replace("{part}", "out.json") for word in SLIPCOVER]
    measured = coverage(root)
    where = root / "out.json"
    relative = os.path.relpath(where)
    command = [word.replace("out.json", str(where)) for word in command]
    run = measured.part(["env", "-C", str(root), *command], number=1, count=1, out=relative)
    assert run, run
    assert measured.combine().sealed
    with pytest.raises(ci_accel.CoverageDataError, match="there already, and nobody could tell whose it is"):
        measured.part(command, number=1, count=1, out=relative)


def test_parts_have_to_know_their_run(root: Path) -> None:
    """Two parts without a name they share would be two runs."""
    with pytest.raises(ValueError, match="set CI_ACCEL_RUN"):
        coverage(root).part(SLIPCOVER, number=1, count=2, items=["items/item_00.py"])
    with pytest.raises(ValueError, match="say what part 1 of 2 runs"):
        coverage(root).part(SLIPCOVER, number=1, count=2)
