"""Pythons that this process starts and that are to be measured: given what carries the witness, and told of.

One that is killed before it has told of its beginning is missed in this way.
"""

from __future__ import annotations

import os
import posix
import sys

from ..carrier import (
    PYTHONPATH,
    ignored_by,
    in_front,
    is_interpreter,
)

TYPE_CHECKING = False  # the name that type checkers know; typing is not to be imported before the program does
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

    from .recorder import Witness

LOG = b"CI_ACCEL_WITNESS"
"""Names the log."""

MEASURED = (b"COVERAGE_PROCESS_CONFIG", b"COVERAGE_PROCESS_START", b"COVERAGE_RCFILE")
"""What coverage.py sets for children that it is to measure."""

FOLDER = os.fsencode(os.path.dirname(os.path.abspath(__file__)))


def is_python(program: bytes, argv: Sequence[Any]) -> bool:
    """Whether a program is a Python interpreter that heeds PYTHONPATH, or a script for one.

    A script of a shell that goes by such a name, as version managers put in front of theirs, is neither.
    """
    start = beginning(program)
    if start.startswith(b"#!"):
        return b"python" in start.splitlines()[0]
    return is_interpreter(os.fsdecode(program)) and not ignored_by(argv)


def beginning(program: bytes) -> bytes:
    """Return the first bytes of a file; none of one that cannot be read: it can be run, but is no script."""
    try:
        file = posix.open(program, posix.O_RDONLY | posix.O_CLOEXEC)
    except OSError:
        return b""
    try:
        return posix.read(file, 200)
    finally:
        posix.close(file)


def found(candidates: Iterable[Any]) -> bytes | None:
    """Return the first program that is there."""
    return next((os.fsencode(path) for path in candidates if posix.access(path, posix.X_OK)), None)


class Start:
    """Stands where a function stood that starts programs."""

    def __init__(self, original: Callable[..., Any], witness: Witness, log: bytes) -> None:
        """Look like the original."""
        self.__wrapped__ = self._original = original
        self.__name__ = self.__qualname__ = original.__name__
        self.__doc__, self.__module__ = original.__doc__, original.__module__
        self._witness = witness
        self._log = log

    def _carry(self, variables: dict[bytes, bytes]) -> bool:
        """Put what carries the witness into an environment; return whether a Python with it is to be measured."""
        if variables.keys().isdisjoint(MEASURED) or variables.get(LOG, self._log) != self._log:
            return False
        variables[LOG] = self._log
        variables[PYTHONPATH] = in_front(FOLDER, variables.get(PYTHONPATH))
        return True

    def _tell(self, process: int) -> None:
        self._witness.say(b"spawns", b"%d" % process)


class ForkExec(Start):
    """_posixsubprocess.fork_exec, by which subprocess and multiprocessing start programs."""

    def __call__(self, *arguments: Any) -> Any:
        """Call the original, and tell of a Python that is to be measured."""
        is_told, given = False, arguments
        try:
            variables = ours() if given[5] is None else by_name(given[5])
            if self._carry(variables):
                arguments = (*given[:5], [name + b"=" + value for name, value in variables.items()], *given[6:])
                program = found(given[1])
                is_told = program is not None and is_python(program, given[0])
        except Exception:  # noqa: BLE001 - never the program's
            arguments = given
        process = self._original(*arguments)
        if is_told:
            self._tell(process)
        return process


class Spawn(Start):
    """os.posix_spawn, by which subprocess starts programs from Python 3.13 on."""

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Call the original, and tell of a Python that is to be measured."""
        is_told, given = False, arguments
        try:
            path, argv, environment = given[:3]
            if environment is None:  # from Python 3.14 on
                variables = ours()
            else:
                variables = {os.fsencode(name): os.fsencode(environment[name]) for name in environment}
            if self._carry(variables):
                arguments = (path, argv, variables, *given[3:])
                is_told = is_python(os.fsencode(path), argv)
        except Exception:  # noqa: BLE001 - never the program's
            arguments = given
        process = self._original(*arguments, **keywords)
        if is_told:
            self._tell(process)
        return process


def ours() -> dict[bytes, bytes]:
    """Return our own environment, as Python knows it."""
    return dict(os.environ._data)  # type: ignore[attr-defined] # noqa: SLF001 - bytes as they are


def by_name(variables: Iterable[bytes]) -> dict[bytes, bytes]:
    """Return variables of the form `name=value` by their names."""
    pairs = (variable.partition(b"=") for variable in variables)
    return {name: value for name, _, value in pairs}


def watch(witness: Witness, log: bytes) -> None:
    """Take the places of these functions, in their modules and where subprocess already has them."""
    import _posixsubprocess

    fork_exec, spawn = _posixsubprocess.fork_exec, os.posix_spawn
    replacements = {id(fork_exec): ForkExec(fork_exec, witness, log), id(spawn): Spawn(spawn, witness, log)}
    for module in (_posixsubprocess, os, posix, sys.modules.get("subprocess")):
        for name in ("fork_exec", "_fork_exec", "posix_spawn"):
            replacement = replacements.get(id(getattr(module, name, None)))
            if replacement is not None:
                setattr(module, name, replacement)
