"""Write to the logger of ci-accel."""

from __future__ import annotations

import logging
import os
import shlex
import sys
from typing import TYPE_CHECKING

from ci_accel.exceptions import CiAccelError
from ci_accel.foundation import environment_variables

if TYPE_CHECKING:
    from ci_accel.foundation.outcome import Outcome

logger = logging.getLogger("ci_accel")
"""The logger of the whole package."""

SHOWN_CHARACTERS = 120
"""Length at which the command line is cut in `describe_process`."""


def describe_process() -> str:
    """Return a line about this process for others that wait for its lock: process id, host and command."""
    command = shlex.join(sys.orig_argv).encode(errors="backslashreplace").decode()
    shown = command if len(command) <= SHOWN_CHARACTERS else command[:SHOWN_CHARACTERS] + "..."
    return f"pid {os.getpid()} on {os.uname().nodename} ({shown})"


def log_wait(subject: str, holder: str, lock: str) -> None:
    """Warn that this process waits for another one.

    Args:
        subject: The thing that is built.
        holder: The other process, as `describe_process` returned it there.
        lock: The lock file that the other process holds.
    """
    logger.warning("%s: waiting for %s, which builds it (lock: %s)", subject, holder, lock)


def log_outcome(outcome: Outcome) -> None:
    """Log an outcome in one line. It is a warning if the cache is disabled, unless CI_ACCEL=off disabled it.

    Raises:
        CiAccelError: The cache is disabled, and CI_ACCEL_STRICT is set.
    """
    if outcome.status == "disabled" and environment_variables.is_strict():
        message = f"{outcome} (CI_ACCEL_STRICT is set)"
        raise CiAccelError(message)
    log(str(outcome), is_warning=outcome.status == "disabled" and not environment_variables.is_off())


def log(line: str, *, is_warning: bool = False) -> None:
    """Log a line, as information or as a warning."""
    logger.log(logging.WARNING if is_warning else logging.INFO, "%s", line)
