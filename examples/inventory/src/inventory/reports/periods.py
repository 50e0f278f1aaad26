"""Periods: years, quarters, months and days, as reports are about them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from inventory.common.clock import start_of_day
from inventory.common.errors import InvalidValueError

YEAR, QUARTER, MONTH, DAY = 12, 3, 1, 0
PATTERN = re.compile(r"([12][0-9]{3})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?")


@dataclass(frozen=True)
class Period:
    """So many months from a day on; with none, the day alone."""

    first: date
    months: int

    @property
    def last(self) -> date:
        """The last day, which belongs to it."""
        if not self.months:
            return self.first
        months = self.first.year * YEAR + self.first.month - 1 + self.months
        return date(months // YEAR, months % YEAR + 1, 1) - timedelta(days=1)

    @property
    def name(self) -> str:
        """How it is written, like ``2026``, ``2026-Q1``, ``2026-03`` or ``2026-03-02``."""
        year, month = self.first.year, self.first.month
        names = {YEAR: f"{year}", QUARTER: f"{year}-Q{month // QUARTER + 1}", MONTH: f"{year}-{month:02}"}
        return names.get(self.months, str(self.first))

    @property
    def since(self) -> datetime:
        """The moment in which it begins."""
        return start_of_day(self.first)

    @property
    def until(self) -> datetime:
        """The moment in which it is over."""
        return start_of_day(self.last + timedelta(days=1))

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def previous(self) -> Period:
        """Return the period of the same kind before it."""
        return period_around(self.first - timedelta(days=1), self.months)

    def parts(self) -> list[Period]:
        """Return the months of a year or quarter, the days of a month."""
        kind = MONTH if self.months > MONTH else DAY
        found = [period_around(self.first, kind)]
        while found[-1].last < self.last:
            found.append(period_around(found[-1].last + timedelta(days=1), kind))
        return found


def period_around(day: date, months: int) -> Period:
    """Return the year, quarter or month to which a day belongs, or the day itself."""
    if not months:
        return Period(day, DAY)
    return Period(date(day.year, (day.month - 1) // months * months + 1, 1), months)


def parse_period(text: str) -> Period:
    """Return the period that is written like ``2026``, ``2026-Q1`` or ``2026-03``.

    Raises:
        InvalidValueError: It is written otherwise.
    """
    match = PATTERN.fullmatch(text.strip().upper())
    if match is None:
        raise InvalidValueError(field="period", reason=f"must look like 2026, 2026-Q1 or 2026-03, not {text!r}")
    year, quarter, month = match.groups()
    if quarter:
        return Period(date(int(year), QUARTER * int(quarter) - 2, 1), QUARTER)
    return Period(date(int(year), int(month or 1), 1), MONTH if month else YEAR)
