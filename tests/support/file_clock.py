"""The clock of a file system, whose ticks are longer than the time between two writes of a test."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def wait_for_tick(folder: Path) -> None:
    """Wait for the next tick, because ci-accel does not trust files that were written within the present one.

    Args:
        folder: A folder in which a file named `clock` may be left.
    """
    probe = folder / "clock"
    probe.write_text("")
    before = probe.stat().st_ctime_ns
    while probe.stat().st_ctime_ns == before:
        time.sleep(0.001)
        probe.write_text("")
