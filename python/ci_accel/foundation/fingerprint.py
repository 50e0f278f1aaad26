"""Fingerprints: digests of files and named values."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeGuard

from ci_accel.foundation import native
from ci_accel.foundation.arguments import check_paths, check_strings
from ci_accel.foundation.files import write_whole
from ci_accel.foundation.log import logger

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FINGERPRINT_FORMAT = "ci-accel fingerprint"
"""Value of `format` in a saved fingerprint."""

FINGERPRINT_VERSION = 1
"""Value of `version` in a saved fingerprint. Version 1: digest, files, values."""


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprint:
    """The digest of a set of files and named values. Two fingerprints are equal if their digests are.

    Attributes:
        digest: 64 hex digits over all files and values; docs/cache-keys.md lists the fields.
        files: Content digest (BLAKE3, 64 hex digits) of each file, by its path relative to the root, with `/`.
        values: The named values.
    """

    digest: str
    files: dict[str, str]
    values: dict[str, str]

    def __eq__(self, other: object) -> bool:
        """Return whether both digests are equal."""
        return self.digest == other.digest if isinstance(other, Fingerprint) else NotImplemented

    def __hash__(self) -> int:
        """Return the hash of the digest."""
        return hash(self.digest)

    def __repr__(self) -> str:
        """Return the digest with the number of files and values."""
        return f"Fingerprint({self.digest!r}, {len(self.files)} files, {len(self.values)} values)"

    def changes(self, older: Fingerprint) -> list[str]:
        """Return what changed since `older`.

        Args:
            older: An earlier fingerprint of the same inputs.

        Returns:
            One line for each changed, renamed, removed or added file and each changed value; empty if nothing changed.

        Raises:
            CiAccelError: The compiled module is missing.
        """
        native.require()
        from ci_accel import _native

        return _native.fingerprint.fingerprint_changes(older.files, older.values, self.files, self.values)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the fingerprint as JSON, atomically. Missing parent folders are created.

        Args:
            path: The file to write. An existing file is replaced.

        Raises:
            OSError: The file cannot be written; `.filename` names it.
        """
        document = {
            "format": FINGERPRINT_FORMAT,
            "version": FINGERPRINT_VERSION,
            "digest": self.digest,
            "files": self.files,
            "values": self.values,
        }
        write_whole(path, json.dumps(document, indent=1, sort_keys=True).encode() + b"\n")

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Fingerprint:
        """Return the fingerprint that `save` wrote.

        Args:
            path: The file.

        Returns:
            The saved fingerprint.

        Raises:
            OSError: The file cannot be read.
            ValueError: The file is not a saved fingerprint of this version; the message names the file and the reason.
        """
        name = os.fspath(path)
        with open(name, "rb") as file:
            content = file.read()
        try:
            document = json.loads(content)
        except (ValueError, RecursionError) as error:
            message = f"{name}: not a saved fingerprint: {error}; take a new one"
            raise ValueError(message) from None
        if not isinstance(document, dict) or document.get("format") != FINGERPRINT_FORMAT:
            message = f"{name}: not a saved fingerprint; take a new one"
            raise ValueError(message)
        if document.get("version") != FINGERPRINT_VERSION:
            version = document.get("version")
            message = f"{name}: fingerprint of version {version}; this ci-accel reads {FINGERPRINT_VERSION}"
            raise ValueError(message)
        digest, files, values = document.get("digest"), document.get("files"), document.get("values")
        if not (isinstance(digest, str) and is_text_table(files) and is_text_table(values)):
            message = f"{name}: an incomplete fingerprint; take a new one"
            raise ValueError(message)
        return cls(digest, files, values)


def fingerprint(
    inputs: Iterable[str | os.PathLike[str]],
    *,
    root: str | os.PathLike[str] = ".",
    exclude: Iterable[str | os.PathLike[str]] = (),
    values: Mapping[str, str] | None = None,
) -> Fingerprint:
    """Return the fingerprint of a set of files. It depends on their contents and their paths relative to `root` only.

    Every file is read once, in parallel and without the GIL; the threads have ended when the call returns. Times and
    modes do not count. docs/cache-keys.md lists what counts.

    Args:
        inputs: Files, folders (with everything below them except `__pycache__` and `*.pyc`) and globs (`*`, `?`,
            `[...]` and `{a,b}` within a name, `**` for any number of folders), relative to `root` or absolute below it.
        root: The folder that paths are relative to.
        exclude: Files, folders and globs to leave out.
        values: Named strings to include beside the files, such as versions.

    Returns:
        The fingerprint, with the digest of each file.

    Raises:
        ValueError: An input matches nothing, lies outside `root`, or is something else than a file, a folder or a link;
            or a link is broken or leads out of `root`.
        OSError: A file cannot be read or keeps changing; `.filename` names it.
        TypeError: An argument is a single string where a list is expected.
        CiAccelError: The compiled module is missing.
    """
    native.require()
    from ci_accel import _native

    selected, excluded = check_paths("inputs", inputs), check_paths("exclude", exclude)
    values = check_strings("values", values)
    digest, files, collisions = _native.fingerprint.fingerprint(selected, root=root, exclude=excluded, values=values)
    warn_of_collisions(collisions)
    return Fingerprint(digest, files, values)


def warn_of_collisions(collisions: list[tuple[str, str]]) -> None:
    """Warn about pairs of paths that would be one file on a file system that ignores case or normalizes names."""
    if collisions:
        one, other = collisions[0]
        more = f", and {len(collisions) - 1} more pairs" if len(collisions) > 1 else ""
        logger.warning("%s and %s would collide on macOS or Windows%s", one, other, more)


def is_text_table(table: object) -> TypeGuard[dict[str, str]]:
    """Return whether a value is a dictionary of strings by strings."""
    return isinstance(table, dict) and all(isinstance(text, str) for pair in table.items() for text in pair)
