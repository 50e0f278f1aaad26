"""Workers killed at random moments: the gate never passes on the remaining data."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

import ci_accel
from tests.support.piped_process import PATIENCE
from tests.support.script_suite import make_suite

TRIALS = 60
SHARDS = 4
WORKERS = """import multiprocessing
import runpy
import sys

sys.path.insert(0, "src")


def play(items):
    for item in items:
        runpy.run_path(item)


if __name__ == "__main__":
    shares = [sys.argv[start::2] for start in (1, 2)]
    workers = [multiprocessing.get_context("fork").Process(target=play, args=(share,)) for share in shares]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()  # like many runners, it ignores exit codes
"""
PARALLEL = "[tool.coverage.run]\nparallel = true\nconcurrency = ['multiprocessing']\nsource = ['src']\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose run takes half a second."""
    root = make_suite(tmp_path / "project", settings=PARALLEL)
    (root / "workers.py").write_text(WORKERS)
    return root


def coverage(root: Path) -> ci_accel.Coverage:
    """Return the Coverage of a project, with a threshold that any measured line reaches."""
    return ci_accel.Coverage(sources=["src"], items=["items/*.py"], fail_under=1, root=root)


def children(process: int) -> list[int]:
    """Return the running children of a process."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return found


class Killer(threading.Thread):
    """Kills one worker after a delay.

    Attributes:
        victim: The killed process; None if all had ended.
    """

    def __init__(self, delay: float, *, generation: int, chance: random.Random) -> None:
        """Store the arguments."""
        super().__init__()
        self._delay = delay
        self._generation = generation
        self._chance = chance
        self.victim: int | None = None

    def run(self) -> None:
        """Wait for a process of the generation, then for the delay, then kill one."""
        until = time.monotonic() + PATIENCE
        while not self._processes() and time.monotonic() < until:
            time.sleep(0.001)
        time.sleep(self._delay)
        processes = self._processes()
        if processes:
            victim = self._chance.choice(processes)
            with contextlib.suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)
                self.victim = victim

    def _processes(self) -> list[int]:
        """Return the running processes of the generation: 1 for children, 2 for grandchildren."""
        processes = [os.getpid()]
        for _ in range(self._generation):
            processes = [child for process in processes for child in children(process)]
        return sorted(processes)


def trials(
    root: Path, command: list[str], *, generation: int, longest: float, count: int, chance: random.Random
) -> None:
    """Kill a worker in each of `count` runs and assert that no gate passes; the run without a kill passes."""
    measured = coverage(root)

    def whole() -> tuple[int, int]:
        assert measured.combine().sealed
        result = measured.check()
        assert result
        return result.covered, result.total

    shards = SHARDS if generation == 1 else 1
    assert measured.run(shards=shards, command=command)
    expected, killed = whole(), 0
    for _ in range(4 * count):
        for path in (root / "build/coverage").glob("coverage.*"):
            path.unlink()
        killer = Killer(chance.uniform(0, longest), generation=generation, chance=chance)
        killer.start()
        run = measured.run(shards=shards, command=command)
        killer.join()
        if run:  # no process was left, or the killed one had already saved its data
            assert whole() == expected
            continue
        assert killer.victim is not None, run
        killed += 1
        for prove in (measured.combine, measured.check):
            with pytest.raises(ci_accel.CoverageDataError):
                prove()
        assert not measured.explain()
        if killed == count:
            break
    assert killed == count
    assert measured.run(shards=shards, command=command)
    assert whole() == expected


@pytest.mark.timeout(600)
def test_C12_run_with_a_killed_shard_never_passes(project: Path) -> None:
    """No gate passes in 60 runs under slipcover with one killed process each."""
    seed = random.randrange(10**6)
    print(f"seed {seed}")  # noqa: T201 - pytest shows the seed if the test fails
    command = [
        sys.executable,
        "-m",
        "slipcover",
        "--source",
        "src",
        "--json",
        "--out",
        "{part}",
        "runner.py",
        "{items}",
    ]
    trials(project, command, generation=1, longest=0.5, count=TRIALS, chance=random.Random(seed))


@pytest.mark.timeout(600)
def test_C12_run_with_a_killed_worker_never_passes(project: Path) -> None:
    """No gate passes if a coverage.py worker with its own data file was killed and the runner ignored it."""
    seed = random.randrange(10**6)
    print(f"seed {seed}")  # noqa: T201 - pytest shows the seed if the test fails
    command = [sys.executable, "-m", "coverage", "run", "--data-file={part}", "workers.py", "{items}"]
    trials(project, command, generation=2, longest=0.2, count=10, chance=random.Random(seed))
