"""Create the parts that `[tool.ci-accel]` of pyproject.toml declares."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Any

from ci_accel.foundation.pyproject import as_table, read_pyproject

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ci_accel.coverage.coverage import Coverage
    from ci_accel.template.template_db import TemplateDB

TEMPLATE_KEYS = {
    "path": str,
    "inputs": list,
    "build": list,
    "env": dict,
    "exclude": list,
    "exclude-env": list,
    "programs": list,
    "values": dict,
    "trace": bool,
    "env-var": str,
    "store": str,
    "lock-timeout": float,
}
"""Keys of `[tool.ci-accel.template]` and their types: the arguments of TemplateDB, with dashes."""

COVERAGE_KEYS = {
    "directory": str,
    "sources": list,
    "items": list,
    "omit": list,
    "inputs": list,
    "tool": str,
    "fail-under": float,
}
"""Keys of `[tool.ci-accel.coverage]` and their types: the arguments of Coverage, with dashes."""

PARTS = {"template": TEMPLATE_KEYS, "coverage": COVERAGE_KEYS}
"""Tables of `[tool.ci-accel]`, each with its keys."""

PLANNED_PARTS = frozenset({"pycache", "install", "workflow"})
"""Tables that a later version of ci-accel reads."""

TYPE_NAMES = {
    str: "a string",
    list: "a list of strings",
    dict: "a table of strings",
    bool: "true or false",
    float: "a number",
}
"""Names of the types in errors."""


class Project:
    """The parts that a pyproject.toml declares.

    Attributes:
        root: Absolute path of the project's root.
    """

    __slots__ = ("_coverage", "_path", "_tables", "_template", "root")

    def __init__(self, path: str, tables: Mapping[str, dict[str, Any]]) -> None:
        """Keep the path of pyproject.toml and the checked tables of `[tool.ci-accel]`; use `load`."""
        self.root = os.path.dirname(path)
        self._path = path
        self._tables = tables
        self._template: TemplateDB | None = None
        self._coverage: Coverage | None = None

    @classmethod
    def load(cls, root: str | os.PathLike[str] = ".") -> Project:
        """Read `[tool.ci-accel]` of the pyproject.toml in `root`.

        Args:
            root: The project's root.

        Returns:
            The project.

        Raises:
            OSError: pyproject.toml is missing or cannot be read; `.filename` names it.
            ValueError: pyproject.toml is not valid TOML, or `[tool.ci-accel]` has an unknown table, an unknown key or a
                value of the wrong type. The message names the file, the table and the key.
        """
        pyproject = read_pyproject(root)
        path, tables = pyproject.path, pyproject.table("ci-accel")
        for name, table in tables.items():
            if name in PLANNED_PARTS:
                problem = f"this version of ci-accel has no {name} part; remove the table"
                message = f"{path}: [tool.ci-accel.{name}]: {problem}"
                raise ValueError(message)
            if name not in PARTS:
                message = f"{path}: [tool.ci-accel] has an unknown table {name!r}; it takes {', '.join(PARTS)}"
                raise ValueError(message)
            _check(path, name, as_table(path, f"tool.ci-accel.{name}", table))
        return cls(path, tables)

    @property
    def template(self) -> TemplateDB:
        """The template database of `[tool.ci-accel.template]`, the same object each time.

        Raises:
            ValueError: The table is missing, or TemplateDB rejects a value in it.
        """
        if self._template is None:
            from ci_accel.template.template_db import TemplateDB  # other parts should not load it

            arguments = self._arguments("template", required=("inputs", "build"))
            with self._errors_name("template"):
                self._template = TemplateDB(root=self.root, **arguments)
        return self._template

    @property
    def coverage(self) -> Coverage:
        """The coverage of `[tool.ci-accel.coverage]`, the same object each time.

        Raises:
            ValueError: The table is missing, or Coverage rejects a value in it.
        """
        if self._coverage is None:
            from ci_accel.coverage.coverage import Coverage  # other parts should not load it

            arguments = self._arguments("coverage", required=("sources",))
            with self._errors_name("coverage"):
                self._coverage = Coverage(root=self.root, **arguments)
        return self._coverage

    def _arguments(self, name: str, *, required: Sequence[str]) -> dict[str, Any]:
        """Return the values of a table as keyword arguments of its part."""
        table = self._tables.get(name)
        if table is None:
            message = f"{self._path}: [tool.ci-accel.{name}] is missing; add it with {' and '.join(required)}"
            raise ValueError(message)
        missing = [key for key in required if key not in table]
        if missing:
            message = f"{self._path}: [tool.ci-accel.{name}]: add the missing {' and '.join(missing)}"
            raise ValueError(message)
        return {key.replace("-", "_"): value for key, value in table.items()}

    @contextlib.contextmanager
    def _errors_name(self, name: str) -> Iterator[None]:
        """Add the file and the table to the message of a ValueError."""
        try:
            yield
        except ValueError as error:
            message = f"{self._path}: [tool.ci-accel.{name}]: {error}"
            raise ValueError(message) from None


def _check(path: str, name: str, table: Mapping[str, Any]) -> None:
    """Raise ValueError if a table has an unknown key or a value of the wrong type."""
    types = PARTS[name]
    for key, value in table.items():
        expected = types.get(key)
        if expected is None:
            message = f"{path}: [tool.ci-accel.{name}] has an unknown key {key!r}; it takes {', '.join(types)}"
            raise ValueError(message)
        if not _has_type(value, expected):
            message = f"{path}: [tool.ci-accel.{name}] {key} has to be {TYPE_NAMES[expected]}, not {value!r}"
            raise ValueError(message)


def _has_type(value: object, expected: type) -> bool:
    """Return whether a TOML value has the type of its key."""
    if isinstance(value, list):
        return expected is list and all(isinstance(item, str) for item in value)
    if isinstance(value, dict):
        return expected is dict and all(isinstance(item, str) for item in value.values())
    if isinstance(value, bool):
        return expected is bool
    return isinstance(value, (int, float) if expected is float else expected)
