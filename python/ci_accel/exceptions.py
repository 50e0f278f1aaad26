"""What can be raised. Exceptions stand in a file of their own: the compiled module raises them by name."""

from __future__ import annotations


class CiAccelError(Exception):
    """Base of all errors of this package. A miss is a value, not an error."""


class TemplateDatabaseError(CiAccelError):
    """A template database that cannot be used.

    Args:
        path: The database.
        reason: Why, and what to do.
    """

    def __init__(self, path: str, reason: str) -> None:
        """Keep both parts readable, and in `args`, so that the error can be pickled."""
        super().__init__(path, reason)
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        """Name the file, then the reason."""
        return f"{self.path}: {self.reason}"


class CoverageDataError(CiAccelError):
    """A file of coverage data that cannot be trusted.

    Args:
        path: The file.
        reason: Why, and what to do.
    """

    def __init__(self, path: str, reason: str) -> None:
        """Keep both parts readable, and in `args`, so that the error can be pickled."""
        super().__init__(path, reason)
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        """Name the file, then the reason."""
        return f"{self.path}: {self.reason}"


class UnsupportedSchemaError(CoverageDataError):
    """Coverage data that may be good, in a version of its format that this ci-accel does not read."""


class MixedMeasurementError(CoverageDataError):
    """Coverage data that cannot be combined with the others: another tool's, or branches where others have lines."""


class CiAccelInternalError(CiAccelError):
    """A panic in the compiled module: a bug in ci-accel. The caches take it as "disabled"."""


def told(error: Exception) -> str:
    """Return an error as a user reads it: the file first."""
    import os

    if isinstance(error, OSError) and error.filename is not None:
        return f"{os.fsdecode(error.filename)}: {error.strerror}"
    return str(error)
