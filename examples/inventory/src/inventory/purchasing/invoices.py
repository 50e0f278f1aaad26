"""Invoices, matched three ways: what was ordered, what has come, what is billed."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inventory.common.errors import InventoryError
from inventory.purchasing.tolerances import is_price_accepted

if TYPE_CHECKING:
    from datetime import date

    from inventory.models import PurchaseLine, PurchaseOrder


class Finding(enum.Enum):
    """What is wrong with a line of an invoice."""

    CURRENCY = "wrong currency"
    NOT_ORDERED = "never ordered"
    NOT_RECEIVED = "not received"
    TOO_DEAR = "too dear"


class DisputedInvoiceError(InventoryError):
    """The invoice must not be paid like this."""

    def __init__(self, number: str, deviations: list[Deviation]) -> None:
        reasons = "; ".join(f"{each.sku} {each.finding.value}" for each in deviations)
        super().__init__(f"invoice {number} is disputed: {reasons}")


@dataclass(frozen=True)
class InvoiceLine:
    """So many pieces of a product, at a price each."""

    sku: str
    quantity: int
    unit_cents: int


@dataclass(frozen=True)
class Invoice:
    """What a supplier wants to be paid for a purchase."""

    number: str
    dated: date
    currency: str
    lines: tuple[InvoiceLine, ...]

    @property
    def total_cents(self) -> int:
        """What is billed altogether."""
        return sum(line.quantity * line.unit_cents for line in self.lines)


@dataclass(frozen=True)
class Deviation:
    """What is wrong with a product, and how many cents of the invoice are in question."""

    sku: str
    finding: Finding
    cents: int


def match(purchase: PurchaseOrder, invoice: Invoice) -> list[Deviation]:
    """Return what is wrong with an invoice, in the order of its lines; nothing, if it can be paid."""
    if invoice.currency != purchase.supplier.currency:
        return [Deviation("*", Finding.CURRENCY, invoice.total_cents)]
    ordered = {line.product.sku: line for line in purchase.lines}
    return [found for line in invoice.lines for found in _deviations(ordered.get(line.sku), line)]


def _deviations(ordered: PurchaseLine | None, billed: InvoiceLine) -> list[Deviation]:
    if ordered is None:
        return [Deviation(billed.sku, Finding.NOT_ORDERED, billed.quantity * billed.unit_cents)]
    found = []
    missing = billed.quantity - ordered.received
    if missing > 0:
        found.append(Deviation(billed.sku, Finding.NOT_RECEIVED, missing * billed.unit_cents))
    if not is_price_accepted(ordered.unit_cost_cents, billed.unit_cents):
        pieces = min(billed.quantity, ordered.received)
        found.append(Deviation(billed.sku, Finding.TOO_DEAR, pieces * (billed.unit_cents - ordered.unit_cost_cents)))
    return found


def claim_cents(purchase: PurchaseOrder, invoice: Invoice) -> int:
    """Return how much of an invoice is not owed."""
    return sum(deviation.cents for deviation in match(purchase, invoice))


def approve(purchase: PurchaseOrder, invoice: Invoice) -> int:
    """Return what to pay for an invoice.

    Raises:
        DisputedInvoiceError: Something is wrong with it: the claim comes first.
    """
    if deviations := match(purchase, invoice):
        raise DisputedInvoiceError(invoice.number, deviations)
    return invoice.total_cents
