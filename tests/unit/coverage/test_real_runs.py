"""Inspecting and combining data of real runs, compared with coverage.py and slipcover."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from coverage import CoverageData

import ci_accel
from tests.support.environments import clean_environment

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.coverage_tools import Tools

PROGRAM = """\
import sys
import shop.cart

def main(words):
    for word in words:
        if word == "sell":
            shop.cart.sell(2)
        elif word == "count":
            list(shop.cart.counted())
    return (lambda: 0)()

main(sys.argv[1:])
"""
CART = """\
def sell(count):
    if count > 1:
        return "many"
    return "one"

def counted():
    for number in range(3):
        yield number

def never():
    raise ValueError

def thrown():
    yield

try:
    thrown().throw(ValueError)
except ValueError:
    pass
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """Return a folder with a package with an empty module, and a program that uses the package."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/__init__.py").write_text("")
    (tmp_path / "shop/cart.py").write_text(CART)
    (tmp_path / "main.py").write_text(PROGRAM)
    return tmp_path


def run(folder: Path, *command: str) -> None:
    """Run a module of this Python without the settings of the coverage that measures the tests."""
    subprocess.run([sys.executable, "-m", *command], cwd=folder, env=clean_environment(), check=True)


@pytest.mark.parametrize("options", [[], ["--branch"], ["--context=a"], ["--branch", "--context=b", "--parallel-mode"]])
def test_a_run_of_coverage_py(program: Path, options: list[str]) -> None:
    """Files, lines and contexts of a real run are those that coverage.py reads."""
    run(program, "coverage", "run", "--data-file=data", *options, "--source=.", "main.py", "sell", "count")
    (path,) = program.glob("data*")
    info = ci_accel.inspect_coverage(path)
    data = CoverageData(str(path))
    data.read()
    assert info.files == tuple(sorted(data.measured_files()))
    assert info.contexts == tuple(sorted(data.measured_contexts()))
    assert info.covered_lines == sum(len(data.lines(file) or ()) for file in data.measured_files())
    assert info.has_branches == data.has_arcs() == ("--branch" in options)
    data.close(force=True)


def test_a_run_of_coverage_py_that_measured_nothing(program: Path) -> None:
    """The data file of a run that measured nothing is valid."""
    run(program, "coverage", "run", "--data-file=data", "--include=nothing", "main.py")
    info = ci_accel.inspect_coverage(program / "data")
    assert (info.files, info.contexts, info.covered_lines) == ((), (), 0)


@pytest.mark.parametrize("options", [[], ["--branch"]])
def test_a_run_of_slipcover(program: Path, options: list[str]) -> None:
    """Files and totals of a real run are those that slipcover counts."""
    run(program, "slipcover", "--json", "--out=part.json", *options, "--source=.", "main.py", "sell")
    info = ci_accel.inspect_coverage(program / "part.json")
    document = json.loads((program / "part.json").read_text())
    assert info.files == tuple(sorted(document["files"]))
    totals = document["summary"]["covered_lines"], document["summary"]["missing_lines"]
    assert (info.covered_lines, info.missing_lines) == totals
    assert info.has_branches == bool(options)
    assert info.version == document["meta"]["version"]


PROCESSES: tuple[list[str], ...] = (["sell"], ["count"], ["sell", "count"], [])
"""Arguments of the program in each process."""


@pytest.mark.parametrize("options", [[], ["--branch"], ["--branch", "--context={}"]])
def test_runs_of_coverage_py_are_combined_as_by_coverage_py(program: Path, tools: Tools, options: list[str]) -> None:
    """Real runs of both versions have the files, lines, arcs and contexts that `coverage combine` writes."""
    parts = []
    for number, words in enumerate(PROCESSES):
        parts.append(program / f"part-{number}.sqlite")
        chosen = [option.format(f"process {number}") for option in options]
        command = ["coverage", "run", f"--data-file={parts[-1]}", *chosen, "--source=.", "main.py", *words]
        assert tools.run(program, *command).returncode == 0
    ours = ci_accel.combine_coverage(parts, into=program / "ours.sqlite", root=program)
    theirs = tools.combined(program, parts)
    assert tools.meaning(program / "ours.sqlite") == theirs
    assert ours.covered_lines == sum(len(lines) for lines, *_ in theirs["files"].values())
    reports = []
    for name in ("ours.sqlite", "theirs"):
        answer = tools.run(program, "coverage", "report", f"--data-file={name}")
        assert answer.returncode == 0
        reports.append(answer.stdout)
    assert reports[0] == reports[1]


@pytest.mark.parametrize("options", [[], ["--branch"]])
def test_runs_of_slipcover_are_combined_as_by_slipcover(program: Path, tools: Tools, options: list[str]) -> None:
    """Real runs of both versions have the lines, branches and totals that `slipcover --merge` writes."""
    parts = []
    for number, words in enumerate(PROCESSES):
        parts.append(program / f"part-{number}.json")
        command = ["slipcover", "--json", f"--out={parts[-1]}", *options, "--source=.", "main.py", *words]
        assert tools.run(program, *command).returncode == 0
    ci_accel.combine_coverage(parts, into=program / "ours.json", root=program)
    assert tools.run(program, "slipcover", "--merge", *parts, "--out=theirs.json").returncode == 0
    ours, theirs = (json.loads((program / name).read_text()) for name in ("ours.json", "theirs.json"))
    assert ours["files"] == theirs["files"]
    assert ours["summary"].items() >= theirs["summary"].items()
    assert {"covered_lines", "missing_lines", "percent_covered"} <= {*theirs["summary"]}
