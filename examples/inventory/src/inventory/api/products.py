"""Products over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inventory.api.paging import page_of
from inventory.api.responses import as_json, created, nothing
from inventory.catalogue.barcodes import barcodes_of
from inventory.catalogue.products import create_product, discontinue, search
from inventory.common.units import parse_weight
from inventory.db.session import find
from inventory.models.catalogue import Category

if TYPE_CHECKING:
    from inventory.api.calls import Call
    from inventory.api.responses import Response
    from inventory.api.routing import Router
    from inventory.models import Product


def summary(product: Product) -> dict[str, Any]:
    """Return what a list says about a product."""
    return {"sku": product.sku, "name": product.name, "unit": product.unit.value, "href": f"/products/{product.sku}"}


def details(call: Call, product: Product) -> dict[str, Any]:
    """Return all that is known about a product."""
    return {
        **summary(product),
        "category": product.category.code,
        "weight_grams": product.weight_grams,
        "tracking": product.tracking.value,
        "tax_code": product.tax_code,
        "is_active": product.is_active,
        "barcodes": barcodes_of(call.session, product),
    }


def list_products(call: Call) -> Response:
    """Search by words of the name, ``?q=``."""
    found = search(call.session, call.request.query.get("q", ""))
    return as_json(page_of(call, [summary(product) for product in found]))


def add_product(call: Call) -> Response:
    """Take a product into the catalogue."""
    category = find(call.session, Category, Category.code, call.fields.text("category"))
    product = create_product(
        call.session,
        call.fields.text("sku"),
        call.fields.text("name"),
        category,
        weight_grams=parse_weight(call.fields.text("weight", "0 g")),
        tax_code=call.fields.text("tax_code", "standard"),
    )
    call.note("create", "product", product.sku, product.name)
    return created(details(call, product), f"/products/{product.sku}")


def show_product(call: Call) -> Response:
    """Tell all about a product."""
    return as_json(details(call, call.product))


def remove_product(call: Call) -> Response:
    """Take a product out of the catalogue."""
    product = call.product
    discontinue(call.session, product)
    call.note("discontinue", "product", product.sku)
    return nothing()


def add_routes(router: Router) -> None:
    """Add the paths."""
    router.add("/products", GET=list_products, POST=add_product)
    router.add("/products/{sku}", GET=show_product, DELETE=remove_product)
