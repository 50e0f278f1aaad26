"""`Coverage.check`: the artifact must be complete and of this code; lines are counted and compared exactly."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

import ci_accel
from tests.support.coverage_files import entry, report, write_report
from tests.support.coverage_project import FEATURES, LINES, PYPROJECT, SOURCES, Shop, passport_of
from tests.support.environments import clean_environment

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.every_python


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """Return a checkout."""
    return Shop(tmp_path / "checkout")


def refusal(coverage: ci_accel.Coverage) -> str:
    """Return the error of `check`, which is also the reason of `explain`."""
    with pytest.raises(ci_accel.CoverageDataError) as caught:
        coverage.check()
    assert coverage.explain().reasons == (str(caught.value),)
    return str(caught.value)


@pytest.mark.parametrize("tool", ["slipcover", "coverage.py"])
def test_threshold_is_compared_with_executed_statements(shop: Shop, tool: str) -> None:
    """6 of 7 statements are 85.71 %, which passes a threshold of 80 and fails one of 86."""
    shop.artifact(tool=tool)
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
    """With branches, the totals are those of `coverage json`."""
    path = shop.artifact(tool="coverage.py with arcs")
    result = shop.coverage().check()
    command = [sys.executable, "-m", "coverage", "json", f"--data-file={path}", "-o", "-", "--fail-under=0", "-q"]
    answer = subprocess.run(command, cwd=shop.root, env=clean_environment(), capture_output=True, check=True)
    totals = json.loads(answer.stdout)["totals"]
    assert result.covered == totals["covered_lines"] + totals["covered_branches"]
    assert result.total == totals["num_statements"] + totals["num_branches"]
    assert totals["num_branches"] == 2


def test_C20_empty_measurement_never_passes(shop: Shop) -> None:
    """Data without statements, or without an executed one, fails even a threshold of 0."""
    shop.write("pyproject.toml", PYPROJECT.replace("80", "0"))
    for name in SOURCES:
        shop.write(name, '"""Nothing."""\n')
    path = shop.data(shop.folder_for("coverage.json"), {})
    coverage = shop.coverage()
    coverage.seal(path, exit_code=0, items=FEATURES, before=coverage.fingerprint())
    result = coverage.check()
    assert not result
    assert (result.covered, result.total) == (0, 0)
    assert "no statements were measured" in result.message
    for name, text in SOURCES.items():
        shop.write(name, text)
    shop.data(path, {name: ([], [1]) for name in SOURCES})
    coverage.seal(path, exit_code=0, items=FEATURES, before=coverage.fingerprint())
    result = coverage.check()
    assert not result
    assert "no statement ran" in result.message


def test_empty_reports_of_slipcover_do_not_pass(shop: Shop) -> None:
    """Empty parts are an error that names the sources; slipcover reports 100 % for them."""
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


def test_summary_in_the_data_is_ignored(shop: Shop) -> None:
    """Totals are counted from the lines; a forged summary does not change them."""
    files = {name: entry(executed, missing) for name, (executed, missing) in LINES.items()}
    document = report(files)
    document["summary"] |= {"percent_covered": 100.0, "percent_covered_display": "100", "missing_lines": 0}
    path = write_report(shop.folder_for("coverage.json"), document)
    coverage = shop.coverage(fail_under="80")
    coverage.seal(path, exit_code=0, items=FEATURES, before=coverage.fingerprint())
    assert (coverage.check().covered, coverage.check().total) == (6, 7)


def test_missing_declaration_of_items_is_noted(shop: Shop) -> None:
    """Without declared items, the result notes that it was not checked that all tests ran."""
    path = shop.data(shop.folder_for("coverage.json"))
    coverage = shop.coverage(items=[])
    coverage.seal(path, exit_code=0, items=FEATURES[:1], before=coverage.fingerprint())
    assert any("no items are declared" in reason for reason in coverage.check().reasons)
    coverage = shop.coverage()
    coverage.seal(path, exit_code=0, items=FEATURES, before=coverage.fingerprint())
    assert not coverage.check().reasons


@pytest.mark.parametrize("tool", ["slipcover", "coverage.py", "coverage.py with arcs"])
def test_C06_line_past_the_end_of_a_source_is_an_error(shop: Shop, tool: str) -> None:
    """A measured line past the end of its source is an error that names the line."""
    shop.run(tool=tool, lines={**LINES, "src/shop/cart.py": ([1, 4], [])})
    shop.coverage().combine()
    assert "src/shop/cart.py: line 4 was measured, but the file has 3 lines" in refusal(shop.coverage())


def test_source_missing_from_the_data_is_an_error(shop: Shop) -> None:
    """A source with statements must be in the data unless `omit` matches it."""
    partial = {"src/shop/cart.py": LINES["src/shop/cart.py"]}
    shop.run(lines=partial)
    shop.coverage().combine()
    assert "src/shop/stock.py: not in the data; measure all sources" in refusal(shop.coverage())
    for pattern in ("src/shop/stock.py", "*/stock.py", "src/shop/s*.py"):
        coverage = shop.coverage(omit=[pattern])
        path = shop.data(shop.folder / "coverage.json", partial)
        coverage.seal(path, exit_code=0, items=FEATURES, before=coverage.fingerprint())
        assert (coverage.check().covered, coverage.check().total) == (3, 3)


def test_C09_files_outside_of_sources_are_listed_and_not_counted(shop: Shop) -> None:
    """Measured files outside of `sources` do not change the totals and are listed."""
    path = shop.data(shop.folder_for("coverage.json"), LINES | {"features/steps.py": ([1], [])})
    coverage = shop.coverage()
    coverage.seal(path, exit_code=0, items=FEATURES, before=coverage.fingerprint())
    result = coverage.check()
    assert (result.covered, result.total) == (6, 7)
    assert "not counted, because outside of sources: features/steps.py" in result.reasons


@pytest.mark.parametrize("tool", ["coverage.py", "coverage.py with arcs"])
@pytest.mark.parametrize("fault", ["stale", "torn", "empty", "subset", "foreign", "without passport"])
def test_bad_artifact_beside_a_good_one_is_ignored(shop: Shop, tool: str, fault: str) -> None:
    """A stale, damaged or partial artifact in the other format does not change the result."""
    good = shop.artifact()
    before = shop.coverage().check()
    keep = {path: path.read_bytes() for path in (good, passport_of(good))}
    if fault == "stale":
        shop.write(FEATURES[0], "Feature: before\n")
    items = FEATURES[:1] if fault == "subset" else FEATURES
    shop.part(1, 1, items, tool=tool, run="other")
    if fault == "stale":
        shop.write(FEATURES[0], f"Feature: {FEATURES[0]}\n")
    beside = shop.folder / "coverage.sqlite"
    part = shop.folder / "other/part-001.data"
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


def test_two_valid_artifacts_are_an_error(shop: Shop) -> None:
    """Two complete artifacts of this code are an error that names both."""
    shop.artifact()
    part = shop.part(1, 1, FEATURES, tool="coverage.py", run="other")
    beside = shop.folder / "coverage.sqlite"
    beside.write_bytes(part.read_bytes())
    passport_of(beside).write_text(passport_of(part).read_text())
    assert "complete and of this code, and so is" in refusal(shop.coverage())


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
def test_threshold_is_read_from_each_place(shop: Shop, files: dict[str, str], threshold: str) -> None:
    """The threshold is read from the files of both tools; equal thresholds in two places are accepted."""
    for name, text in files.items():
        shop.write(name, text)
    shop.artifact()
    result = shop.coverage().check()
    assert result
    assert result.fail_under == threshold


@pytest.mark.parametrize(
    ("pyproject", "argument", "words"),
    [
        ("", None, "there is no threshold; set fail_under in [tool.coverage.report]"),
        (
            "[tool.coverage.report]\nfail_under = 80\n[tool.slipcover]\nfail-under = 81\n",
            None,
            "the thresholds disagree",
        ),
        (PYPROJECT, 81, "fail_under of [tool.ci-accel.coverage] is 81: the thresholds disagree"),
        ("[tool.coverage.report]\nfail_under = 101\n", None, "is 101; it must be a percentage between 0 and 100"),
        ("[tool.coverage.report]\nfail_under = true\n", None, "is True; it must be a percentage"),
        ("[tool.coverage.report]\nfail_under = 'high'\n", None, "is 'high'; it must be a percentage"),
        ("[tool.coverage.report]\nfail_under = nan\n", None, "it must be a percentage"),
        ("fail_under = \n", None, "pyproject.toml: not valid TOML"),
    ],
)
def test_missing_or_invalid_threshold_is_an_error(
    shop: Shop, pyproject: str, argument: float | None, words: str
) -> None:
    """A missing threshold, two that disagree, and an invalid percentage are ValueErrors."""
    shop.artifact()
    shop.write("pyproject.toml", pyproject)
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is checked below
        shop.coverage(fail_under=argument).check()
    assert words in str(caught.value)


def test_comparison_is_exact(shop: Shop) -> None:
    """2 of 3 statements pass a threshold of 66.66 and fail one of 66.67, which coverage.py would round to."""
    shop.write("src/shop/cart.py", "A = 1\nB = 2\nif A > B:\n    C = 3\n")
    path = shop.data(
        shop.folder_for("coverage.json"), {"src/shop/cart.py": ([1, 2], [4]), "src/shop/stock.py": ([1, 4], [5])}
    )
    coverage = shop.coverage(fail_under=66.66)
    shop.write("pyproject.toml", "")
    coverage.seal(path, exit_code=0, items=FEATURES, before=coverage.fingerprint())
    assert coverage.check()
    assert not shop.coverage(fail_under=66.67).check()


@pytest.mark.parametrize("tool", ["slipcover", "coverage.py", "coverage.py with arcs"])
def test_totals_are_the_same_in_another_checkout(shop: Shop, tmp_path: Path, tool: str) -> None:
    """A checkout at another path has the same totals and message."""
    shop.artifact(tool=tool)
    here = shop.coverage().check()
    other = shop.copy(tmp_path / "elsewhere")
    shop.root.rename(tmp_path / "gone")
    there = other.coverage().check()
    assert (here.covered, here.total, here.message) == (there.covered, there.total, there.message)


def test_check_changes_no_file(shop: Shop) -> None:
    """coverage.py counts a private copy, so no file in the folder is changed or deleted."""
    shop.artifact(tool="coverage.py")
    (shop.folder / "coverage.sqlite.host.pid1.Xabcdefx").write_bytes(b"other data")
    before = {path: path.read_bytes() for path in shop.folder.rglob("*") if path.is_file()}
    assert shop.coverage().check()
    assert {path: path.read_bytes() for path in shop.folder.rglob("*") if path.is_file()} == before
    assert not list(shop.root.glob(".coverage*"))


def test_missing_coverage_py_is_an_error(shop: Shop, tmp_path: Path) -> None:
    """An interpreter without coverage.py is an error with the next step; slipcover's data does not need it."""
    shop.artifact(tool="coverage.py")
    bare = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", bare], check=True)
    with pytest.raises(ci_accel.CiAccelError, match=r"coverage") as caught:
        shop.coverage().check(python=bare / "bin/python")
    assert "install" in str(caught.value)
    shop.artifact(run="run-2")
    assert shop.coverage().check(python=bare / "bin/python")


class SessionStub:
    """The part of a nox session that reports use."""

    def error(self, message: str) -> None:
        """Fail, as nox does."""
        raise RuntimeError(message)


def test_report_is_printed_before_the_session_fails(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    """`report` prints the table, then ends the session with the message if the threshold is not reached."""
    shop.artifact()
    session: Any = SessionStub()
    result = shop.coverage().report(session=session)
    assert (result.passed, result.covered, result.total) == (True, 6, 7)
    assert "TOTAL" in capsys.readouterr().out
    shop.write("pyproject.toml", PYPROJECT.replace("80", "86"))
    with pytest.raises(RuntimeError, match=r"coverage 85\.71 % \(6 of 7\), threshold 86 %: failed"):
        shop.coverage().report(session=session)
    assert "TOTAL" in capsys.readouterr().out
    assert not shop.coverage().report(file=shop.root / "report.txt")
    assert "TOTAL" in (shop.root / "report.txt").read_text()
