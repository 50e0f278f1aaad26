"""`ci-accel coverage`: its output, as text and as JSON, and its exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

import ci_accel
from ci_accel.cli import main as cli
from tests.support.coverage_files import write_lines
from tests.support.coverage_project import FEATURES, PYPROJECT, STEPS, Shop
from tests.support.script_suite import ITEMS, RUNNER, make_suite

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.every_python, pytest.mark.measured_children]

DECLARED = """
[tool.ci-accel.coverage]
sources = ["src"]
items = ["features/**/*.feature"]
inputs = ["features/steps.py"]
"""
SUITE = """
[tool.ci-accel.coverage]
sources = ["src"]
items = ["items/*.py"]
fail-under = 50
"""
SLIPCOVER = [sys.executable, "-m", "slipcover", "--source", "src", "--json", "--out", "{part}", RUNNER, "{items}"]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """Return a checkout that declares its coverage."""
    shop = Shop(tmp_path / "checkout")
    shop.write("pyproject.toml", PYPROJECT + DECLARED)
    return shop


def run(*arguments: str | Path, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    command = [sys.executable, "-m", "ci_accel", "coverage", *map(str, arguments)]
    environment = {**os.environ, **variables}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def printed(*arguments: str | Path, cwd: Path) -> str:
    """Return the output of a successful command."""
    done = run(*arguments, cwd=cwd)
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout


def document(*arguments: str | Path, cwd: Path) -> dict[str, Any]:
    """Return the JSON document that the command prints."""
    found: dict[str, Any] = json.loads(printed(*arguments, "--json", cwd=cwd))
    assert found.pop("version") == 1
    return found


def failed(*arguments: str | Path, cwd: Path, **variables: str) -> str:
    """Return the error of a failing command, which prints nothing on standard output."""
    done = run(*arguments, cwd=cwd, **variables)
    assert (done.returncode, done.stdout) == (1, ""), done
    assert done.stderr.startswith("ci-accel: ")
    return done.stderr.removeprefix("ci-accel: ").removesuffix("\n")


def test_help_lists_the_verbs(tmp_path: Path) -> None:
    """The help has a line for each verb, and each verb has its own help."""
    output = printed("--help", cwd=tmp_path)
    for verb in ("inspect", "fingerprint", "part", "combine", "seal", "check", "convert", "report"):
        assert f"\n    {verb}" in output
        assert f"ci-accel coverage {verb}" in printed(verb, "--help", cwd=tmp_path)


def test_inspect(shop: Shop) -> None:
    """`inspect` prints the contents of a data file in short."""
    path = write_lines(shop.root / "data", {"/code/cart.py": {1, 2}}, context="fast")
    output = printed("inspect", path, cwd=shop.root)
    assert "lines, not sealed\n  1 files, 2 covered lines\n  contexts  fast\n" in output
    found = document("inspect", shop.artifact(), cwd=shop.root)
    assert (found["format"], found["sealed"], found["covered_lines"], found["missing_lines"]) == (
        "slipcover",
        True,
        6,
        1,
    )
    assert "there is no such file" in failed("inspect", ".coverage", cwd=shop.root)


def test_check_and_report(shop: Shop) -> None:
    """The exit code is 2 if the threshold is not reached, also after a report, and 1 for an invalid artifact."""
    shop.artifact()
    assert printed("check", cwd=shop.root) == "coverage 85.71 % (6 of 7), threshold 80 %: passed\n"
    found = document("check", cwd=shop.root)
    assert (found["passed"], found["covered"], found["total"], found["fail_under"]) == (True, 6, 7, "80")
    output = printed("report", cwd=shop.root)
    assert "TOTAL" in output
    assert output.splitlines()[-1].startswith('ci-accel coverage: {"version": 1, "passed": true')
    printed("report", "--format", "markdown", "--out", "summary.md", cwd=shop.root)
    assert "| **TOTAL** |" in (shop.root / "summary.md").read_text()
    assert json.loads(printed("report", "--json", cwd=shop.root))["totals"]["covered"] == 6
    shop.write("pyproject.toml", (PYPROJECT + DECLARED).replace("80", "90"))
    done = run("check", cwd=shop.root)
    assert (done.returncode, done.stdout) == (2, "coverage 85.71 % (6 of 7), threshold 90 %: failed\n"), done
    assert run("check", "--json", cwd=shop.root).returncode == 2
    done = run("report", cwd=shop.root)
    assert (done.returncode, done.stderr) == (2, "")
    assert "TOTAL" in done.stdout
    assert "coverage 85.71 % (6 of 7), threshold 90 %: failed\n" in done.stdout
    assert run("report", "--out", "summary.md", cwd=shop.root).returncode == 2
    done = run("report", "--json", cwd=shop.root)
    assert (done.returncode, json.loads(done.stdout)["verdict"]["passed"]) == (2, False)
    shop.write(STEPS, "STEP = 7\n")
    assert f"{STEPS} changed since the tests ran; run the tests again" in failed("check", cwd=shop.root)
    assert f"{STEPS} changed since the tests ran; run the tests again" in failed("report", cwd=shop.root)


def test_closed_pipe_does_not_pass_the_gate(shop: Shop) -> None:
    """`ci-accel coverage check | true` exits with 2 under pipefail if the threshold is not reached."""
    shop.artifact()
    shop.write("pyproject.toml", (PYPROJECT + DECLARED).replace("80", "90"))
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "ci_accel", "coverage", "check"]
    done = subprocess.run(command, cwd=shop.root, stdout=writing, check=False)
    os.close(writing)
    assert done.returncode == 2


def test_errors_are_annotations_on_actions(shop: Shop) -> None:
    """An error is an annotation on Actions only, as one line of a workflow command."""
    output = failed("check", cwd=shop.root, GITHUB_ACTIONS="true")
    assert "\n::error file=build/coverage/coverage.json::" in output
    assert "::error" not in failed("check", cwd=shop.root, GITHUB_ACTIONS="")


def test_seal(shop: Shop) -> None:
    """`seal` records the code before the run, the exit code and the items of an artifact."""
    assert "8 files recorded in build/before.json" in printed("fingerprint", "build/before.json", cwd=shop.root)
    path = shop.data(shop.folder_for("coverage.json"))
    seal = ["seal", str(path), "--before", "build/before.json", "--exit-code"]
    assert ", sealed\n" in printed(*seal, "0", cwd=shop.root)
    assert "passed" in printed("check", cwd=shop.root)
    printed(*seal, "3", cwd=shop.root)
    assert "exit code 3" in failed("check", cwd=shop.root)
    shop.write("items.txt", f"{FEATURES[0]}\n\n")
    printed(*seal, "0", "--items", "items.txt", cwd=shop.root)
    assert "a run of some items only" in failed("check", cwd=shop.root)
    shop.write("items.txt", "")
    printed(*seal, "0", "--items", "items.txt", cwd=shop.root)
    assert "a run of some items only" in failed("check", cwd=shop.root)


def test_combine(shop: Shop) -> None:
    """`combine` combines the parts of the latest run, or the given files."""
    parts = shop.run()
    assert "combined: slipcover 1.1.0, lines, sealed" in printed("combine", "--expected", "2", cwd=shop.root)
    assert "3 parts were expected" in failed("combine", "--expected", "3", cwd=shop.root)
    assert "combined.json: slipcover 1.1.0, lines, not sealed" in printed(
        "combine", *parts, "--into", "combined.json", cwd=shop.root
    )
    assert "add --into PATH, the file to write" in failed("combine", *parts, cwd=shop.root)


def test_convert(shop: Shop) -> None:
    """`convert` writes a data file of coverage.py from slipcover's JSON."""
    path = shop.data(shop.root / "part.json")
    assert "data: coverage.py " in printed("convert", path, "--into", "data", cwd=shop.root)
    assert ci_accel.inspect_coverage(shop.root / "data").covered_lines == 6


@pytest.mark.measured_children(False)  # they are measured as parts of their own run
def test_part(tmp_path: Path) -> None:
    """`part` passes on the output and the exit code of a command, and seals its data."""
    root = make_suite(tmp_path / "suite", settings=SUITE)
    for number in (1, 2):
        items = [f"items/item_{each:02}.py" for each in range(ITEMS) if each % 2 == number % 2]
        (root / f"items-{number}.txt").write_text("\n".join(items))
    arguments = ["--items", "items-1.txt", "--", *SLIPCOVER]
    first = run("part", "--part", "1/2", *arguments, cwd=root, CI_ACCEL_RUN="run-1")
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.count("running items/item_") == ITEMS // 2
    output = failed("combine", cwd=root, CI_ACCEL_RUN="run-1")
    assert "the run is incomplete: part 2 of 2 left no complete data" in output
    (root / "items/item_04.py").write_text("import sys; sys.exit(9)\n")
    second = ["part", "--part", "2/2", "--items", "items-2.txt", "--", *SLIPCOVER]
    done = run(*second, cwd=root, CI_ACCEL_RUN="run-1")
    assert done.returncode == 9
    assert "ci-accel: part 2 of 2 failed: exit code 9" in done.stderr


@pytest.mark.measured_children(False)  # the same reason
def test_part_with_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """The JSON document follows the output of the command."""
    monkeypatch.chdir(make_suite(tmp_path / "suite", settings=SUITE))
    command = ["coverage", "part", "--part", "1/1", "--json", "--", *SLIPCOVER]
    assert cli.main(command) == 0
    running, brace, document = capfd.readouterr().out.partition("{")
    assert len(running.splitlines()) == ITEMS
    run = json.loads(brace + document)
    assert (run["exit_code"], run["failed"], run["message"]) == (0, [], "part 1 of 1 finished")
    assert ci_accel.inspect_coverage(run["parts"][0]).sealed
    assert cli.main([*command[:4], "--", "sh", "-c", "kill -9 $$", "{part}", "{items}"]) == 137
    assert "part 1 of 1 failed: killed by SIGKILL" in capfd.readouterr().err


@pytest.mark.parametrize("arguments", [["part", "--part", "3/2", "--", "x"], ["part"], ["nothing"], ["report", "--x"]])
def test_wrong_usage(tmp_path: Path, arguments: list[str]) -> None:
    """Wrong usage prints the usage and exits with 64."""
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 64
    assert done.stderr.startswith("usage: ci-accel")
    assert "ci-accel" in done.stderr
