"""The cart: what somebody wants to order, checked while it is filled."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from inventory.common.errors import BlockedError, InvalidValueError, InventoryError
from inventory.common.validation import not_negative, positive

if TYPE_CHECKING:
    from inventory.models import Product

MAXIMUM_PIECES = 10_000


class EmptyCartError(InventoryError):
    """Nothing is in the cart."""

    def __init__(self) -> None:
        super().__init__("the cart is empty")


@dataclass
class Cart:
    """Products and how many of each, in the order in which they were first put in."""

    items: dict[Product, int] = field(default_factory=dict)

    def add(self, product: Product, quantity: int = 1) -> None:
        """Put pieces in, besides those that are in it already.

        Raises:
            BlockedError: The product has left the catalogue.
            InvalidValueError: The quantity is not positive, or nobody sells that many at once.
        """
        if not product.is_active:
            raise BlockedError(product.sku)
        self._set(product, self.items.get(product, 0) + positive(quantity, "quantity"))

    def change(self, product: Product, quantity: int) -> None:
        """Say how many pieces are to be in it; none takes the product out.

        Raises:
            InvalidValueError: The product is not in it, or the quantity is negative or too large.
        """
        if product not in self.items:
            raise InvalidValueError(field="product", reason=f"{product.sku} is not in the cart")
        if not_negative(quantity, "quantity"):
            self._set(product, quantity)
        else:
            del self.items[product]

    def merge(self, other: Cart) -> None:
        """Put in everything that is in another cart, say, the one from before the customer logged in.

        Raises:
            BlockedError: A product has left the catalogue meanwhile.
            InvalidValueError: Together it would be too much.
        """
        for product, quantity in other.items.items():
            self.add(product, quantity)

    @property
    def weight_grams(self) -> int:
        """What everything weighs together."""
        return sum(product.weight_grams * quantity for product, quantity in self.items.items())

    def require_items(self) -> dict[Product, int]:
        """Return what is in it.

        Raises:
            EmptyCartError: Nothing is.
        """
        if not self.items:
            raise EmptyCartError
        return self.items

    def _set(self, product: Product, quantity: int) -> None:
        if quantity > MAXIMUM_PIECES:
            raise InvalidValueError(field="quantity", reason=f"of {product.sku} must be at most {MAXIMUM_PIECES}")
        self.items[product] = quantity
