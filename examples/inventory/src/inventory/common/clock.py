"""Time. Services are told what time it is: only the outermost layer asks the clock."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone

SATURDAY = 5


def utc_now() -> datetime:
    """Return the present moment in UTC, in whole seconds."""
    return datetime.now(timezone.utc).replace(microsecond=0)


def start_of_day(day: date) -> datetime:
    """Return the first moment of a day in UTC."""
    return datetime.combine(day, time.min, timezone.utc)


def is_working_day(day: date) -> bool:
    """Return whether the warehouse works on this day: from Monday to Friday."""
    return day.weekday() < SATURDAY


def add_working_days(day: date, count: int) -> date:
    """Return the day that many working days later; with 0, the day itself or the next working day."""
    while not is_working_day(day):
        day += timedelta(days=1)
    for _ in range(count):
        day += timedelta(days=1)
        while not is_working_day(day):
            day += timedelta(days=1)
    return day


def is_within(day: date, first: date | None, last: date | None) -> bool:
    """Return whether a day lies in a period, whose ends belong to it and may be open."""
    return (first is None or first <= day) and (last is None or day <= last)
