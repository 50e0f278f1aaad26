"""Descriptions of the inputs in a manifest, for people. docs/cache-keys.md lists the kinds and their fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ci_accel.foundation.outcome import short_digest

if TYPE_CHECKING:
    from typing import Any

TITLES = {
    "file": "declared files, compared by content",
    "link": "declared links, compared by target",
    "environment": "environment variables given to the builder, compared by value",
    "value": "declared values",
    "interpreter": "interpreter",
    "excluded": "excluded from tracing by the project",
    "read": "files that the builder read or imported, compared by content",
    "absent": "missing paths that the builder looked for, which must stay missing",
    "state": "paths whose type the builder looked up",
    "target": "links that the builder read, compared by target",
    "listed": "folders that the builder listed, compared by the names in them",
    "importable": "folders that the builder imported from, compared by the modules that each name would import",
    "variable": "environment variables that the builder read, compared by value",
    "distribution": "distributions that the builder used, compared by version and content",
    "installed": "folders that the builder searched for distributions, compared by the names in them",
    "configuration": "configuration files of the environment, compared by content",
    "program": "programs that the builder ran and that programs= allows",
}
"""The title for each kind of input. The engine defines the kinds; a kind without a title is its own title."""


def describe_input(given: dict[str, Any]) -> tuple[str, str]:
    """Return the description of an input.

    Args:
        given: The input, as in the manifest.

    Returns:
        The title for inputs of its kind, and one line about this input.
    """
    kind = given["kind"]
    if kind == "environment" and "name" not in given:
        return TITLES["variable"], "(the builder read the whole environment: any other variable counts as well)"
    return TITLES.get(kind, kind), f"{_text(given.get('name', given.get('path', '')))}{_details(given)}"


def _details(given: dict[str, Any]) -> str:
    """Return what follows the path or the name of an input."""
    match given["kind"]:
        case "state":
            details = f" ({given['is']})"
        case "target":
            details = f" -> {_text(given['text'])}"
        case "listed":
            details = f" ({_count(given['names'], 'name')})"
        case "installed":
            details = f" ({_count(given['names'], 'distribution')})"
        case "importable":
            details = f" ({', '.join(sorted(given['modules']))})"
        case "distribution":
            details = f" {given.get('version') or given.get('value')}{_comparison(given)}"
        case "value" | "interpreter" | "excluded":
            details = f" {_text(given['value'])}"
        case _:
            digest = given.get("digest", "")
            details = f"  {'not set' if digest is None else short_digest(digest)}".rstrip()
    return details


def _text(given: Any) -> str:
    """Return a path or a name for display. One that is not valid UTF-8 is shown in hexadecimal."""
    return given if isinstance(given, str) else f"hex:{given['hex']}"


def _count(names: list[Any], noun: str) -> str:
    """Return a number with its noun."""
    return f"{len(names)} {noun}{'' if len(names) == 1 else 's'}"


def _comparison(given: dict[str, Any]) -> str:
    """Return how a distribution is compared if its version does not identify its content."""
    return " (from a path or a version control system: compared by file)" if given.get("digest", "") is None else ""
