"""The errors of this package. The compiled module raises them by name."""

from __future__ import annotations

import os


class CiAccelError(Exception):
    """Base class of all errors of this package. A cache miss is a value, not an error."""


class FileError(CiAccelError):
    """Base class of errors about one file. `str()` is the path, then the reason.

    Args:
        path: The file.
        reason: What is wrong, and what to do.
    """

    def __init__(self, path: str, reason: str) -> None:
        """Keep both arguments in `args`, so that the error can be pickled."""
        super().__init__(path, reason)
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        """Return the path and the reason."""
        return f"{self.path}: {self.reason}"


class TemplateDatabaseError(FileError):
    """A template database cannot be used."""


class CoverageDataError(FileError):
    """A file of coverage data cannot be trusted."""


class UnsupportedSchemaError(CoverageDataError):
    """Coverage data has a version of its format that this ci-accel does not read."""


class MixedMeasurementError(CoverageDataError):
    """Coverage data cannot be combined: two tools wrote it, or only some of it has branches."""


class CiAccelInternalError(CiAccelError):
    """The compiled module panicked, which is a bug in ci-accel. The caches treat it as "disabled"."""


def error_message(error: Exception) -> str:
    """Return the message of an error for a user: for an OSError, the file and then the reason."""
    if isinstance(error, OSError) and error.filename is not None:
        return f"{os.fsdecode(error.filename)}: {error.strerror}"
    return str(error)
