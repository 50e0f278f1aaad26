"""What carries the tracer into an interpreter: two variables and, where it does not heed those, its arguments."""

from __future__ import annotations

import os

try:
    from posix import readlink  # os.readlink is recorded
except ImportError:  # Windows: the package can be imported, nothing is traced
    from os import readlink

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

TRACE = b"CI_ACCEL_TRACE"
"""Names the log."""

PYTHONPATH = b"PYTHONPATH"
"""Starts with this folder, so that `site` finds our sitecustomize.py before any other."""

FOLDER = os.path.dirname(os.path.abspath(__file__))
"""This folder."""

_OURS = os.fsencode(os.path.join(FOLDER, "tracer"))


def in_front(folder: bytes, pythonpath: bytes | None) -> bytes:
    """Return the PYTHONPATH that has a folder in front of this one, once."""
    if pythonpath is None:
        return folder
    if not pythonpath:
        # It is set and empty: `<folder>:` would put the current directory on sys.path.
        return folder + b":" + folder
    if pythonpath == folder or pythonpath.startswith(folder + b":"):
        return pythonpath
    return folder + b":" + pythonpath


_EMPTY = in_front(_OURS, b"")


def with_tracer(pythonpath: bytes | None) -> bytes:
    """Return the PYTHONPATH that carries the tracer in front of this one."""
    return in_front(_OURS, pythonpath)


def without_tracer(pythonpath: bytes | None) -> bytes | None:
    """Return the PYTHONPATH that there would be without the tracer."""
    if pythonpath is None or pythonpath == _OURS:
        return None
    if pythonpath == _EMPTY:
        return b""
    return pythonpath[len(_OURS) + 1 :] if pythonpath.startswith(_OURS + b":") else pythonpath


def is_interpreter(program: str) -> bool:
    """Tell whether a program is named as Python interpreters are, or is a link to one that is."""
    try:
        target = readlink(program)
    except (OSError, ValueError):
        target = program
    return any(os.path.basename(path).rstrip("0123456789.dt") in {"python", "pypy"} for path in (program, target))


def ignored_by(argv: Sequence[str | bytes]) -> str:
    """Return the first option of an interpreter that keeps PYTHONPATH or `site` out; empty if there is none.

    Args:
        argv: All arguments, the program first.
    """
    index = 1
    while index < len(argv):
        word = os.fsdecode(argv[index])
        if word == "--check-hash-based-pycs":
            index += 2
            continue
        if not word.startswith("-") or word.startswith("--") or word == "-":
            break
        for place, letter in enumerate(word[1:], 1):
            if letter in "ISE":
                return "-" + letter
            if letter in "cm":
                return ""
            if letter in "WX":
                index += place == len(word) - 1  # its value is the next argument
                break
        index += 1
    return ""
