"""What carries the tracer and the witness into Python programs: PYTHONPATH, and a variable that names the log.

Each of the two has a folder with a `sitecustomize.py`. The folder comes first on PYTHONPATH, so `site` imports that
module before any other of its name.
"""

from __future__ import annotations

import os

try:
    from posix import readlink  # os.readlink is recorded
except ImportError:  # on Windows the package can be imported, but nothing is traced
    from os import readlink

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TRACE = b"CI_ACCEL_TRACE"
"""Environment variable with the path of the tracer's log."""

WITNESS = b"CI_ACCEL_WITNESS"
"""Environment variable with the path of the witness's log."""

PYTHONPATH = b"PYTHONPATH"
"""Environment variable with the folders that the interpreter puts on `sys.path`."""

FOLDER = os.path.dirname(os.path.abspath(__file__))
"""This folder, with everything that runs in other interpreters."""

TRACER = os.fsencode(os.path.join(FOLDER, "tracer"))
"""The folder on PYTHONPATH that starts the tracer."""

WITNESSES = os.fsencode(os.path.join(FOLDER, "witness"))
"""The folder on PYTHONPATH that starts the witness."""


def tracing_variables(variables: Mapping[str, str], log: str | os.PathLike[str]) -> dict[str, str]:
    """Return the variables to set in an environment so that Python programs are traced.

    Args:
        variables: The environment; it is not changed.
        log: An existing file, to which the records are appended.
    """
    return _carried(variables, log, TRACE, TRACER)


def witnessed(variables: Mapping[str, str], log: str | os.PathLike[str]) -> dict[str, str]:
    """Return an environment in which every Python process records its start, its measurement and its end.

    Args:
        variables: The rest of the environment; it is not changed.
        log: An existing file, to which the records are appended.
    """
    return {**variables, **_carried(variables, log, WITNESS, WITNESSES)}


def _carried(variables: Mapping[str, str], log: str | os.PathLike[str], name: bytes, folder: bytes) -> dict[str, str]:
    """Return the variable that names a log, and the PYTHONPATH that starts with a folder."""
    old = variables.get("PYTHONPATH")
    pythonpath = in_front(folder, None if old is None else os.fsencode(old))
    return {os.fsdecode(name): os.path.abspath(log), "PYTHONPATH": os.fsdecode(pythonpath)}


def in_front(folder: bytes, pythonpath: bytes | None) -> bytes:
    """Return a PYTHONPATH with a folder in front of it; it is not added twice."""
    if pythonpath is None:
        return folder
    if not pythonpath:
        # The variable is set and empty: `<folder>:` would put the current directory on sys.path.
        return folder + b":" + folder
    if pythonpath == folder or pythonpath.startswith(folder + b":"):
        return pythonpath
    return folder + b":" + pythonpath


def without(folder: bytes, pythonpath: bytes | None) -> bytes | None:
    """Return the PYTHONPATH that `in_front` was given."""
    if pythonpath is None or pythonpath == folder:
        return None
    if pythonpath == in_front(folder, b""):
        return b""
    return pythonpath[len(folder) + 1 :] if pythonpath.startswith(folder + b":") else pythonpath


def is_interpreter(program: str) -> bool:
    """Return whether a program has the name of a Python interpreter, or is a link to a file with such a name."""
    try:
        target = readlink(program)
    except (OSError, ValueError):
        target = program
    return any(os.path.basename(path).rstrip("0123456789.dt") in {"python", "pypy"} for path in (program, target))


def isolating_option(argv: Sequence[str | bytes]) -> str:
    """Return the first option with which an interpreter ignores PYTHONPATH or does not import `site`.

    Args:
        argv: The arguments of a Python interpreter, the program first.

    Returns:
        `-I`, `-E` or `-S`; an empty string if there is no such option.
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
