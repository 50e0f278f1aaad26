"""Run the command `ci-accel`.

Exit codes: 0 done, 1 error, 2 gate not reached, 64 wrong usage. `coverage part` returns the exit code of the command
that it runs.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING

from ci_accel.cli import coverage, template
from ci_accel.cli.parser import Parser, is_closed
from ci_accel.exceptions import CiAccelError, FileError, error_message
from ci_accel.foundation.pyproject import FILE_NAME

if TYPE_CHECKING:
    from collections.abc import Sequence

DESCRIPTION = """\
Inspect and check what ci-accel caches for the nox sessions of a project.

The settings are in [tool.ci-accel] of pyproject.toml."""

FORGES = ("GITHUB_ACTIONS", "FORGEJO_ACTIONS", "GITEA_ACTIONS")
"""Environment variables, one of which is "true" in a workflow of the forge."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: The arguments without the program's name; None: those of this process.

    Returns:
        The exit code.
    """
    for stream in (sys.stdout, sys.stderr):
        # Characters that the terminal cannot show are escaped.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    options = argparse.Namespace(exit_code=0)
    try:
        try:
            _parser().parse_args(arguments, options)
            options.run(options)
        finally:
            # Errors of the stream are raised here and not when Python closes it.
            if not is_closed(sys.stdout):
                sys.stdout.flush()
    except BrokenPipeError:
        # The reader of the output has seen enough.
        _discard_output()
    except (CiAccelError, OSError, ValueError) as error:
        _discard_output()
        if not is_closed(sys.stderr):
            print(f"ci-accel: {error_message(error)}{_hint(error)}", file=sys.stderr)
            _annotate(error)
        return 1
    return int(options.exit_code)


def _discard_output() -> None:
    """Discard output that could not be written. Python would try to write it again when it ends."""
    if not is_closed(sys.stdout):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _hint(error: Exception) -> str:
    """Return what to do if pyproject.toml is missing; nothing for other errors."""
    if isinstance(error, FileNotFoundError) and os.path.basename(error.filename or "") == FILE_NAME:
        return "; run ci-accel in the folder of the project, or name that folder with --root"
    return ""


def _annotate(error: Exception) -> None:
    """Print an annotation in a workflow, which shows the error beside its file.

    Source: docs.github.com, "Workflow commands for GitHub Actions".
    """
    if not any(os.environ.get(name) == "true" for name in FORGES):
        return
    location = ""
    if isinstance(error, FileError):
        location = f" file={_escaped(os.path.relpath(error.path)).replace(':', '%3A').replace(',', '%2C')}"
    print(f"::error{location}::{_escaped(error_message(error))}", file=sys.stderr)


def _escaped(text: str) -> str:
    """Escape a text for a workflow command, which is one line."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _parser() -> Parser:
    """Return the parser of the whole command."""
    parser = Parser(prog="ci-accel", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--version", action="version", version=f"ci-accel {version('ci-accel')}")
    nouns = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    template.add_to(nouns)
    coverage.add_to(nouns)
    return parser
