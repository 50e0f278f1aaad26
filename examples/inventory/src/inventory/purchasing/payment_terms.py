"""Terms of payment: when an invoice is due, and what paying early is worth."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from inventory.common.clock import add_working_days
from inventory.common.errors import InvalidValueError
from inventory.pricing.rounding import percentage

if TYPE_CHECKING:
    from datetime import date

    from inventory.purchasing.invoices import Invoice

PATTERN = re.compile(r"(?:([0-9]{1,2})/([0-9]{1,3}) )?net ([0-9]{1,3})")


@dataclass(frozen=True)
class Terms:
    """So many days to pay, and so many percent less for those who need fewer."""

    days: int
    discount_percent: int = 0
    discount_days: int = 0


def parse_terms(text: str) -> Terms:
    """Return terms that are written like ``2/10 net 30``, or ``net 14`` without a discount.

    Raises:
        InvalidValueError: They are written otherwise, or the discount lasts longer than the time to pay.
    """
    match = PATTERN.fullmatch(text.strip().lower())
    if match is None:
        raise InvalidValueError(field="terms", reason=f"must look like 2/10 net 30, not {text!r}")
    percent, discount_days, days = (int(part or 0) for part in match.groups())
    if discount_days > days:
        raise InvalidValueError(field="terms", reason="must not grant a discount after the invoice is due")
    return Terms(days, percent, discount_days)


def due_on(terms: Terms, invoice: Invoice) -> date:
    """Return the day on which an invoice has to be paid at last: banks rest at weekends."""
    return add_working_days(invoice.dated + timedelta(days=terms.days), 0)


def payable_cents(terms: Terms, invoice: Invoice, *, paid_on: date) -> int:
    """Return what has to be paid on a day: less than is billed, if that is early enough."""
    is_early = paid_on <= invoice.dated + timedelta(days=terms.discount_days)
    discount = percentage(invoice.total_cents, terms.discount_percent) if is_early else 0
    return invoice.total_cents - discount


def days_late(terms: Terms, invoice: Invoice, *, paid_on: date) -> int:
    """Return how many days too late a payment is, none at all if it is in time."""
    return max((paid_on - due_on(terms, invoice)).days, 0)
