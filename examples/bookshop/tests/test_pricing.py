"""Prices: discounts, rounding, shipping."""

from __future__ import annotations

import pytest
from bookshop.pricing import line_price, shipping_price


@pytest.mark.parametrize(
    ("unit_price_cents", "quantity", "price_cents"),
    [(1_299, 1, 1_299), (1_299, 9, 11_691), (1_299, 10, 12_341), (1, 10, 10), (0, 3, 0)],
)
def test_line_price(unit_price_cents: int, quantity: int, price_cents: int) -> None:
    """Ten copies and more are 5 % cheaper, half cents rounded up."""
    assert line_price(unit_price_cents, quantity) == price_cents


def test_line_price_quantity() -> None:
    """A quantity that is not positive has no price."""
    with pytest.raises(ValueError, match="not 0"):
        line_price(1_299, 0)


@pytest.mark.parametrize(("goods_cents", "price_cents"), [(0, 350), (4_999, 350), (5_000, 0)])
def test_shipping_price(goods_cents: int, price_cents: int) -> None:
    """Shipping is free from 50 on."""
    assert shipping_price(goods_cents, 350) == price_cents
