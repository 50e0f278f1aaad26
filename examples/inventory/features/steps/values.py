"""Steps about single values: days, amounts, identifiers, units."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from behave import when
from inventory.common.clock import add_working_days, is_within
from scene import ask

if TYPE_CHECKING:
    from scene import Scene


def day_or_ever(words: str) -> date | None:
    """Read the end of a period, which may be open."""
    return None if words == "ever" else date.fromisoformat(words)


@when("I ask for the day {count:Number} working days after {day:Day}")
def ask_working_day(context: Scene, count: int, day: date) -> None:
    """Add working days."""
    ask(context, lambda: add_working_days(day, count))


@when("I ask whether {day:Day} lies between {first} and {last}")
def ask_within(context: Scene, day: date, first: str, last: str) -> None:
    """Ask whether a period contains a day."""
    ask(context, lambda: is_within(day, day_or_ever(first), day_or_ever(last)))
