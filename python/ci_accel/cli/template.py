"""`ci-accel template`: show, explain and copy the template database."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

from ci_accel.cli.parser import add_noun, print_json
from ci_accel.exceptions import TemplateDatabaseError
from ci_accel.foundation import native
from ci_accel.foundation.outcome import short_digest
from ci_accel.project import Project
from ci_accel.template.descriptions import describe_input
from ci_accel.template.template_db import TemplateDB

if TYPE_CHECKING:
    import argparse

    from ci_accel.cli.parser import Nouns


def add_to(nouns: Nouns) -> None:
    """Add the noun `template` with its verbs."""
    verb = add_noun(nouns, "template", "the template database")
    verb("status", _status, "list the stored databases, with the changes since each was built")
    explain = verb("explain", _explain, "show whether the database would be reused or built, and why")
    verb("inputs", _inputs, "list the inputs of the database that was used last, by kind")
    clone = verb("clone", _clone, "copy the database, if its inputs are unchanged")
    explain.add_argument(
        "--python",
        metavar="PATH",
        help="interpreter that runs the builder, such as .nox/unit_tests/bin/python (default: that of ci-accel)",
    )
    clone.add_argument("destination", help="path of the copy; missing folders are created")
    clone.add_argument("--replace", action="store_true", help="replace an existing file")


def _status(options: argparse.Namespace) -> None:
    """Print the stored databases."""
    native.require()
    template = Project.load(options.root).template
    variants = template.variants()
    if options.json:
        print_json({"path": template.path, "store": template.store, "variants": variants})
        return
    if not variants:
        print(f"nothing stored yet in {template.store}")
    for variant in variants:
        manifest, changes = variant["manifest"], variant["changes"]
        made, inputs = manifest["database"], manifest["made_from"]["inputs"]
        # A traced database also has the folders of distributions, one `site` each, which are too long for this line.
        tools = [
            f"{given['name']} {given['value']}"
            for given in inputs
            if given["kind"] in {"interpreter", "distribution"} and given["name"] != "site"
        ]
        print(f"{short_digest(made['digest'])}  {made['length']:,} bytes, built in {manifest['build_seconds']:.2f} s")
        print(f"  with      {', '.join(tools)}")
        if manifest["alembic_revisions"]:
            print(f"  revision  {', '.join(manifest['alembic_revisions'])}")
        print(f"  since     {'; '.join(changes) or 'nothing changed'}")


def _explain(options: argparse.Namespace) -> None:
    """Print what `ensure` would do, and why."""
    outcome = Project.load(options.root).template.explain(python=options.python)
    if options.json:
        print_json({"status": outcome.status, "reasons": outcome.reasons, "digest": outcome.digest})
        return
    meaning = {"hit": "fresh, would be reused", "miss": "stale, would be built", "disabled": "cache disabled"}
    print(f"{outcome.subject}: {meaning[outcome.status]}")
    for reason in outcome.reasons:
        print(f"  {reason}")


def _inputs(options: argparse.Namespace) -> None:
    """Print the inputs of the database that was used last."""
    native.require()
    template = Project.load(options.root).template
    variants = template.variants()
    if not variants:
        raise TemplateDatabaseError(template.path, f"nothing stored yet in {template.store}; build it with nox")
    made_from = variants[0]["manifest"]["made_from"]
    if options.json:
        print_json({"made_from": made_from})
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
    """Copy the database at the plain path, if its inputs are unchanged."""
    template = Project.load(options.root).template
    path = os.path.join(os.path.abspath(options.root), template.path)
    opened = TemplateDB.open(path)
    changes = template.changes_since(opened)
    if changes:
        raise TemplateDatabaseError(path, f"{changes[0]} since it was built; build it with nox, then clone")
    destination = opened.clone(options.destination, replace=options.replace)
    if options.json:
        print_json({"destination": destination})
    else:
        print(f"cloned {path} to {destination}")
