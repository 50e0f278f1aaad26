"""The errors of the package: messages, and what pickling keeps."""

from __future__ import annotations

import pickle

import pytest

from ci_accel import CoverageDataError, MixedMeasurementError, TemplateDatabaseError, UnsupportedSchemaError
from ci_accel.exceptions import FileError, error_message

pytestmark = pytest.mark.every_python


@pytest.mark.parametrize(
    "kind", [CoverageDataError, MixedMeasurementError, TemplateDatabaseError, UnsupportedSchemaError]
)
def test_errors_about_a_file_can_be_pickled(kind: type[FileError]) -> None:
    """A copy has the same class, path, reason and message."""
    copy = pickle.loads(pickle.dumps(kind("a.json", "it is empty")))
    assert type(copy) is kind
    assert (copy.path, copy.reason, str(copy)) == ("a.json", "it is empty", "a.json: it is empty")


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (FileNotFoundError(2, "No such file or directory", "a"), "a: No such file or directory"),
        (FileNotFoundError(2, "No such file or directory", b"a"), "a: No such file or directory"),
        (OSError("no name"), "no name"),
        (CoverageDataError("a.json", "it is empty"), "a.json: it is empty"),
        (ValueError("x is 3"), "x is 3"),
    ],
)
def test_error_message(error: Exception, message: str) -> None:
    """The message of an OSError begins with the file instead of the number."""
    assert error_message(error) == message
