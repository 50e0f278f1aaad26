"""Prices over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.api.responses import as_json
from inventory.common.errors import InvalidValueError
from inventory.customers.accounts import find_customer
from inventory.db.session import find
from inventory.models.price_lists import PriceList
from inventory.orders.cart import Cart
from inventory.orders.placement import quote_cart
from inventory.pricing.price_lists import prices_of, set_price
from inventory.pricing.quotes import list_price

if TYPE_CHECKING:
    from inventory.api.calls import Call
    from inventory.api.responses import Response
    from inventory.api.routing import Router


def show_price(call: Call) -> Response:
    """Tell what ``?quantity=`` pieces cost a ``?customer=``, without tax."""
    if "customer" not in call.request.query:
        raise InvalidValueError(field="customer", reason="is missing")
    customer, quantity = find_customer(call.session, call.request.query["customer"]), call.number("quantity", 1)
    product = call.product
    listed, reduced = list_price(call.session, customer, product, quantity, call.day)
    prices = {"list_cents": listed, "net_cents": reduced, "currency": customer.currency}
    return as_json({"sku": product.sku, "quantity": quantity, **prices})


def change_price(call: Call) -> Response:
    """Set a price in a list, and answer with all that the product has there."""
    product = call.product
    price_list = find(call.session, PriceList, PriceList.code, call.fields.text("list", "RETAIL"))
    cents, minimum = call.fields.number("cents"), call.fields.number("minimum_quantity", 1)
    set_price(call.session, price_list, product, cents, minimum_quantity=minimum)
    call.note("price", "product", product.sku, f"{cents} cents from {minimum} on")
    steps = {str(price.minimum_quantity): price.amount_cents for price in prices_of(call.session, price_list, product)}
    return as_json({"sku": product.sku, "list": price_list.code, "prices": steps})


def add_quote(call: Call) -> Response:
    """Tell what a customer would pay for a whole order."""
    cart = Cart()
    for product, quantity in call.products(call.fields.quantities("items")).items():
        cart.add(product, quantity)
    customer = find_customer(call.session, call.fields.text("customer"))
    code = call.fields.text("voucher", "") or None
    offer = quote_cart(call.session, customer, cart, day=call.day, voucher_code=code)
    names = ("goods_cents", "discount_cents", "shipping_cents", "tax_cents", "total_cents", "currency")
    return as_json({name: getattr(offer, name) for name in names})


def add_routes(router: Router) -> None:
    """Add the paths."""
    router.add("/prices/{sku}", GET=show_price, PUT=change_price)
    router.add("/quotes", POST=add_quote)
