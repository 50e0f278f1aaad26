"""Steps about reports: asking for them, reading their rows, printing them; and about margins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from behave import given, then, when
from inventory.pricing.margins import check_margin, margin_percent, price_for_margin
from inventory.pricing.rounding import to_step
from inventory.pricing.tax import net_of
from inventory.reports.catalogue import REPORTS, run_report
from inventory.reports.cells import for_people
from inventory.reports.periods import DAY, parse_period, period_around
from inventory.reports.rendering import form_for, render
from inventory.reports.scope import make_scope
from inventory.reports.tables import Table, cents, count, percent, text
from scene import Scene, ask, attempt, euros, only_row, rows

if TYPE_CHECKING:
    from datetime import date

    from inventory.reports.periods import Period
    from inventory.reports.tables import Cell

    class Archive(Scene, Protocol):
        """The scene, and the report that was asked for last."""

        report: Table


def described(period: Period) -> tuple[str, date, date, int]:
    """Return a period's name, first and last day, and length."""
    return (period.name, period.first, period.last, period.days)


# Periods


@when('the period "{words}" is read')
def read_period(context: Scene, words: str) -> None:
    """Ask what a period means."""
    ask(context, lambda: described(parse_period(words)))


@when('I ask for the period before "{words}"')
def ask_previous(context: Scene, words: str) -> None:
    """Ask for a period."""
    ask(context, lambda: parse_period(words).previous().name)


@when('I ask for the parts of "{words}"')
def ask_parts(context: Scene, words: str) -> None:
    """Ask for the number of periods, the first and the last one."""

    def answer() -> tuple[int, str, str]:
        parts = parse_period(words).parts()
        return (len(parts), parts[0].name, parts[-1].name)

    ask(context, answer)


@when("I ask for the day {day:Day} as a period, and for the one before")
def ask_day(context: Scene, day: date) -> None:
    """Ask for periods of one day."""
    period = period_around(day, DAY)
    ask(context, lambda: [described(each) for each in (period, period.previous())])


# Reports


@when('I ask for the report "{name}"')
def ask_report(context: Archive, name: str) -> None:
    """Ask for a report of today; the table may name a warehouse and a period."""
    row = only_row(context) if context.table else None
    house, period = (row.get("warehouse", "MAIN"), row.get("period", "")) if row else ("MAIN", "")
    with attempt(context):
        scope = make_scope(context.session, day=context.things.now.date(), warehouse=house, period=period)
        context.report = run_report(context.session, name, scope)


@when("I ask which reports there are")
def ask_reports(context: Scene) -> None:
    """Ask for the number of reports, all of which can be made of an empty database."""

    def answer() -> int:
        scope = make_scope(context.session, day=context.things.now.date())
        return len([run_report(context.session, name, scope) for name in REPORTS])

    ask(context, answer)


def cells(report: Table, row: tuple[Cell, ...], headings: list[str]) -> list[str]:
    """Return the cells of a row below these headings, as they are printed."""
    printed = {column.name: for_people(cell, column) for cell, column in zip(row, report.columns, strict=True)}
    return [printed[heading] for heading in headings]


@then("the report says")
def report_says(context: Archive) -> None:
    """Compare all rows of the report, in the columns that the table names."""
    expected = rows(context)
    found = [cells(context.report, row, expected.headings) for row in context.report.rows]
    assert found == [list(row) for row in expected], found


@then("the totals are")
def totals_are(context: Archive) -> None:
    """Compare the totals in the columns that the table names."""
    found = cells(context.report, context.report.totals(), rows(context).headings)
    assert found == list(only_row(context)), found


@then("the report is empty")
def report_is_empty(context: Archive) -> None:
    """Hold the report to have no rows."""
    assert not context.report.rows, context.report.rows


@then('the report is titled "{title}"')
def report_is_titled(context: Archive, title: str) -> None:
    """Compare the title."""
    assert context.report.title == title, context.report.title


@when('I ask for the column "{name}" of the report')
def ask_column(context: Archive, name: str) -> None:
    """Ask for the cells of a column."""
    ask(context, lambda: context.report.values(name))


# Forms


@given("a report over these figures")
def make_report(context: Archive) -> None:
    """Make a report that has a column of each kind, and totals."""
    columns = (text("Name"), count("Pieces"), cents("Value"), percent("Share"))
    context.report = Table("Figures", columns, has_totals=True)
    for row in rows(context):
        numbers = [int(row[name]) if row[name] else None for name in ("pieces", "value", "share")]
        context.report.rows.append((row["name"], *numbers))


@given('a report without rows, titled "{title}"')
def make_empty_report(context: Archive, title: str) -> None:
    """Make a report that has nothing to say."""
    context.report = Table(title, (text("Name"), count("Pieces")))


@when('I print the report as "{form}"')
def print_report(context: Archive, form: str) -> None:
    """Write the report in a form."""
    ask(context, lambda: render(context.report, form))


@then("it reads")
def it_reads(context: Scene) -> None:
    """Compare what was printed with the text below, in which trailing white space does not count."""
    found = [line.rstrip() for line in str(context.answer).rstrip("\n").split("\n")]
    assert context.text is not None, "the step needs a text"
    assert found == [line.rstrip() for line in context.text.split("\n")], "\n".join(["", *found])


@when('I ask for the form that suits "{accepted}"')
def ask_form(context: Scene, accepted: str) -> None:
    """Ask in which form a program gets a report."""
    ask(context, lambda: form_for(accepted))


# Margins, and prices that leave one


@when("I ask for the margin of {price:Cents} over a cost of {cost:Cents}")
def ask_margin(context: Scene, price: int, cost: int) -> None:
    """Ask for percents."""
    ask(context, lambda: margin_percent(price, cost))


@when("I check that {price:Cents} leaves a margin over {cost:Cents}")
def check_price(context: Scene, price: int, cost: int) -> None:
    """Ask whether the wholesaler can live with a price."""

    def answer() -> str:
        check_margin(price, cost)
        return "fine"

    ask(context, answer)


@when("I ask for a price with {margin:Number} % margin over {cost:Cents}")
def ask_price(context: Scene, margin: int, cost: int) -> None:
    """Ask for the price, and for a charming one."""

    def answer() -> tuple[str, str]:
        charming = price_for_margin(cost, margin, charming=True)
        return euros(price_for_margin(cost, margin)), euros(charming)

    ask(context, answer)


@when("{price:Cents} is rounded to steps of {step:Cents}")
def round_price(context: Scene, price: int, step: int) -> None:
    """Ask for the nearest step."""
    ask(context, lambda: euros(to_step(price, step)))


@when("the tax of {points:Number} basis points is taken out of {gross:Cents}")
def take_tax_out(context: Scene, points: int, gross: int) -> None:
    """Ask for the net amount."""
    ask(context, lambda: euros(net_of(gross, points)))
