"""Steps about time, errors and answers: they suit every scenario."""

from __future__ import annotations

from datetime import datetime, time, timedelta, timezone
from typing import TYPE_CHECKING

from behave import given, then, when
from scene import shown
from sqlalchemy import func, select

if TYPE_CHECKING:
    from datetime import date

    from scene import Scene


@given("it is {day:Day}")
@when("it is {day:Day}")
def set_day(context: Scene, day: date) -> None:
    """Set the calendar; it is nine o'clock."""
    context.things.now = datetime.combine(day, time(9), timezone.utc)


@given("{count:Number} days have passed")
@when("{count:Number} days have passed")
def pass_days(context: Scene, count: int) -> None:
    """Turn the calendar."""
    context.things.now += timedelta(days=count)


@given("{count:Number} minutes have passed")
@when("{count:Number} minutes have passed")
def pass_minutes(context: Scene, count: int) -> None:
    """Turn the clock."""
    context.things.now += timedelta(minutes=count)


@then("it is refused: {message}")
def is_refused(context: Scene, message: str) -> None:
    """Expect the error of the last action, and what it says."""
    assert context.error is not None, f"it was not refused; the answer is {shown(context.answer)}"
    assert str(context.error) == message, f"it is refused: {context.error}"
    context.error_is_expected = True


@then("the error is of the kind {kind}")
def is_of_kind(context: Scene, kind: str) -> None:
    """Expect the class of the error."""
    assert context.error is not None, "it was not refused"
    assert kind in [each.__name__ for each in type(context.error).__mro__], type(context.error).__name__
    context.error_is_expected = True


@then("the error's {attribute:Word} is {value}")
def has_attribute(context: Scene, attribute: str, value: str) -> None:
    """Expect what the error tells programs."""
    assert context.error is not None, "it was not refused"
    found = shown(getattr(context.error, attribute))
    assert found == value, f"the error's {attribute} is {found}"


@then("the answer is {text}")
def answer_is(context: Scene, text: str) -> None:
    """Expect the answer to the last question."""
    if context.error is not None and not context.error_is_expected:
        raise context.error
    found = shown(context.answer)
    assert found == text, f"the answer is {found}"


@then("there are {count:Number} rows in {table:Word}")
def rows_in_table(context: Scene, count: int, table: str) -> None:
    """Count the rows of a table."""
    from inventory.models import Base

    found = context.session.scalars(select(func.count()).select_from(Base.metadata.tables[table])).one()
    assert found == count, f"there are {found}"
