"""Matches the paths in coverage data to files, by the project's root and the rules of [tool.coverage.paths]."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from ci_accel.foundation.pyproject import read_pyproject_if_present

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ci_accel.coverage.info import CoverageFormat

ANY_FOLDERS = r"(?:.*[/\\])?"
"""Regular expression for `**/` and for an initial `*`: any number of folders, or nothing."""

SEPARATOR = r"[/\\]"
"""Regular expression for a separator of POSIX or Windows."""

NO_SEPARATOR = r"[^/\\]"
"""Regular expression for any character but a separator."""


def spellings(files: Iterable[str], *, tool: CoverageFormat, root: str) -> dict[str, str]:
    """Return the path of each file for combined data: one path for each file, however the parts spell it.

    For coverage.py, the path is the one that `coverage combine` would write in `root`: mapped by
    `[tool.coverage.paths]`, and relative with `relative_files`. If the parts still have several paths for one file, it
    is the path relative to the root with `relative_files`, else the absolute path. For slipcover, it is the shortest
    path that a part has.

    Args:
        files: Paths as in the parts.
        tool: The tool that wrote the parts.
        root: The folder that relative paths are relative to.

    Returns:
        The path for the combined data by the path in a part.

    Raises:
        ValueError: A rule in pyproject.toml is invalid.
        OSError: pyproject.toml exists and cannot be read.
    """
    roots = Roots(root)
    ordered = sorted(files)
    if tool == "slipcover":
        names = {file: file for file in ordered}
        rules = Rules([], roots, relative=False)
    else:
        rules = read_rules(roots)
        rules.learn(ordered)
        names = {file: rules.map(file).replace("\\", os.sep) for file in ordered}
    groups: dict[str, set[str]] = {}
    for name in names.values():
        groups.setdefault(roots.identity(name), set()).add(name)
    chosen: dict[str, str] = {}
    for identity, group in groups.items():
        if len(group) == 1:
            (chosen[identity],) = group
        elif tool == "slipcover":
            chosen[identity] = min(group, key=lambda name: (len(name), name))
        else:
            chosen[identity] = identity if rules.relative else os.path.join(roots.real, identity)
    return {file: chosen[roots.identity(name)] for file, name in names.items()}


def canonical_spellings(files: Iterable[str], *, root: str) -> dict[str, str]:
    """Return the paths that coverage.py would write if it measured the files in `root`.

    The paths are absolute with links resolved, or relative with `relative_files`, and mapped by the rules in
    pyproject.toml as in `spellings`.

    Args:
        files: Paths, relative to the root or absolute.
        root: The folder that relative paths are relative to.

    Returns:
        The path that coverage.py would write by the given path.

    Raises:
        ValueError: A rule in pyproject.toml is invalid.
        OSError: pyproject.toml exists and cannot be read.
    """
    roots = Roots(root)
    absolute = {file: roots.absolute(file) for file in files}
    chosen = spellings(absolute.values(), tool="coverage.py", root=root)
    return {file: chosen[name] for file, name in absolute.items()}


class Roots:
    """The absolute paths of a project's root.

    Attributes:
        named: The path with links unresolved.
        real: The path with links resolved.
    """

    __slots__ = ("named", "real")

    def __init__(self, root: str) -> None:
        self.named = os.path.abspath(root)
        self.real = os.path.realpath(root)

    def identity(self, path: str) -> str:
        """Return a path relative to the root if it lies below the root, else the path as given."""
        parts = path.split(os.sep)
        if os.pardir in parts:
            return path  # where `..` leads depends on links
        plain = os.path.normpath(path)
        for root in (self.named, self.real):
            if plain.startswith(os.path.join(root, "")):
                return plain[len(os.path.join(root, "")) :]
        return plain

    def absolute(self, path: str) -> str:
        """Return the absolute path with links resolved."""
        return os.path.realpath(os.path.join(self.named, path))

    def has(self, path: str) -> bool:
        """Return whether a file exists."""
        return os.path.exists(os.path.join(self.named, path))


class Rules:
    """The rules of `[tool.coverage.paths]`. The first rule that matches and results in an existing file is applied.

    Source: coverage/files.py of coverage.py, class PathAliases.

    Args:
        aliases: Pairs of a pattern and the text that replaces the matched part.
        roots: The project's root.
        relative: Whether paths are written relative to the root (`relative_files`).

    Attributes:
        relative: As given.

    Raises:
        ValueError: A pattern is invalid.
    """

    __slots__ = ("_known", "_roots", "_rules", "relative")

    def __init__(self, aliases: Iterable[tuple[str, str]], roots: Roots, *, relative: bool) -> None:
        self._roots = roots
        self._rules: list[tuple[re.Pattern[str], str]] = []
        self._known: set[str] = set()
        self.relative = relative
        for pattern, result in aliases:
            self._add(pattern, result)

    def _add(self, pattern: str, result: str) -> None:
        pattern = pattern.rstrip("\\/") if len(pattern) > 1 else pattern
        if pattern.endswith("*"):
            message = f"[tool.coverage.paths]: {pattern!r} must not end with a wildcard; name the folder itself"
            raise ValueError(message)
        if not self.relative and not pattern.startswith("*") and not is_absolute(pattern):
            pattern = self._roots.absolute(pattern)
        self._rules.append((compiled_pattern(pattern), with_separator(result)))

    def learn(self, files: Iterable[str]) -> None:
        """Add the rules that coverage.py adds with `relative_files`: a relative path matches each path that ends so."""
        for file in sorted(files) if self.relative else ():
            folder, found, _ = self._relative(file).replace("\\", "/").partition("/")
            if found and folder and not is_absolute(file) and folder not in self._known:
                self._known.add(folder)
                self._rules.append((re.compile(rf"^{ANY_FOLDERS}{re.escape(folder)}{SEPARATOR}"), folder + os.sep))

    def _relative(self, path: str) -> str:
        start = os.path.join(self._roots.real, "")
        return path.removeprefix(start)

    def map(self, path: str) -> str:
        """Return the path after the first rule that applies."""
        for pattern, result in self._rules:
            match = pattern.match(path)
            if match is None:
                continue
            new = path.replace(match[0], result, 1).replace(separator(path), separator(result))
            if not self.relative:
                new = self._roots.absolute(new)
            if not result.startswith(("./", ".\\")) or len(result) == len("./"):
                new = new.removeprefix("./").removeprefix(".\\")
            if self._roots.has(new):
                return new
        return self._relative(path) if self.relative else path


def read_rules(roots: Roots) -> Rules:
    """Return the rules of the pyproject.toml in the root; no rules if there is no such file.

    Raises:
        ValueError: The file is not valid TOML, or a rule is invalid.
    """
    pyproject = read_pyproject_if_present(roots.named)
    aliases: list[tuple[str, str]] = []
    for name, entry in pyproject.table("coverage", "paths").items():
        if not isinstance(entry, list) or not entry or not all(isinstance(one, str) for one in entry):
            message = f"{pyproject.path}: [tool.coverage.paths] {name} is not a list of paths"
            raise ValueError(message)
        result, *patterns = (os.path.expanduser(one) for one in entry)
        aliases.extend((pattern, result) for pattern in patterns)
    relative = pyproject.table("coverage", "run").get("relative_files", False)
    return Rules(aliases, roots, relative=relative is True)


def compiled_pattern(pattern: str) -> re.Pattern[str]:
    """Return the regular expression of a folder pattern with `*`, `?`, `[...]` and `**/`.

    Source: coverage/files.py of coverage.py, function globs_to_regex.

    Raises:
        ValueError: `**` is not followed by a separator.
    """
    rest = with_separator(pattern).replace("\\", "/")
    expression = ""
    tokens = re.compile(r"(?P<folders>(?<![^/])\*\*/|^\*/)|(?P<bad>\*\*)|(?P<set>\[.*?\])|(?P<one>.)", re.DOTALL)
    plain = {"/": SEPARATOR, "*": f"{NO_SEPARATOR}*", "?": NO_SEPARATOR}
    for token in tokens.finditer(rest):
        if token["bad"]:
            message = f"[tool.coverage.paths]: {pattern!r}: ** must be a whole folder name"
            raise ValueError(message)
        if token["folders"]:
            expression += ANY_FOLDERS
        else:
            expression += token["set"] or plain.get(token["one"], re.escape(token["one"] or ""))
    return re.compile(expression, re.IGNORECASE)


def is_absolute(path: str) -> bool:
    """Return whether a path is absolute on POSIX or on Windows."""
    return path.startswith(("/", "\\")) or path[1:3] in {":/", ":\\"} or path[1:] == ":"


def separator(path: str) -> str:
    """Return the first separator in a path; the separator of this system if there is none."""
    return next((letter for letter in path if letter in "\\/"), os.sep)


def with_separator(path: str) -> str:
    """Return a path with exactly one separator at the end, of the kind that it has."""
    return path.rstrip("\\/") + separator(path)
