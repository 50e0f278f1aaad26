"""Quantities that can be bought: full packs, not fewer than the supplier sells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.common.errors import InvalidValueError
from inventory.common.units import whole_packs
from inventory.common.validation import positive

if TYPE_CHECKING:
    from inventory.models import SupplierProduct


def orderable(offer: SupplierProduct, quantity: int) -> int:
    """Return the smallest quantity that can be bought of which so many pieces can be taken.

    Raises:
        InvalidValueError: Not even one piece is wanted.
    """
    return whole_packs(max(positive(quantity, "quantity"), offer.minimum_quantity), offer.pack_size)


def surplus(offer: SupplierProduct, quantity: int) -> int:
    """Return how many pieces come that nobody has asked for."""
    return orderable(offer, quantity) - quantity


def check_orderable(offer: SupplierProduct, quantity: int) -> int:
    """Let a quantity pass that the supplier sells.

    Raises:
        InvalidValueError: It is no number of full packs, or too small; the reason names the next one that is sold.
    """
    possible = orderable(offer, quantity)
    if quantity != possible:
        reason = f"{quantity} of {offer.product.sku} is not sold: order {possible}"
        raise InvalidValueError(field="quantity", reason=reason)
    return quantity
