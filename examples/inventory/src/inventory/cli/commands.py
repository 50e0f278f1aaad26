"""Groups of commands: ``inventory GROUP COMMAND``, each command with the function that does it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NoReturn

from inventory.cli.exit_codes import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from inventory.cli.desk import Desk

    Action = Callable[[Desk, argparse.Namespace], None]


class Parser(argparse.ArgumentParser):
    """A parser that leaves it to the program how to end."""

    def error(self, message: str) -> NoReturn:
        """Say what cannot be understood.

        Raises:
            UsageError: Always.
        """
        raise UsageError(message, self.format_usage())


class Group:
    """Commands about the same things."""

    def __init__(self, parser: Parser) -> None:
        self._commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def add(self, name: str, action: Action, purpose: str) -> Parser:
        """Add a command, and return the parser for its arguments."""
        parser = self._commands.add_parser(name, help=purpose, description=purpose)
        parser.set_defaults(action=action)
        return parser


class Groups:
    """All groups of the program."""

    def __init__(self, parser: Parser) -> None:
        self._groups = parser.add_subparsers(metavar="GROUP", required=True)

    def add(self, name: str, purpose: str) -> Group:
        """Add a group without commands."""
        return Group(self._groups.add_parser(name, help=purpose, description=purpose))

    def add_command(self, name: str, action: Action, purpose: str) -> Parser:
        """Add a command that is a group of its own."""
        parser = self._groups.add_parser(name, help=purpose, description=purpose)
        parser.set_defaults(action=action)
        return parser
