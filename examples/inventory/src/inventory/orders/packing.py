"""Parcels: as few as the carrier's limit allows, the heaviest pieces first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.common.errors import InventoryError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from inventory.models import Product

PARCEL_GRAMS = 31_500
BOX_GRAMS = 250


class TooHeavyError(InventoryError):
    """One piece alone is too heavy for a parcel."""

    def __init__(self, sku: str, grams: int, limit: int) -> None:
        super().__init__(f"{sku} weighs {grams} g, a parcel takes {limit} g")


def pack(items: Mapping[Product, int], *, limit_grams: int = PARCEL_GRAMS) -> list[dict[str, int]]:
    """Return which pieces go into which parcel, by SKU: each piece into the first one that still takes it.

    Raises:
        TooHeavyError: A piece does not even fit into an empty one.
    """
    room = limit_grams - BOX_GRAMS
    parcels: list[dict[str, int]] = []
    weights: list[int] = []
    for product, quantity in sorted(items.items(), key=lambda item: (-item[0].weight_grams, item[0].sku)):
        grams = product.weight_grams
        if grams > room:
            raise TooHeavyError(product.sku, grams, room)
        for _ in range(quantity):
            index = next((place for place, weight in enumerate(weights) if weight + grams <= room), len(parcels))
            if index == len(parcels):
                parcels.append({})
                weights.append(0)
            parcels[index][product.sku] = parcels[index].get(product.sku, 0) + 1
            weights[index] += grams
    return parcels


def gross_grams(items: Mapping[Product, int], parcels: int) -> int:
    """Return what pieces weigh together with the boxes around them."""
    return sum(product.weight_grams * quantity for product, quantity in items.items()) + parcels * BOX_GRAMS
