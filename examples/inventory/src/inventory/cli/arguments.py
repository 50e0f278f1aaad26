"""What people type as arguments, and which values that makes."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError
from datetime import datetime
from typing import TYPE_CHECKING

from inventory.catalogue.products import find_product
from inventory.common.ids import normalise_sku
from inventory.common.money import to_cents

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from inventory.models import Product

AMOUNT = re.compile(r"[0-9]+(?:\.[0-9]{1,2})?")
PAIR = re.compile(r"([^=]+)=(.+)")


class NotReadableError(ArgumentTypeError):
    """What was typed is not what an argument looks like."""

    def __init__(self, example: str, text: str) -> None:
        super().__init__(f"must look like {example}, not {text!r}")


def amount(text: str) -> int:
    """Return an amount like ``14.90`` in cents."""
    if not AMOUNT.fullmatch(text):
        raise NotReadableError(example="14.90", text=text)
    return to_cents(text)


def moment(text: str) -> datetime:
    """Return a moment like ``2026-03-02T09:00:00+00:00``; without a time zone it could be any of 38."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise NotReadableError(example="2026-03-02T09:00:00+00:00", text=text) from None
    if at.tzinfo is None:
        raise NotReadableError(example=f"{text}+00:00", text=text)
    return at


def pair(text: str) -> tuple[str, str]:
    """Return what stands on both sides of an equals sign, like ``PHO-001=A17``."""
    match = PAIR.fullmatch(text)
    if match is None:
        raise NotReadableError(example="PHO-001=A17", text=text)
    return match[1], match[2]


def item(text: str) -> tuple[str, int]:
    """Return a SKU and a quantity, like ``HAM-001=3``; without a quantity it is one piece."""
    sku, _, quantity = text.partition("=")
    if not (quantity or "1").isdecimal():
        raise NotReadableError(example="HAM-001=3", text=text)
    return sku, int(quantity or 1)


def products_of(session: Session, items: Iterable[tuple[str, int]]) -> dict[Product, int]:
    """Return how many pieces of which products were typed; one that was typed twice counts twice."""
    pieces: dict[Product, int] = {}
    for sku, quantity in items:
        product = find_product(session, sku)
        pieces[product] = pieces.get(product, 0) + quantity
    return pieces


def serial_numbers_of(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return serial numbers by SKU."""
    numbers: dict[str, list[str]] = {}
    for sku, number in pairs:
        numbers.setdefault(normalise_sku(sku), []).append(number)
    return numbers
