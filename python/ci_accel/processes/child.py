"""A command that runs as a child process, and how it ended."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A command that runs beside others.

    Attributes:
        name: Name in messages: "part 3 of 8".
        argv: The command.
        env: The complete environment.
        cwd: The working directory.
        log: File for standard output and standard error. Its folder has to exist.
        items: Number of items that the command runs, for messages.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    cwd: str | os.PathLike[str]
    log: str | os.PathLike[str]
    items: int


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended.

    Attributes:
        exit_code: The exit code; if negative, the signal that killed the command.
        seconds: How long the command ran.
        reason: Why its result does not count in spite of the exit code; empty if it counts.
    """

    exit_code: int
    seconds: float
    reason: str = ""


def describe_exit_code(exit_code: int) -> str:
    """Return an exit code in words; a negative one is a signal."""
    if exit_code >= 0:
        return f"exit code {exit_code}"
    try:
        return f"killed by {signal.Signals(-exit_code).name}"
    except ValueError:
        return f"killed by signal {-exit_code}"
