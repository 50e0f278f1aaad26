"""Records in the log of the witness."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def said(log: Path) -> list[list[str]]:
    """Return the records of a log, without their processes."""
    return [line.split("\t")[1:] for line in log.read_text().splitlines()]
