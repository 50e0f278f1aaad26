"""Compares coverage with the threshold, in integers and without rounding. An empty measurement never passes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

MAX_PERCENT = 100

MAX_DIGITS = 20
"""Largest number of decimal places of a threshold. The limit bounds the integers that are compared."""

SHOWN_DIGITS = 2
"""Smallest number of decimal places of a displayed percentage; more if the threshold has more."""


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


def judge(covered: int, total: int, fail_under: str | float, *, reasons: tuple[str, ...] = ()) -> GateResult:
    """Compare coverage with a threshold.

    Args:
        covered: Number of statements and branches that were executed.
        total: Number of statements and branches.
        fail_under: The threshold in percent: a number, or its text.
        reasons: Further lines for the result.

    Returns:
        The result, with its message.

    Raises:
        ValueError: `fail_under` is not a number between 0 and 100, or has more than 20 decimal places.
    """
    passed = reached(covered, total, fail_under)
    shown = percent(covered, total, digits=max(SHOWN_DIGITS, _decimal_places(_threshold(fail_under))))
    threshold = str(fail_under).strip()
    if total <= 0:
        message = f"coverage: no statements were measured, threshold {threshold} %: failed"
    elif covered <= 0:
        message = f"coverage {shown} % (0 of {total}), threshold {threshold} %: failed, because no statement ran"
    else:
        verdict = "passed" if passed else "failed"
        message = f"coverage {shown} % ({covered} of {total}), threshold {threshold} %: {verdict}"
    return GateResult(
        passed=passed,
        percent=float(shown) if total > 0 else 0.0,
        covered=covered,
        total=total,
        fail_under=threshold,
        message=message,
        reasons=reasons,
    )


def reached(covered: int, total: int, fail_under: str | float) -> bool:
    """Return whether `covered` of `total` is at least `fail_under` percent. It never is if nothing ran.

    The comparison uses integers: 96.999 % does not reach 97.

    Args:
        covered: Number of covered statements and branches.
        total: Number of statements and branches.
        fail_under: The threshold in percent. A float counts as the decimal number it prints as: 96.7 is 967/10.

    Raises:
        ValueError: `fail_under` is not a number between 0 and 100, or has more than 20 decimal places.
    """
    numerator, denominator = _threshold(fail_under).as_integer_ratio()
    return covered > 0 and 100 * covered * denominator >= numerator * total


def percent(covered: int, total: int, *, digits: int = SHOWN_DIGITS) -> str:
    """Return the covered percentage, truncated: 96.999 becomes "96.99". Return "-" if `total` is 0.

    Args:
        covered: Number of covered statements and branches.
        total: Number of statements and branches.
        digits: Number of decimal places, at least 1.

    Returns:
        The percentage without the percent sign.
    """
    if total <= 0:
        return "-"
    whole, rest = divmod(100 * covered * 10**digits // total, 10**digits)
    return f"{whole}.{rest:0{digits}}"


def _threshold(fail_under: str | float) -> Decimal:
    """Return a threshold as the decimal number that is written in the configuration."""
    from decimal import Decimal, InvalidOperation

    try:
        # Decimal(float) would be the binary fraction nearest to the written number.
        threshold = Decimal(str(fail_under))
    except InvalidOperation:
        threshold = Decimal("NaN")
    if isinstance(fail_under, bool) or not threshold.is_finite() or not 0 <= threshold <= MAX_PERCENT:
        message = f"fail_under is {fail_under!r}; it must be a percentage between 0 and 100"
        raise ValueError(message)
    if _decimal_places(threshold) > MAX_DIGITS:
        message = f"fail_under is {fail_under!r}; it must have at most {MAX_DIGITS} decimal places"
        raise ValueError(message)
    return threshold


def _decimal_places(number: Decimal) -> int:
    """Return the number of decimal places as written."""
    return max(0, -int(number.as_tuple().exponent))
