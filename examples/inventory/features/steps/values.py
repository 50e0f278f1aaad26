"""Steps about single values: days, amounts, identifiers, units."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from behave import when
from inventory.common import validation
from inventory.common.clock import add_working_days, is_within
from inventory.common.ids import category_code, check_digit, normalise_gtin, normalise_sku
from inventory.common.money import Money, share, to_cents
from inventory.common.units import Unit, whole_packs
from scene import ask

if TYPE_CHECKING:
    from collections.abc import Callable

    from scene import Scene

CHECKS: dict[str, Callable[[int, str], int]] = {
    "positive": validation.positive,
    "not negative": validation.not_negative,
    "a percentage": validation.percent,
}


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


@when('the SKU "{words}" is read')
def read_sku(context: Scene, words: str) -> None:
    """Read a SKU as somebody typed it."""
    ask(context, lambda: normalise_sku(words))


@when('the GTIN "{words}" is read')
def read_gtin(context: Scene, words: str) -> None:
    """Read a GTIN as somebody typed it."""
    ask(context, lambda: normalise_gtin(words))


@when("I ask for the check digit of {digits}")
def ask_check_digit(context: Scene, digits: str) -> None:
    """Ask for the last digit of a GTIN."""
    ask(context, lambda: check_digit(digits))


@when('a code is made of the name "{name}"')
def make_code(context: Scene, name: str) -> None:
    """Make the code of a category."""
    ask(context, lambda: category_code(name))


@when("{price:Cents} {currency:Code} and {other:Cents} {other_currency:Code} are added")
def add_money(context: Scene, price: int, currency: str, other: int, other_currency: str) -> None:
    """Add two amounts."""
    ask(context, lambda: Money(price, currency) + Money(other, other_currency))


@when("{other:Cents} {other_currency:Code} are subtracted from {price:Cents} {currency:Code}")
def subtract_money(context: Scene, price: int, currency: str, other: int, other_currency: str) -> None:
    """Subtract an amount from another one."""
    ask(context, lambda: Money(price, currency) - Money(other, other_currency))


@when("{price:Cents} {currency:Code} are multiplied by {factor:Number}")
def multiply_money(context: Scene, price: int, currency: str, factor: int) -> None:
    """Multiply an amount."""
    ask(context, lambda: Money(price, currency) * factor)


@when("I ask whether {price:Cents} {currency:Code} is less than {other:Cents} {other_currency:Code}")
def compare_money(context: Scene, price: int, currency: str, other: int, other_currency: str) -> None:
    """Compare two amounts."""
    ask(context, lambda: Money(price, currency) < Money(other, other_currency))


@when("the amount {amount} is read as cents")
def read_amount(context: Scene, amount: str) -> None:
    """Round a decimal amount to cents."""
    ask(context, lambda: to_cents(amount))


@when("{amount:Number} cents are shared by the weights {weights}")
def share_cents(context: Scene, amount: int, weights: str) -> None:
    """Share an amount."""
    ask(context, lambda: share(amount, [int(each) for each in weights.split(", ")]))


@when("{quantity:Number} pieces are rounded up to packs of {size:Number}")
def ask_packs(context: Scene, quantity: int, size: int) -> None:
    """Round up to full packs."""
    ask(context, lambda: whole_packs(quantity, size))


@when("I ask whether a {unit:Word} can be divided")
def ask_divisible(context: Scene, unit: str) -> None:
    """Ask whether odd quantities make sense."""
    ask(context, lambda: Unit(unit).is_divisible)


@when("I check that the stake of {value:Number} is {rule}")
def check_number(context: Scene, value: int, rule: str) -> None:
    """Check a number, which the error calls stake."""
    ask(context, lambda: CHECKS[rule](value, "stake"))


@when('I check that the title "{words}" has at most {maximum:Number} characters')
def check_text(context: Scene, words: str, maximum: int) -> None:
    """Check a text, which the error calls title."""
    ask(context, lambda: validation.text(words, "title", maximum))


@when('I check the e-mail address "{words}"')
def check_email(context: Scene, words: str) -> None:
    """Check an address."""
    ask(context, lambda: validation.email(words))


@when('I check that the country "{words}" has {length:Number} letters')
def check_letters(context: Scene, words: str, length: int) -> None:
    """Check a code, which the error calls country."""
    ask(context, lambda: validation.letters(words, "country", length))
