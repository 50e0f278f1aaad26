"""Exit codes: scripts want to know why something was refused."""

from __future__ import annotations

import enum

from inventory.common.errors import (
    DuplicateRecordError,
    InvalidValueError,
    InventoryError,
    ShortageError,
    StateError,
    UnknownRecordError,
)


class UsageError(Exception):
    """The command line cannot be understood."""

    def __init__(self, message: str, usage: str) -> None:
        super().__init__(f"{message}\n{usage.strip()}")


class ExitCode(enum.IntEnum):
    """How a command ended."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    NO_DATABASE = 3
    UNKNOWN = 4
    INVALID = 5
    CONFLICT = 6


CODES: tuple[tuple[type[InventoryError], ExitCode], ...] = (
    (UnknownRecordError, ExitCode.UNKNOWN),
    (InvalidValueError, ExitCode.INVALID),
    (DuplicateRecordError, ExitCode.CONFLICT),
    (StateError, ExitCode.CONFLICT),
    (ShortageError, ExitCode.CONFLICT),
)


def code_for(error: InventoryError) -> ExitCode:
    """Return the exit code of an error; those that have none of their own are refusals."""
    return next((code for kind, code in CODES if isinstance(error, kind)), ExitCode.REFUSED)
