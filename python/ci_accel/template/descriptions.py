"""The inputs of a template database in words: what a manifest has of each. docs/cache-keys.md has the fields."""

from __future__ import annotations

TYPE_CHECKING = False  # the name that type checkers know; importing typing would cost 7 ms
if TYPE_CHECKING:
    from typing import Any

TITLES = {
    "file": "declared files, by content",
    "link": "declared links, by their text",
    "environment": "variables given to the builder, by value",
    "value": "declared values",
    "interpreter": "interpreter",
    "vouched": "taken out by the project",
    "read": "files that the builder read or imported, by content",
    "absent": "paths that it looked for and that were not there: none may appear",
    "state": "paths that it asked about: each stays what it is",
    "target": "links that it read, by their text",
    "listed": "folders that it listed, by their names",
    "importable": "folders that it imported from: each name leads to the same module",
    "variable": "variables that it read, by value",
    "distribution": "distributions that it used",
    "installed": "folders that it searched for distributions, by their names",
    "configuration": "files that configure its environment, by content",
    "program": "programs that it ran, vouched for",
}
"""What the inputs of each kind prove, by the kind in the manifest."""

SHOWN_DIGEST = 12
"""Hex digits of a digest, for the eye only."""


def describe_input(given: dict[str, Any]) -> tuple[str, str]:
    """Tell one input of a manifest in words.

    Args:
        given: The input, as in the manifest.

    Returns:
        The title of its group, and its line.
    """
    kind = given["kind"]
    path = _text(given.get("path", ""))
    if kind == "environment" and "name" not in given:
        return TITLES["variable"], "(the environment was taken whole: any other variable that counts is a change)"
    details = {
        "state": lambda: f"{path} ({given['is']})",
        "target": lambda: f"{path} -> {_text(given['text'])}",
        "listed": lambda: f"{path} ({_count(given['names'], 'name')})",
        "installed": lambda: f"{path} ({_count(given['names'], 'distribution')})",
        "importable": lambda: f"{path} ({', '.join(sorted(given['modules']))})",
        "distribution": lambda: f"{given['name']} {given.get('version') or given.get('value')}{_by_files(given)}",
        "value": lambda: f"{given['name']} {given['value']}",
        "interpreter": lambda: f"{given['name']} {_text(given['value'])}",
        "vouched": lambda: f"{given['name']} {_text(given['value'])}",
    }
    if kind in details:
        return TITLES[kind], details[kind]()
    name = path or _text(given["name"])
    digest = given.get("digest", "")
    shown = "not set" if digest is None else digest[:SHOWN_DIGEST]
    return TITLES[kind], f"{name}  {shown}".rstrip()


def _text(given: Any) -> str:
    """Return a path or name as it can be shown: one that is no UTF-8 stands in hex."""
    return given if isinstance(given, str) else f"hex:{given['hex']}"


def _count(names: list[Any], noun: str) -> str:
    """Return a number with its noun."""
    return f"{len(names)} {noun}{'' if len(names) == 1 else 's'}"


def _by_files(given: dict[str, Any]) -> str:
    """Tell of a distribution whose version does not prove its files."""
    return " (from a path or a version control system: by its files)" if given.get("digest", "") is None else ""
