"""The command `ci-accel`: the same nouns as the library, from pyproject.toml.

Exit codes: 0 done, 1 error, 64 wrong usage.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shlex
import sys
from typing import TYPE_CHECKING, Any, NoReturn

from ci_accel import compiled
from ci_accel.exceptions import CiAccelError, TemplateDatabaseError
from ci_accel.inputs import describe_input
from ci_accel.project import Project
from ci_accel.template_db import TemplateDB

if TYPE_CHECKING:
    from collections.abc import Sequence

    from _typeshed import SupportsWrite

USAGE = 64
"""Exit code for a command line that makes no sense: EX_USAGE of sysexits.h."""

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
        if not _is_closed(file):
            super()._print_message(message, file)


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
    try:
        try:
            options = _parser().parse_args(arguments)
            options.run(options)
        finally:
            # An error of the stream is met here, not when Python closes it.
            if not _is_closed(sys.stdout):
                sys.stdout.flush()
    except BrokenPipeError:
        # Who reads us has seen enough.
        _discard_output()
    except (CiAccelError, OSError, ValueError) as error:
        _discard_output()
        if not _is_closed(sys.stderr):
            print(f"ci-accel: {_told(error)}", file=sys.stderr)
        return 1
    return 0


def _discard_output() -> None:
    """Let what could not be written go nowhere: Python would try once more when it ends."""
    if not _is_closed(sys.stdout):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _is_closed(stream: object) -> bool:
    """Whether the program was started without this stream."""
    return stream is None


def _told(error: Exception) -> str:
    """Return an error as a user reads it: the file first."""
    if isinstance(error, OSError) and error.filename is not None:
        return f"{os.fsdecode(error.filename)}: {error.strerror}"
    return str(error)


def _parser() -> Parser:
    """Return the parser of the whole command."""
    from importlib.metadata import version

    parser = Parser(prog="ci-accel", description="Skips the work in CI that is proved done.")
    parser.add_argument("--version", action="version", version=f"ci-accel {version('ci-accel')}")
    nouns = parser.add_subparsers(metavar="NOUN", required=True)
    template = nouns.add_parser("template", help="the template database", description="The template database.")
    verbs = template.add_subparsers(metavar="VERB", required=True)

    status = _verb(verbs, "status", _status, "list the stored databases, and what has changed since each was built")
    explain = _verb(verbs, "explain", _explain, "say whether the database is proved fresh or would be built, and why")
    inputs = _verb(verbs, "inputs", _inputs, "list what the database was made from, and what each input proves")
    clone = _verb(verbs, "clone", _clone, "copy the database, if nothing it was made from has changed")
    explain.add_argument(
        "--python",
        metavar="PATH",
        help="interpreter that runs the builder, such as .nox/unit_tests/bin/python (default: the one of ci-accel)",
    )
    clone.add_argument("destination", help="the copy; missing folders are made")
    clone.add_argument("--replace", action="store_true", help="replace an existing file")
    for verb in (status, explain, inputs, clone):
        verb.add_argument("--root", default=".", help="folder of pyproject.toml (default: the current one)")
        verb.add_argument("--json", action="store_true", help="print a JSON document")
    return parser


def _verb(verbs: Any, name: str, run: object, help_text: str) -> Parser:
    """Add a verb."""
    verb: Parser = verbs.add_parser(name, help=help_text, description=help_text[0].upper() + help_text[1:] + ".")
    verb.set_defaults(run=run)
    return verb


def _status(options: argparse.Namespace) -> None:
    """List the stored databases."""
    compiled.require()
    template = Project.load(options.root).template
    variants = template.variants()
    if options.json:
        _print_json({"path": template.path, "store": template.store, "variants": variants})
        return
    if not variants:
        print(f"nothing stored yet in {template.store}")
    for variant in variants:
        manifest, changes = variant["manifest"], variant["changes"]
        made, inputs = manifest["database"], manifest["made_from"]["inputs"]
        tools = [
            f"{given['name']} {given['value']}" for given in inputs if given["kind"] in {"interpreter", "distribution"}
        ]
        print(f"{made['digest'][:12]}  {made['length']:,} bytes, built in {manifest['build_seconds']:.2f} s")
        print(f"  with      {', '.join(tools)}")
        if manifest["alembic"]["database"]:
            print(f"  heads     {', '.join(manifest['alembic']['database'])}")
        print(f"  since     {'; '.join(changes) or 'nothing changed'}")


def _explain(options: argparse.Namespace) -> None:
    """Say what would happen, and why."""
    outcome = Project.load(options.root).template.explain(python=options.python)
    if options.json:
        _print_json({"status": outcome.status, "reasons": outcome.reasons, "digest": outcome.digest})
        return
    meaning = {"hit": "fresh: it would be reused", "miss": "stale: it would be built", "disabled": "no cache"}
    print(f"{outcome.subject}: {meaning[outcome.status]}")
    for reason in outcome.reasons:
        print(f"  {reason}")


def _inputs(options: argparse.Namespace) -> None:
    """List the inputs of the database that was used last."""
    compiled.require()
    template = Project.load(options.root).template
    variants = template.variants()
    if not variants:
        raise TemplateDatabaseError(template.path, f"nothing stored yet in {template.store}; build it with nox")
    made_from = variants[0]["manifest"]["made_from"]
    if options.json:
        _print_json({"made_from": made_from})
        return
    groups: dict[str, list[str]] = {}
    for given in [*made_from["inputs"], *made_from.get("seen", [])]:
        title, line = describe_input(given)
        groups.setdefault(title, []).append(line)
    print(f"build  {shlex.join(made_from['build'])}")
    for title, lines in groups.items():
        print(f"\n{title} ({len(lines)})")
        for line in sorted(lines):
            print(f"  {line}")


def _clone(options: argparse.Namespace) -> None:
    """Copy the database at the plain path."""
    template = Project.load(options.root).template
    path = os.path.join(os.path.abspath(options.root), template.path)
    opened = TemplateDB.open(path)
    changes = template.changes_since(opened)
    if changes:
        raise TemplateDatabaseError(path, f"{changes[0]} since it was built; build it with nox, then clone")
    destination = opened.clone(options.destination, replace=options.replace)
    if options.json:
        _print_json({"destination": destination})
    else:
        print(f"cloned {path} to {destination}")


def _print_json(document: dict[str, object]) -> None:
    """Print a document for programs."""
    print(json.dumps({"version": JSON_VERSION, **document}, indent=2))
