"""TOML on every Python: by `tomllib` where there is one, else (3.10) by the compiled module, else by tomli."""

from __future__ import annotations

from ci_accel.foundation import native

TYPE_CHECKING = False  # the name that type checkers know; importing typing would cost 7 ms
if TYPE_CHECKING:
    from typing import Any


def parse_toml(text: str) -> dict[str, Any]:
    """Parse a TOML document.

    Args:
        text: The document.

    Returns:
        Its tables; where the compiled module reads it, `nan` and `inf` are texts, dates tables.

    Raises:
        ValueError: It is not TOML, or nothing here can read it.
    """
    from importlib import import_module

    document: dict[str, Any]
    try:
        document = import_module("tomllib").loads(text)
    except ImportError:
        if native.HAS_NATIVE:
            import json

            from ci_accel import _native

            document = json.loads(_native.toml_to_json(text))
        else:
            document = _parse_by_tomli(text)
    return document


def _parse_by_tomli(text: str) -> dict[str, Any]:
    """Parse by the package that nox brings on 3.10."""
    from importlib import import_module

    try:
        document: dict[str, Any] = import_module("tomli").loads(text)
    except ImportError:
        message = "reading TOML takes Python 3.11, the compiled module of ci-accel, or the package tomli"
        raise ValueError(message) from None
    return document
