"""The union of slipcover's reports, held to slipcover's own."""

from __future__ import annotations

import copy
import json
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ci_accel
from tests.coverage.samples import branch_entry, entry, report, snapshot, write_lines, write_report

if TYPE_CHECKING:
    from pathlib import Path

merge_coverage = import_module("slipcover.slipcover").merge_coverage  # it has no types
LINE = st.integers(1, 30)
NAME = st.sampled_from(["shop/a.py", "shop/b.py", "/else/c.py", "shop/ü.py"])
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def reports(draw: st.DrawFn, *, branches: bool) -> dict[str, Any]:
    """Return a report as slipcover writes it."""
    files = {}
    for name in draw(st.sets(NAME, max_size=4)):
        executed, missing = draw(st.sets(LINE)), draw(st.sets(LINE))
        if branches:
            pairs = st.sets(st.tuples(LINE, st.integers(0, 30)), max_size=8)
            taken = draw(pairs)
            left = draw(pairs) - taken
            lists = [list(pair) for pair in taken], [list(pair) for pair in left]
            files[name] = branch_entry(executed, missing - executed, *lists)
        else:
            files[name] = entry(executed, missing - executed)
    return report(files, branches=branches)


def united(folder: Path, documents: list[dict[str, Any]], name: str = "ours") -> dict[str, Any]:
    """Return what is written for the documents."""
    parts = [write_report(folder / f"{name}-{number}", document) for number, document in enumerate(documents)]
    info = ci_accel.combine_coverage(parts, into=folder / name, root=folder)
    again = ci_accel.inspect_coverage(folder / name)
    assert [getattr(info, field) for field in info.__slots__] == [getattr(again, field) for field in info.__slots__]
    document: dict[str, Any] = json.loads((folder / name).read_text())
    return document


def merged_by_slipcover(documents: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what slipcover makes of the documents."""
    first, *others = copy.deepcopy(documents)
    for other in others:
        merge_coverage(first, other)
    merged: dict[str, Any] = json.loads(json.dumps(first))
    return merged


@pytest.mark.parametrize("branches", [False, True])
@QUICK
@given(data=st.data())
def test_the_union_is_that_of_slipcover(tmp_path: Path, branches: bool, data: st.DataObject) -> None:
    """Same files, lines and branches, the same totals for each file and for all, in generated data."""
    documents = data.draw(st.lists(reports(branches=branches), min_size=2, max_size=4))
    ours, theirs = united(tmp_path, documents), merged_by_slipcover(documents)
    assert ours["meta"] == theirs["meta"]
    assert ours["files"] == theirs["files"]
    # Without files slipcover has no totals but the percentage.
    assert ours["summary"] == theirs["summary"] or not ours["files"]


@QUICK
@given(data=st.data(), order=st.permutations(range(3)))
def test_order_grouping_and_repetition_do_not_count(tmp_path: Path, data: st.DataObject, order: list[int]) -> None:
    """Combining is commutative, associative and idempotent, to the byte."""
    documents = data.draw(st.lists(reports(branches=True), min_size=3, max_size=3))
    for number, document in enumerate(documents):
        document["meta"] |= {"timestamp": f"2026-11-0{number}", "version": f"1.{number * 9}.0"}
    whole = united(tmp_path, documents)
    assert united(tmp_path, [documents[number] for number in order], "turned") == whole
    pair = united(tmp_path, documents[:2], "pair")
    grouped = united(tmp_path, [documents[2], pair], "grouped")
    assert united(tmp_path, [*documents, grouped, *documents], "again") == whole
    assert len({(tmp_path / name).read_bytes() for name in ("ours", "turned", "grouped", "again")}) == 1
    assert whole["meta"]["version"] == "1.18.0"


def test_the_shortest_spelling_stays(tmp_path: Path) -> None:
    """Relative and absolute spellings of a file are one, by the root and not by the current folder."""
    documents = [
        report({f"{tmp_path}/shop/a.py": entry({1}, {2, 3})}),
        report({"shop/a.py": entry({2}, {3}), "./shop/b.py": entry({1})}),
    ]
    ours = united(tmp_path, documents)
    assert sorted(ours["files"]) == ["./shop/b.py", "shop/a.py"]
    assert ours["files"]["shop/a.py"]["missing_lines"] == [3]


def test_one_part_has_its_totals_counted_anew(tmp_path: Path) -> None:
    """A forged total does not come through, even alone; slipcover leaves the totals of a single file as they are."""
    document = report({"a.py": entry({1}, {2, 3})})
    ours = united(tmp_path, [document])
    assert ours["summary"]["covered_lines"] == 1
    assert ours["summary"]["percent_covered_display"] == "33"
    assert merged_by_slipcover([document])["summary"]["percent_covered_display"] == "100"


def test_c16_kinds_do_not_mix(tmp_path: Path) -> None:
    """Branches with none, and one tool with the other, in either order; both files are named."""
    plain = write_report(tmp_path / "plain", report({"a.py": entry({1})}))
    branches = write_report(tmp_path / "branches", report({"a.py": branch_entry({1}, (), [], [])}, branches=True))
    other = write_lines(tmp_path / "other")
    before = snapshot(tmp_path)
    for one, two in ((plain, branches), (branches, plain), (plain, other), (other, branches)):
        with pytest.raises(ci_accel.MixedMeasurementError) as caught:
            ci_accel.combine_coverage([one, one, two], into=tmp_path / "out")
        assert caught.value.path == str(two)
        assert str(one) in caught.value.reason
    assert snapshot(tmp_path) == before


ACCEPTED_BY_SLIPCOVER = {
    "another tool's second file": report({"a.py": entry({2})}, software="coverage"),
    "branches that would be dropped": report({"a.py": branch_entry({2}, (), [[1, 2]], [])}, branches=True),
    "no executed_lines": report({"a.py": {"missing_lines": [4], "summary": {}}}),
    "a negative line": report({"a.py": entry({-2})}),
    "a line twice": report({"a.py": entry([2, 2])}),
    "a line executed and missing": report({"a.py": entry({2}, {2})}),
    "a line that is no number": report({"a.py": entry({float("inf")})}),  # type: ignore[arg-type]
}
"""What slipcover's merge takes as a second file and is refused here: the written list of differences."""


@pytest.mark.parametrize("name", ACCEPTED_BY_SLIPCOVER)
def test_the_differences_to_slipcover_are_those_that_are_written(tmp_path: Path, name: str) -> None:
    """Slipcover merges it without a word; here it is an error that names it."""
    first, second = report({"a.py": entry({1})}), ACCEPTED_BY_SLIPCOVER[name]
    merge_coverage(copy.deepcopy(first), copy.deepcopy(second))
    one, two = write_report(tmp_path / "one", first), write_report(tmp_path / "two", second)
    with pytest.raises(ci_accel.CoverageDataError) as caught:
        ci_accel.combine_coverage([one, two], into=tmp_path / "out")
    assert caught.value.path == str(two)
    assert not (tmp_path / "out").exists()
