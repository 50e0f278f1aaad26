"""The fast helpers without state: digests of inputs."""

from __future__ import annotations

import os

from ci_accel.foundation import native
from ci_accel.foundation.results import Fingerprint

TYPE_CHECKING = False  # the name that type checkers know; importing typing would cost 7 ms
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def fingerprint(
    inputs: Iterable[str | os.PathLike[str]],
    *,
    root: str | os.PathLike[str] = ".",
    exclude: Iterable[str | os.PathLike[str]] = (),
    values: Mapping[str, str] | None = None,
) -> Fingerprint:
    """Return the fingerprint of files: the same for the same contents at the same relative paths, anywhere.

    Reads every file once, in parallel, without the GIL; no thread is left afterwards. Times and modes do not count.
    docs/cache-keys.md has the rules in full.

    Args:
        inputs: Files, folders (with all below them, but not `__pycache__` and `*.pyc`) and globs (`*`, `?`, `[...]`,
            `{a,b}` within a name, `**` for any folders), relative to `root` or absolute below it.
        root: The folder that paths are relative to.
        exclude: Files, folders and globs that do not count.
        values: Named texts that count beside the files, such as versions.

    Returns:
        The fingerprint, with the digest of each file.

    Raises:
        ValueError: An input matches nothing, lies outside `root`, or is no file, folder or link; or a link leads out
            of `root` or to nothing.
        OSError: A file cannot be read, or does not stop changing; `.filename` names it.
        TypeError: A lone string in place of a list.
        CiAccelError: The compiled module is missing.
    """
    native.require()
    from ci_accel import _native

    values = dict(values or {})
    found = _native.fingerprint(paths("inputs", inputs), root=root, exclude=paths("exclude", exclude), values=values)
    digest, files, collisions = found
    warn_of_collisions(collisions)
    return Fingerprint(digest, files, values)


def warn_of_collisions(collisions: list[tuple[str, str]]) -> None:
    """Log that some paths are one on other systems, if any are."""
    if collisions:
        import logging

        one, other = collisions[0]
        more = f", and {len(collisions) - 1} more pairs" if len(collisions) > 1 else ""
        logging.getLogger("ci_accel").warning("%s and %s would collide on macOS or Windows%s", one, other, more)


def paths(argument: str, given: Iterable[str | os.PathLike[str]]) -> list[str]:
    """Check a list of paths.

    Args:
        argument: Its name, for the error.
        given: The paths.

    Returns:
        The paths as texts.

    Raises:
        TypeError: It is a lone string or path, or holds something that is no path.
    """
    if isinstance(given, (str, bytes, os.PathLike)):
        message = f"{argument} takes a list of paths; write [{given!r}]"
        raise TypeError(message)
    texts: list[str] = []
    for path in given:
        text: object = os.fspath(path)
        if not isinstance(text, str):
            message = f"{argument} holds {text!r}; paths are str or os.PathLike[str]"
            raise TypeError(message)
        texts.append(text)
    return texts
