"""The table of the demo."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.timeout(900)

DEMO = Path(__file__).parent.parent.parent / "examples" / "demo.py"

ROWS = {
    "cold": ("built", r"nothing stored yet in build/ci-accel/template"),
    "warm": ("reused", r"\d+ inputs unchanged"),
    "all files touched": ("reused", r"\d+ inputs unchanged"),
    "a revision edited": ("rebuilt", r"alembic/versions/0001_catalogue\.py changed"),
    "a revision restored": ("reused", r"\d+ inputs unchanged"),
    "a model edited": ("rebuilt", r"src/inventory/models/catalogue\.py changed \(read by the builder\)"),
    "a test edited": ("reused", r"\d+ inputs unchanged"),
    "second checkout": ("reused", r"\d+ inputs unchanged"),
    "one byte flipped": ("rebuilt", r"stored database [0-9a-f]{12} does not have the recorded bytes"),
    "CI_ACCEL=off": ("built without cache", r"CI_ACCEL=off.*"),
}
"""The state of the template and the reason, by step."""


@pytest.fixture(scope="module")
def table() -> list[list[str]]:
    """Return the cells of the rows below the head of the table."""
    done = subprocess.run(
        [sys.executable, DEMO], stdout=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL, check=False
    )
    assert done.returncode == 0, done.stdout
    lines = done.stdout.splitlines()
    start = next(number for number, line in enumerate(lines) if re.match(r"step +\| template +\| why", line))
    cells = [[cell.strip() for cell in line.split(" | ")] for line in lines[start + 1 :]]
    return [row for row in cells if len(row) == len(("step", "template", "why", "seconds"))]


def test_every_step_has_a_row(table: list[list[str]]) -> None:
    """The table has one numbered row for each step."""
    assert [row[0] for row in table] == [f"{number}. {step}" for number, step in enumerate(ROWS, 1)]


@pytest.mark.parametrize("step", ROWS)
def test_rows(table: list[list[str]], step: str) -> None:
    """A row has the state of the template, the reason and the seconds."""
    (row,) = [row for row in table if row[0].partition(". ")[2] == step]
    template, why = ROWS[step]
    assert row[1] == template
    assert re.fullmatch(why, row[2]), row
    assert float(row[3]) > 0
