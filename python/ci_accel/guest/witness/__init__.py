"""Sees the processes of a part of a coverage run. All else here runs in their interpreters (3.8 and later).

Each process appends to the part's log, one record a line, its fields between tabs: the process, a kind, and

- `start`: version of the log, `exec` or `fork`, the parent, the tools that are imported already, the command line;
- `imports`: a tool that is imported from now on;
- `fork`: it is about to fork;
- `spawns`: a Python that it has started and that is to be measured;
- `saves`: the data file that coverage.py puts what it measured into;
- `fails`: coverage.py could not save its data, and why;
- `exec`, `exit`: another program takes its place, or os._exit ends it at once; then what becomes of its data: `idle`
  (nothing was being measured), `saved` or `unsaved`;
- `end`: it has ended in good order, after all that runs at exit.

What has no `end`, `exit` or `exec` was killed, or still runs. `ci_accel.coverage.process_log` reads it.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False  # the name that type checkers know; importing typing would cost 7 ms
if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = os.path.dirname(os.path.abspath(__file__))


def witnessed(variables: Mapping[str, str], log: str | os.PathLike[str]) -> dict[str, str]:
    """Return an environment in which every Python process tells of itself.

    Args:
        variables: The environment otherwise; it is not changed.
        log: File that exists and that the records are appended to.

    Returns:
        All variables: those given, and what carries the witness.
    """
    from ci_accel.guest.carrier import in_front

    old = variables.get("PYTHONPATH")
    pythonpath = in_front(os.fsencode(FOLDER), None if old is None else os.fsencode(old))
    return {**variables, "CI_ACCEL_WITNESS": os.path.abspath(log), "PYTHONPATH": os.fsdecode(pythonpath)}
