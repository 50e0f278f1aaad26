"""Parse the command line: nouns, their verbs, and the options that all verbs have."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, NoReturn, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed import SupportsWrite

    Nouns = argparse._SubParsersAction["Parser"]  # noqa: SLF001  (argparse has no public name for it)
    Run = Callable[[argparse.Namespace], int | None]

    class AddVerb(Protocol):
        """Adds a verb to a noun."""

        def __call__(self, name: str, run: Run, help_text: str) -> Parser:
            """Return the parser of the verb's arguments."""


USAGE = 64
"""Exit code for wrong usage: EX_USAGE of sysexits.h."""

NOT_REACHED = 2
"""Exit code for coverage below the threshold, as coverage.py and slipcover use it."""

JSON_VERSION = 1
"""Value of `version` in every document that `--json` prints."""


class Parser(argparse.ArgumentParser):
    """Parser whose exit code for wrong usage is 64, because 2 means that a gate was not reached."""

    def error(self, message: str) -> NoReturn:
        """Print the usage and the error, and exit."""
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message} (see {self.prog} --help)\n")

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        """Print a message, unless the stream was closed before the program was started."""
        if not is_closed(file):
            super()._print_message(message, file)


def is_closed(stream: object) -> bool:
    """Return whether a standard stream was closed before the program was started."""
    return stream is None


def add_noun(nouns: Nouns, name: str, help_text: str) -> AddVerb:
    """Add a noun.

    Returns:
        A function that adds a verb with the options `--root` and `--json`.
    """
    noun = nouns.add_parser(name, help=help_text, description=sentence(help_text))
    verbs = noun.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def add_verb(name: str, run: Run, help_text: str) -> Parser:
        verb = verbs.add_parser(name, help=help_text, description=sentence(help_text))
        verb.set_defaults(run=run)
        verb.add_argument(
            "--root", default=".", help="folder that contains pyproject.toml (default: the current folder)"
        )
        verb.add_argument("--json", action="store_true", help="print the result as JSON")
        return verb

    return add_verb


def sentence(text: str) -> str:
    """Return a text with a capital letter and a full stop."""
    return f"{text[0].upper()}{text[1:]}."


def print_json(document: dict[str, object]) -> None:
    """Print a JSON document for programs."""
    print(json.dumps({"version": JSON_VERSION, **document}, indent=2))
