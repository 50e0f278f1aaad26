"""Report: what has to be declared, by country and kind of tax."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.pricing.tax import is_reverse_charge
from inventory.reports.sold import in_euros, kept, orders_in, sales_in
from inventory.reports.tables import Table, cents, text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from inventory.models import Order
    from inventory.reports.scope import Scope


def label_of(order: Order, code: str) -> str:
    """Return the kind of tax; what the customer declares at home is a kind of its own."""
    return "reverse charge" if is_reverse_charge(order.address.country, order.customer.vat_id) else code


def tax_summary(session: Session, scope: Scope) -> Table:
    """Return net amounts and taxes of a period: goods by the code of the products, and what parcels cost."""
    sums: dict[tuple[str, str], list[int]] = {}

    def add(order: Order, code: str, net: int, tax: int) -> None:
        entry = sums.setdefault((order.address.country, label_of(order, code)), [0, 0])
        entry[0] += net
        entry[1] += tax

    for sale in sales_in(session, scope.period):
        add(sale.line.order, sale.line.product.tax_code, sale.net_cents, sale.tax_cents)
    for order in orders_in(session, scope.period):
        if order.shipping_cents:
            tax = order.tax_cents - sum(kept(line, line.tax_cents) for line in order.lines)
            add(order, "shipping", in_euros(session, order, order.shipping_cents), in_euros(session, order, tax))
    columns = (text("Country"), text("Kind"), cents("Net"), cents("Tax"))
    rows = [(country, kind, net, tax) for (country, kind), (net, tax) in sorted(sums.items())]
    return Table(f"Taxes in {scope.period.name}", columns, [*rows], has_totals=True)
