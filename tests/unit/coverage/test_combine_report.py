"""Combining slipcover's JSON, compared with `slipcover --merge`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ci_accel
from tests.support.coverage_files import branch_entry, entry, report, snapshot, write_lines, write_report

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.coverage_tools import Tools

LINE = st.integers(1, 30)
NAME = st.sampled_from(["shop/a.py", "shop/b.py", "/else/c.py", "shop/ü.py"])
QUICK = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def reports(draw: st.DrawFn, *, branches: bool) -> dict[str, Any]:
    """Generate a report as slipcover writes it."""
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


def combined_report(folder: Path, documents: list[dict[str, Any]], name: str = "ours") -> dict[str, Any]:
    """Return the combined report of some reports."""
    parts = [write_report(folder / f"{name}-{number}", document) for number, document in enumerate(documents)]
    info = ci_accel.combine_coverage(parts, into=folder / name, root=folder)
    again = ci_accel.inspect_coverage(folder / name)
    assert [getattr(info, field) for field in info.__slots__] == [getattr(again, field) for field in info.__slots__]
    document: dict[str, Any] = json.loads((folder / name).read_text())
    return document


@pytest.mark.parametrize("branches", [False, True])
@QUICK
@given(data=st.data())
def test_reports_are_combined_as_by_slipcover(
    tmp_path: Path, tools: Tools, branches: bool, data: st.DataObject
) -> None:
    """Generated reports have the files, lines, branches and totals that `slipcover --merge` writes."""
    documents = data.draw(st.lists(reports(branches=branches), min_size=2, max_size=4))
    ours, theirs = combined_report(tmp_path, documents), tools.merged(documents)
    assert ours["meta"] == theirs["meta"]
    assert ours["files"] == theirs["files"]
    # Without files, slipcover writes the percentage only; before 1.1 it never wrote one of the totals.
    assert ours["summary"].items() >= theirs["summary"].items() or not ours["files"]


@pytest.mark.parametrize("branches", [False, True])
@QUICK
@given(data=st.data(), order=st.permutations(range(3)))
def test_combining_is_commutative_associative_and_idempotent(
    tmp_path: Path, branches: bool, data: st.DataObject, order: list[int]
) -> None:
    """The order, grouping and repetition of parts do not change a byte of the combined report."""
    documents = data.draw(st.lists(reports(branches=branches), min_size=3, max_size=3))
    for number, document in enumerate(documents):
        document["meta"] |= {"timestamp": f"2026-11-0{number}", "version": f"1.{number * 9}.0"}
    expected = combined_report(tmp_path, documents)
    assert combined_report(tmp_path, [documents[number] for number in order], "reversed") == expected
    pair = combined_report(tmp_path, documents[:2], "pair")
    grouped = combined_report(tmp_path, [documents[2], pair], "grouped")
    assert (
        combined_report(tmp_path, [documents[0], combined_report(tmp_path, documents[1:], "other")], "other-grouped")
        == expected
    )
    assert combined_report(tmp_path, [*documents, grouped, *documents], "again") == expected
    assert len({(tmp_path / name).read_bytes() for name in ("ours", "reversed", "grouped", "again")}) == 1
    assert expected["meta"]["version"] == "1.18.0"


def test_shortest_path_is_kept(tmp_path: Path) -> None:
    """A path relative to the root and the absolute path of a file are one file, with the shorter path."""
    documents = [
        report({f"{tmp_path}/shop/a.py": entry({1}, {2, 3})}),
        report({"shop/a.py": entry({2}, {3}), "./shop/b.py": entry({1})}),
    ]
    ours = combined_report(tmp_path, documents)
    assert sorted(ours["files"]) == ["./shop/b.py", "shop/a.py"]
    assert ours["files"]["shop/a.py"]["missing_lines"] == [3]


def test_totals_of_a_single_part_are_counted(tmp_path: Path) -> None:
    """The totals of a single part are counted, so a forged total is not kept."""
    document = report({"a.py": entry({1}, {2, 3})})
    ours = combined_report(tmp_path, [document])
    assert ours["summary"]["covered_lines"] == 1
    assert ours["summary"]["percent_covered_display"] == "33"


def test_C16_branches_and_tools_do_not_mix(tmp_path: Path) -> None:
    """Parts with and without branches, or of two tools, are an error that names both files."""
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
