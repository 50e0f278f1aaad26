"""The fault rows of docs/faults.md and the fault ids in test names are the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]

ROWS = re.findall(r"^\| ([A-Z]\d\d) \|", (REPOSITORY / "docs" / "faults.md").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.fixture(scope="module")
def tested_rows() -> set[str]:
    """Return the ids in the names of the Python and Rust tests."""
    sources = [*(REPOSITORY / "tests").rglob("*.py"), *(REPOSITORY / "src").rglob("*.rs")]
    names = (re.findall(r"\b(?:def|fn) test_([A-Z]\d\d)_", path.read_text(encoding="utf-8")) for path in sources)
    return {name for found in names for name in found}


@pytest.mark.parametrize("row", ROWS)
def test_row_has_a_test(row: str, tested_rows: set[str]) -> None:
    """At least one test is named after each row."""
    assert row in tested_rows


def test_every_tested_id_has_one_row(tested_rows: set[str]) -> None:
    """Each id in a test name is documented, and no id is documented twice."""
    assert tested_rows <= set(ROWS)
    assert len(ROWS) == len(set(ROWS))
