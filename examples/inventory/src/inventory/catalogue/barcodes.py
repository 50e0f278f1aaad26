"""Barcodes: what a scanner reads becomes a product and a quantity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from inventory.common.ids import normalise_gtin
from inventory.common.validation import positive
from inventory.db.session import add_unique, find
from inventory.models.catalogue import Barcode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from inventory.models import Product


def assign_barcode(session: Session, product: Product, gtin: str, *, pack_quantity: int = 1) -> Barcode:
    """Say which barcode a pack of a product has.

    Raises:
        DuplicateRecordError: Another pack has it, or the same.
        InvalidValueError: It is not a GTIN, or the pack is empty.
    """
    barcode = Barcode(
        product=product, gtin=normalise_gtin(gtin), pack_quantity=positive(pack_quantity, "pack_quantity")
    )
    return add_unique(session, barcode, Barcode.gtin, barcode.gtin)


def scan(session: Session, gtin: str) -> tuple[Product, int]:
    """Return the product and the number of pieces behind a barcode.

    Raises:
        InvalidValueError: It is not a GTIN: read it again.
        UnknownRecordError: Nobody has assigned it.
    """
    barcode = find(session, Barcode, Barcode.gtin, normalise_gtin(gtin))
    return barcode.product, barcode.pack_quantity


def scan_all(session: Session, gtins: Iterable[str]) -> dict[Product, int]:
    """Return how many pieces of each product were scanned, pack by pack.

    Raises:
        InvalidValueError: One of them is not a GTIN.
        UnknownRecordError: Nobody has assigned one of them.
    """
    pieces: dict[Product, int] = {}
    for gtin in gtins:
        product, quantity = scan(session, gtin)
        pieces[product] = pieces.get(product, 0) + quantity
    return pieces


def barcodes_of(session: Session, product: Product) -> list[str]:
    """Return the barcodes of a product, that of the smallest pack first."""
    barcodes = select(Barcode.gtin).where(Barcode.product_id == product.id)
    return list(session.scalars(barcodes.order_by(Barcode.pack_quantity, Barcode.gtin)))
