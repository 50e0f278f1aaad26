"""Whether a threshold is reached: counts against counts. Nothing is rounded, and nothing measured reaches nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

    from ci_accel.coverage.info import CoverageFormat

MOST_DIGITS = 20
"""Digits behind the point that a threshold may have: no count of lines needs more."""

SHOWN_DIGITS = 2
"""Digits behind the point of a percentage, where the threshold does not have more."""


@dataclass(frozen=True, slots=True)
class GateResult:
    """The result of comparing coverage with its threshold. It is true if the threshold is reached.

    Attributes:
        passed: Whether the threshold is reached.
        percent: Covered share in percent, for display; the comparison uses the integers.
        covered: Number of executed lines, plus executed branches if branches were measured.
        total: Number of lines, plus branches if branches were measured.
        fail_under: Threshold in percent, as written in the configuration.
        message: The result in one line.
        reasons: What else a reader should know, one line each.
    """

    passed: bool
    percent: float
    covered: int
    total: int
    fail_under: str
    message: str
    reasons: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Return whether the threshold is reached."""
        return self.passed

    def __str__(self) -> str:
        """Return the message."""
        return self.message


def judge(
    covered: int, total: int, fail_under: str | float, *, precision: int = 0, notes: tuple[str, ...] = ()
) -> GateResult:
    """Compare what was covered with a threshold.

    Args:
        covered: Statements and branches that were executed.
        total: All of them.
        fail_under: The threshold in percent: a number, or the text of one.
        precision: coverage.py's `precision`.
        notes: What else is to be known.

    Returns:
        Whether it is reached. Where the gate of coverage.py or slipcover would decide otherwise, the reasons say so.

    Raises:
        ValueError: `fail_under` is no number from 0 to 100, or has more than 20 digits behind the point.
    """
    passed = reached(covered, total, fail_under)
    shown = percent(covered, total, digits=max(SHOWN_DIGITS, _digits(_threshold(fail_under))))
    if total <= 0:
        message = "nothing was measured, and no gate passes on that"
    elif covered <= 0:
        message = f"coverage {shown} % (0 of {total}): nothing ran, and no gate passes on that"
    else:
        relation = "reaches" if passed else "is below"
        message = f"coverage {shown} % ({covered} of {total}) {relation} {str(fail_under).strip()} %"
    tools: tuple[CoverageFormat, ...] = ("coverage.py", "slipcover")
    differing = [rounding_note(covered, total, fail_under, precision=precision, tool=tool) for tool in tools]
    return GateResult(
        passed,
        fail_under=str(fail_under).strip(),
        covered=covered,
        total=total,
        percent=float(shown) if total > 0 else 0.0,
        message=message,
        reasons=(*filter(None, differing), *notes),
    )


def reached(covered: int, total: int, fail_under: str | float) -> bool:
    """Whether `covered` of `total` is at least `fail_under` percent. Where nothing ran it never is.

    Args:
        covered: How many are covered.
        total: How many there are.
        fail_under: The threshold in percent. A float counts as the number that it is written as: 96.7 is 967/10.

    Returns:
        The answer, reckoned in integers.

    Raises:
        ValueError: `fail_under` is no number from 0 to 100, or has more than 20 digits behind the point.
    """
    numerator, denominator = _threshold(fail_under).as_integer_ratio()
    return covered > 0 and 100 * covered * denominator >= numerator * total


def percent(covered: int, total: int, *, digits: int = SHOWN_DIGITS) -> str:
    """Return how much is covered, cut off: 96.999 is shown as "96.99". "-" where there is nothing to cover.

    Args:
        covered: How many are covered.
        total: How many there are.
        digits: Digits behind the point, at least one.

    Returns:
        The percentage without its sign.
    """
    if total <= 0:
        return "-"
    whole, rest = divmod(100 * covered * 10**digits // total, 10**digits)
    return f"{whole}.{rest:0{digits}}"


def rounding_note(covered: int, total: int, fail_under: str | float, *, precision: int, tool: CoverageFormat) -> str:
    """Say where the tool's own gate would decide otherwise than the exact comparison.

    Args:
        covered: How many are covered.
        total: How many there are.
        fail_under: The threshold in percent.
        precision: coverage.py's `precision`: the digits that it rounds to.
        tool: The tool.

    Returns:
        One line; empty where they agree.

    Raises:
        ValueError: `fail_under` is no number from 0 to 100, or has more than 20 digits behind the point.
    """
    passed = reached(covered, total, fail_under)
    threshold = float(_threshold(fail_under))
    would = "fail" if passed else "pass"
    if tool == "slipcover":
        # `if fail_under: if percent_covered < fail_under`, and nothing measured is 100.0
        value = 100 * covered / total if total > 0 else 100.0
        if (not threshold or value >= threshold) == passed:
            return ""
        why = "compares binary fractions" if covered > 0 else "takes nothing measured for 100 %, or for no gate"
        return f"slipcover itself would {would} it: it {why}"
    value = 100.0 * covered / total if total > 0 else 0.0
    digits = max(precision, 0 if threshold == int(threshold) else _digits(_threshold(threshold)))
    now, before = _passes_rounded(value, threshold, digits), _passes_rounded(value, threshold, precision)
    if now == before == passed:
        return ""
    if now == passed:
        return f"coverage.py before 7.17.1 would {would} it: it rounds to {_counted(precision)}"
    which = "" if now == before else " since 7.17.1"
    why = f"rounds to {_counted(digits)}" if covered > 0 else "compares 0 % where nothing was measured"
    return f"coverage.py{which} would {would} it: it {why}"


def _passes_rounded(value: float, threshold: float, digits: int) -> bool:
    """Whether coverage.py's gate passes: `should_fail_under` of coverage/results.py."""
    if threshold == 100.0 and value != 100.0:  # noqa: PLR2004  (all of it)
        return False
    return round(value, digits) >= threshold


def _counted(digits: int) -> str:
    """Return a number of digits in words."""
    return {0: "whole percent", 1: "1 digit"}.get(digits, f"{digits} digits")


def _threshold(fail_under: str | float) -> Decimal:
    """Return the number that a threshold is written as."""
    from decimal import Decimal, InvalidOperation

    try:
        # Not by Decimal(float): that is the binary fraction next to what was written.
        threshold = Decimal(str(fail_under))
    except InvalidOperation:
        threshold = Decimal("NaN")
    if isinstance(fail_under, bool) or not threshold.is_finite() or not 0 <= threshold <= 100:  # noqa: PLR2004  (percent)
        message = f"fail_under is {fail_under!r}; it has to be a number of percent from 0 to 100"
        raise ValueError(message)
    if _digits(threshold) > MOST_DIGITS:
        message = f"fail_under is {fail_under!r}; it may have {MOST_DIGITS} digits behind the point"
        raise ValueError(message)
    return threshold


def _digits(number: Decimal) -> int:
    """Return how many digits a number has behind the point, as it is written."""
    return max(0, -int(number.as_tuple().exponent))
