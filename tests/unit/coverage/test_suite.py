"""Shards whose processes are killed at random: a shard that lost lines is never accepted."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from coverage import CoverageData

from ci_accel.coverage import process_log
from ci_accel.processes.group import run_side_by_side
from tests.every_python.trace import LINUX
from tests.support.worker_suite import Suite, executed_lines, killing

if TYPE_CHECKING:
    from pathlib import Path

    from ci_accel.coverage.info import CoverageFormat
    from ci_accel.processes.child import Child, Ended

pytestmark = pytest.mark.timeout(600)

TRIALS = 12


class Run:
    """A run of all shards.

    Attributes:
        accepted: Executed lines of each accepted shard, by its name.
        refused: Names of the other shards.
    """

    def __init__(self, suite: Suite, folder: Path, tool: CoverageFormat, how: str) -> None:
        """Run the shards."""
        self.accepted: dict[str, dict[str, set[int]]] = {}
        self.refused: set[str] = set()
        self._folder = folder
        self._tool = tool
        self._root = suite.root
        run_side_by_side(suite.children(folder, tool, how), subject="coverage", noun="shards", on_end=self._judge)

    def _judge(self, child: Child, ended: Ended) -> str:
        """Keep the executed lines of a shard if its data is complete."""
        stem = "part-00" + child.name.split()[1]
        record = self._folder / f"{stem}.witness"
        process_log.settle(record, tool=self._tool)
        members = [path for path in self._folder.glob(f"{stem}.*") if path.suffix not in {".log", ".witness"}]
        doubts = process_log.doubts(record, tool=self._tool, members=members)
        if ended.exit_code or doubts:
            self.refused.add(child.name)
            return "; ".join(doubts)
        self.accepted[child.name] = self._executed(members)
        return ""

    def _executed(self, members: list[Path]) -> dict[str, set[int]]:
        if self._tool == "slipcover":
            (part,) = members
            return executed_lines(part)
        files: dict[str, set[int]] = {}
        for member in members:
            data = CoverageData(str(member))
            data.read()
            for name in data.measured_files():
                files.setdefault(name, set()).update(data.lines(name) or ())
            data.close(force=True)
        return files


@LINUX
@pytest.mark.parametrize(
    ("tool", "how"),
    [("slipcover", "inline"), ("slipcover", "spawn"), ("coverage.py", "inline"), ("coverage.py", "spawn")],
)
def test_C21_accepted_shards_have_all_lines(tmp_path: Path, tool: CoverageFormat, how: str) -> None:
    """Whichever process is killed, and when, its shard is refused, or has the same lines as without the kill."""
    suite = Suite(tmp_path / "project")
    complete = Run(suite, tmp_path / "complete", tool, how)
    assert not complete.refused
    assert len(complete.accepted) == 3
    seed = random.randrange(1 << 32)
    print("seed", seed)  # noqa: T201 - pytest shows it if the test fails
    generator = random.Random(seed)
    for trial in range(TRIALS):
        killed = killing(tmp_path / f"run{trial}", generator, within=0.8)
        run = Run(suite, tmp_path / f"run{trial}", tool, how)
        process = killed()
        assert len(run.refused) <= (process is not None)
        for name, executed in run.accepted.items():
            assert executed == complete.accepted[name]


def test_C21_shards_that_fork_under_slipcover_are_all_refused(tmp_path: Path) -> None:
    """Shards that fork under slipcover are refused even if no process is killed."""
    assert len(Run(Suite(tmp_path / "project"), tmp_path / "run", "slipcover", "fork").refused) == 3
