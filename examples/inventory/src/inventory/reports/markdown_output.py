"""Tables in Markdown, for those who paste them into tickets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.reports.cells import for_people

if TYPE_CHECKING:
    from inventory.reports.tables import Table


def escape(words: str) -> str:
    """Return words in which nothing ends the cell or makes them bold."""
    for sign in ("\\", "|", "*", "_"):
        words = words.replace(sign, "\\" + sign)
    return words


def as_markdown(table: Table) -> str:
    """Return a table with its title as a heading; the totals are bold."""
    rule = ["---:" if column.is_number else "---" for column in table.columns]
    rows = [[column.name for column in table.columns], rule]
    rows += [
        [escape(for_people(cell, column)) for cell, column in zip(row, table.columns, strict=True)]
        for row in table.rows
    ]
    if table.has_totals:
        totals = zip(table.totals(), table.columns, strict=True)
        rows.append(["" if cell is None else f"**{for_people(cell, column)}**" for cell, column in totals])
    return "\n".join([f"## {table.title}", "", *(f"| {' | '.join(row)} |" for row in rows)]) + "\n"
