"""What a whole order costs: prices, promotions, discounts, vouchers, parcels and taxes, in this order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from inventory.common.money import Money, share
from inventory.pricing.currency import BASE_CURRENCY, convert
from inventory.pricing.discounts import combined_percent, take_off, volume_percent
from inventory.pricing.price_lists import unit_price
from inventory.pricing.promotions import best_reduction, promotions_for
from inventory.pricing.tax import SHIPPING_CODE, basis_points, is_reverse_charge, tax_on
from inventory.pricing.vouchers import check_voucher, voucher_cents

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy.orm import Session

    from inventory.models import Customer, Product, Voucher


@dataclass(frozen=True)
class QuoteLine:
    """What so many pieces of a product cost, before tax, with everything taken off that is."""

    product: Product
    quantity: int
    list_cents: int
    net_cents: int
    tax_cents: int


@dataclass(frozen=True)
class Quote:
    """What an order costs, in the customer's currency. The discount is that of the voucher."""

    lines: tuple[QuoteLine, ...]
    currency: str
    goods_cents: int
    discount_cents: int
    shipping_cents: int
    tax_cents: int
    voucher: Voucher | None

    @property
    def total_cents(self) -> int:
        """What the customer pays."""
        return self.goods_cents - self.discount_cents + self.shipping_cents + self.tax_cents


def list_price(session: Session, customer: Customer, product: Product, quantity: int, day: date) -> tuple[int, int]:
    """Return what pieces cost together in the customer's currency: by the list, and after promotions.

    Raises:
        NoExchangeRateError: The list is in a currency that cannot be converted.
        NoPriceError: The product has no price.
    """
    price = unit_price(session, product, quantity, group=customer.group, day=day)
    cents = convert(session, price, customer.currency, day=day).cents
    reduction = best_reduction(promotions_for(session, product, quantity, day), cents, quantity)
    return cents * quantity, cents * quantity - reduction


def quote(
    session: Session,
    customer: Customer,
    items: Mapping[Product, int],
    *,
    country: str,
    shipping_cents: int,
    day: date,
    voucher_code: str | None = None,
) -> Quote:
    """Return what a customer pays for products that go to a country.

    The group's and the volume's discount hold for every line; the voucher's is shared among the lines, so that each
    product's tax is taken from what is really paid for it.

    Raises:
        InventoryError: As in `list_price`, `check_voucher` and `basis_points`.
    """
    prices = [list_price(session, customer, product, quantity, day) for product, quantity in items.items()]
    volume = convert(session, Money(sum(cents for _, cents in prices), customer.currency), BASE_CURRENCY, day=day)
    discount = combined_percent(customer.group.discount_percent, volume_percent(volume.cents))
    nets = [take_off(cents, discount) for _, cents in prices]
    goods_cents = sum(nets)
    voucher = check_voucher(session, voucher_code, goods_cents, day=day) if voucher_code else None
    off = voucher_cents(voucher, goods_cents) if voucher else 0
    shares = share(off, nets) if off else [0] * len(nets)
    is_free = is_reverse_charge(country, customer.vat_id)

    def tax(cents: int, code: str) -> int:
        return 0 if is_free else tax_on(cents, basis_points(session, country, code, day))

    lines = tuple(
        QuoteLine(product, quantity, listed, net, tax(net - less, product.tax_code))
        for (product, quantity), (listed, _), net, less in zip(items.items(), prices, nets, shares, strict=True)
    )
    tax_cents = sum(line.tax_cents for line in lines) + tax(shipping_cents, SHIPPING_CODE)
    return Quote(lines, customer.currency, goods_cents, off, shipping_cents, tax_cents, voucher)
