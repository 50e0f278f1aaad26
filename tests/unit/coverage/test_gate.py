"""The comparison of coverage with its threshold."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ci_accel.coverage.gate import judge, percent, reached

pytestmark = pytest.mark.every_python

COUNTS = st.integers(1, 3000).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total)))
THRESHOLD = st.one_of(
    st.integers(0, 100).map(str), st.decimals(0, 100, places=1).map(str), st.decimals(0, 100, places=4).map(str)
)
NEAR = COUNTS.flatmap(
    lambda counts: st.tuples(st.just(counts), st.integers(0, 4).map(lambda digits: near(*counts, digits)))
)
"""Counts, and a threshold that is their rounded percentage, where rounding would change the result."""


def near(covered: int, total: int, digits: int) -> str:
    """Return the percentage, rounded to `digits` decimal places."""
    return f"{100 * covered / total:.{digits}f}"


@given(counts=COUNTS, fail_under=THRESHOLD)
def test_comparison_is_exact(counts: tuple[int, int], fail_under: str) -> None:
    """The threshold is compared as a fraction, whether given as text or as a float of TOML."""
    covered, total = counts
    expected = covered > 0 and Fraction(100 * covered, total) >= Fraction(fail_under)
    assert reached(covered, total, fail_under) == reached(covered, total, float(fail_under)) == expected


@pytest.mark.parametrize(
    ("covered", "total", "fail_under", "expected"),
    [
        (96_999, 100_000, 97, False),  # coverage.py rounds to 97.00
        (97, 100, 97, True),
        (967, 1000, 96.7, True),  # the binary fraction of 96.7 is smaller than 96.7
        (9_669_999, 10_000_000, 96.7, False),
        (99_999, 100_000, 100, False),
        (5, 5, 100, True),
        (0, 5, 0, False),  # nothing ran
        (2, 3, "66.66666666666666666", True),
        (2, 3, "66.66666666666666667", False),
    ],
)
def test_edges(covered: int, total: int, fail_under: str | float, expected: bool) -> None:
    """Any value below the threshold fails."""
    assert reached(covered, total, fail_under) is expected


@pytest.mark.parametrize("fail_under", [0, 50, 100, "0"])
def test_C20_an_empty_measurement_never_passes(fail_under: str | int) -> None:
    """An empty measurement fails even a threshold of 0, and its percentage is 0."""
    assert not reached(0, 0, fail_under)
    result = judge(0, 0, fail_under)
    assert (bool(result), result.percent, result.total) == (False, 0.0, 0)
    assert result.message == f"coverage: no statements were measured, threshold {fail_under} %: failed"


@pytest.mark.parametrize(
    "fail_under",
    [-1, 101, 100.0001, "-0.1", "nan", float("inf"), "ninety", "", "97/1", True, "1e-400000000", "9e999999"],
)
def test_invalid_threshold_is_an_error(fail_under: str | float) -> None:
    """An invalid threshold is a ValueError that names it, raised in bounded time."""
    with pytest.raises(ValueError, match="fail_under is"):
        reached(1, 1, fail_under)


@given(counts=COUNTS, digits=st.integers(1, 6))
def test_percentages_are_truncated(counts: tuple[int, int], digits: int) -> None:
    """A shown percentage is never larger than the real one, and differs by less than its last digit."""
    covered, total = counts
    shown = percent(covered, total, digits=digits)
    assert re.fullmatch(rf"\d+\.\d{{{digits}}}", shown)
    assert 0 <= Fraction(100 * covered, total) - Fraction(shown) < Fraction(1, 10**digits)


def test_percentages() -> None:
    """99.999 is shown as 99.99, and an empty measurement as a dash."""
    assert percent(96_999, 100_000) == "96.99"
    assert percent(99_999, 100_000) == "99.99"
    assert (percent(7, 7), percent(0, 7), percent(1, 1000)) == ("100.00", "0.00", "0.10")
    assert percent(0, 0) == "-"


@given(near=NEAR)
@example(near=((96_999, 100_000), "97"))
def test_message_agrees_with_the_result(near: tuple[tuple[int, int], str]) -> None:
    """The percentage in the message is below the threshold exactly if the result is a failure."""
    (covered, total), fail_under = near
    result = judge(covered, total, fail_under)
    shown = result.message.split()[1]
    assert (
        bool(result) == (covered > 0 and Decimal(shown) >= Decimal(fail_under)) == reached(covered, total, fail_under)
    )
    assert result.percent == float(shown)
    assert (result.covered, result.total, result.fail_under) == (covered, total, fail_under)


@pytest.mark.parametrize(
    ("covered", "message"),
    [
        (100_000, "coverage 100.00 % (100000 of 100000), threshold 97 %: passed"),
        (96_999, "coverage 96.99 % (96999 of 100000), threshold 97 %: failed"),
        (0, "coverage 0.00 % (0 of 100000), threshold 97 %: failed, because no statement ran"),
    ],
)
def test_messages(covered: int, message: str) -> None:
    """The message has the percentage, the counts, the threshold and the result; further reasons are kept."""
    result = judge(covered, 100_000, 97, reasons=("no items are declared",))
    assert (str(result), result.reasons) == (message, ("no items are declared",))
