"""The gate's arithmetic: exact, and in words where the tools' own gates would decide otherwise."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from coverage import results
from hypothesis import example, given
from hypothesis import strategies as st

from ci_accel.coverage.gate import judge, percent, reached, rounding_note

COUNTS = st.integers(1, 3000).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total)))
THRESHOLD = st.one_of(
    st.integers(0, 100).map(str), st.decimals(0, 100, places=1).map(str), st.decimals(0, 100, places=4).map(str)
)
NEAR = COUNTS.flatmap(
    lambda counts: st.tuples(st.just(counts), st.integers(0, 4).map(lambda digits: near(*counts, digits)))
)
"""Counts, and a threshold that is their percentage rounded: there the gates differ."""


def near(covered: int, total: int, digits: int) -> str:
    """Return the percentage, rounded to so many digits."""
    return f"{100 * covered / total:.{digits}f}"


def slipcover_fails(covered: int, total: int, fail_under: float) -> bool:
    """Whether slipcover's gate fails, by slipcover's own totals: its command then compares `<`."""
    from importlib import import_module

    add_summaries = import_module("slipcover.slipcover").add_summaries
    lines = {"executed_lines": range(covered), "missing_lines": range(total - covered)}
    document: dict[str, Any] = {"files": {"a.py": lines} if total else {}}
    add_summaries(document)
    summary = document["summary"]
    return bool(fail_under and summary["percent_covered"] < fail_under)


def coverage_fails(covered: int, total: int, fail_under: float, precision: int) -> bool:
    """Whether coverage.py's gate fails, by coverage.py's own totals."""
    numbers = results.Numbers(n_statements=total, n_missing=total - covered)
    return results.should_fail_under(numbers.n_statements and numbers.pc_covered, fail_under, precision)


@given(counts=COUNTS, fail_under=THRESHOLD)
def test_the_comparison_is_exact(counts: tuple[int, int], fail_under: str) -> None:
    """It is that of fractions, for a text and for the float of TOML alike."""
    covered, total = counts
    expected = covered > 0 and Fraction(100 * covered, total) >= Fraction(fail_under)
    assert reached(covered, total, fail_under) == reached(covered, total, float(fail_under)) == expected


@pytest.mark.parametrize(
    ("covered", "total", "fail_under", "expected"),
    [
        (96_999, 100_000, 97, False),  # coverage.py's two digits would be 97.00
        (97, 100, 97, True),
        (967, 1000, 96.7, True),  # 96.7 is a little more than its binary fraction
        (9_669_999, 10_000_000, 96.7, False),
        (99_999, 100_000, 100, False),
        (5, 5, 100, True),
        (0, 5, 0, False),  # nothing ran
        (2, 3, "66.66666666666666666", True),
        (2, 3, "66.66666666666666667", False),
    ],
)
def test_edges(covered: int, total: int, fail_under: str | float, expected: bool) -> None:
    """A hair below is below."""
    assert reached(covered, total, fail_under) is expected


@pytest.mark.parametrize("fail_under", [0, 50, 100, "0"])
def test_C20_nothing_measured_reaches_nothing(fail_under: str | int) -> None:
    """Not even 0 percent; never shown as 100."""
    assert not reached(0, 0, fail_under)
    verdict = judge(0, 0, fail_under)
    assert (bool(verdict), verdict.percent, verdict.total) == (False, 0.0, 0)
    assert verdict.message.startswith("nothing was measured")


@pytest.mark.parametrize(
    "fail_under",
    [-1, 101, 100.0001, "-0.1", "nan", float("inf"), "ninety", "", "97/1", True, "1e-400000000", "9e999999"],
)
def test_a_threshold_that_is_none(fail_under: str | float) -> None:
    """It is the caller's mistake, told at once and in little time."""
    with pytest.raises(ValueError, match="fail_under is"):
        reached(1, 1, fail_under)


@given(counts=COUNTS, digits=st.integers(1, 6))
def test_a_percentage_never_shows_more_than_there_is(counts: tuple[int, int], digits: int) -> None:
    """It is cut off, by less than its last digit."""
    covered, total = counts
    shown = percent(covered, total, digits=digits)
    assert re.fullmatch(rf"\d+\.\d{{{digits}}}", shown)
    assert 0 <= Fraction(100 * covered, total) - Fraction(shown) < Fraction(1, 10**digits)


def test_percentages() -> None:
    """99.999 is not 100.00, and nothing is no number."""
    assert percent(96_999, 100_000) == "96.99"
    assert percent(99_999, 100_000) == "99.99"
    assert (percent(7, 7), percent(0, 7), percent(1, 1000)) == ("100.00", "0.00", "0.10")
    assert percent(0, 0) == "-"


@given(near=NEAR)
@example(near=((96_999, 100_000), "97"))
def test_a_verdict_is_what_it_shows(near: tuple[tuple[int, int], str]) -> None:
    """The number in the message says what the verdict says, however near to the threshold it is."""
    (covered, total), fail_under = near
    verdict = judge(covered, total, fail_under)
    shown = verdict.message.split()[1]
    assert (
        bool(verdict) == (covered > 0 and Decimal(shown) >= Decimal(fail_under)) == reached(covered, total, fail_under)
    )
    assert verdict.percent == float(shown)
    assert (verdict.covered, verdict.total, verdict.fail_under) == (covered, total, fail_under)


@given(near=NEAR, precision=st.integers(0, 4))
@example(near=((96_996, 100_000), "97"), precision=2)
@example(near=((664, 1000), "66.4"), precision=0)
def test_the_note_says_where_coverage_py_decides_otherwise(near: tuple[tuple[int, int], str], precision: int) -> None:
    """It speaks exactly where coverage.py's own function, or that of the versions before 7.17.1, differs."""
    (covered, total), fail_under = near
    threshold = float(fail_under)
    passed = reached(covered, total, fail_under)
    value = 100.0 * covered / total
    before = round(value, precision) >= threshold and (threshold != 100.0 or value == 100.0)
    installed = not coverage_fails(covered, total, threshold, precision)
    note = rounding_note(covered, total, fail_under, precision=precision, tool="coverage.py")
    if hasattr(results, "_fail_under_precision"):
        assert bool(note) == (not installed == before == passed)
        assert note.startswith("coverage.py before 7.17.1") == (installed == passed != before)
        assert note.startswith("coverage.py since 7.17.1") == (installed != passed == before)
    else:  # 7.16 is the last for Python 3.10
        assert installed == before
        assert note.startswith(("coverage.py before 7.17.1 ", "coverage.py would ")) == (before != passed)
    assert not note or f"would {'fail' if passed else 'pass'} it" in note


@given(near=NEAR)
@example(near=((2, 3), "66.66666666666667"))
@example(near=((1, 3), "33.33333333333333333"))
def test_the_note_says_where_slipcover_decides_otherwise(near: tuple[tuple[int, int], str]) -> None:
    """It speaks exactly where slipcover's `<` of floats differs."""
    (covered, total), fail_under = near
    passed = reached(covered, total, fail_under)
    theirs = not slipcover_fails(covered, total, float(fail_under))
    note = rounding_note(covered, total, fail_under, precision=0, tool="slipcover")
    assert bool(note) == (theirs != passed)


def test_notes() -> None:
    """In words a person understands."""
    assert rounding_note(96_996, 100_000, 97, precision=2, tool="coverage.py") == (
        "coverage.py would pass it: it rounds to 2 digits"
    )
    assert rounding_note(6_664, 10_000, 66.7, precision=0, tool="coverage.py") == (
        "coverage.py before 7.17.1 would pass it: it rounds to whole percent"
    )
    assert rounding_note(0, 0, 97, precision=0, tool="slipcover") == (
        "slipcover itself would pass it: it takes nothing measured for 100 %, or for no gate"
    )
    assert rounding_note(0, 0, 0, precision=0, tool="coverage.py") == (
        "coverage.py would pass it: it compares 0 % where nothing was measured"
    )
    assert rounding_note(0, 0, 97, precision=0, tool="coverage.py") == ""
    verdict = judge(96_996, 100_000, 97, precision=2)
    assert verdict.message == "coverage 96.99 % (96996 of 100000) is below 97 %"
    assert verdict.reasons == ("coverage.py would pass it: it rounds to 2 digits",)
