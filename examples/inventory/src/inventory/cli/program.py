"""The program: understand, do all of it or nothing, and say how it ended."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from inventory.cli.desk import Desk
from inventory.cli.exit_codes import ExitCode, UsageError, code_for
from inventory.cli.parser import build_parser
from inventory.common.clock import utc_now
from inventory.common.errors import InventoryError
from inventory.db.engine import open_database
from inventory.db.session import unit_of_work

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the command line says, and return the exit code; reasons go to standard error."""
    try:
        arguments = build_parser().parse_args(argv)
    except UsageError as error:
        return fail(str(error), ExitCode.USAGE)
    if not arguments.database.is_file():
        return fail(f"no database {arguments.database}", ExitCode.NO_DATABASE)
    try:
        run(arguments)
    except InventoryError as error:
        return fail(str(error), code_for(error))
    return ExitCode.DONE


def run(arguments: Namespace) -> None:
    """Do a command in a unit of work of its own."""
    engine = open_database(arguments.database)
    try:
        with unit_of_work(engine) as session:
            arguments.action(Desk(session, arguments.at or utc_now(), arguments.actor), arguments)
    finally:
        engine.dispose()


def fail(reason: str, code: ExitCode) -> ExitCode:
    """Print why nothing was done."""
    print(f"inventory: {reason}", file=sys.stderr)
    return code
