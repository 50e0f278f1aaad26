"""The union of slipcover's reports, held to slipcover's own."""

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


@pytest.mark.parametrize("branches", [False, True])
@QUICK
@given(data=st.data())
def test_the_union_is_that_of_slipcover(tmp_path: Path, tools: Tools, branches: bool, data: st.DataObject) -> None:
    """Same files, lines and branches, the same totals for each file and for all, in generated data."""
    documents = data.draw(st.lists(reports(branches=branches), min_size=2, max_size=4))
    ours, theirs = united(tmp_path, documents), tools.merged(documents)
    assert ours["meta"] == theirs["meta"]
    assert ours["files"] == theirs["files"]
    # Without files slipcover has no totals but the percentage; before 1.1 it had one less always.
    assert ours["summary"].items() >= theirs["summary"].items() or not ours["files"]


@pytest.mark.parametrize("branches", [False, True])
@QUICK
@given(data=st.data(), order=st.permutations(range(3)))
def test_order_grouping_and_repetition_do_not_count(
    tmp_path: Path, branches: bool, data: st.DataObject, order: list[int]
) -> None:
    """Combining is commutative, associative and idempotent, to the byte."""
    documents = data.draw(st.lists(reports(branches=branches), min_size=3, max_size=3))
    for number, document in enumerate(documents):
        document["meta"] |= {"timestamp": f"2026-11-0{number}", "version": f"1.{number * 9}.0"}
    whole = united(tmp_path, documents)
    assert united(tmp_path, [documents[number] for number in order], "turned") == whole
    pair = united(tmp_path, documents[:2], "pair")
    grouped = united(tmp_path, [documents[2], pair], "grouped")
    assert united(tmp_path, [documents[0], united(tmp_path, documents[1:], "other")], "other-grouped") == whole
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
    """A forged total does not come through, even alone."""
    document = report({"a.py": entry({1}, {2, 3})})
    ours = united(tmp_path, [document])
    assert ours["summary"]["covered_lines"] == 1
    assert ours["summary"]["percent_covered_display"] == "33"


def test_C16_kinds_do_not_mix(tmp_path: Path) -> None:
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
