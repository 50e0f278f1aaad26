"""Python programs that a process starts, and that coverage.py is to measure: started with the witness, and recorded.

A program that is killed before it has written its first record is noticed only by the record of its parent.
"""

from __future__ import annotations

import os
import posix
import sys

from .. import carrier
from ..spawn import ForkExec, Spawn, own_variables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

    from ..spawn import Launch

MEASURED = (b"COVERAGE_PROCESS_CONFIG", b"COVERAGE_PROCESS_START", b"COVERAGE_RCFILE")
"""Environment variables with which coverage.py makes children measure themselves."""


class Programs:
    """The observer of programs that are started.

    Args:
        log: The path of the witness's log.
        write: Writes a record: a kind, then its fields.
    """

    def __init__(self, log: bytes, write: Callable[..., None]) -> None:
        self._log = log
        self._write = write

    def watch(self) -> None:
        """Replace the functions that start programs, in their modules and in subprocess."""
        import _posixsubprocess

        fork_exec, spawn = _posixsubprocess.fork_exec, os.posix_spawn
        replacements = {id(fork_exec): ForkExec(fork_exec, self), id(spawn): Spawn(spawn, self)}
        for module in (_posixsubprocess, os, posix, sys.modules.get("subprocess")):
            for name in ("fork_exec", "_fork_exec", "posix_spawn"):
                replacement = replacements.get(id(getattr(module, name, None)))
                if replacement is not None:
                    setattr(module, name, replacement)

    def prepare(self, launch: Launch) -> None:
        """Add the witness to the environment of a program that is to be measured."""
        variables = own_variables() if launch.variables is None else launch.variables
        if variables.keys().isdisjoint(MEASURED) or variables.get(carrier.WITNESS, self._log) != self._log:
            return
        pythonpath = carrier.in_front(carrier.WITNESSES, variables.get(carrier.PYTHONPATH))
        launch.variables = {**variables, carrier.WITNESS: self._log, carrier.PYTHONPATH: pythonpath}
        program = found(launch.candidates)
        if program is not None and is_python(program, launch.argv):
            launch.program = program

    def started(self, launch: Launch, process: int | None) -> None:
        """Record the process of a Python program that is to be measured."""
        if launch.program is not None and process is not None:
            self._write(b"spawns", b"%d" % process)

    def failed(self, _error: Exception) -> None:
        """Do nothing: a program that is not understood starts without the witness."""


def found(candidates: Iterable[Any]) -> bytes | None:
    """Return the first program that exists."""
    return next((os.fsencode(path) for path in candidates if posix.access(path, posix.X_OK)), None)


def is_python(program: bytes, argv: Sequence[Any]) -> bool:
    """Return whether a program is a script for Python, or a Python interpreter that reads PYTHONPATH.

    A shell script with the name of an interpreter, as version managers install it, is neither.
    """
    start = beginning(program)
    if start.startswith(b"#!"):
        return b"python" in start.splitlines()[0]
    return carrier.is_interpreter(os.fsdecode(program)) and not carrier.isolating_option(argv)


def beginning(program: bytes) -> bytes:
    """Return the first bytes of a file; none if it cannot be read, as only scripts have to be readable to run."""
    try:
        file = posix.open(program, posix.O_RDONLY | posix.O_CLOEXEC)
    except OSError:
        return b""
    try:
        return posix.read(file, 200)
    finally:
        posix.close(file)
