"""What is logged: one line for each answer, and for whom we wait."""

from __future__ import annotations

import os

from ci_accel.exceptions import CiAccelError
from ci_accel.foundation import environment_variables

TYPE_CHECKING = False  # the name that type checkers know; importing typing would cost 7 ms
if TYPE_CHECKING:
    from ci_accel.foundation.outcome import Outcome

MOST = 120
"""Characters of a command line that others are told."""


def who_we_are() -> str:
    """Return what others are told of us while they wait."""
    import shlex
    import sys

    command = shlex.join(sys.orig_argv).encode(errors="backslashreplace").decode()
    shown = command if len(command) <= MOST else command[:MOST] + "..."
    return f"pid {os.getpid()} on {os.uname().nodename} ({shown})"


def log_wait(subject: str, holder: str, lock: str) -> None:
    """Tell, once, for whom we wait.

    Args:
        subject: What is made.
        holder: Who makes it, in his own words.
        lock: The file that he holds.
    """
    import logging

    logging.getLogger("ci_accel").warning("%s: waiting for %s, which builds it (lock: %s)", subject, holder, lock)


def log_outcome(outcome: Outcome) -> None:
    """Log the one line: a warning where the cache was of no use and nobody wanted that.

    Raises:
        CiAccelError: The cache was of no use, and CI_ACCEL_STRICT is set.
    """
    import logging

    if outcome.status == "disabled" and environment_variables.is_strict():
        message = f"{outcome} (CI_ACCEL_STRICT is set)"
        raise CiAccelError(message)
    level = logging.WARNING if outcome.status == "disabled" and not environment_variables.is_off() else logging.INFO
    logging.getLogger("ci_accel").log(level, "%s", outcome)


def log(line: str, *, is_warning: bool = False) -> None:
    """Log a line."""
    import logging

    logging.getLogger("ci_accel").log(logging.WARNING if is_warning else logging.INFO, "%s", line)
