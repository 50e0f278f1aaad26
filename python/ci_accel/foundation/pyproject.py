"""Read pyproject.toml. All parts of ci-accel read the file here, so that its errors have one wording."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from typing import Any

FILE_NAME = "pyproject.toml"


@dataclass(frozen=True, slots=True)
class Pyproject:
    """The tables that tools have in a pyproject.toml.

    Attributes:
        path: Absolute path of the file.
        tool: The contents of `[tool]`, as `tomllib` returns them; empty if the table is missing.
    """

    path: str
    tool: dict[str, Any]

    def table(self, *names: str) -> dict[str, Any]:
        """Return a table below `[tool]`.

        Args:
            names: The names that lead to it: `"coverage", "run"` for `[tool.coverage.run]`.

        Returns:
            The table; an empty dictionary if it is missing.

        Raises:
            ValueError: The table, or a table that contains it, is another kind of value.
        """
        table = self.tool
        for depth, name in enumerate(names, start=1):
            table = as_table(self.path, ".".join(("tool", *names[:depth])), table.get(name, {}))
        return table


def read_pyproject(root: str | os.PathLike[str]) -> Pyproject:
    """Read the pyproject.toml of a project.

    Args:
        root: The folder of the file.

    Returns:
        The tables of the tools.

    Raises:
        OSError: The file is missing or cannot be read.
        ValueError: The file is not valid TOML, or `tool` is not a table. The message has the path and the line.
    """
    path = os.path.join(os.path.abspath(root), FILE_NAME)
    with open(path, "rb") as file:
        content = file.read()
    try:
        document = tomllib.loads(content.decode())
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = f"{path}: not valid TOML: not encoded in UTF-8 (at line {line})"
        raise ValueError(message) from None
    except tomllib.TOMLDecodeError as error:
        message = f"{path}: not valid TOML: {error}"
        raise ValueError(message) from None
    return Pyproject(path, as_table(path, "tool", document.get("tool", {})))


def read_pyproject_if_present(root: str | os.PathLike[str]) -> Pyproject:
    """Read the pyproject.toml of a project, which may have none.

    Args:
        root: The folder of the file.

    Returns:
        The tables of the tools; none if the file is missing.

    Raises:
        OSError: The file exists and cannot be read.
        ValueError: As `read_pyproject`.
    """
    try:
        return read_pyproject(root)
    except FileNotFoundError as error:
        return Pyproject(error.filename, {})


def as_table(path: str, name: str, value: object) -> dict[str, Any]:
    """Return a value that has to be a table.

    Raises:
        ValueError: The value is not a table; the message has the path and the name.
    """
    if not isinstance(value, dict):
        message = f"{path}: {name} has to be a table, not {value!r}"
        raise ValueError(message)  # noqa: TRY004  (a mistake in the file, not in the call)
    return value
