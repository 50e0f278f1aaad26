"""Products: how they come into the catalogue, and how they leave it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from inventory.common.errors import InvalidValueError, InventoryError
from inventory.common.ids import normalise_sku
from inventory.common.units import Unit
from inventory.common.validation import not_negative, positive, text
from inventory.db.session import add_unique, find
from inventory.models.catalogue import Product, Tracking
from inventory.models.stock import StockLevel

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from inventory.models import Category


class StillInStockError(InventoryError):
    """The product cannot leave the catalogue while pieces of it are there."""

    def __init__(self, sku: str, pieces: int) -> None:
        super().__init__(f"{sku}: {pieces} are still in stock")


def create_product(
    session: Session,
    sku: str,
    name: str,
    category: Category,
    *,
    unit: Unit = Unit.PIECE,
    weight_grams: int = 0,
    tracking: Tracking = Tracking.NONE,
    shelf_life_days: int | None = None,
    tax_code: str = "standard",
) -> Product:
    """Add a product to the catalogue.

    Raises:
        DuplicateRecordError: The SKU is taken.
        InvalidValueError: The SKU, a text or a number is wrong; only what is tracked by lot can have a shelf life, and
            only whole pieces can have serial numbers.
    """
    if shelf_life_days is not None and tracking is not Tracking.LOT:
        raise InvalidValueError(field="shelf_life_days", reason="needs tracking by lot")
    if tracking is Tracking.SERIAL and unit.is_divisible:
        raise InvalidValueError(field="tracking", reason=f"by serial number makes no sense for a {unit.value}")
    product = Product(
        sku=normalise_sku(sku),
        name=text(name, "name", 160),
        category_id=category.id,
        unit=unit,
        weight_grams=not_negative(weight_grams, "weight_grams"),
        tracking=tracking,
        shelf_life_days=None if shelf_life_days is None else positive(shelf_life_days, "shelf_life_days"),
        tax_code=tax_code,
    )
    return add_unique(session, product, Product.sku, product.sku)


def find_product(session: Session, sku: str) -> Product:
    """Return the product with this SKU, however it is written.

    Raises:
        InvalidValueError: It is not a SKU.
        UnknownRecordError: There is none.
    """
    return find(session, Product, Product.sku, normalise_sku(sku))


def search(session: Session, words: str) -> list[Product]:
    """Return the active products in whose names all words occur, in the order of their SKUs."""
    products = select(Product).where(Product.is_active)
    for word in words.split():
        products = products.where(Product.name.icontains(word, autoescape=True))
    return list(session.scalars(products.order_by(Product.sku)))


def discontinue(session: Session, product: Product) -> None:
    """Take a product out of the catalogue: what was ordered stays ordered, but nothing new comes in.

    Raises:
        StillInStockError: Pieces of it are there.
    """
    pieces = session.scalars(select(func.sum(StockLevel.on_hand)).where(StockLevel.product_id == product.id)).one()
    if pieces:
        raise StillInStockError(product.sku, pieces)
    product.is_active = False
    session.flush()


def reinstate(product: Product) -> None:
    """Take a product back into the catalogue."""
    product.is_active = True
