"""The stored databases that this process has handed out.

Each is kept open until the process exits, because other processes prune a stored database only if nothing has it open.
The path of a database may be in the environment of a session long after the `TemplateDB` that found it is gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ci_accel._native.template import TemplateState

_held: dict[str, TemplateState] = {}


def hold(database: str, state: TemplateState) -> None:
    """Keep a stored database open until this process exits.

    Args:
        database: Absolute path of the database.
        state: The native object that has it open.
    """
    _held[database] = state


def release_all() -> None:
    """Close all databases, as the end of the process does: other processes may prune them from now on."""
    _held.clear()
