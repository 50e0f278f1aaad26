"""Commands for the office: ``inventory report``, ``inventory log`` and ``inventory serve``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.api.server import serve
from inventory.audit import actions_of, history
from inventory.common.clock import start_of_day
from inventory.reports.catalogue import REPORTS, run_report
from inventory.reports.rendering import FORMS
from inventory.reports.scope import make_scope
from inventory.reports.tables import Table, text

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable

    from inventory.cli.commands import Groups
    from inventory.cli.desk import Desk
    from inventory.models import AuditEntry


def report(desk: Desk, arguments: Namespace) -> None:
    """Print a report."""
    scope = make_scope(desk.session, day=desk.day, warehouse=arguments.warehouse, period=arguments.period)
    desk.show(run_report(desk.session, arguments.name, scope), arguments.format)


def _show_entries(desk: Desk, title: str, entries: Iterable[AuditEntry]) -> None:
    table = Table(title, (text("Day"), text("Who"), text("What"), text("Record"), text("Detail")))
    for entry in entries:
        key = f"{entry.entity} {entry.entity_key}"
        table.rows.append((str(entry.at.date()), entry.actor, entry.action, key, entry.detail))
    desk.show(table)


def show_history(desk: Desk, arguments: Namespace) -> None:
    """Print what happened to a record."""
    title = f"History of {arguments.entity} {arguments.key}"
    _show_entries(desk, title, history(desk.session, arguments.entity, arguments.key))


def show_actions(desk: Desk, arguments: Namespace) -> None:
    """Print what somebody has done today."""
    entries = actions_of(desk.session, arguments.name, since=start_of_day(desk.day))
    _show_entries(desk, f"What {arguments.name} did on {desk.day}", entries)


def serve_requests(desk: Desk, arguments: Namespace) -> None:
    """Answer requests over HTTP."""
    address = (arguments.host, arguments.port)
    serve(arguments.database, address, announce=desk.say, requests=arguments.requests)


def add_commands(groups: Groups) -> None:
    """Add the commands."""
    reporting = groups.add_command("report", report, "print a report")
    reporting.add_argument("name", choices=list(REPORTS))
    reporting.add_argument("--period", default="")
    reporting.add_argument("--format", choices=list(FORMS), default="text")
    log = groups.add("log", "who did what")
    of_record = log.add("of", show_history, "print what happened to a record")
    of_record.add_argument("entity")
    of_record.add_argument("key")
    log.add("by", show_actions, "print what somebody has done today").add_argument("name")
    serving = groups.add_command("serve", serve_requests, "answer requests over HTTP")
    serving.add_argument("--host", default="127.0.0.1")
    serving.add_argument("--port", type=int, default=8000)
    serving.add_argument("--requests", type=int, help="how many to answer before it stops")
