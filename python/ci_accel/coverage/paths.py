"""Which spellings of a path are one file: by the project's root, and by coverage.py's own rules in pyproject.toml."""

from __future__ import annotations

import os

from ci_accel.foundation.pyproject import read_pyproject_if_present

TYPE_CHECKING = False  # the name that type checkers know; importing typing would cost 7 ms
if TYPE_CHECKING:
    import re
    from collections.abc import Iterable

    from ci_accel.coverage.info import CoverageFormat

ANY_FOLDERS = r"(?:.*[/\\])?"
"""What `**/` matches, and any stars at the start: folders, or nothing."""

SEPARATOR = r"[/\\]"
NO_SEPARATOR = r"[^/\\]"


def spellings(files: Iterable[str], *, tool: CoverageFormat, root: str) -> dict[str, str]:
    """Return how each file is to be spelled.

    coverage.py's data is spelled as `coverage combine` would in `root`: mapped by `[tool.coverage.paths]`, and relative
    with `relative_files`. A file that its parts spell in several ways all the same is spelled from the root with
    `relative_files`, else absolutely. slipcover's is spelled in the shortest way that its parts have.

    Args:
        files: The files, as the parts spell them.
        tool: Whose they are.
        root: The folder that relative spellings are relative to.

    Returns:
        The one spelling, by the one that a part has.

    Raises:
        ValueError: A rule in pyproject.toml is none.
        OSError: pyproject.toml is there and cannot be read.
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
    """Return how coverage.py would spell each file if it had measured it in `root`: absolutely, links resolved.

    Its rules in pyproject.toml count as they do for `spellings`; relative with `relative_files`.

    Args:
        files: The files, relative to the root or absolute.
        root: The folder that relative spellings are relative to.

    Returns:
        The spelling, by the one that was given.

    Raises:
        ValueError: A rule in pyproject.toml is none.
        OSError: pyproject.toml is there and cannot be read.
    """
    roots = Roots(root)
    absolute = {file: roots.absolute(file) for file in files}
    chosen = spellings(absolute.values(), tool="coverage.py", root=root)
    return {file: chosen[name] for file, name in absolute.items()}


class Roots:
    """The project's root, as it is named and as it is.

    Attributes:
        named: Its absolute path, links in it unresolved.
        real: Its path without links.
    """

    __slots__ = ("named", "real")

    def __init__(self, root: str) -> None:
        """Find both."""
        self.named = os.path.abspath(root)
        self.real = os.path.realpath(root)

    def identity(self, path: str) -> str:
        """Return the path relative to the root if it is below it, else the path itself."""
        parts = path.split(os.sep)
        if os.pardir in parts:
            return path  # where that leads depends on links
        plain = os.path.normpath(path)
        for root in (self.named, self.real):
            if plain.startswith(os.path.join(root, "")):
                return plain[len(os.path.join(root, "")) :]
        return plain

    def absolute(self, path: str) -> str:
        """Return the path without links; a relative one is below the root."""
        return os.path.realpath(os.path.join(self.named, path))

    def has(self, path: str) -> bool:
        """Whether there is such a file."""
        return os.path.exists(os.path.join(self.named, path))


class Rules:
    """coverage.py's rules for paths: the first that matches and leads to a file that is there counts.

    Args:
        aliases: A pattern and what takes the place of what it matches.
        roots: What relative paths are relative to.
        relative: Whether paths are written relative to the root.

    Attributes:
        relative: As given.
    """

    __slots__ = ("_known", "_roots", "_rules", "relative")

    def __init__(self, aliases: Iterable[tuple[str, str]], roots: Roots, *, relative: bool) -> None:
        """Compile the patterns."""
        self._roots = roots
        self._rules: list[tuple[re.Pattern[str], str]] = []
        self._known: set[str] = set()
        self.relative = relative
        for pattern, result in aliases:
            self._add(pattern, result)

    def _add(self, pattern: str, result: str) -> None:
        pattern = pattern.rstrip("\\/") if len(pattern) > 1 else pattern
        if pattern.endswith("*"):
            message = f"[tool.coverage.paths]: {pattern!r} ends with a wildcard; name the folder itself"
            raise ValueError(message)
        if not self.relative and not pattern.startswith("*") and not is_absolute(pattern):
            pattern = self._roots.absolute(pattern)
        self._rules.append((compiled_pattern(pattern), with_separator(result)))

    def learn(self, files: Iterable[str]) -> None:
        """With `relative_files`, add what coverage.py adds: a relative path stands for any that ends with it."""
        import re

        for file in sorted(files) if self.relative else ():
            folder, found, _ = self._relative(file).replace("\\", "/").partition("/")
            if found and folder and not is_absolute(file) and folder not in self._known:
                self._known.add(folder)
                self._rules.append((re.compile(rf"^{ANY_FOLDERS}{re.escape(folder)}{SEPARATOR}"), folder + os.sep))

    def _relative(self, path: str) -> str:
        start = os.path.join(self._roots.real, "")
        return path.removeprefix(start)

    def map(self, path: str) -> str:
        """Return the path that the rules make of it."""
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
    """Return the rules of the pyproject.toml in the root; none without one."""
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
    """Return the regular expression of a pattern for folders, as coverage.py reads such: `*`, `?`, `[...]`, `**/`."""
    import re

    rest = with_separator(pattern).replace("\\", "/")
    expression = ""
    tokens = re.compile(r"(?P<folders>(?<![^/])\*\*/|^\*/)|(?P<bad>\*\*)|(?P<set>\[.*?\])|(?P<one>.)", re.DOTALL)
    plain = {"/": SEPARATOR, "*": f"{NO_SEPARATOR}*", "?": NO_SEPARATOR}
    for token in tokens.finditer(rest):
        if token["bad"]:
            message = f"[tool.coverage.paths]: {pattern!r} has ** beside something else than /"
            raise ValueError(message)
        if token["folders"]:
            expression += ANY_FOLDERS
        else:
            expression += token["set"] or plain.get(token["one"], re.escape(token["one"] or ""))
    return re.compile(expression, re.IGNORECASE)


def is_absolute(path: str) -> bool:
    """Whether a path is absolute here or on Windows."""
    return path.startswith(("/", "\\")) or path[1:3] in {":/", ":\\"} or path[1:] == ":"


def separator(path: str) -> str:
    """Return the separator that a path has first; ours if it has none."""
    return next((letter for letter in path if letter in "\\/"), os.sep)


def with_separator(path: str) -> str:
    """Return a path with one separator of its own at its end."""
    return path.rstrip("\\/") + separator(path)
