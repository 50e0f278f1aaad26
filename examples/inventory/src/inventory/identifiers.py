"""The keys of records: SKUs, category codes, order numbers and email addresses. Two revisions use this module, too."""

from __future__ import annotations

import re

from inventory.errors import InvalidValueError

SKU = re.compile(r"([A-Z]{3})[ -]?([0-9]{1,3})")
EMAIL = re.compile(r"[a-z0-9._+-]+@[a-z0-9-]+(\.[a-z0-9-]+)+")
CATEGORY_CODE_LENGTH = 12


def normalise_sku(text: str) -> str:
    """Return a SKU in its normal form, such as `HAM-001` for `ham 1`.

    Raises:
        InvalidValueError: The text is not a SKU.
    """
    match = SKU.fullmatch(text.strip().upper())
    if match is None:
        raise InvalidValueError(field="SKU", reason=f"must look like ABC-123, not {text!r}")
    return f"{match[1]}-{int(match[2]):03}"


def normalise_email(text: str) -> str:
    """Return an email address in lower case.

    Raises:
        InvalidValueError: The text is not an email address.
    """
    email = text.strip().lower()
    if not EMAIL.fullmatch(email):
        raise InvalidValueError(field="email", reason=f"must look like name@example.com, not {text!r}")
    return email


def category_code(name: str) -> str:
    """Derive the code of a category from its name, such as `GARDEN-TOOLS` for `Garden tools`.

    Raises:
        InvalidValueError: The name has no letter and no digit.
    """
    code = re.sub(r"[^A-Z0-9]+", "-", name.upper()).strip("-")[:CATEGORY_CODE_LENGTH].rstrip("-")
    if not code:
        raise InvalidValueError(field="name", reason=f"must have a letter or a digit, not {name!r}")
    return code


def order_number(value: int) -> str:
    """Return the number of an order, such as `SO-000042`."""
    return f"SO-{value:06}"
