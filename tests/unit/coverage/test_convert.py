"""Converting slipcover's JSON to data of coverage.py, compared with what coverage.py measures."""

from __future__ import annotations

import ast
import json
import logging
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import pytest
from coverage import CoverageData
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ci_accel
from tests.support.coverage_files import branch_entry, entry, report, snapshot, write_lines, write_report
from tests.support.environments import clean_environment

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.every_python

PROGRAM = '''\
import sys
from shop import (
    cart,
)

def use(a,
        b=2):
    """Doc."""
    "a constant"
    if a: return 1
    x = [i
         for i in range(3)
         if i]
    for n in range(2):
        pass
    else:
        x = 1
    while a:
        break
    try:
        raise ValueError(
            "x")
    except KeyError:
        pass
    except ValueError as e:
        global G
        G = 1
    finally:
        x = 2
    with open(__file__) as f, \\
         open(__file__) as g:
        f.read()
    match a:
        case 1:
            pass
        case 0:
            x = 3
        case _:
            pass
    assert x
    del x
    return (
        1)

@staticmethod
def decorated(
    a: int,
    b: str = "x",
) -> int:
    ...

class Till:
    """Doc."""
    a: int
    b = 1
    def sum(self):
        count = 1
        def inner():
            nonlocal count
            count = 2
        inner()
        return lambda: 5
    def never(self):
        pass

if True:
    z = 1
if 0:
    z = 2
while False:
    z = 3
if sys.argv[0] == "never":  # pragma: no cover
    z = 4

async def wait():
    async with x as y:
        pass
    await y

use(0); Till().sum()
x = {
    "a": 1,
    "b": use(0),
}
f"""
{x}
{use(0)}"""
'''
CART = "def sell(count):\n    if count > 1:\n        return 'many'\n    return 'one'\n\nsell(2)\n"
UNUSED = "def never():\n    return 1\n\nclass Never:\n    x = 1\n"


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """Return a program with all kinds of statements, and a partly used, an unused and an empty module."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/__init__.py").write_text("")
    (tmp_path / "shop/cart.py").write_text(CART)
    (tmp_path / "shop/unused.py").write_text(UNUSED)
    (tmp_path / "main.py").write_text(PROGRAM)
    return tmp_path


def run(folder: Path, *command: str) -> str:
    """Run a module of this Python without the settings of the coverage that measures the tests."""
    command = (sys.executable, "-m", *command)
    answer = subprocess.run(command, cwd=folder, env=clean_environment(), check=True, stdout=subprocess.PIPE, text=True)
    return answer.stdout


def slipcover(folder: Path, *options: str) -> dict[str, Any]:
    """Measure the program with slipcover, and return its JSON."""
    run(folder, "slipcover", "--json", "--out=part.json", *options, "--source=.", "main.py")
    document: dict[str, Any] = json.loads((folder / "part.json").read_text())
    return document


def json_report(folder: Path, data: str) -> dict[str, Any]:
    """Return executed and missing lines of each file as `coverage json` reports them."""
    run(folder, "coverage", "json", "-q", f"--data-file={data}", "-o", "report.json")
    files: dict[str, Any] = json.loads((folder / "report.json").read_text())["files"]
    return {name: (file["executed_lines"], file["missing_lines"]) for name, file in files.items()}


@pytest.mark.parametrize("options", [[], ["--branch"]], ids=["lines", "branches"])
def test_reports_are_those_of_a_run_under_coverage_py(program: Path, options: list[str]) -> None:
    """Executed and missing lines of all files are those of the same run under coverage.py."""
    run(program, "coverage", "run", "--data-file=measured", "--source=.", "main.py")
    slipcover(program, *options)
    info = ci_accel.convert_coverage(program / "part.json", into=program / "converted", root=program)
    assert json_report(program, "converted") == json_report(program, "measured")
    assert set(json_report(program, "converted")) == {"main.py", "shop/__init__.py", "shop/cart.py", "shop/unused.py"}
    assert (info.format, info.has_branches) == ("coverage.py", False)
    assert info.version.startswith("slipcover ")


def test_lines_that_only_slipcover_counts_are_not_reported(program: Path) -> None:
    """Lines that only slipcover counts (continuation lines, constants, excluded code) are not in the reports."""
    files = slipcover(program)["files"]
    ci_accel.convert_coverage(program / "part.json", into=program / "converted", root=program)
    lines = json_report(program, "converted")
    excluded = json.loads((program / "report.json").read_text())["files"]["main.py"]["excluded_lines"]
    for name, (executed, missing) in lines.items():
        only = {*files[name]["executed_lines"], *files[name]["missing_lines"]} - {*executed, *missing}
        statements = [node for node in ast.walk(ast.parse((program / name).read_text())) if isinstance(node, ast.stmt)]
        first = {node.lineno for node in statements if not is_constant(node)}
        assert only & first <= set(excluded)
        assert only or name != "main.py"


def is_constant(node: ast.stmt) -> bool:
    """Return whether a statement is only a constant, such as a docstring."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def test_each_report_of_coverage_py_works(program: Path) -> None:
    """`coverage xml`, `lcov`, `report` and `html` have the same lines."""
    slipcover(program)
    ci_accel.convert_coverage(program / "part.json", into=program / "converted", root=program)
    executed, missing = json_report(program, "converted")["shop/cart.py"]
    assert (executed, missing) == ([1, 2, 3, 6], [4])
    text = run(program, "coverage", "report", "--data-file=converted", "-m")
    assert ["shop/cart.py", "5", "1", "80%", "4"] in [line.split() for line in text.splitlines()]
    run(program, "coverage", "xml", "-q", "--data-file=converted", "-o", "report.xml")
    (lines,) = ET.parse(program / "report.xml").findall(".//class[@filename='shop/cart.py']/lines")
    assert {int(line.attrib["number"]): line.attrib["hits"] for line in lines} == {
        1: "1",
        2: "1",
        3: "1",
        4: "0",
        6: "1",
    }
    run(program, "coverage", "lcov", "-q", "--data-file=converted", "-o", "report.lcov")
    records = (program / "report.lcov").read_text().split("end_of_record")
    (record,) = [record for record in records if "shop/cart.py" in record]
    assert {"DA:1,1", "DA:4,0", "LF:5", "LH:4"} <= {
        line[:6] if line.startswith("DA") else line for line in record.split()
    }
    run(program, "coverage", "html", "-q", "--data-file=converted", "-d", "html")
    assert "80%" in (program / "html/index.html").read_text()


BRANCHES = """\
def one_line(a):
    if a: return 1
    return 2

def matched(a):
    match a:
        case 1:
            return 1
        case 2:
            return 2
"""


def test_tools_count_different_branches(tmp_path: Path) -> None:
    """The tools count different branches in one-line bodies and in `match`, so none are converted."""
    (tmp_path / "main.py").write_text(BRANCHES)
    theirs = slipcover(tmp_path, "--branch")["files"]["main.py"]["missing_branches"]
    run(tmp_path, "coverage", "run", "--branch", "--data-file=measured", "main.py")
    run(tmp_path, "coverage", "json", "-q", "--data-file=measured", "-o", "report.json")
    others = json.loads((tmp_path / "report.json").read_text())["files"]["main.py"]["missing_branches"]
    only_theirs = {(2, 2), (6, 8), (6, 10)}
    assert only_theirs <= {tuple(branch) for branch in theirs}
    assert not only_theirs & {tuple(branch) for branch in others}


def test_branches_are_skipped_with_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A warning names the file if its branches are not converted; without branches, none is logged."""
    part = write_report(tmp_path / "part", report({"a.py": branch_entry({1, 2}, (), [[1, 2]], [])}, branches=True))
    with caplog.at_level(logging.WARNING, "ci_accel"):
        info = ci_accel.convert_coverage(part, into=tmp_path / "out")
    assert not info.has_branches
    (record,) = caplog.records
    assert str(part) in record.getMessage()
    assert "only lines are converted" in record.getMessage()
    caplog.clear()
    write_report(part, report({"a.py": entry({1, 2})}))
    ci_accel.convert_coverage(part, into=tmp_path / "out")
    assert not caplog.records


FILES = st.dictionaries(
    st.sampled_from(["shop/a.py", "shop/b.py", "/else/c.py", "shop/ü.py"]),
    st.tuples(st.sets(st.integers(1, 300)), st.sets(st.integers(1, 300))),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=FILES)
def test_coverage_py_reads_the_same_lines(tmp_path: Path, files: dict[str, tuple[set[int], set[int]]]) -> None:
    """coverage.py reads each file with its executed lines, also a file without executed lines."""
    document = report({name: entry(executed, missing - executed) for name, (executed, missing) in files.items()})
    part = write_report(tmp_path / "part", document)
    info = ci_accel.convert_coverage(part, into=tmp_path / "out", root=tmp_path)
    data = CoverageData(str(tmp_path / "out"))
    data.read()
    expected = {os.path.join(tmp_path, name): sorted(executed) for name, (executed, _) in files.items()}
    assert {name: sorted(data.lines(name) or ()) for name in data.measured_files()} == expected
    assert not data.has_arcs()
    data.close(force=True)
    again = ci_accel.inspect_coverage(tmp_path / "out")
    assert [getattr(info, field) for field in info.__slots__] == [getattr(again, field) for field in info.__slots__]
    assert info.covered_lines == sum(map(len, expected.values()))


def test_paths_are_those_of_coverage_py(tmp_path: Path) -> None:
    """Paths are absolute with links resolved, relative with relative_files, and mapped by [tool.coverage.paths]."""
    (tmp_path / "real/shop").mkdir(parents=True)
    (tmp_path / "real/shop/a.py").write_text("x = 1\n")
    (tmp_path / "link").symlink_to("real")
    root, out = tmp_path / "link", tmp_path / "out"
    document = report({"shop/a.py": entry({1}, {2}), f"{root}/shop/a.py": entry({3}), "/ci/shop/a.py": entry({4})})
    part = write_report(tmp_path / "part", document)
    real = f"{tmp_path}/real/shop/a.py"
    assert ci_accel.convert_coverage(part, into=out, root=root).files == ("/ci/shop/a.py", real)
    settings = root / "pyproject.toml"
    settings.write_text('[tool.coverage.paths]\nsource = ["shop", "/ci/shop"]\n')
    info = ci_accel.convert_coverage(part, into=out, root=root)
    assert (info.files, info.covered_lines) == ((real,), 3)
    settings.write_text(settings.read_text() + "[tool.coverage.run]\nrelative_files = true\n")
    assert ci_accel.convert_coverage(part, into=out, root=root).files == ("shop/a.py",)


def test_data_of_coverage_py_is_refused(tmp_path: Path) -> None:
    """A data file of coverage.py is an error, and nothing is written."""
    path = write_lines(tmp_path / "data")
    before = snapshot(tmp_path)
    with pytest.raises(ci_accel.CoverageDataError, match=r"already data of coverage\.py") as caught:
        ci_accel.convert_coverage(path, into=tmp_path / "out")
    assert caught.value.path == str(path)
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("content", ["", "{", '{"meta": {"software": "coverage"}}'])
def test_invalid_file_is_refused(tmp_path: Path, content: str) -> None:
    """An invalid file is an error, and the existing output is unchanged."""
    part = write_report(tmp_path / "part", content)
    (tmp_path / "out").write_text("the previous file")
    before = snapshot(tmp_path)
    with pytest.raises(ci_accel.CoverageDataError) as caught:
        ci_accel.convert_coverage(part, into=tmp_path / "out")
    assert caught.value.path == str(part)
    assert snapshot(tmp_path) == before


def test_C17_output_cannot_be_the_input(tmp_path: Path) -> None:
    """`into` cannot be the input, a link to it, or a folder; missing folders are created."""
    part = write_report(tmp_path / "part", report({"a.py": entry({1})}))
    (tmp_path / "link").symlink_to("part")
    (tmp_path / "folder").mkdir()
    before = snapshot(tmp_path)
    for name, kind in (("part", FileExistsError), ("link", FileExistsError), ("folder", IsADirectoryError)):
        with pytest.raises(kind) as caught:
            ci_accel.convert_coverage(part, into=tmp_path / name)
        assert caught.value.filename == str(tmp_path / name)
        assert snapshot(tmp_path) == before
    ci_accel.convert_coverage(part, into=tmp_path / "new/folders/out")
    assert ci_accel.inspect_coverage(tmp_path / "new/folders/out").covered_lines == 1
