"""Combining data files of coverage.py, compared with `coverage combine`."""

from __future__ import annotations

import contextlib
import itertools
import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from coverage import CoverageData
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ci_accel
from tests.support.coverage_files import snapshot, write_arcs, write_lines

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tests.support.coverage_tools import Tools

NAMES = st.sampled_from(["/code/a.py", "/code/b.py", "/else/c.html", "/code/d.py"])
LINES = st.dictionaries(NAMES, st.sets(st.integers(0, 80), max_size=12), max_size=4)
END = st.integers(-5, 9)
ARC = st.tuples(END, END).filter(lambda arc: arc[0] >= 0 or arc[1] >= 0 or arc[0] == arc[1])
ARCS = st.dictionaries(NAMES, st.sets(ARC, min_size=1, max_size=12), max_size=4)
CONTEXT = st.sampled_from(["", "one", "two", "test_x|run"])
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def combined_file(folder: Path, parts: Iterable[Path], name: str = "ours") -> Path:
    """Return the combined file of some parts."""
    out = folder / name
    info = ci_accel.combine_coverage(parts, into=out, root=folder)
    again = ci_accel.inspect_coverage(out)
    assert [getattr(info, field) for field in info.__slots__] == [getattr(again, field) for field in info.__slots__]
    return out


def write_parts(
    tools: Tools, folder: Path, measured: Iterable[tuple[str, dict[str, Any]]], *, arcs: bool
) -> list[Path]:
    """Write a data file for each context with its files."""
    write = tools.write_arcs if arcs else tools.write_lines
    return [
        write(folder / f"part-{number:03}.sqlite", files, context=context)
        for number, (context, files) in enumerate(measured)
    ]


@QUICK
@given(measured=st.lists(st.tuples(CONTEXT, LINES), min_size=1, max_size=4))
def test_lines_are_combined_as_by_coverage_py(
    tmp_path: Path, tools: Tools, measured: list[tuple[str, dict[str, set[int]]]]
) -> None:
    """Generated data with lines has the files, lines, contexts and tracers that `coverage combine` writes."""
    parts = write_parts(tools, tmp_path, measured, arcs=False)
    assert tools.meaning(combined_file(tmp_path, parts)) == tools.combined(tmp_path, parts)


@QUICK
@given(measured=st.lists(st.tuples(CONTEXT, ARCS), min_size=1, max_size=4))
def test_arcs_are_combined_as_by_coverage_py(
    tmp_path: Path, tools: Tools, measured: list[tuple[str, dict[str, set[tuple[int, int]]]]]
) -> None:
    """Generated data with arcs has the files, arcs, contexts and tracers that `coverage combine` writes."""
    parts = write_parts(tools, tmp_path, measured, arcs=True)
    theirs = tools.combined(tmp_path, parts)
    # coverage.py does not keep has_arcs if nothing was measured.
    theirs["has_arcs"] = True
    assert tools.meaning(combined_file(tmp_path, parts)) == theirs


@pytest.mark.parametrize("arcs", [False, True])
@QUICK
@given(data=st.data(), order=st.permutations(range(3)))
def test_combining_is_commutative_associative_and_idempotent(
    tmp_path: Path, tools: Tools, arcs: bool, data: st.DataObject, order: list[int]
) -> None:
    """The order, grouping and repetition of parts do not change a byte of the combined file."""
    files: st.SearchStrategy[Any] = ARCS if arcs else LINES
    measured = data.draw(st.lists(st.tuples(CONTEXT, files), min_size=3, max_size=3))
    parts = write_parts(tools, tmp_path, measured, arcs=arcs)
    expected = combined_file(tmp_path, parts).read_bytes()
    assert combined_file(tmp_path, [parts[number] for number in order], "reversed").read_bytes() == expected
    pair = combined_file(tmp_path, parts[:2], "pair")
    assert combined_file(tmp_path, [parts[2], pair], "grouped").read_bytes() == expected
    other = combined_file(tmp_path, parts[1:], "other")
    assert combined_file(tmp_path, [parts[0], other], "grouped").read_bytes() == expected
    assert combined_file(tmp_path, [*parts, tmp_path / "grouped", *parts], "again").read_bytes() == expected
    assert combined_file(tmp_path, [tmp_path / "again"], "alone").read_bytes() == expected


def test_C11_hash_in_the_name_of_a_part_is_ignored(tmp_path: Path, tools: Tools) -> None:
    """Parts with the same hash in their names are all combined; newer versions of coverage.py skip the second."""
    names = ["data.host.pid1.XAbcdefx.H1234567890h", "data.host.pid2.XAbcdegx.H1234567890h"]
    first, second = (tmp_path / name for name in names)
    parts = [write_lines(first, {"/code/a.py": {1, 2}}), write_lines(second, {"/code/a.py": {3, 4}})]
    twin = tmp_path / "twin"
    shutil.copyfile(parts[0], twin)
    ours = tools.meaning(combined_file(tmp_path, [*parts, twin]))
    assert ours["files"]["/code/a.py"][0] == [1, 2, 3, 4]
    theirs = tools.combined(tmp_path, parts)
    assert theirs["files"]["/code/a.py"][0] == ([1, 2] if tools.is_newest else [1, 2, 3, 4])


def test_C05_parts_with_and_without_branches_do_not_combine(tmp_path: Path) -> None:
    """The error names both files, and nothing is written."""
    lines, arcs = write_lines(tmp_path / "lines"), write_arcs(tmp_path / "arcs")
    before = snapshot(tmp_path)
    for parts, words in (
        ((lines, arcs), f"measured with branches, but {lines} without"),
        ((arcs, lines), f"measured without branches, but {arcs} with"),
    ):
        with pytest.raises(ci_accel.MixedMeasurementError) as caught:
            ci_accel.combine_coverage(parts, into=tmp_path / "new/out")
        assert (caught.value.path, caught.value.reason) == (str(parts[1]), words)
    assert snapshot(tmp_path) == before


def test_C08_relative_and_absolute_paths_of_a_file_are_combined(tmp_path: Path, tools: Tools) -> None:
    """A path relative to the root and the absolute path of a file are one file."""
    relative = write_lines(tmp_path / "one", {"src/a.py": {1, 2}})
    absolute = write_lines(tmp_path / "two", {f"{tmp_path}/src/a.py": {2, 3}, "/usr/b.py": {7}})
    ours = tools.meaning(combined_file(tmp_path, [relative, absolute]))["files"]
    assert ours[f"{tmp_path}/src/a.py"][0] == [1, 2, 3]
    assert set(ours) == {f"{tmp_path}/src/a.py", "/usr/b.py"}
    assert tools.meaning(combined_file(tmp_path, [relative]))["files"]["src/a.py"][0] == [1, 2]


def test_C08_two_plugins_for_one_file_are_an_error(tmp_path: Path) -> None:
    """A file that two plugins traced, or a plugin and none, is a MixedMeasurementError as in coverage.py."""
    parts = []
    for tracer in ("one", "two", ""):
        parts.append(write_lines(tmp_path / f"part-{tracer}", {"/code/a.html": {1}}))
        data = CoverageData(str(parts[-1]))
        data.read()
        data.add_file_tracers({"/code/a.html": tracer})
        data.close(force=True)
    for one, other in itertools.permutations(parts, 2):
        with pytest.raises(ci_accel.MixedMeasurementError, match=r"a\.html.* was traced by ") as caught:
            ci_accel.combine_coverage([one, other], into=tmp_path / "out")
        assert caught.value.path == str(other)
    assert not (tmp_path / "out").exists()


PATHS = """\
[tool.coverage.paths]
source = ["src", "*/site-packages/shop", "/build/*/src", "c:\\\\ci\\\\src"]
other = ["lib/", "**/vendored/"]
"""
MEASURED = {
    "/venv/lib/python3.13/site-packages/shop/a.py": {1},
    "/build/17/src/a.py": {2},
    "C:\\ci\\src\\pkg\\b.py": {3},
    "/build/17/more/src/a.py": {4},
    "/x/vendored/c.py": {5},
    "vendored/c.py": {6},
    "/venv/site-packages/shop/gone.py": {7},
    "src/a.py": {8},
    "/far/src/a.py": {9},
    "./src/a.py": {10},
}


@pytest.mark.parametrize("relative", [False, True])
def test_paths_are_mapped_as_by_coverage_py(tmp_path: Path, tools: Tools, relative: bool) -> None:
    """`[tool.coverage.paths]` and `relative_files` map paths whose target exists."""
    (tmp_path / "pyproject.toml").write_text(PATHS + f"[tool.coverage.run]\nrelative_files = {str(relative).lower()}\n")
    for name in ("src/a.py", "src/pkg/b.py", "lib/c.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    parts = [
        write_lines(tmp_path / f"p{number}", {file: lines}) for number, (file, lines) in enumerate(MEASURED.items())
    ]
    ours, theirs = tools.meaning(combined_file(tmp_path, parts))["files"], tools.combined(tmp_path, parts)["files"]
    if relative:
        # In coverage.py, the rules for relative paths depend on the order of the parts.
        theirs["src/a.py"] = ours["src/a.py"]
        for file in ("./src/a.py", "/build/17/more/src/a.py"):
            theirs.pop(file, None)
        assert ours["src/a.py"][0] == [1, 2, 4, 8, 9, 10]
    else:
        # These paths are one file for ci-accel, and two or three for coverage.py.
        path = f"{tmp_path}/src/a.py"
        assert ours[path][0] == sorted({*theirs[path][0], 8, 10})
        for file in (path, "src/a.py", "./src/a.py"):
            ours.pop(file, None)
            theirs.pop(file, None)
    assert ours == theirs


FOLDERS = ["/venv/site-packages/shop/", "/build/17/src/", "/build/18/src/", "C:\\ci\\src\\", "/x/vendored/", "/y/"]
PATTERNS = [
    "*/site-packages/shop",
    "/build/*/src",
    "/build/1[78]/src",
    "c:\\ci\\src",
    "**/vendored/",
    "/?/",
    "/build/17/src",
]
RULES = st.dictionaries(st.sampled_from(["src", "lib/", "./src"]), st.lists(st.sampled_from(PATTERNS), min_size=1))


@QUICK
@given(
    rules=RULES, measured=st.lists(st.tuples(st.sampled_from(FOLDERS), st.sampled_from(["a.py", "pkg/b.py", "c.py"])))
)
def test_generated_paths_are_mapped_as_by_coverage_py(
    tmp_path: Path, tools: Tools, rules: dict[str, list[str]], measured: list[tuple[str, str]]
) -> None:
    """Any rules of `[tool.coverage.paths]` are applied in their order, if the target exists."""
    lists = [json.dumps([result, *patterns]) for result, patterns in rules.items()]
    text = "".join(f"rule_{number} = {rule}\n" for number, rule in enumerate(lists))
    (tmp_path / "pyproject.toml").write_text(f"[tool.coverage.paths]\n{text}")
    for name in ("src/a.py", "src/pkg/b.py", "lib/c.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    files = [("", {folder + file: {number}}) for number, (folder, file) in enumerate(measured, 1)]
    parts = write_parts(tools, tmp_path, files or [("", {})], arcs=False)
    theirs = tools.combined(tmp_path, parts)
    # Older versions of coverage.py keep the separators of a path that no rule maps.
    theirs["files"] = {name.replace("\\", "/"): lines for name, lines in theirs["files"].items()}
    assert tools.meaning(combined_file(tmp_path, parts)) == theirs


def test_C02_damaged_part_among_valid_ones_is_an_error(tmp_path: Path) -> None:
    """A damaged part is an error and nothing is written; coverage.py combines the rest and exits with 0."""
    parts = [write_lines(tmp_path / f"part-{number}", {"/code/a.py": {number}}) for number in range(1, 5)]
    content = parts[2].read_bytes()
    before_out = tmp_path / "out"
    before_out.write_text("the previous file")
    for damaged in (b"", content[:8192], content[:4096] + bytes(4096) + content[8192:], b"hello"):
        parts[2].write_bytes(damaged)
        before = snapshot(tmp_path)
        with pytest.raises(ci_accel.CoverageDataError) as caught:
            ci_accel.combine_coverage(parts, into=before_out)
        assert caught.value.path == str(parts[2])
        assert snapshot(tmp_path) == before
    with contextlib.suppress(FileNotFoundError):
        parts[2].unlink()
    with pytest.raises(ci_accel.CoverageDataError, match="there is no such file"):
        ci_accel.combine_coverage(parts, into=before_out)
