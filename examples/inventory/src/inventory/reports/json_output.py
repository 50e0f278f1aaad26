"""Tables as JSON, for programs: amounts in whole cents."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from inventory.reports.tables import Table


def as_data(table: Table) -> dict[str, Any]:
    """Return a table as dictionaries and lists; its rows are by the names of the columns."""
    names = [column.name for column in table.columns]
    data: dict[str, Any] = {
        "title": table.title,
        "columns": [{"name": column.name, "kind": column.kind.value} for column in table.columns],
        "rows": [dict(zip(names, row, strict=True)) for row in table.rows],
    }
    if table.has_totals:
        sums = zip(names, table.totals(), strict=True)
        data["totals"] = {name: cell for name, cell in sums if isinstance(cell, int)}
    return data


def as_json(table: Table) -> str:
    """Return a table as JSON that people can read, too."""
    return json.dumps(as_data(table), indent=2, ensure_ascii=False) + "\n"
