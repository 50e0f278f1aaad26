"""Tables: what reports consist of, before anybody decides how they are written."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from inventory.common.errors import InvalidValueError

Cell = str | int | None


class Kind(enum.Enum):
    """What the cells of a column mean."""

    TEXT = "text"
    COUNT = "count"
    CENTS = "cents"
    PERCENT = "percent"


SUMMED = frozenset({Kind.COUNT, Kind.CENTS})


@dataclass(frozen=True)
class Column:
    """A heading, and what is below it."""

    name: str
    kind: Kind

    @property
    def is_number(self) -> bool:
        """Whether its cells are written at the right."""
        return self.kind is not Kind.TEXT


def text(name: str) -> Column:
    """Return a column of words."""
    return Column(name, Kind.TEXT)


def count(name: str) -> Column:
    """Return a column of pieces, days or the like."""
    return Column(name, Kind.COUNT)


def cents(name: str) -> Column:
    """Return a column of amounts."""
    return Column(name, Kind.CENTS)


def percent(name: str) -> Column:
    """Return a column of shares."""
    return Column(name, Kind.PERCENT)


@dataclass
class Table:
    """A report: its title, its columns and its rows; with totals, if adding up its rows makes sense."""

    title: str
    columns: tuple[Column, ...]
    rows: list[tuple[Cell, ...]] = field(default_factory=list)
    has_totals: bool = False

    def values(self, name: str) -> list[Cell]:
        """Return the cells of a column.

        Raises:
            InvalidValueError: There is no such column.
        """
        names = [column.name for column in self.columns]
        if name not in names:
            raise InvalidValueError(field="column", reason=f"must be one of {', '.join(names)}, not {name}")
        return [row[names.index(name)] for row in self.rows]

    def totals(self) -> tuple[Cell, ...]:
        """Return the sums of all columns that have one; the first cell says what the others are."""
        sums: list[Cell] = [
            sum(cell for cell in self.values(column.name) if isinstance(cell, int)) if column.kind in SUMMED else None
            for column in self.columns
        ]
        return ("Total", *sums[1:])
