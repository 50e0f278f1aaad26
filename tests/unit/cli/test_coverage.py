"""`ci-accel coverage`: what it prints, for people and for programs, and its exit codes."""

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

pytestmark = pytest.mark.measured_children

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
    """Run the command, to its end."""
    whole = [sys.executable, "-m", "ci_accel", "coverage", *map(str, arguments)]
    return subprocess.run(whole, cwd=cwd, env={**os.environ, **variables}, capture_output=True, text=True, check=False)


def printed(*arguments: str | Path, cwd: Path) -> str:
    """Return what it prints when all is well."""
    done = run(*arguments, cwd=cwd)
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout


def document(*arguments: str | Path, cwd: Path) -> dict[str, Any]:
    """Return the JSON that it prints."""
    found: dict[str, Any] = json.loads(printed(*arguments, "--json", cwd=cwd))
    assert found.pop("version") == 1
    return found


def failed(*arguments: str | Path, cwd: Path, **variables: str) -> str:
    """Return what it fails with; nothing may stand on standard output."""
    done = run(*arguments, cwd=cwd, **variables)
    assert (done.returncode, done.stdout) == (1, ""), done
    assert done.stderr.startswith("ci-accel: ")
    return done.stderr.removeprefix("ci-accel: ").removesuffix("\n")


def test_help_lists_the_verbs(tmp_path: Path) -> None:
    """Each with a line of its own."""
    said = printed("--help", cwd=tmp_path)
    for verb in ("inspect", "fingerprint", "part", "combine", "seal", "check", "convert", "report"):
        assert f"\n    {verb}" in said
        assert f"ci-accel coverage {verb}" in printed(verb, "--help", cwd=tmp_path)


def test_inspect(shop: Shop) -> None:
    """What a file is."""
    path = write_lines(shop.root / "data", {"/code/cart.py": {1, 2}}, context="fast")
    said = printed("inspect", path, cwd=shop.root)
    assert "lines, not sealed\n  1 files, 2 covered lines\n  contexts  fast\n" in said
    found = document("inspect", shop.whole(), cwd=shop.root)
    assert (found["format"], found["sealed"], found["covered_lines"], found["missing_lines"]) == (
        "slipcover",
        True,
        6,
        1,
    )
    assert "there is no such file" in failed("inspect", ".coverage", cwd=shop.root)


def test_check_and_report(shop: Shop) -> None:
    """Exit code 2 is a gate that is not reached, 1 an artifact in doubt."""
    shop.whole()
    assert printed("check", cwd=shop.root) == "coverage 85.71 % (6 of 7) reaches 80 %\n"
    found = document("check", cwd=shop.root)
    assert (found["reached"], found["covered"], found["total"], found["fail_under"]) == (True, 6, 7, "80")
    said = printed("report", cwd=shop.root)
    assert "TOTAL" in said
    assert said.splitlines()[-1].startswith('ci-accel coverage: {"version": 1, "passed": true')
    printed("report", "--format", "markdown", "--out", "summary.md", cwd=shop.root)
    assert "| **TOTAL** |" in (shop.root / "summary.md").read_text()
    assert json.loads(printed("report", "--json", cwd=shop.root))["totals"]["covered"] == 6
    shop.write("pyproject.toml", (PYPROJECT + DECLARED).replace("80", "90"))
    done = run("check", cwd=shop.root)
    assert (done.returncode, done.stdout) == (2, "coverage 85.71 % (6 of 7) is below 90 %\n"), done
    assert run("check", "--json", cwd=shop.root).returncode == 2
    assert "is below 90 %" in printed("report", cwd=shop.root)
    shop.write(STEPS, "STEP = 7\n")
    assert f"{STEPS} changed since the tests ran; run the tests again" in failed("check", cwd=shop.root)
    assert f"{STEPS} changed since the tests ran; run the tests again" in failed("report", cwd=shop.root)


def test_a_reader_that_goes_away_lets_no_gate_pass(shop: Shop) -> None:
    """`ci-accel coverage check | true` under pipefail."""
    shop.whole()
    shop.write("pyproject.toml", (PYPROJECT + DECLARED).replace("80", "90"))
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "ci_accel", "coverage", "check"]
    done = subprocess.run(command, cwd=shop.root, stdout=writing, check=False)
    os.close(writing)
    assert done.returncode == 2


def test_errors_are_annotations_on_actions(shop: Shop) -> None:
    """And nowhere else; file and message are one line of a workflow command."""
    said = failed("check", cwd=shop.root, GITHUB_ACTIONS="true")
    assert "\n::error file=build/coverage/coverage.json::" in said
    assert "::error" not in failed("check", cwd=shop.root, GITHUB_ACTIONS="")


def test_seal(shop: Shop) -> None:
    """An artifact of one process: what counted before it, its exit code, its items."""
    assert "8 files recorded in build/before.json" in printed("fingerprint", "build/before.json", cwd=shop.root)
    path = shop.data(shop.folder_for("coverage.json"))
    seal = ["seal", str(path), "--before", "build/before.json", "--exit-code"]
    assert ", sealed\n" in printed(*seal, "0", cwd=shop.root)
    assert "reaches" in printed("check", cwd=shop.root)
    printed(*seal, "3", cwd=shop.root)
    assert "exit code 3" in failed("check", cwd=shop.root)
    shop.write("items.txt", f"{FEATURES[0]}\n\n")
    printed(*seal, "0", "--items", "items.txt", cwd=shop.root)
    assert "a run of some items only" in failed("check", cwd=shop.root)
    shop.write("items.txt", "")
    printed(*seal, "0", "--items", "items.txt", cwd=shop.root)
    assert "a run of some items only" in failed("check", cwd=shop.root)


def test_combine(shop: Shop) -> None:
    """The parts of the last run, or files that are named."""
    parts = shop.run()
    assert "the whole run: slipcover 1.1.0, lines, sealed" in printed("combine", "--expected", "2", cwd=shop.root)
    assert "3 parts were expected" in failed("combine", "--expected", "3", cwd=shop.root)
    assert "union.json: slipcover 1.1.0, lines, not sealed" in printed(
        "combine", *parts, "--into", "union.json", cwd=shop.root
    )
    assert "name where the parts go: --into PATH" in failed("combine", *parts, cwd=shop.root)


def test_convert(shop: Shop) -> None:
    """Slipcover's JSON for coverage.py's reporters."""
    path = shop.data(shop.root / "part.json")
    assert "data: coverage.py " in printed("convert", path, "--into", "data", cwd=shop.root)
    assert ci_accel.inspect_coverage(shop.root / "data").covered_lines == 6


@pytest.mark.measured_children(False)  # they are measured for their own part
def test_part(tmp_path: Path) -> None:
    """A worker of another runner: its output passes, its exit code is ours, its data is sealed."""
    root = make_suite(tmp_path / "suite", settings=SUITE)
    for number in (1, 2):
        items = [f"items/item_{each:02}.py" for each in range(ITEMS) if each % 2 == number % 2]
        (root / f"items-{number}.txt").write_text("\n".join(items))
    arguments = ["--items", "items-1.txt", "--", *SLIPCOVER]
    first = run("part", "--part", "1/2", *arguments, cwd=root, CI_ACCEL_RUN="run-1")
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.count("running items/item_") == ITEMS // 2
    said = failed("combine", cwd=root, CI_ACCEL_RUN="run-1")
    assert "the run is incomplete: part 2 of 2 left no complete data" in said
    (root / "items/item_04.py").write_text("import sys; sys.exit(9)\n")
    second = ["part", "--part", "2/2", "--items", "items-2.txt", "--", *SLIPCOVER]
    done = run(*second, cwd=root, CI_ACCEL_RUN="run-1")
    assert done.returncode == 9
    assert "ci-accel: part 2 of 2 failed: exit code 9" in done.stderr


@pytest.mark.measured_children(False)  # the same
def test_part_for_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """What became of it follows the command's own output."""
    monkeypatch.chdir(make_suite(tmp_path / "suite", settings=SUITE))
    command = ["coverage", "part", "--part", "1/1", "--json", "--", *SLIPCOVER]
    assert cli.main(command) == 0
    running, brace, document = capfd.readouterr().out.partition("{")
    assert len(running.splitlines()) == ITEMS
    told = json.loads(brace + document)
    assert (told["exit_code"], told["failed"], told["message"]) == (0, [], "part 1 of 1 ended well")
    assert ci_accel.inspect_coverage(told["parts"][0]).sealed
    assert cli.main([*command[:4], "--", "sh", "-c", "kill -9 $$", "{part}", "{items}"]) == 137
    assert "part 1 of 1 failed: killed by SIGKILL" in capfd.readouterr().err


@pytest.mark.parametrize("arguments", [["part", "--part", "3/2", "--", "x"], ["part"], ["nothing"], ["report", "--x"]])
def test_wrong_usage(tmp_path: Path, arguments: list[str]) -> None:
    """Exit code 64, and how it is used."""
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 64
    assert done.stderr.startswith("usage: ci-accel")
    assert "ci-accel" in done.stderr
