"""Steps for the program `inventory`."""

from __future__ import annotations

import io
import shlex
from contextlib import redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING

from behave import step, then
from inventory.cli import main

if TYPE_CHECKING:
    from scene import Scene


@step("I run inventory {command}")
def run(context: Scene, command: str) -> None:
    """Run the program on the database of the scenario."""
    output = io.StringIO()
    arguments = ["--database", str(context.database), "--on", str(context.today), *shlex.split(command)]
    with redirect_stdout(output), redirect_stderr(output):
        try:
            context.exit_code = main(arguments)
        except SystemExit as end:  # argparse exits after a usage error
            context.exit_code = int(end.code or 0)
    context.output = output.getvalue()


@then("it prints: {line}")
def prints_line(context: Scene, line: str) -> None:
    """Compare the output of a successful command."""
    assert (context.exit_code, context.output) == (0, f"{line}\n"), context.output


@then("it prints")
def prints(context: Scene) -> None:
    """Compare the output of a successful command with the text below the step."""
    assert (context.exit_code, context.output) == (0, f"{context.text}\n"), context.output


@then("it ends with exit code {code:d} and the message: {message}")
def ends_with(context: Scene, code: int, message: str) -> None:
    """Compare the exit code and the last line of the output."""
    found = context.exit_code, context.output.splitlines()[-1]
    assert found == (code, message), found
