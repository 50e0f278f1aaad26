"""Identifiers: SKUs, category codes, and the GTINs under the bars of barcodes."""

from __future__ import annotations

import re

from inventory.common.errors import InvalidValueError

SKU_PATTERN = re.compile(r"[A-Z]{2,4}-[0-9]{3,6}")
CATEGORY_CODE_LENGTH = 12
GTIN_LENGTHS = (8, 12, 13, 14)


def normalise_sku(text: str) -> str:
    """Return a SKU as it is stored: upper case, a hyphen between letters and digits.

    Raises:
        InvalidValueError: It is not two to four letters and three to six digits.
    """
    sku = re.sub(r"^([A-Z]+)[ _]?([0-9])", r"\1-\2", text.strip().upper())
    if not SKU_PATTERN.fullmatch(sku):
        raise InvalidValueError(field="sku", reason=f"must look like AB-123, not {text!r}")
    return sku


def category_code(name: str) -> str:
    """Return the code of a category: its name in capitals, everything else as one hyphen, cut to size."""
    return re.sub(r"[^A-Z0-9]+", "-", name.upper()).strip("-")[:CATEGORY_CODE_LENGTH].rstrip("-")


def check_digit(payload: str) -> int:
    """Return the last digit of a GTIN from those before it: weights 3 and 1, from the right."""
    total = sum(int(digit) * (3 if index % 2 == 0 else 1) for index, digit in enumerate(reversed(payload)))
    return -total % 10


def normalise_gtin(text: str) -> str:
    """Return a GTIN in its longest form, fourteen digits.

    Raises:
        InvalidValueError: It has a wrong length, other characters than digits, or a wrong check digit.
    """
    digits = text.replace(" ", "")
    if not (digits.isascii() and digits.isdigit()) or len(digits) not in GTIN_LENGTHS:
        raise InvalidValueError(field="gtin", reason=f"must have 8, 12, 13 or 14 digits, not {text!r}")
    if check_digit(digits[:-1]) != int(digits[-1]):
        raise InvalidValueError(field="gtin", reason=f"has a wrong check digit: {text}")
    return digits.zfill(max(GTIN_LENGTHS))
