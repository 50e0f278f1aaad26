"""What all nouns of the command have: how verbs are added, and documents printed."""

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
            """Return the parser of its arguments."""


USAGE = 64
"""Exit code for a command line that makes no sense: EX_USAGE of sysexits.h."""

NOT_REACHED = 2
"""Exit code of a gate that is not reached, as coverage.py and slipcover have it."""

JSON_VERSION = 1
"""Stands as `version` in every document that `--json` prints."""


class Parser(argparse.ArgumentParser):
    """argparse, with an exit code of its own for wrong usage: 2 is taken by gates."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and how it is used."""
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        """Write, unless the program was started without the stream."""
        if not is_closed(file):
            super()._print_message(message, file)


def is_closed(stream: object) -> bool:
    """Whether the program was started without this stream."""
    return stream is None


def add_noun(nouns: Nouns, name: str, help_text: str) -> AddVerb:
    """Add a noun.

    Returns:
        What adds its verbs, each with `--root` and `--json`.
    """
    noun = nouns.add_parser(name, help=help_text, description=sentence(help_text))
    verbs = noun.add_subparsers(metavar="VERB", required=True)

    def add_verb(name: str, run: Run, help_text: str) -> Parser:
        verb = verbs.add_parser(name, help=help_text, description=sentence(help_text))
        verb.set_defaults(run=run)
        verb.add_argument("--root", default=".", help="folder of pyproject.toml (default: the current one)")
        verb.add_argument("--json", action="store_true", help="print a JSON document")
        return verb

    return add_verb


def sentence(text: str) -> str:
    """Return a text that begins and ends as a sentence."""
    return f"{text[0].upper()}{text[1:]}."


def print_json(document: dict[str, object]) -> None:
    """Print a document for programs."""
    print(json.dumps({"version": JSON_VERSION, **document}, indent=2))
