"""What carries the tracer into an interpreter: two variables and, where it does not heed those, its arguments."""

from __future__ import annotations

import os

try:
    from posix import readlink  # os.readlink is recorded
except ImportError:  # Windows: the package can be imported, nothing is traced
    from os import readlink

TRACE = b"CI_ACCEL_TRACE"
"""Names the log."""

PYTHONPATH = b"PYTHONPATH"
"""Starts with this folder, so that `site` finds our sitecustomize.py before any other."""

FOLDER = os.path.dirname(os.path.abspath(__file__))
BOOTSTRAP = os.path.join(FOLDER, "bootstrap.py")

SCRIPT = "script"
"""What an interpreter runs if neither -c nor -m says otherwise: a file, a folder or a zip archive."""

_OURS = os.fsencode(FOLDER)


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


def parse(argv: list[str]) -> tuple[str, list[str], str, list[str]]:
    """Take an interpreter's arguments apart as CPython does.

    Args:
        argv: All of them, the program first.

    Returns:
        The letters of its options; the options themselves; `-c`, `-m`, SCRIPT, or an empty string for what only the
        interpreter itself can do (standard input, --version, ...); and the code, module or script with its arguments.
    """
    letters, index = "", 1
    options: list[str] = []
    while index < len(argv):
        word = argv[index]
        if not word.startswith("-"):
            return letters, options, "" if set(letters) & set("hVix?") else SCRIPT, argv[index:]
        index += 1
        if word == "--check-hash-based-pycs":
            options += [word, *argv[index : index + 1]]
            index += 1
            continue
        if word.startswith("--") or word == "-":
            break
        for place, letter in enumerate(word[1:], 1):
            rest = word[place + 1 :]
            if letter in "cm":
                options += [word[:place]] if place > 1 else []
                kind = "" if set(letters) & set("hVix?") else "-" + letter
                return letters, options, kind, [rest] * bool(rest) + argv[index:]
            letters += letter
            if letter in "WX":
                options += [word] if rest else [word, *argv[index : index + 1]]
                index += not rest
                break
        else:
            options.append(word)
    return letters, options, "", []


def bootstrapped(argv: list[str]) -> list[str] | None:
    """Return the arguments that make an interpreter run bootstrap.py first, if it does not heed the variables.

    Args:
        argv: Arguments of a Python interpreter, the program first.

    Returns:
        The same arguments if the variables do; None if there is nothing for bootstrap.py to run.
    """
    letters, options, kind, command = parse(argv)
    if not set(letters) & set("ISE"):
        return argv
    # All arguments follow, unread: from them bootstrap.py restores sys.orig_argv.
    return [argv[0], *options, BOOTSTRAP, *argv[1:]] if kind and command else None
