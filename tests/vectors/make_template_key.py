"""Write the golden keys of ``template_key.json``.

Run it from the checkout, as ``python -m tests.vectors.make_template_key`` or by its path. The keys come from the plain
definition in ``tests/oracles/template_key.py``, and the same cases always give the same bytes.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, TypedDict

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.oracles.template_key import template_key

VECTORS = Path(__file__).with_name("template_key.json")

ONE = "01" * 32
TWO = "fe" * 32


class Case(TypedDict):
    """A golden case: the ``made_from`` object of a manifest, and its key."""

    name: str
    made_from: dict[str, Any]
    key: str


def make_case(
    name: str,
    *,
    build: list[str] | None = None,
    traced: bool = False,
    inputs: list[dict[str, Any]] | None = None,
    seen: list[dict[str, Any]] | None = None,
) -> Case:
    """Return a case with its key."""
    made_from: dict[str, Any] = {"build": build or [], "traced": traced, "inputs": inputs or []}
    if seen:
        made_from["seen"] = seen
    return {"name": name, "made_from": made_from, "key": template_key(made_from)}


def excluded(name: str, *values: Any) -> list[dict[str, Any]]:
    """Return the inputs for the items of a list setting."""
    return [{"kind": "excluded", "name": name, "value": value} for value in values]


def cases() -> list[Case]:
    """Return every case."""
    every_input: list[dict[str, Any]] = [
        {"kind": "file", "path": "a.sql", "length": 9, "digest": ONE},
        {"kind": "file", "path": {"hex": "ff2e73716c"}, "length": 0, "digest": TWO},
        {"kind": "link", "path": "b", "length": 5, "digest": ONE},
        {"kind": "environment", "name": "URL", "digest": TWO},
        {"kind": "value", "name": "schema", "value": "\u00e9"},
        {"kind": "interpreter", "name": "python", "value": "CPython 3.13.1"},
        {"kind": "interpreter", "name": "site", "value": "{prefix}/lib"},
        {"kind": "distribution", "name": "alembic", "value": "1.20.0"},
        *excluded("exclude", "docs", {"hex": "ff"}),
    ]
    every_seen: list[dict[str, Any]] = [
        {"kind": "read", "path": "models.py", "length": 3, "digest": ONE},
        {"kind": "absent", "path": "local.py"},
        {"kind": "state", "path": "db", "is": "folder itself"},
        {"kind": "target", "path": "now", "text": "{root}/db"},
        {"kind": "listed", "path": "db", "names": {"a": "file itself", "z": "link to a file"}, "made": ["b"]},
        {"kind": "importable", "path": "src", "modules": {"app": "app/__init__.py", "local": ""}},
        {"kind": "variable", "name": "TZ", "digest": None},
        {"kind": "variable", "name": "URL", "digest": TWO},
        {"kind": "environment"},
        {"kind": "distribution", "name": "x", "version": "1", "path": "{prefix}/lib", "digest": None},
        {"kind": "installed", "path": "{prefix}/lib", "names": ["x-1.dist-info"]},
        {"kind": "configuration", "path": "{prefix}/lib/*.pth", "digest": ONE},
        {"kind": "program", "path": "/usr/bin/make"},
    ]
    return [
        make_case("nothing"),
        make_case("traced", traced=True),
        make_case("one argument", build=["make db"]),
        make_case("two arguments", build=["make", "db"]),
        make_case("every kind of input", build=["make", "{db}"], inputs=every_input),
        make_case("every kind of traced input", build=["make", "{db}"], traced=True, seen=every_seen),
        make_case("exclude: one item with a space", traced=True, inputs=excluded("exclude", "my data")),
        make_case("exclude: two items", traced=True, inputs=excluded("exclude", "data", "my")),
        make_case("exclude_env: one item with a space", traced=True, inputs=excluded("exclude_env", "A B")),
        make_case("exclude_env: two items", traced=True, inputs=excluded("exclude_env", "A", "B")),
        make_case("programs: one item with a space", traced=True, inputs=excluded("programs", "a b")),
        make_case("programs: two items", traced=True, inputs=excluded("programs", "a", "b")),
    ]


def render() -> str:
    """Return the text of ``template_key.json``."""
    return json.dumps(cases(), indent=1) + "\n"


if __name__ == "__main__":
    VECTORS.write_text(render(), encoding="ascii")
