"""Log files that several processes append to."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

import pytest

from ci_accel.guest.records import Records, escaped, joined

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.every_python


@pytest.mark.parametrize("byte", range(256))
def test_fields_are_restored(byte: int) -> None:
    """A field may hold any byte: the record stays one line, and the field can be read back."""
    field = b"x%c%%09" % byte
    assert unquote_to_bytes(escaped(field)) == field
    line = joined((b"stat", field, b"-"))
    assert [unquote_to_bytes(part) for part in line.split(b"\t")] == [b"stat", field, b"-"]
    assert b"\n" not in line


def test_lines_are_appended(tmp_path: Path) -> None:
    """Each call appends, and the file stays closed in between; a file that is gone is not made again."""
    path = tmp_path / "log"
    path.touch()
    records = Records(os.fsencode(path))
    assert [records.append(b"1\tstart\n"), records.append(b"1\tend\n")] == [8, 6]
    assert path.read_bytes() == b"1\tstart\n1\tend\n"
    path.unlink()
    with pytest.raises(FileNotFoundError):
        records.append(b"1\tlate\n")
    assert not path.exists()
