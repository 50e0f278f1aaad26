"""Placing an order: from a cart and a customer to an order with all its sums."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.common.errors import BlockedError, InvalidValueError
from inventory.common.money import Money
from inventory.customers.addresses import default_address
from inventory.models.orders import Order, OrderLine, OrderState
from inventory.orders.credit import check_credit
from inventory.orders.numbering import next_number
from inventory.orders.shipping_cost import shipping_cents
from inventory.pricing.currency import BASE_CURRENCY, convert
from inventory.pricing.quotes import Quote, quote
from inventory.pricing.vouchers import redeem

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from inventory.models import Address, Customer, Warehouse
    from inventory.orders.cart import Cart

EXPRESS_PRIORITY = 10


def quote_cart(
    session: Session,
    customer: Customer,
    cart: Cart,
    *,
    day: date,
    address: Address | None = None,
    voucher_code: str | None = None,
) -> Quote:
    """Return what a cart costs, parcels included, if it goes to an address, else to the default one.

    Raises:
        EmptyCartError: Nothing is in it.
        InventoryError: Something cannot be priced, taxed or delivered, or the voucher does not hold.
    """
    items = cart.require_items()
    country = (address or default_address(customer)).country
    goods = quote(session, customer, items, country=country, shipping_cents=0, day=day)
    value = convert(session, Money(goods.goods_cents, goods.currency), BASE_CURRENCY, day=day)
    parcels = Money(shipping_cents(session, country, cart.weight_grams, value.cents))
    cents = convert(session, parcels, customer.currency, day=day).cents
    return quote(session, customer, items, country=country, shipping_cents=cents, day=day, voucher_code=voucher_code)


def place_order(
    session: Session,
    customer: Customer,
    cart: Cart,
    warehouse: Warehouse,
    *,
    at: datetime,
    address: Address | None = None,
    voucher_code: str | None = None,
    is_express: bool = False,
) -> Order:
    """Turn a cart into an order. Nothing is promised yet: that is what allocation does.

    Raises:
        BlockedError: The customer is blocked, or the warehouse has closed.
        CreditLimitError: The customer would owe too much.
        EmptyCartError: Nothing is in the cart.
        InvalidValueError: The address is somebody else's.
        InventoryError: As in `quote_cart`.
    """
    if customer.is_blocked:
        raise BlockedError(customer.email)
    if not warehouse.is_active:
        raise BlockedError(what=f"warehouse {warehouse.code}")
    if address is not None and address.customer_id != customer.id:
        raise InvalidValueError(field="address", reason="must be one of the customer's own")
    offer = quote_cart(session, customer, cart, day=at.date(), address=address, voucher_code=voucher_code)
    check_credit(session, customer, offer.total_cents)
    if offer.voucher is not None:
        redeem(offer.voucher)
    order = Order(
        number=next_number(session, "order"),
        customer=customer,
        warehouse=warehouse,
        address=address or default_address(customer),
        voucher_id=offer.voucher.id if offer.voucher else None,
        state=OrderState.PLACED,
        placed_at=at,
        priority=EXPRESS_PRIORITY if is_express else 0,
        currency=offer.currency,
        goods_cents=offer.goods_cents,
        discount_cents=offer.discount_cents,
        shipping_cents=offer.shipping_cents,
        tax_cents=offer.tax_cents,
    )
    order.lines = [
        OrderLine(product=line.product, quantity=line.quantity, net_cents=line.net_cents, tax_cents=line.tax_cents)
        for line in offer.lines
    ]
    session.add(order)
    session.flush()
    return order
