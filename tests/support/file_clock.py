"""The clock of a file system, which ticks less often than a test writes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def rest(folder: Path) -> None:
    """Wait until the clock has moved on: what was written just now counts as still moving.

    Args:
        folder: Where a file may be left that no builder looks at.
    """
    probe = folder / "clock"
    probe.write_text("")
    before = probe.stat().st_ctime_ns
    while probe.stat().st_ctime_ns == before:
        time.sleep(0.001)
        probe.write_text("")
