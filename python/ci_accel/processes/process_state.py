"""Find out whether processes still run. Source of the format: proc_pid_stat(5)."""

from __future__ import annotations

import os

ENDED_STATES = frozenset({b"Z", b"X"})
"""States of a process that has ended: zombie and dead. In a container, nothing may ever collect a zombie."""


def is_alive(process: int) -> bool:
    """Return whether a process exists and is not a zombie."""
    try:
        state, _ = _state_and_group(process)
    except (FileNotFoundError, ProcessLookupError):
        if os.path.exists("/proc/self/stat"):
            return False
    except (OSError, ValueError):
        pass
    else:
        return state not in ENDED_STATES
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # a process of another user
        return True
    return True


def has_running(group: int) -> bool:
    """Return whether a process group has a process that is not a zombie; True if there is no /proc."""
    try:
        processes = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return True
    for process in processes:
        try:
            state, its_group = _state_and_group(process)
        except (OSError, ValueError):  # the process has just ended
            continue
        if its_group == group and state not in ENDED_STATES:
            return True
    return False


def _state_and_group(process: int) -> tuple[bytes, int]:
    """Return the state and the process group of a process."""
    with open(f"/proc/{process}/stat", "rb") as file:
        # The command name is in parentheses and may contain spaces and parentheses itself.
        state, _parent, group = file.read().rpartition(b")")[2].split()[:3]
    return state, int(group)
