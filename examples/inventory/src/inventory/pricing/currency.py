"""Conversion by the rates of the day, always by way of the euro."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from inventory.common.errors import InventoryError
from inventory.common.money import Money
from inventory.common.validation import letters, positive
from inventory.models.rates import ExchangeRate
from inventory.pricing.rounding import divide

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

BASE_CURRENCY = "EUR"
MICROS = 1_000_000


class NoExchangeRateError(InventoryError):
    """Nobody has said what the currency is worth on that day."""

    def __init__(self, currency: str, day: date) -> None:
        super().__init__(f"no exchange rate of {currency} on {day}")


def euro_micros(session: Session, currency: str, day: date) -> int:
    """Return what one unit is worth in millionths of a euro: the newest rate that is not of the future.

    Raises:
        NoExchangeRateError: There is none.
    """
    if currency == BASE_CURRENCY:
        return MICROS
    rates = select(ExchangeRate.euro_micros).where(ExchangeRate.currency == currency, ExchangeRate.valid_from <= day)
    rate = session.scalars(rates.order_by(ExchangeRate.valid_from.desc())).first()
    if rate is None:
        raise NoExchangeRateError(currency, day)
    return rate


def convert(session: Session, amount: Money, currency: str, *, day: date) -> Money:
    """Return an amount in another currency, rounded once.

    Raises:
        NoExchangeRateError: One of both has no rate on that day.
    """
    if amount.currency == currency:
        return amount
    source = euro_micros(session, amount.currency, day)
    target = euro_micros(session, currency, day)
    return Money(divide(amount.cents * source, target), currency)


def publish_rate(session: Session, currency: str, micros: int, *, valid_from: date) -> ExchangeRate:
    """Set what a currency is worth from a day on; a second rate for the same day replaces the first.

    Raises:
        InvalidValueError: The currency does not have three letters, or the rate is not positive.
    """
    currency, micros = letters(currency, "currency", 3), positive(micros, "rate")
    same_day = select(ExchangeRate).where(ExchangeRate.currency == currency, ExchangeRate.valid_from == valid_from)
    rate = session.scalars(same_day).one_or_none()
    if rate is None:
        rate = ExchangeRate(currency=currency, euro_micros=micros, valid_from=valid_from)
        session.add(rate)
    rate.euro_micros = micros
    session.flush()
    return rate
