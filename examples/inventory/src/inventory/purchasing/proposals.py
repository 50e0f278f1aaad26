"""Proposals: what to order now, one purchase for each supplier, from the rules of when to order more."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from inventory.purchasing.comparison import cost_in_euros
from inventory.purchasing.lead_times import expected_on
from inventory.purchasing.offers import find_offer
from inventory.purchasing.orders import draft_purchase
from inventory.stock.reorder import suggestions

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from inventory.models import Product, PurchaseOrder, Supplier, Warehouse


@dataclass
class Proposal:
    """What to order from one supplier; without one, what nobody sells."""

    supplier: Supplier | None
    items: dict[Product, int] = field(default_factory=dict)
    cost_cents: int = 0
    expected_on: date | None = None

    @property
    def pieces(self) -> int:
        """How many pieces it has."""
        return sum(self.items.values())


def propose(session: Session, warehouse: Warehouse, *, day: date) -> list[Proposal]:
    """Return what to order for a warehouse, in the order of the suppliers' codes; what nobody sells comes last.

    Raises:
        NoExchangeRateError: A supplier's currency has no rate on that day.
    """
    proposals: dict[str, Proposal] = {}
    for suggestion in suggestions(session, warehouse):
        supplier = suggestion.supplier
        proposal = proposals.setdefault(supplier.code if supplier else "", Proposal(supplier))
        proposal.items[suggestion.product] = suggestion.quantity
        if supplier is not None:
            offer = find_offer(session, supplier, suggestion.product)
            proposal.cost_cents += cost_in_euros(session, offer, suggestion.quantity, day=day)
            proposal.expected_on = expected_on(supplier, day)
    return [proposals[code] for code in sorted(proposals, key=lambda code: (not code, code))]


def draft_proposals(session: Session, warehouse: Warehouse, *, day: date) -> list[PurchaseOrder]:
    """Draft a purchase for each supplier from whom something is to be ordered."""
    return [
        draft_purchase(session, proposal.supplier, warehouse, proposal.items, day=day)
        for proposal in propose(session, warehouse, day=day)
        if proposal.supplier is not None
    ]
