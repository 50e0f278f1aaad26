"""All reports by name: whoever adds one adds it here, and command line and HTTP offer it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.common.errors import InvalidValueError
from inventory.reports.abc_classes import abc_classes
from inventory.reports.ageing import ageing
from inventory.reports.bin_usage import bin_usage
from inventory.reports.dead_stock import dead_stock
from inventory.reports.delivery_times import delivery_times
from inventory.reports.expiring_lots import expiring_lots
from inventory.reports.margins import margins
from inventory.reports.open_orders import open_orders
from inventory.reports.replenishment import replenishment
from inventory.reports.returned_goods import returned_goods
from inventory.reports.sales_by_category import sales_by_category
from inventory.reports.sales_by_customer import sales_by_customer
from inventory.reports.sales_by_period import sales_by_period, sales_growth
from inventory.reports.stock_turnover import stock_turnover
from inventory.reports.stock_value import stock_value
from inventory.reports.supplier_scores import supplier_scores
from inventory.reports.tax_summary import tax_summary

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from inventory.reports.scope import Scope
    from inventory.reports.tables import Table

REPORTS: dict[str, Callable[[Session, Scope], Table]] = {
    "abc-classes": abc_classes,
    "ageing": ageing,
    "bin-usage": bin_usage,
    "dead-stock": dead_stock,
    "delivery-times": delivery_times,
    "expiring-lots": expiring_lots,
    "margins": margins,
    "open-orders": open_orders,
    "replenishment": replenishment,
    "returned-goods": returned_goods,
    "sales": sales_by_period,
    "sales-by-category": sales_by_category,
    "sales-by-customer": sales_by_customer,
    "sales-growth": sales_growth,
    "stock-turnover": stock_turnover,
    "stock-value": stock_value,
    "supplier-scores": supplier_scores,
    "tax-summary": tax_summary,
}


def run_report(session: Session, name: str, scope: Scope) -> Table:
    """Return a report.

    Raises:
        InvalidValueError: There is none with this name.
    """
    if name not in REPORTS:
        raise InvalidValueError(field="report", reason=f"must be one of {', '.join(REPORTS)}, not {name!r}")
    return REPORTS[name](session, scope)
