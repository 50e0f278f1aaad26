"""How amounts are rounded: halves up, to steps, and to prices that please."""

from __future__ import annotations

from inventory.common.validation import positive

CHARM_STEP = 100


def divide(numerator: int, denominator: int) -> int:
    """Return the quotient, rounded; half a cent counts as a whole one."""
    return (2 * numerator + denominator) // (2 * denominator)


def percentage(cents: int, percent: int) -> int:
    """Return so many percent of an amount."""
    return divide(cents * percent, 100)


def to_step(cents: int, step: int) -> int:
    """Return the nearest multiple of a step: Switzerland has no coin below five.

    Raises:
        InvalidValueError: The step is not positive.
    """
    return divide(cents, positive(step, "step")) * step


def charm(cents: int) -> int:
    """Return the next price upwards that ends in 99; small change stays what it is."""
    if cents < CHARM_STEP:
        return cents
    return (cents // CHARM_STEP) * CHARM_STEP + CHARM_STEP - 1
