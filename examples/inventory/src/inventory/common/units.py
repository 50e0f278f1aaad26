"""Units: in what a product is counted, and how weights are read and written."""

from __future__ import annotations

import enum
import re
from decimal import Decimal

from inventory.common.errors import InvalidValueError

GRAMS = {"g": 1, "kg": 1_000, "t": 1_000_000}
WEIGHT_PATTERN = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*(g|kg|t)")


class Unit(enum.Enum):
    """In what a product is counted."""

    PIECE = "piece"
    PAIR = "pair"
    METRE = "metre"
    LITRE = "litre"
    KILOGRAM = "kilogram"

    @property
    def is_divisible(self) -> bool:
        """Whether customers may order odd quantities below a full pack."""
        return self in {Unit.METRE, Unit.LITRE, Unit.KILOGRAM}


def parse_weight(text: str) -> int:
    """Return a weight like ``1.5 kg`` in whole grams.

    Raises:
        InvalidValueError: It is not a number and one of g, kg and t, or not a whole number of grams.
    """
    match = WEIGHT_PATTERN.fullmatch(text.strip().lower())
    if match is None:
        raise InvalidValueError(field="weight", reason=f"must look like 1.5 kg, not {text!r}")
    grams = Decimal(match[1]) * GRAMS[match[2]]
    if grams != int(grams):
        raise InvalidValueError(field="weight", reason=f"must be whole grams, not {text!r}")
    return int(grams)


def format_weight(grams: int) -> str:
    """Return a weight in the largest unit of which it is at least one."""
    unit = next((name for name in ("t", "kg") if grams >= GRAMS[name]), "g")
    return f"{(Decimal(grams) / GRAMS[unit]).normalize():f} {unit}"


def whole_packs(quantity: int, pack_size: int) -> int:
    """Return the quantity rounded up to full packs."""
    return -(-quantity // pack_size) * pack_size
