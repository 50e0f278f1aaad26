"""Single cells: how numbers look to people, and how to programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.common.money import CENTS
from inventory.reports.tables import Kind

if TYPE_CHECKING:
    from inventory.reports.tables import Cell, Column


def amount(value: int, *, separator: str) -> str:
    """Return cents as an amount like ``-1,234.50``, with or without a separator of thousands."""
    sign = "-" if value < 0 else ""
    whole, rest = divmod(abs(value), CENTS)
    return f"{sign}{whole:,}.{rest:02}".replace(",", separator)


def for_people(cell: Cell, column: Column) -> str:
    """Return a cell as it is printed: amounts with separators, shares with a sign, nothing as a dash."""
    if cell is None:
        return "-"
    if isinstance(cell, str):
        return cell
    if column.kind is Kind.CENTS:
        return amount(cell, separator=",")
    return f"{cell} %" if column.kind is Kind.PERCENT else f"{cell:,}"


def for_programs(cell: Cell, column: Column) -> str:
    """Return a cell as other programs read it: plain numbers, nothing as nothing."""
    if cell is None:
        return ""
    if isinstance(cell, int) and column.kind is Kind.CENTS:
        return amount(cell, separator="")
    return str(cell)
