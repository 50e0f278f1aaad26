"""Every fault row of the existing parts has a test named after its id."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]

ROWS = [
    *(f"F{number:02}" for number in range(1, 18)),
    *(f"T{number:02}" for number in range(1, 34)),
    *(f"C{number:02}" for number in range(1, 24)),
    *(f"X{number:02}" for number in range(1, 6)),
]


@pytest.fixture(scope="module")
def tested_rows() -> set[str]:
    """Return the ids in the names of the Python and Rust tests."""
    sources = [*(REPOSITORY / "tests").rglob("*.py"), *(REPOSITORY / "src").rglob("*.rs")]
    names = (re.findall(r"\b(?:def|fn) test_([A-Z]\d\d)_", path.read_text(encoding="utf-8")) for path in sources)
    return {name for found in names for name in found}


@pytest.mark.parametrize("row", ROWS)
def test_row_has_a_test(row: str, tested_rows: set[str]) -> None:
    """At least one test is named after each row of docs/faults.md."""
    assert row in tested_rows
