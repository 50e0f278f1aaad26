"""The project as its pyproject.toml declares it: `[tool.ci-accel]`."""

from __future__ import annotations

import contextlib
import os

from ci_accel.coverage.coverage import DEFAULT_DIRECTORY, Coverage
from ci_accel.template.template_db import DEFAULT_PATH, TemplateDB

TYPE_CHECKING = False  # the name that type checkers know; importing typing would cost 7 ms
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

TABLES = ("template", "pycache", "coverage", "install", "workflow")
"""The tables that `[tool.ci-accel]` may have. Those of parts that this version does not have are left unread."""

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
"""Keys of `[tool.ci-accel.template]`: the arguments of TemplateDB with dashes, and what TOML has to give for each."""

COVERAGE_KEYS = {
    "directory": str,
    "sources": list,
    "items": list,
    "omit": list,
    "inputs": list,
    "fail-under": float,
}
"""Keys of `[tool.ci-accel.coverage]`: the arguments of Coverage with dashes, and what TOML has to give for each."""

WORDS = {
    str: "a string",
    list: "a list of strings",
    dict: "a table of strings",
    bool: "true or false",
    float: "a number",
}
"""What to call each in an error."""


class Project:
    """The parts that a pyproject.toml declares.

    Attributes:
        root: Absolute path of the project's root.
    """

    __slots__ = ("_coverage", "_template", "_tool", "root")

    def __init__(self, root: str, tool: Mapping[str, Any]) -> None:
        """Keep the root and the contents of `[tool.ci-accel]`; use `load`."""
        self.root = root
        self._tool = tool
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
            OSError: There is no pyproject.toml that can be read.
            ValueError: It is not TOML, or `[tool.ci-accel]` has a table or key that is not known, or a wrong value.
        """
        folder = os.path.abspath(root)
        path = os.path.join(folder, "pyproject.toml")
        tool: Any = _read_toml(path)
        for name in ("tool", "ci-accel"):
            tool = tool.get(name, {})
            if not isinstance(tool, dict):
                message = f"{path}: {name} has to be a table"
                raise ValueError(message)  # noqa: TRY004  (the document's mistake, not a wrong call)
        for table, content in tool.items():
            if table not in TABLES:
                message = f"{path}: [tool.ci-accel] has no {table!r}; it has {', '.join(TABLES)}"
                raise ValueError(message)
            if not isinstance(content, dict):
                message = f"{path}: [tool.ci-accel] {table} has to be a table"
                raise ValueError(message)  # noqa: TRY004  (the document's mistake, not a wrong call)
        _check(path, "template", tool.get("template", {}), TEMPLATE_KEYS)
        _check(path, "coverage", tool.get("coverage", {}), COVERAGE_KEYS)
        return cls(folder, tool)

    @property
    def template(self) -> TemplateDB:
        """The template database of `[tool.ci-accel.template]`, the same object each time.

        Raises:
            ValueError: The table is not there, or TemplateDB does not take its values.
        """
        if self._template is None:
            arguments = self._arguments("template", required=("inputs", "build"))
            with self._naming("template"):
                self._template = TemplateDB(arguments.pop("path", DEFAULT_PATH), root=self.root, **arguments)
        return self._template

    @property
    def coverage(self) -> Coverage:
        """The coverage of `[tool.ci-accel.coverage]`, the same object each time.

        Raises:
            ValueError: The table is not there, or Coverage does not take its values.
        """
        if self._coverage is None:
            arguments = self._arguments("coverage", required=("sources",))
            with self._naming("coverage"):
                self._coverage = Coverage(arguments.pop("directory", DEFAULT_DIRECTORY), root=self.root, **arguments)
        return self._coverage

    def _arguments(self, name: str, *, required: Sequence[str]) -> dict[str, Any]:
        """Return what a table says, as the arguments of its part."""
        path = os.path.join(self.root, "pyproject.toml")
        table = self._tool.get(name)
        if table is None:
            message = f"{path}: there is no [tool.ci-accel.{name}]; add it with {' and '.join(required)}"
            raise ValueError(message)
        missing = [key for key in required if key not in table]
        if missing:
            message = f"{path}: [tool.ci-accel.{name}] lacks {' and '.join(missing)}"
            raise ValueError(message)
        return {key.replace("-", "_"): value for key, value in table.items()}

    @contextlib.contextmanager
    def _naming(self, name: str) -> Iterator[None]:
        """Name the table in an error about its values."""
        try:
            yield
        except ValueError as error:
            path = os.path.join(self.root, "pyproject.toml")
            message = f"{path}: [tool.ci-accel.{name}]: {error}"
            raise ValueError(message) from None


def _read_toml(path: str) -> dict[str, Any]:
    """Read a TOML file."""
    from ci_accel.foundation.pyproject import parse_toml

    with open(path, "rb") as file:
        content = file.read()
    try:
        return parse_toml(content.decode())
    except ValueError as error:
        message = f"{path}: not valid TOML: {error}"
        raise ValueError(message) from None


def _check(path: str, name: str, table: Mapping[str, Any], keys: Mapping[str, type]) -> None:
    """See that a table has only keys that are known, with values of their kind."""
    for key, value in table.items():
        kind = keys.get(key)
        if kind is None:
            message = f"{path}: [tool.ci-accel.{name}] has no {key!r}; it has {', '.join(keys)}"
            raise ValueError(message)
        if not _is_kind(value, kind):
            message = f"{path}: [tool.ci-accel.{name}] {key} has to be {WORDS[kind]}, not {value!r}"
            raise ValueError(message)


def _is_kind(value: object, kind: type) -> bool:
    """Whether a TOML value is what a key takes."""
    if isinstance(value, list):
        return kind is list and all(isinstance(item, str) for item in value)
    if isinstance(value, dict):
        return kind is dict and all(isinstance(item, str) for item in value.values())
    if isinstance(value, bool):
        return kind is bool
    return isinstance(value, (int, float) if kind is float else kind)
