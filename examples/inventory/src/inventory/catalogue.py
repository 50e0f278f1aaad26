"""The catalogue: add products, change their prices, discontinue them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.database import add, find
from inventory.errors import InvalidValueError, StateError
from inventory.identifiers import category_code, normalise_sku
from inventory.models import Category, Product

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def create_category(session: Session, name: str) -> Category:
    """Create a category.

    Raises:
        DuplicateRecordError: Another category has the same code.
        InvalidValueError: The name has no letter and no digit.
    """
    code = category_code(name)
    return add(session, Category.code, code, Category(name=name.strip(), code=code))


def create_product(
    session: Session, sku: str, name: str, *, category: str, price_cents: int, weight_grams: int = 0
) -> Product:
    """Create a product in the category with a code.

    Raises:
        DuplicateRecordError: Another product has the SKU.
        InvalidValueError: The SKU has a wrong format, the name is empty, or the weight is negative.
        UnknownRecordError: The category does not exist.
    """
    if not name.strip():
        raise InvalidValueError(field="name", reason="must not be empty")
    if weight_grams < 0:
        raise InvalidValueError(field="weight", reason=f"must not be negative: {weight_grams}")
    key = normalise_sku(sku)
    product = Product(sku=key, name=name.strip(), price_cents=price_cents, weight_grams=weight_grams)
    product.category_id = find(session, Category.code, category.upper(), Category).id
    return add(session, Product.sku, key, product)


def find_product(session: Session, sku: str) -> Product:
    """Return the product with a SKU.

    Raises:
        InvalidValueError: The SKU has a wrong format.
        UnknownRecordError: The product does not exist.
    """
    return find(session, Product.sku, normalise_sku(sku), Product)


def find_active_product(session: Session, sku: str) -> Product:
    """Return a product that can be received and ordered.

    Raises:
        InvalidValueError: The SKU has a wrong format.
        StateError: The product is discontinued.
        UnknownRecordError: The product does not exist.
    """
    product = find_product(session, sku)
    if not product.is_active:
        raise StateError(record=f"product {product.sku}", state="discontinued", action="receive or order")
    return product
