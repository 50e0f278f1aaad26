"""The environment of a part: its processes record their starts and ends in the part's process log."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from ci_accel.coverage import process_log
from ci_accel.coverage.parts import Measurement, Part
from ci_accel.coverage.run import Run
from ci_accel.processes.foreground import run_in_foreground

pytestmark = [pytest.mark.timeout(600), pytest.mark.measured_children]


def new_part(folder: Path) -> Part:
    """Return a part whose checkout is not looked at."""
    unused: Any = None
    run = Run(str(folder), "run")
    measurement = Measurement(run=run, count=1, before=unused, look=unused, exit_codes=(0,), tool=None)
    return Part(measurement, 1, ["a.feature"])


def test_processes_are_recorded(tmp_path: Path) -> None:
    """The process log has the processes of this run only, with their ends."""
    (tmp_path / "run").mkdir()
    part = new_part(tmp_path)
    Path(part.process_log).write_text("of an earlier attempt")
    ended = run_in_foreground([sys.executable, "-c", "raise SystemExit(3)"], env=part.environment(os.environ))
    assert ended.exit_code == 3
    (program,) = process_log.read(part.process_log)
    assert program.ending == "end"


def test_a_process_log_that_cannot_be_written(tmp_path: Path) -> None:
    """A run without its folder is an OSError that names the log."""
    part = new_part(tmp_path)
    with pytest.raises(FileNotFoundError) as caught:
        part.environment(os.environ)
    assert caught.value.filename == part.process_log
