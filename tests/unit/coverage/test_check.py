"""The gate: it passes on proved data only, counts anew, and compares whole numbers."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import ci_accel
from tests.support.coverage_files import entry, report, write_report
from tests.support.coverage_project import FEATURES, PYPROJECT, SOURCES, WHOLE, Shop, passport_of
from tests.support.environments import clean_environment

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """Return a checkout."""
    return Shop(tmp_path / "checkout")


def refusal(coverage: ci_accel.Coverage) -> str:
    """Return why the gate does not believe an artifact; `explain` says the same."""
    with pytest.raises(ci_accel.CoverageDataError) as caught:
        coverage.check()
    assert coverage.explain().reasons == (str(caught.value),)
    return str(caught.value)


@pytest.mark.parametrize("tool", ["slipcover", "coverage.py"])
def test_the_threshold_is_compared_with_what_ran(shop: Shop, tool: str) -> None:
    """6 of 7 statements: 85.71 %."""
    shop.whole(tool=tool)
    result = shop.coverage().check()
    assert result
    assert (result.covered, result.total, result.fail_under) == (6, 7, "80")
    assert round(result.percent, 2) == 85.71
    assert "85.71" in result.message
    shop.write("pyproject.toml", PYPROJECT.replace("80", "86"))
    result = shop.coverage().check()
    assert not result
    assert (result.covered, result.total, result.fail_under) == (6, 7, "86")


def test_arcs_are_counted_as_coverage_py_counts_them(shop: Shop) -> None:
    """Statements and branches come from coverage.py itself."""
    path = shop.whole(tool="coverage.py with arcs")
    result = shop.coverage().check()
    command = [sys.executable, "-m", "coverage", "json", f"--data-file={path}", "-o", "-", "--fail-under=0", "-q"]
    answer = subprocess.run(command, cwd=shop.root, env=clean_environment(), capture_output=True, check=True)
    totals = json.loads(answer.stdout)["totals"]
    assert result.covered == totals["covered_lines"] + totals["covered_branches"]
    assert result.total == totals["num_statements"] + totals["num_branches"]
    assert totals["num_branches"] == 2


def test_C20_nothing_measured_never_passes(shop: Shop) -> None:
    """Neither without any statement, nor where none of them ran, whatever the threshold."""
    shop.write("pyproject.toml", PYPROJECT.replace("80", "0"))
    for name in SOURCES:
        shop.write(name, '"""Nothing."""\n')
    path = shop.data(shop.folder_for("coverage.json"), {})
    coverage = shop.coverage()
    coverage.seal(path, exit_code=0, items=FEATURES, before=coverage.fingerprint())
    result = coverage.check()
    assert not result
    assert (result.covered, result.total) == (0, 0)
    assert "nothing was measured" in result.message
    for name, text in SOURCES.items():
        shop.write(name, text)
    shop.data(path, {name: ([], [1]) for name in SOURCES})
    coverage.seal(path, exit_code=0, items=FEATURES, before=coverage.fingerprint())
    result = coverage.check()
    assert not result
    assert "nothing ran" in result.message


def test_two_empty_files_of_slipcover_do_not_pass(shop: Shop) -> None:
    """By slipcover itself they are called 100 %."""
    empty = write_report(shop.folder_for("one.json"), report({}))
    other = write_report(shop.folder_for("other.json"), report({}))
    merged = subprocess.run(
        [sys.executable, "-m", "slipcover", "--merge", empty, other, "--out", shop.folder / "theirs.json"],
        check=False,
    )
    assert merged.returncode == 0
    assert json.loads((shop.folder / "theirs.json").read_text())["summary"]["percent_covered"] == 100.0
    shop.run(lines={})
    assert shop.coverage().combine().covered_lines == 0
    assert "src/shop/cart.py, src/shop/stock.py: not in the data" in refusal(shop.coverage())


def test_a_summary_is_not_believed(shop: Shop) -> None:
    """Totals are counted from the lines."""
    files = {name: entry(executed, missing) for name, (executed, missing) in WHOLE.items()}
    document = report(files)
    document["summary"] |= {"percent_covered": 100.0, "percent_covered_display": "100", "missing_lines": 0}
    path = write_report(shop.folder_for("coverage.json"), document)
    coverage = shop.coverage(fail_under="80")
    coverage.seal(path, exit_code=0, items=FEATURES, before=coverage.fingerprint())
    assert (coverage.check().covered, coverage.check().total) == (6, 7)


def test_a_project_that_declares_no_items_is_told_what_is_not_proved(shop: Shop) -> None:
    """Nobody can tell then whether all tests ran."""
    path = shop.data(shop.folder_for("coverage.json"))
    coverage = shop.coverage(items=[])
    coverage.seal(path, exit_code=0, items=FEATURES[:1], before=coverage.fingerprint())
    assert any("no items are declared" in reason for reason in coverage.check().reasons)
    coverage = shop.coverage()
    coverage.seal(path, exit_code=0, items=FEATURES, before=coverage.fingerprint())
    assert not coverage.check().reasons


@pytest.mark.parametrize("tool", ["slipcover", "coverage.py", "coverage.py with arcs"])
def test_C06_a_line_past_the_end_of_its_source_is_an_error(shop: Shop, tool: str) -> None:
    """Something else was measured under the name of the source."""
    shop.run(tool=tool, lines={**WHOLE, "src/shop/cart.py": ([1, 4], [])})
    shop.coverage().combine()
    assert "src/shop/cart.py: line 4 was measured, and it has 3; see what is run" in refusal(shop.coverage())


def test_a_source_that_is_not_in_the_data_is_an_error(shop: Shop) -> None:
    """Unless it is left out, or has nothing that could run."""
    partial = {"src/shop/cart.py": WHOLE["src/shop/cart.py"]}
    shop.run(lines=partial)
    shop.coverage().combine()
    assert "src/shop/stock.py: not in the data; see that the run measures all of the sources" in refusal(
        shop.coverage()
    )
    for pattern in ("src/shop/stock.py", "*/stock.py", "src/shop/s*.py"):
        coverage = shop.coverage(omit=[pattern])
        path = shop.data(shop.folder / "coverage.json", partial)
        coverage.seal(path, exit_code=0, items=FEATURES, before=coverage.fingerprint())
        assert (coverage.check().covered, coverage.check().total) == (3, 3)


def test_C09_what_is_none_of_the_sources_is_listed_and_not_counted(shop: Shop) -> None:
    """Steps that were measured, too, do not raise the figure."""
    path = shop.data(shop.folder_for("coverage.json"), WHOLE | {"features/steps.py": ([1], [])})
    coverage = shop.coverage()
    coverage.seal(path, exit_code=0, items=FEATURES, before=coverage.fingerprint())
    result = coverage.check()
    assert (result.covered, result.total) == (6, 7)
    assert "not counted, being none of the sources: features/steps.py" in result.reasons


@pytest.mark.parametrize("tool", ["coverage.py", "coverage.py with arcs"])
@pytest.mark.parametrize("fault", ["stale", "torn", "empty", "subset", "foreign", "without passport"])
def test_what_lies_beside_a_good_artifact_changes_nothing(shop: Shop, tool: str, fault: str) -> None:
    """A stale or partial one, in the other format or in folders of other runs."""
    good = shop.whole()
    before = shop.coverage().check()
    keep = {path: path.read_bytes() for path in (good, passport_of(good))}
    if fault == "stale":
        shop.write(FEATURES[0], "Feature: before\n")
    items = FEATURES[:1] if fault == "subset" else FEATURES
    shop.part(1, 1, items, tool=tool, run="other")
    if fault == "stale":
        shop.write(FEATURES[0], f"Feature: {FEATURES[0]}\n")
    beside = shop.folder / "coverage.sqlite"
    part = shop.folder / "other/part-001.sqlite"
    beside.write_bytes(part.read_bytes())
    passport_of(beside).write_text(passport_of(part).read_text().replace("part-001", "coverage"))
    if fault == "torn":
        beside.write_bytes(part.read_bytes()[:-4096])
    elif fault == "empty":
        beside.write_bytes(b"")
    elif fault == "foreign":
        beside.write_bytes(b"SQLite format 3\0")
    elif fault == "without passport":
        passport_of(beside).unlink()
    after = shop.coverage().check()
    assert (bool(after), after.covered, after.total) == (bool(before), before.covered, before.total)
    assert keep == {path: path.read_bytes() for path in keep}
    good.unlink()
    refusal(shop.coverage())


def test_two_artifacts_that_both_prove_the_code_are_one_too_many(shop: Shop) -> None:
    """Nobody could tell which figure is meant."""
    shop.whole()
    part = shop.part(1, 1, FEATURES, tool="coverage.py", run="other")
    beside = shop.folder / "coverage.sqlite"
    beside.write_bytes(part.read_bytes())
    passport_of(beside).write_text(passport_of(part).read_text())
    assert "whole and of this code, and so is" in refusal(shop.coverage())


@pytest.mark.parametrize(
    ("files", "threshold"),
    [
        ({"pyproject.toml": "[tool.coverage.report]\nfail_under = 85.5\n"}, "85.5"),
        ({"pyproject.toml": "[tool.slipcover]\nfail-under = 85\n"}, "85"),
        ({"pyproject.toml": "", ".coveragerc": "[report]\nfail_under = 84\n"}, "84"),
        ({"pyproject.toml": "", "setup.cfg": "[coverage:report]\nfail_under = 83\n"}, "83"),
        ({"pyproject.toml": "[tool.coverage.report]\nfail_under=80\n[tool.slipcover]\nfail-under=80.0\n"}, "80"),
    ],
)
def test_the_threshold_stands_in_one_place(shop: Shop, files: dict[str, str], threshold: str) -> None:
    """Wherever the tools look for it; twice the same is the same."""
    for name, text in files.items():
        shop.write(name, text)
    shop.whole()
    result = shop.coverage().check()
    assert result
    assert result.fail_under == threshold


@pytest.mark.parametrize(
    ("pyproject", "argument", "words"),
    [
        ("", None, "there is no threshold: set fail_under in [tool.coverage.report]"),
        ("[tool.coverage.report]\nfail_under = 80\n[tool.slipcover]\nfail-under = 81\n", None, "that disagree"),
        (PYPROJECT, 81, "fail_under of [tool.ci-accel.coverage] is 81: two thresholds that disagree"),
        ("[tool.coverage.report]\nfail_under = 101\n", None, "is 101; it has to be a percentage from 0 to 100"),
        ("[tool.coverage.report]\nfail_under = true\n", None, "is True; it has to be a percentage"),
        ("[tool.coverage.report]\nfail_under = 'high'\n", None, "is 'high'; it has to be a percentage"),
        ("[tool.coverage.report]\nfail_under = nan\n", None, "it has to be a percentage"),
        ("fail_under = \n", None, "pyproject.toml: not valid TOML"),
    ],
)
def test_a_threshold_in_doubt_is_an_error(shop: Shop, pyproject: str, argument: float | None, words: str) -> None:
    """None at all, two that disagree, or no percentage."""
    shop.whole()
    shop.write("pyproject.toml", pyproject)
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - its words are looked at below
        shop.coverage(fail_under=argument).check()
    assert words in str(caught.value)


def test_the_comparison_is_exact(shop: Shop) -> None:
    """2 of 3 reach 66.66 and not 66.67, and the tool that would round is named."""
    shop.write("src/shop/cart.py", "A = 1\nB = 2\nif A > B:\n    C = 3\n")
    path = shop.data(
        shop.folder_for("coverage.json"), {"src/shop/cart.py": ([1, 2], [4]), "src/shop/stock.py": ([1, 4], [5])}
    )
    coverage = shop.coverage(fail_under=66.66)
    shop.write("pyproject.toml", "")
    coverage.seal(path, exit_code=0, items=FEATURES, before=coverage.fingerprint())
    assert coverage.check()
    result = shop.coverage(fail_under=66.67).check()
    assert not result
    assert any("coverage.py" in reason for reason in result.reasons)


@pytest.mark.parametrize("tool", ["slipcover", "coverage.py", "coverage.py with arcs"])
def test_an_artifact_counts_the_same_in_another_checkout(shop: Shop, tmp_path: Path, tool: str) -> None:
    """The job that only reports has another path than the one that ran the tests."""
    shop.whole(tool=tool)
    here = shop.coverage().check()
    other = shop.copy(tmp_path / "elsewhere")
    shop.root.rename(tmp_path / "gone")
    there = other.coverage().check()
    assert (here.covered, here.total, here.message) == (there.covered, there.total, there.message)


def test_the_data_is_left_as_it_is(shop: Shop) -> None:
    """coverage.py's tools remove what lies beside; they get a copy of their own."""
    shop.whole(tool="coverage.py")
    (shop.folder / "coverage.sqlite.host.pid1.Xabcdefx").write_bytes(b"somebody's")
    before = {path: path.read_bytes() for path in shop.folder.rglob("*") if path.is_file()}
    assert shop.coverage().check()
    assert {path: path.read_bytes() for path in shop.folder.rglob("*") if path.is_file()} == before
    assert not list(shop.root.glob(".coverage*"))


def test_a_python_without_coverage_py_is_told(shop: Shop, tmp_path: Path) -> None:
    """The next step is named; slipcover's data needs none."""
    shop.whole(tool="coverage.py")
    bare = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", bare], check=True)
    with pytest.raises(ci_accel.CiAccelError, match=r"coverage") as caught:
        shop.coverage().check(python=bare / "bin/python")
    assert "install" in str(caught.value)
    shop.whole(run="run-2")
    assert shop.coverage().check(python=bare / "bin/python")
