"""Steps about the command line: what is typed, what is printed, and how it ends."""

from __future__ import annotations

import io
import shlex
import threading
import time
import urllib.request
from contextlib import redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING, Protocol

from behave import step, then, when
from inventory.audit import history, record
from inventory.cli import main
from inventory.common.clock import utc_now

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from scene import Scene

    class Terminal(Scene, Protocol):
        """The scene, and what stands on the screen."""

        exit_code: int
        output: str
        complaint: str
        before: datetime


PATIENCE_SECONDS = 20


def run(context: Terminal, argv: Sequence[str]) -> None:
    """Run the program as a terminal would: what the scenario did so far is in the database."""
    context.session.commit()
    output, complaint = io.StringIO(), io.StringIO()
    try:
        with redirect_stdout(output), redirect_stderr(complaint):
            context.exit_code = main(argv)
    except SystemExit as end:
        context.exit_code = int(end.code or 0)
    context.output, context.complaint = output.getvalue(), complaint.getvalue()
    context.session.expire_all()


@step("I type {command}")
def type_command(context: Terminal, command: str) -> None:
    """Run a command on the scenario's database, at the scenario's time."""
    run(context, ["--database", str(context.database), "--at", context.things.now.isoformat(), *shlex.split(command)])


@when("I run inventory {command}")
def run_bare(context: Terminal, command: str) -> None:
    """Run a command with nothing but what is typed."""
    run(context, shlex.split(command.replace("DATABASE", str(context.database))))


@when("I type the following, without saying when: {command}")
def type_now(context: Terminal, command: str) -> None:
    """Run a command at the present time."""
    context.before = utc_now()
    run(context, ["--database", str(context.database), *shlex.split(command)])


@then("it was written down with the present time")
def is_present(context: Terminal) -> None:
    """Hold the newest audit entry to be as old as the command."""
    from inventory.models import AuditEntry
    from sqlalchemy import select

    newest = context.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert newest is not None, "nothing was written down"
    assert context.before <= newest.at <= utc_now(), newest.at


@when("I write down a detail of {length:Number} characters about {entity:Word} {key:Code}")
def write_down(context: Terminal, length: int, entity: str, key: str) -> None:
    """Write a long story into the audit trail."""
    record(context.session, "ada", "tell", entity, key, at=context.things.now, detail="x" * length)


@then("the audit trail of {entity:Word} {key:Code} begins with details of {lengths} characters")
def trail_has_details(context: Terminal, entity: str, key: str, lengths: str) -> None:
    """Compare how long the details are, the latest first; one that was cut ends with dots."""
    entries = history(context.session, entity, key)
    assert ", ".join(str(len(entry.detail)) for entry in entries) == lengths, entries
    assert entries[0].detail.endswith("x\u2026"), entries[0].detail


@then("the exit code is {code:Number}")
def exit_code_is(context: Terminal, code: int) -> None:
    """Compare how the command ended."""
    assert context.exit_code == code, f"{context.exit_code}: {context.output}{context.complaint}"


@then("it prints")
def it_prints(context: Terminal) -> None:
    """Compare all that was printed; white space at the ends of lines does not count."""
    assert context.exit_code == 0, context.complaint
    assert context.text is not None, "the step needs a text"
    found = [line.rstrip() for line in context.output.rstrip("\n").split("\n")]
    assert found == [line.rstrip() for line in context.text.split("\n")], "\n".join(["", *found])


@then("it prints nothing")
def prints_nothing(context: Terminal) -> None:
    """Hold the command to be silent, and well."""
    assert context.exit_code == 0, context.complaint
    assert not context.output, context.output


@then('it prints the line "{line}"')
def prints_line(context: Terminal, line: str) -> None:
    """Hold one line to be among those that were printed."""
    assert context.exit_code == 0, context.complaint
    assert line in [each.strip() for each in context.output.splitlines()], context.output


@then("it complains: {message}")
def complains(context: Terminal, message: str) -> None:
    """Compare the first line of the complaint."""
    first = context.complaint.partition("\n")[0]
    assert first == f"inventory: {message}", context.complaint or context.output


@when("I serve two requests over the network, for {path} and {other_path}")
def serve_over_network(context: Terminal, path: str, other_path: str) -> None:
    """Let the program serve in a thread, ask it twice, and wait for its end."""
    argv = ["--database", str(context.database), "serve", "--port", "0", "--requests", "2"]
    output = io.StringIO()
    context.session.commit()
    with redirect_stdout(output):
        server = threading.Thread(target=main, args=(argv,))
        server.start()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while "\n" not in output.getvalue() and time.monotonic() < deadline:
            time.sleep(0.01)
    port = output.getvalue().strip().rpartition(":")[2]
    answers = []
    for each in (path, other_path):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{each}", timeout=PATIENCE_SECONDS) as answer:
            answers.append(answer.status)
    server.join(PATIENCE_SECONDS)
    assert not server.is_alive(), "it serves on"
    context.answer = answers
