"""Checks of single values. Each returns the value as it is to be stored, or raises InvalidValueError."""

from __future__ import annotations

import re

from inventory.common.errors import InvalidValueError

EMAIL_PATTERN = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]{2,}")
FULL_PERCENT = 100


def positive(value: int, field: str) -> int:
    """Return a number above zero."""
    if value < 1:
        raise InvalidValueError(field, f"must be positive, not {value}")
    return value


def not_negative(value: int, field: str) -> int:
    """Return a number from zero on."""
    if value < 0:
        raise InvalidValueError(field, f"must not be negative, but is {value}")
    return value


def percent(value: int, field: str) -> int:
    """Return a number from 0 to 100."""
    if not 0 <= value <= FULL_PERCENT:
        raise InvalidValueError(field, f"must be a percentage, not {value}")
    return value


def text(value: str, field: str, maximum: int) -> str:
    """Return a text without white space around it, neither empty nor too long."""
    value = value.strip()
    if not value:
        raise InvalidValueError(field, "must not be empty")
    if len(value) > maximum:
        raise InvalidValueError(field, f"must have at most {maximum} characters")
    return value


def email(value: str) -> str:
    """Return an address in lower case that looks as if it could be written to."""
    value = value.strip().lower()
    if not EMAIL_PATTERN.fullmatch(value):
        raise InvalidValueError(field="email", reason=f"must be an address, not {value!r}")
    return value


def letters(value: str, field: str, length: int) -> str:
    """Return a code of so many letters in capitals: a country has two, a currency three."""
    value = value.strip().upper()
    if len(value) != length or not (value.isascii() and value.isalpha()):
        raise InvalidValueError(field, f"must have {length} letters, not {value!r}")
    return value
