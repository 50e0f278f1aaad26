"""Every fault row of the parts that are built has a test named by its id."""

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


def rows_with_tests() -> set[str]:
    """Return the ids that tests in Python and Rust are named by."""
    sources = [*(REPOSITORY / "tests").rglob("*.py"), *(REPOSITORY / "src").rglob("*.rs")]
    names = re.findall(r"\b(?:def|fn) test_([a-zA-Z]\d\d)_", "\n".join(path.read_text() for path in sources))
    return {name.upper() for name in names}


@pytest.mark.parametrize("row", ROWS)
def test_row_has_a_test(row: str) -> None:
    """A row of the fault table is a test, or it is a wish."""
    assert row in rows_with_tests()
