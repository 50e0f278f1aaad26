"""Tables as plain text, in columns that are as wide as they have to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.reports.cells import for_people

if TYPE_CHECKING:
    from inventory.reports.tables import Table

GAP = "  "


def as_text(table: Table) -> str:
    """Return a table with a title and a rule below its headings; numbers stand at the right."""
    headings = [column.name for column in table.columns]
    body = [[for_people(cell, column) for cell, column in zip(row, table.columns, strict=True)] for row in table.rows]
    if table.has_totals:
        totals = zip(table.totals(), table.columns, strict=True)
        body.append(["" if cell is None else for_people(cell, column) for cell, column in totals])
    widths = [max(len(words) for words in cells) for cells in zip(headings, *body, strict=True)]

    def line(cells: list[str]) -> str:
        aligned = [
            cell.rjust(width) if column.is_number else cell.ljust(width)
            for cell, width, column in zip(cells, widths, table.columns, strict=True)
        ]
        return GAP.join(aligned).rstrip()

    rule = GAP.join("-" * width for width in widths)
    lines = [table.title, "", line(headings), rule, *map(line, body[: len(table.rows)])]
    if table.has_totals:
        lines += [rule, line(body[-1])]
    elif not table.rows:
        lines.append("nothing")
    return "\n".join(lines) + "\n"
