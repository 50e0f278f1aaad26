"""Running tests in shards, with real processes under coverage.py and slipcover."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import ci_accel
from tests.support.script_suite import ITEMS, RUNNER, make_suite

if TYPE_CHECKING:
    from ci_accel.coverage.info import CoverageFormat

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


WRAPPER = """import runpy
import sys

part, *items = sys.argv[1:]
sys.argv = ["slipcover", "--source", "src", "--json", "--out", part, "runner.py", *items]
runpy.run_module("slipcover", run_name="__main__", alter_sys=True)
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return the root of a suite."""
    return make_suite(tmp_path / "suite")


def coverage(root: Path, **changes: Any) -> ci_accel.Coverage:
    """Return the coverage of the suite, whose tests execute 4 of 6 statements."""
    declared: dict[str, Any] = {"sources": ["src"], "items": ["items/*.py"], "fail_under": 50, "root": root}
    return ci_accel.Coverage(**(declared | changes))


@pytest.mark.parametrize("command", [SLIPCOVER, COVERAGE], ids=["slipcover", "coverage.py"])
def test_shards_together_cover_what_one_process_covers(root: Path, command: list[str]) -> None:
    """The report is the same for any number of shards, under both tools."""
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


def test_each_item_runs_once_and_its_output_is_in_a_log(root: Path) -> None:
    """The logs of the shards together have the output of each item once."""
    run = coverage(root).run(shards=5, command=SLIPCOVER)
    output = [line for log in run.logs for line in Path(log).read_text().splitlines()]
    assert sorted(output) == [f"running items/item_{number:02}.py" for number in range(ITEMS)]
    assert [Path(log).name for log in run.logs] == [f"part-{number:03}.log" for number in range(1, 6)]


def test_no_shard_is_empty(root: Path) -> None:
    """With fewer items than shards, one shard is started for each item."""
    run = coverage(root).run(["items/item_0[01].py"], shards=9, command=SLIPCOVER)
    assert len(run.parts) == 2


def test_failing_shard_fails_the_run_with_its_exit_code(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A failing shard does not stop the others, whose parts are kept; its exit code can be declared a success."""
    (root / "items/item_07.py").write_text("print('it is this one'); raise SystemExit(7)\n")
    measured = coverage(root)
    with caplog.at_level(logging.INFO, logger="ci_accel"):
        run = measured.run(shards=3, command=SLIPCOVER)
    assert not run
    assert run.exit_code == 7
    (failed,) = run.failed
    number = run.parts.index(failed) + 1
    assert str(run).startswith(f"part {number} of 3 failed: exit code 7 (log: ")
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


def test_C21_slipcover_part_of_a_forking_process_is_refused(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A slipcover part whose process forked fails the run, because slipcover silently loses data of killed workers."""
    (root / RUNNER).write_text(FORKS)
    measured = coverage(root)
    run = measured.run(shards=2, command=SLIPCOVER)
    assert not run
    assert run.exit_code == 1
    assert "run each worker as its own part" in str(run)
    with pytest.raises(ci_accel.CoverageDataError, match="run each worker as its own part"):
        measured.combine()


def test_C21_workers_of_coverage_py_write_a_file_each(root: Path) -> None:
    """With `parallel = true`, the data files of child processes belong to the part."""
    settings = "[tool.coverage.run]\nparallel = true\npatch = ['_exit', 'fork']\nsource = ['src']\n"
    (root / "pyproject.toml").write_text(settings)
    (root / RUNNER).write_text(FORKS)
    measured = coverage(root)
    run = measured.run(shards=2, command=COVERAGE)
    assert run, run
    assert len(list(Path(run.parts[0]).parent.glob("part-001.data.*.pid*"))) > 2
    measured.combine()
    assert (measured.check().covered, measured.check().total) == (4, 6)


@pytest.mark.parametrize("tool", [None, "slipcover"])
def test_tool_is_known_without_its_name_in_the_command(root: Path, tool: CoverageFormat | None) -> None:
    """A project may start slipcover from its own script: the tool is what the processes imported."""
    (root / "measure.py").write_text(WRAPPER)
    measured = coverage(root, tool=tool)
    run = measured.run(shards=2, command=[sys.executable, "measure.py", "{part}", "{items}"])
    assert run, run
    assert measured.combine().format == "slipcover"
    assert (measured.check().covered, measured.check().total) == (4, 6)


@pytest.mark.parametrize("command", [SLIPCOVER, COVERAGE], ids=["slipcover", "coverage.py"])
def test_tool_is_that_of_the_data_if_both_were_imported(root: Path, command: list[str]) -> None:
    """Tests may import the other tool: the format of the data then decides which tool measured."""
    both = "import coverage\nimport slipcover\n" + (root / RUNNER).read_text()
    (root / RUNNER).write_text(both)
    measured = coverage(root)
    assert measured.run(shards=2, command=command)
    assert measured.combine().format == ("slipcover" if command is SLIPCOVER else "coverage.py")


@pytest.mark.parametrize("make", ["os.mkfifo(part)", "os.mkdir(part)", "open(part, 'wb')"])
def test_part_that_is_not_a_data_file_is_refused(root: Path, make: str) -> None:
    """A FIFO, a folder or an empty file at the path of the data fails the run, and does not block."""
    (root / "make.py").write_text(f"import coverage, os, slipcover, sys\npart = sys.argv[1]\n{make}\n")
    run = coverage(root).run(shards=1, command=[sys.executable, "make.py", "{part}", "{items}"])
    assert not run
    assert "left no complete data: " in str(run)


def test_declared_tool_that_did_not_measure_is_an_error(root: Path) -> None:
    """A part whose data is not that of the declared tool fails the run, and the message names both tools."""
    run = coverage(root, tool="coverage.py").run(shards=1, command=SLIPCOVER)
    assert not run
    assert "its data is slipcover's, not coverage.py's: correct `tool`, or remove it" in str(run)
    with pytest.raises(ValueError, match=r"tool is 'nose'; it must be one of coverage\.py, slipcover"):
        coverage(root, tool="nose")


def test_C12_part_without_data_is_an_error(root: Path) -> None:
    """A command that measures nothing fails the run."""
    command = [sys.executable, RUNNER, "{items}"]
    run = coverage(root).run(shards=1, command=command, env={"COVERAGE_FILE": "{part}"})
    assert not run
    assert "left no complete data: no data file was written" in str(run)


def test_source_that_changes_during_the_run_makes_it_stale(root: Path) -> None:
    """`combine` fails and names a source that a test edited."""
    (root / "items/item_03.py").write_text("open('src/shop.py', 'a').write('# edited')\n")
    measured = coverage(root)
    measured.run(shards=2, command=SLIPCOVER)
    with pytest.raises(ci_accel.CoverageDataError, match=r"src/shop\.py changed"):
        measured.combine()


def test_C22_run_of_some_items_does_not_replace_a_complete_run(root: Path) -> None:
    """The artifact of a run of some items does not replace the artifact of a complete run."""
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
        ({"command": ["behave", "{items}"]}, "neither command nor a value of env has {part}"),
        ({"shards": 0}, "shards is 0"),
        ({"items": []}, "items is empty"),
        ({"items": ["src"]}, "src matches no declared item"),
    ],
)
def test_invalid_arguments_of_run(root: Path, arguments: dict[str, Any], words: str) -> None:
    """Invalid arguments are ValueErrors, before a process is started or a file written."""
    declared: dict[str, Any] = {"shards": 2, "command": SLIPCOVER}
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is checked below
        coverage(root).run(**(declared | arguments))
    assert words in str(caught.value)
    assert not (root / "build").exists()


def test_missing_command_is_an_error(root: Path) -> None:
    """A command that does not exist is a FileNotFoundError that names it."""
    with pytest.raises(FileNotFoundError) as caught:
        coverage(root).run(shards=2, command=["no-such-runner", "{part}", "{items}"])
    assert caught.value.filename == "no-such-runner"


def test_run_of_the_same_name_replaces_the_earlier_one(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A retried job has the same name of the run; the parts of the first attempt are deleted."""
    monkeypatch.setenv("CI_ACCEL_RUN", "job-5")
    measured = coverage(root)
    assert measured.run(shards=4, command=SLIPCOVER)
    assert measured.run(shards=2, command=SLIPCOVER)
    assert Path(measured.combine().files[0]).name
    assert sorted(path.name for path in (root / "build/coverage/job-5").glob("*.data*")) == [
        f"part-00{number}.data{ending}" for number in (1, 2) for ending in ("", ".passport.json")
    ]


def test_passport_describes_the_run(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The passport has the run, commit, parts, items, exit codes, code before and after, tool and data files."""
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
    """Workers of another runner are parts of the run that CI_ACCEL_RUN names."""
    monkeypatch.setenv("CI_ACCEL_RUN", "pabot-1")
    (root / "part.py").write_text(PART)
    commands = [[sys.executable, "part.py", str(number), *SLIPCOVER] for number in (1, 2)]
    workers = [subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) for command in commands]
    for number, worker in enumerate(workers, 1):
        output, _ = worker.communicate()
        assert worker.returncode == 0, output
        assert f"part {number} of 2 finished" in output
    measured = coverage(root)
    assert measured.combine(expected=["part-001.data", "part-002.data"]).sealed
    assert measured.check().covered == 4


def test_part_that_is_terminated_is_incomplete(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SIGTERM reaches the command of a part, and the part is recorded as failed."""
    monkeypatch.setenv("CI_ACCEL_RUN", "pabot-2")
    (root / "part.py").write_text(PART)
    (root / "items/item_01.py").write_text("import time; print('slow', flush=True); time.sleep(60)\n")
    command = [sys.executable, "-u", "part.py", "1", *SLIPCOVER]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        while "slow" not in worker.stdout.readline():
            pass
        worker.send_signal(signal.SIGTERM)
        output = worker.stdout.read()
    assert worker.returncode != 0
    assert "part 1 of 2 failed" in output
    with pytest.raises(ci_accel.CoverageDataError, match="part 1 of 2"):
        coverage(root).combine()


def test_part_copies_data_from_out(root: Path) -> None:
    """`out` names the data file of a command without `{part}`; a file that exists before the run is an error."""
    command = [word.replace("{part}", "out.json") for word in SLIPCOVER]
    measured = coverage(root)
    where = root / "out.json"
    relative = os.path.relpath(where)
    command = [word.replace("out.json", str(where)) for word in command]
    run = measured.part(["env", "-C", str(root), *command], number=1, count=1, out=relative)
    assert run, run
    assert measured.combine().sealed
    with pytest.raises(ci_accel.CoverageDataError, match="already exists before the run; delete it first"):
        measured.part(command, number=1, count=1, out=relative)


def test_one_of_several_parts_needs_a_run_and_items(root: Path) -> None:
    """A part of several needs the name of its run and its items."""
    with pytest.raises(ValueError, match="set CI_ACCEL_RUN"):
        coverage(root).part(SLIPCOVER, number=1, count=2, items=["items/item_00.py"])
    with pytest.raises(ValueError, match="part 1 of 2 needs `items`"):
        coverage(root).part(SLIPCOVER, number=1, count=2)
