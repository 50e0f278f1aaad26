"""The checkout that coverage is measured in: its sources, items, inputs and settings, with their fingerprint."""

from __future__ import annotations

import ast
import json
import os
from typing import TYPE_CHECKING

from ci_accel.coverage import settings
from ci_accel.coverage.passport import native_fingerprint
from ci_accel.coverage.paths import spellings
from ci_accel.foundation import native
from ci_accel.foundation.arguments import check_paths
from ci_accel.foundation.fingerprint import Fingerprint, warn_of_collisions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ci_accel._native.coverage import SealedCoverage


class Checkout:
    """A checkout, read once.

    Args:
        root: Absolute path of the project's root.
        sources: Folders, files and globs of the sources.
        items: Files and globs of all test items.
        inputs: Other files, folders and globs that the tests read.
        omit: Patterns of sources that do not count, as in coverage.py.

    Attributes:
        root: As given.
        fingerprint: Fingerprint of sources, items, inputs and settings.
        sources: The source files, relative to the root, with `/`.
        items: The test items, relative to the root, with `/`.

    Raises:
        ValueError: A path or glob matches nothing, or the name of a file is not UTF-8.
        OSError: A file cannot be read; `.filename` names it.
        CiAccelError: The compiled module is missing.
    """

    __slots__ = ("_has_items", "fingerprint", "items", "root", "sources")

    def __init__(
        self, root: str, *, sources: Sequence[str], items: Sequence[str], inputs: Sequence[str], omit: Sequence[str]
    ) -> None:
        native.require()
        from ci_accel import _native

        values = settings.measuring(root)
        if omit:
            values["omit"] = json.dumps([*omit])
        modules = [_modules(root, source) for source in sources]
        groups: list[tuple[Sequence[str], Sequence[str]]] = [(modules, settings.omit_globs(omit))]
        groups += [(items, ()), (inputs, ())]
        (digest, files, collisions), selected = _native.fingerprint.fingerprint_groups(groups, root=root, values=values)
        warn_of_collisions(collisions)
        for name in files:
            if not name.isprintable() and any("\ud800" <= letter <= "\udfff" for letter in name):
                message = f"{name!r}: the file name is not UTF-8, so coverage data cannot contain it; rename the file"
                raise ValueError(message)
        self.root = root
        self.fingerprint = Fingerprint(digest, files, values)
        self.sources = selected[0]
        self.items = selected[1]
        self._has_items = bool(items)

    def select(self, items: Iterable[str | os.PathLike[str]]) -> list[str]:
        """Return the test items that some paths, folders and globs match.

        Raises:
            ValueError: One of them matches no declared item.
        """
        from ci_accel import _native

        given = check_paths("items", items)
        _, groups = _native.fingerprint.fingerprint_groups([([item], ()) for item in given], root=self.root, values={})
        chosen: set[str] = set()
        for item, files in zip(given, groups, strict=True):
            named = {*files} & {*self.items} if self._has_items else {*files}
            if not named:
                message = f"{item} matches no declared item; add it to `items` of the declaration"
                raise ValueError(message)
            chosen |= named
        return sorted(chosen)

    def doubts(self, sealed: SealedCoverage) -> list[str]:
        """Return why sealed coverage data is not that of a complete run of this checkout; empty if it is."""
        return sealed.doubts(native_fingerprint(self.fingerprint), items=self.items)

    def spellings(self, sealed: SealedCoverage) -> dict[str, str]:
        """Return the path of each file in this checkout by its path in the data, which may be of another checkout."""
        moved = {file: self._moved(file, sealed.roots) for file in sealed.files}
        chosen = spellings(moved.values(), tool=sealed.format, root=self.root)
        return {file: chosen[name] for file, name in moved.items()}

    def _moved(self, file: str, roots: Iterable[str]) -> str:
        """Return the path in this checkout of a file that lies below the root of another."""
        for root in roots:
            start = os.path.join(root, "")
            if file.startswith(start):
                return os.path.join(os.path.realpath(self.root), file[len(start) :])
        return file

    def shown(self, path: str) -> str:
        """Return a path relative to the root, for messages."""
        return os.path.relpath(path, self.root)

    def line_count(self, source: str) -> int:
        """Return the number of lines of a source, at least 1: an empty module executes line 1."""
        # All encodings of Python end lines with the same bytes; Latin-1 decodes any byte.
        with open(os.path.join(self.root, source), encoding="latin-1") as file:
            return max(1, sum(1 for _ in file))

    def has_statements(self, source: str) -> bool:
        """Return whether a source has a statement other than a docstring, or cannot be parsed."""
        try:
            with open(os.path.join(self.root, source), "rb") as file:
                body = ast.parse(file.read()).body
        except (SyntaxError, ValueError):
            return True
        match body:
            case [] | [ast.Expr(value=ast.Constant(value=str()))]:
                return False
        return True


def _modules(root: str, source: str) -> str:
    """Return the glob of all modules in a folder; anything else as given."""
    if not os.path.isdir(os.path.join(root, source)):
        return source
    plain = "".join(f"[{letter}]" if letter in "*?[{" else letter for letter in source)
    return os.path.join(plain, "**", "*.py")
