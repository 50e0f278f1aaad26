"""Totals, compared with those that coverage.py and slipcover count."""

from __future__ import annotations

import copy
import json
import os
import shutil
import subprocess
import sys
import venv
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ci_accel
from ci_accel.coverage import totals as coverage_totals
from ci_accel.coverage.totals import Totals, of_coverage_py, of_slipcover
from ci_accel.guest import statements
from tests.support.coverage_files import snapshot, write_lines
from tests.support.environments import clean_environment

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.coverage_tools import Tools

pytestmark = pytest.mark.every_python

PROGRAM = """\
import sys

def sold(count):
    if count > 1:
        return "many"
    while True:  # pragma: no branch
        if count:
            break
    if count > 5:  # pragma: no cover
        return "lots"
    for _ in range(count):
        if count == 1:  # pragma: no branch
            count = 2
    if len(sys.argv) > 9:
        raise ValueError
    return "one"

sold(1)
"""
CART = "def never():\n    if never:\n        return 1\n"

LINE = st.integers(1, 60)
BRANCH = st.tuples(LINE, st.integers(0, 60))


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """Return a project with a program, a module that the program does not use, and an empty module."""
    root = tmp_path / "project"
    (root / "shop").mkdir(parents=True)
    (root / "shop/__init__.py").write_text("")
    (root / "shop/cart.py").write_text(CART)
    (root / "main.py").write_text(PROGRAM)
    return root


def measure(root: Path, *options: str, python: str = sys.executable) -> Path:
    """Measure the program with coverage.py and return the data file, which lies outside of the project."""
    data = root.parent / "artifact"
    command = [python, "-m", "coverage", "run", f"--data-file={data}", *options, "--source=.", "main.py"]
    subprocess.run(command, cwd=root, env=clean_environment(), check=True)
    return data


def count(data: Path, root: Path, **keywords: Any) -> Totals:
    """Return the totals of the data, and check that neither the data nor the project was changed."""
    private = data.parent / "private"
    shutil.rmtree(private, ignore_errors=True)
    private.mkdir()
    shutil.copyfile(data, private / "data")
    before = data.read_bytes(), snapshot(root)
    arguments = {"python": sys.executable, "environment": clean_environment()} | keywords
    try:
        return of_coverage_py(str(private / "data"), path=str(data), root=str(root), **arguments)
    finally:
        assert (data.read_bytes(), snapshot(root)) == before


def json_report(data: Path, root: Path, python: str) -> dict[str, Any]:
    """Return the report of `coverage json`."""
    out = data.parent / "report.json"
    command = [python, "-m", "coverage", "json", "-q", f"--data-file={data}", "-o", str(out)]
    subprocess.run(command, cwd=root, env=clean_environment(), check=True)
    document: dict[str, Any] = json.loads(out.read_text())
    return document


@pytest.mark.parametrize("options", [[], ["--branch"]], ids=["lines", "branches"])
def test_totals_are_those_of_coverage_py(program: Path, tools: Tools, options: list[str]) -> None:
    """Totals of each file and of all files are those of coverage.py, with branches excluded by a pragma."""
    data = measure(program, *options, python=tools.python)
    totals, theirs = count(data, program, python=tools.python), json_report(data, program, tools.python)
    assert totals.has_branches == bool(options)
    assert (
        [file.path for file in totals.files]
        == sorted(theirs["files"])
        == ["main.py", "shop/__init__.py", "shop/cart.py"]
    )
    for ours, summary in [(file, theirs["files"][file.path]["summary"]) for file in totals.files]:
        assert (ours.statements, len(ours.missing)) == (summary["num_statements"], summary["missing_lines"])
        branches = summary.get("num_branches", 0), summary.get("missing_branches", 0)
        assert (ours.branches, len(ours.missing_branches)) == branches
    main, empty, cart = totals.files
    assert main.missing == (5, 15)
    assert main.missing_branches == (((4, 5), (7, 6), (14, 15)) if options else ())
    assert (cart.percent, empty.percent) == ("0.00", "-")
    assert (empty.covered, empty.total) == (0, 0)
    assert float(totals.percent) == pytest.approx(theirs["totals"]["percent_covered"], abs=0.01)
    assert (totals.covered, totals.total) == (main.covered, main.total + cart.total)
    assert repr(totals) == f"Totals({totals.covered} of {totals.total} in 3 files)"
    assert repr(empty) == "FileTotals('shop/__init__.py', 0 of 0)"


def test_configuration_of_the_project_is_used(program: Path) -> None:
    """Excluded and omitted code is not counted; the settings of gate, data file and output are ignored."""
    data = measure(program)
    (program / "pyproject.toml").write_text(
        "[tool.coverage.run]\nparallel = true\ndata_file = 'elsewhere'\n"
        "[tool.coverage.report]\nexclude_also = ['def sold']\nomit = ['shop/*']\nfail_under = 100\n"
        "[tool.coverage.json]\noutput = 'report.json'\nshow_contexts = true\n"
    )
    (main,) = count(data, program).files
    assert (main.path, main.executed, main.missing) == ("main.py", (1, 18), ())


def test_variables_of_coverage_py_are_ignored(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """COVERAGE_FILE and COVERAGE_PROCESS_START do not change the totals."""
    data = measure(program)
    expected = repr(count(data, program).files)
    for name in clean_environment().keys() ^ os.environ.keys():
        monkeypatch.delenv(name)
    (program.parent / "measuring").write_text(f"[run]\ndata_file = {program}/own\n")
    for name in ("COVERAGE_PROCESS_START", "COVERAGE_FILE"):
        monkeypatch.setenv(name, str(program.parent / "measuring"))
    assert repr(count(data, program, environment=None).files) == expected


def refused(data: Path, root: Path, **keywords: Any) -> str:
    """Return the reason of the error of counting."""
    with pytest.raises(ci_accel.CoverageDataError) as caught:
        count(data, root, **keywords)
    assert caught.value.path == str(data)
    return caught.value.reason


@pytest.mark.parametrize("settings", ["", "ignore_errors = true"])
def test_missing_source_is_an_error(program: Path, settings: str) -> None:
    """A missing source is an error, also with `ignore_errors`, which would skip the file."""
    data = measure(program)
    (program / "pyproject.toml").write_text(f"[tool.coverage.report]\n{settings}\n")
    (program / "shop/cart.py").unlink()
    reason = refused(data, program)
    assert "No source for code: " in reason
    assert "shop/cart.py" in reason
    assert "[tool.coverage.paths]" in reason


@pytest.mark.parametrize("settings", ["", "ignore_errors = true"])
def test_source_with_a_syntax_error_is_an_error(program: Path, settings: str) -> None:
    """The error has coverage.py's message and the next step, also with `ignore_errors`."""
    data = measure(program)
    (program / "pyproject.toml").write_text(f"[tool.coverage.report]\n{settings}\n")
    (program / "main.py").write_text("def (:\n")
    reason = refused(data, program)
    assert "Couldn't parse" in reason
    assert "main.py" in reason
    assert reason.endswith("pass the session or python= that ran the tests")


def test_C20_omitting_all_files_is_an_error(program: Path) -> None:
    """Data whose files are all omitted is an error, not 0 or 100 percent."""
    data = measure(program)
    (program / "pyproject.toml").write_text("[tool.coverage.report]\nomit = ['*']\n")
    assert "No data to report. The settings include and omit" in refused(data, program)


def test_other_errors_of_coverage_py(program: Path) -> None:
    """An invalid configuration and invalid data are errors that name the data file, not the private copy."""
    data = measure(program)
    (program / "pyproject.toml").write_text("[tool.coverage.report]\nprecision = 'many'\n")
    assert "precision" in refused(data, program)
    (program / "pyproject.toml").unlink()
    data.write_bytes(b"not a database" * 100)
    reason = refused(data, program)
    assert str(data) in reason
    assert "private" not in reason


def test_interpreter_without_coverage_py(program: Path) -> None:
    """The error names the interpreter and what to install."""
    data = measure(program)
    venv.create(program.parent / "bare", symlinks=True)
    python = str(program.parent / "bare/bin/python")
    with pytest.raises(ci_accel.CiAccelError, match=r"does not have coverage\.py.*install coverage there") as caught:
        count(data, program, python=python)
    assert str(caught.value).startswith(python)


def test_missing_or_failing_interpreter(program: Path) -> None:
    """A missing interpreter is an error with the next step; one that fails is an error with its last line."""
    data = measure(program)
    with pytest.raises(ci_accel.CiAccelError, match=r"no-python cannot be run .* pass another python="):
        count(data, program, python=f"{program}/no-python")
    assert "exit code 1" in refused(data, program, python=shutil.which("false"))
    script = program.parent / "python"
    script.write_text("#!/bin/sh\necho one >&2\necho two >&2\nexit 9\n")
    script.chmod(0o755)
    assert refused(data, program, python=str(script)).endswith("with coverage.py: two")


def test_script(program: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The guest script has an exit code for each result and prints the reason on standard error."""
    data, out = measure(program), program.parent / "out.json"
    monkeypatch.setattr(sys, "path", sys.path[:])
    monkeypatch.chdir(program)
    assert statements.main(str(data), str(out)) == 0
    assert json.loads(out.read_text())["totals"] == json_report(data, program, sys.executable)["totals"]
    write_lines(program.parent / "foreign")
    assert statements.main(str(program.parent / "foreign"), str(out)) == statements.REFUSED
    assert capsys.readouterr().err.startswith(f"{statements.MARK}No source for code: '/code/shop/")
    monkeypatch.setitem(sys.modules, "coverage", None)
    assert statements.main(str(data), str(out)) == statements.ABSENT
    assert capsys.readouterr().err.startswith(statements.MARK)


DOCUMENT: dict[str, Any] = {
    "meta": {"format": 3, "version": "7.17.3", "branch_coverage": True},
    "files": {
        "a.py": {
            "executed_lines": [1, 2],
            "missing_lines": [4],
            "executed_branches": [[2, 3]],
            "missing_branches": [[2, -1]],
            "summary": {"num_statements": 3, "num_branches": 4},
        }
    },
    "totals": {"num_statements": 3, "covered_lines": 2, "num_branches": 4, "covered_branches": 3},
}


@pytest.mark.parametrize("number", [2, 3])
def test_supported_formats(number: int) -> None:
    """Both formats are read; branches in neither list are excluded ones, and count as taken."""
    document = copy.deepcopy(DOCUMENT)
    document["meta"]["format"] = number
    totals = coverage_totals._read(json.dumps(document).encode(), "data")
    assert (totals.covered, totals.total, totals.has_branches) == (5, 7, True)


def test_lists_of_older_versions() -> None:
    """Older versions list docstrings, excluded lines, line 0 and other branches that they do not count."""
    document = copy.deepcopy(DOCUMENT)
    document["files"]["a.py"]["executed_lines"] = [1, 2, 7, 8]
    document["files"]["a.py"]["executed_branches"] = [[2, 3], [2, 8], [2, 9], [4, -1]]
    summary = {"num_statements": 0, "num_branches": 0}
    empty: dict[str, Any] = {key: [] for key in ("missing_lines", "executed_branches", "missing_branches")}
    document["files"]["empty.py"] = empty | {"executed_lines": [0], "summary": summary}
    totals = coverage_totals._read(json.dumps(document).encode(), "data")
    assert (totals.covered, totals.total) == (5, 7)
    assert totals.files[1].executed == ()


def test_unknown_format_is_an_error() -> None:
    """An unknown format is an UnsupportedSchemaError that names it."""
    document = copy.deepcopy(DOCUMENT)
    document["meta"]["format"] = 4
    with pytest.raises(ci_accel.UnsupportedSchemaError, match="writes JSON of format 4"):
        coverage_totals._read(json.dumps(document).encode(), "data")


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (("totals", "num_statements"), 2),
        (("totals", "covered_lines"), 3),
        (("totals", "num_branches"), 3),
        (("totals", "covered_branches"), 4),
        (("files", "a.py", "executed_lines"), [1, 2, 4]),
        (("files", "a.py", "executed_lines"), [1]),
        (("files", "a.py", "summary", "num_statements"), 4),
        (("files", "a.py", "summary", "num_statements"), 0),
        (("files", "a.py", "summary", "num_statements"), 3.0),
        (("files", "a.py", "executed_lines"), [1, 1]),
        (("files", "a.py", "executed_lines"), [1, 2.0]),
        (("files", "a.py", "executed_lines"), [1, True]),
        (("files", "a.py", "executed_lines"), [-1, 1]),
        (("files", "a.py", "missing_lines"), [0]),
        (("files", "a.py", "missing_lines"), ["4"]),
        (("files", "a.py", "missing_lines"), None),
        (("files", "a.py", "executed_branches"), [[2, -1]]),
        (("files", "a.py", "executed_branches"), [[2]]),
        (("files", "a.py", "missing_branches"), [[2, "exit"]]),
        (("files", "a.py", "missing_branches"), [[-2, 3]]),
        (("files", "a.py", "summary", "num_branches"), 0),
        (("files", "a.py", "summary", "num_branches"), "4"),
        (("files", "a.py"), []),
        (("files",), []),
        (("meta",), None),
        (("totals",), None),
    ],
)
def test_inconsistent_report_is_an_error(keys: tuple[str, ...], value: object) -> None:
    """A report with a wrong type, a duplicate or inconsistent numbers is an error."""
    document = copy.deepcopy(DOCUMENT)
    place = document
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = value
    with pytest.raises(ci_accel.CoverageDataError, match="unexpected output of `coverage json`"):
        coverage_totals._read(json.dumps(document).encode(), "data")


@given(
    files=st.dictionaries(
        st.text(min_size=1), st.tuples(st.sets(LINE), st.sets(LINE), st.sets(BRANCH), st.sets(BRANCH)), max_size=5
    ),
    has_branches=st.booleans(),
)
def test_totals_are_those_of_slipcover(files: dict[str, tuple[set[Any], ...]], has_branches: bool) -> None:
    """Totals of each file and of all files are those that slipcover computes."""
    lists = {
        path: (sorted(executed), sorted(missing - executed), sorted(taken), sorted(left - taken))
        if has_branches
        else (sorted(executed), sorted(missing - executed), [], [])
        for path, (executed, missing, taken, left) in files.items()
    }
    totals = of_slipcover(lists, has_branches=has_branches)
    keys = ("executed_lines", "missing_lines", "executed_branches", "missing_branches")
    document: dict[str, Any] = {"files": {path: dict(zip(keys, four, strict=True)) for path, four in lists.items()}}
    import_module("slipcover.slipcover").add_summaries(document)
    assert [file.path for file in totals.files] == sorted(files)
    assert totals.has_branches == has_branches
    for ours, summary in [(file, document["files"][file.path]["summary"]) for file in totals.files]:
        assert (ours.covered_statements, len(ours.missing)) == (
            summary["covered_lines"],
            summary["missing_lines"],
        )
        assert (ours.covered_branches, len(ours.missing_branches)) == (
            summary["covered_branches"],
            summary["missing_branches"],
        )
        assert ours.total == 0 or 100 * ours.covered / ours.total == summary["percent_covered"]
    assert totals.total == 0 or 100 * totals.covered / totals.total == document["summary"]["percent_covered"]


def test_lists_are_sorted() -> None:
    """Lists of lines and branches are sorted, whatever their order in the data."""
    (file,) = of_slipcover({"a.py": ([9, 1], [7, 3], [(4, 5)], [(3, 0), (1, 2)])}, has_branches=True).files
    assert (file.executed, file.missing, file.missing_branches) == ((1, 9), (3, 7), ((1, 2), (3, 0)))
    assert (file.statements, file.covered, file.total, file.percent) == (4, 3, 7, "42.85")
