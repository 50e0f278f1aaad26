"""The moving average: each receipt shifts the cost of a piece, no issue does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from inventory.models.stock import MovementKind
from inventory.pricing.rounding import divide
from inventory.stock.movements import movements_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from inventory.models import Product, Warehouse


@dataclass(frozen=True)
class AverageCost:
    """How many pieces there are, and what they are worth together."""

    quantity: int
    value_cents: int

    @property
    def unit_cents(self) -> int:
        """What one piece is worth; nothing, if there is none."""
        return divide(self.value_cents, self.quantity) if self.quantity else 0

    def after(self, quantity: int, unit_cost_cents: int | None) -> AverageCost:
        """Return the average after a movement; without a cost of its own, pieces come and go at the average."""
        if unit_cost_cents is None:
            unit_cost_cents = self.unit_cents
        remaining = self.quantity + quantity
        return AverageCost(remaining, self.value_cents + quantity * unit_cost_cents if remaining else 0)


def average_cost(session: Session, product: Product, warehouse: Warehouse) -> AverageCost:
    """Return the moving average of a product in a warehouse, from all its movements."""
    average = AverageCost(quantity=0, value_cents=0)
    for movement in movements_of(session, product, warehouse):
        if movement.kind is not MovementKind.RELOCATION:
            cost = movement.unit_cost_cents if movement.quantity > 0 else None
            average = average.after(movement.quantity, cost)
    return average
