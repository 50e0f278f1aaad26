"""The command `ci-accel`: the same nouns as the library, from pyproject.toml.

Exit codes: 0 done, 1 error, 2 gate not reached, 64 wrong usage; of `coverage part` the wrapped command's own.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from typing import TYPE_CHECKING

from ci_accel.cli import coverage, template
from ci_accel.cli.parser import Parser, is_closed
from ci_accel.exceptions import CiAccelError, FileError, error_message

if TYPE_CHECKING:
    from collections.abc import Sequence

FORGES = ("GITHUB_ACTIONS", "FORGEJO_ACTIONS", "GITEA_ACTIONS")
"""Variables of which one is "true" on Actions."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: Without the program's name; None: those of this process.

    Returns:
        The exit code.
    """
    for stream in (sys.stdout, sys.stderr):
        # A name that the terminal cannot show is shown escaped.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    options = argparse.Namespace(exit_code=0)
    try:
        try:
            _parser().parse_args(arguments, options)
            options.run(options)
        finally:
            # An error of the stream is met here, not when Python closes it.
            if not is_closed(sys.stdout):
                sys.stdout.flush()
    except BrokenPipeError:
        # Who reads us has seen enough.
        _discard_output()
    except (CiAccelError, OSError, ValueError) as error:
        _discard_output()
        if not is_closed(sys.stderr):
            print(f"ci-accel: {error_message(error)}", file=sys.stderr)
            _annotate(error)
        return 1
    return int(options.exit_code)


def _discard_output() -> None:
    """Let what could not be written go nowhere: Python would try once more when it ends."""
    if not is_closed(sys.stdout):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _annotate(error: Exception) -> None:
    """On Actions, show an error beside its file. Source: workflow commands, docs.github.com."""
    if not any(os.environ.get(name) == "true" for name in FORGES):
        return
    place = ""
    if isinstance(error, FileError):
        place = f" file={_escaped(os.path.relpath(error.path)).replace(':', '%3A').replace(',', '%2C')}"
    print(f"::error{place}::{_escaped(error_message(error))}", file=sys.stderr)


def _escaped(text: str) -> str:
    """Return a text that is one line of a workflow command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _parser() -> Parser:
    """Return the parser of the whole command."""
    from importlib.metadata import version

    parser = Parser(prog="ci-accel", description="Skips the work in CI that is proved done.")
    parser.add_argument("--version", action="version", version=f"ci-accel {version('ci-accel')}")
    nouns = parser.add_subparsers(metavar="NOUN", required=True)
    template.add_to(nouns)
    coverage.add_to(nouns)
    return parser
