"""Tables with separators between the cells, for spreadsheets."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from inventory.reports.cells import for_programs

if TYPE_CHECKING:
    from inventory.reports.tables import Table

FORMULA_SIGNS = ("=", "+", "@")


def defuse(words: str) -> str:
    """Return words that no spreadsheet takes for a formula: somebody may have typed them as a name."""
    return f"'{words}" if words.startswith(FORMULA_SIGNS) else words


def as_csv(table: Table) -> str:
    """Return a table with its headings, but without title and totals: spreadsheets add up by themselves."""
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\n")
    writer.writerow([column.name for column in table.columns])
    for row in table.rows:
        cells = zip(row, table.columns, strict=True)
        writer.writerow([defuse(for_programs(cell, column)) for cell, column in cells])
    return output.getvalue()
