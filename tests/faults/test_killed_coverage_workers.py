"""A worker that is killed at any moment: the gate never passes on what is left."""

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
        worker.join()  # as many runners do, this one does not look at exit codes
"""
PARALLEL = "[tool.coverage.run]\nparallel = true\nconcurrency = ['multiprocessing']\nsource = ['src']\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project whose run takes half a second."""
    root = make_suite(tmp_path / "project", settings=PARALLEL)
    (root / "workers.py").write_text(WORKERS)
    return root


def coverage(root: Path) -> ci_accel.Coverage:
    """Return the project's coverage, with a threshold that whatever was measured would reach."""
    return ci_accel.Coverage(sources=["src"], items=["items/*.py"], fail_under=1, root=root)


def children(process: int) -> list[int]:
    """Return the processes that a process has started and that still run."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return found


class Killer(threading.Thread):
    """Kills one worker after a while.

    Attributes:
        victim: The one that was killed; None: there was none any more.
    """

    def __init__(self, delay: float, *, generation: int, chance: random.Random) -> None:
        """Nothing is killed yet."""
        super().__init__()
        self._delay = delay
        self._generation = generation
        self._chance = chance
        self.victim: int | None = None

    def run(self) -> None:
        """Kill a child, or a child's child, a while after there is one."""
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
        """Return those of the generation."""
        processes = [os.getpid()]
        for _ in range(self._generation):
            processes = [child for process in processes for child in children(process)]
        return sorted(processes)


def trials(
    root: Path, command: list[str], *, generation: int, longest: float, count: int, chance: random.Random
) -> None:
    """Kill a worker in each of so many runs: no gate passes on less than all. The run after these does."""
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
        if run:  # nobody was there any more, or whoever was had already saved what it measured
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
def test_C12_a_shard_that_is_killed_at_any_moment_never_passes(project: Path) -> None:
    """60 runs under slipcover, a process of each killed."""
    seed = random.randrange(10**6)
    print(f"seed {seed}")  # noqa: T201 - pytest shows it where the test fails
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
def test_C12_a_worker_that_is_killed_never_passes(project: Path) -> None:
    """coverage.py with a data file for each worker, and a runner that goes on without one: its lines would be lost."""
    seed = random.randrange(10**6)
    print(f"seed {seed}")  # noqa: T201 - pytest shows it where the test fails
    command = [sys.executable, "-m", "coverage", "run", "--data-file={part}", "workers.py", "{items}"]
    trials(project, command, generation=2, longest=0.2, count=10, chance=random.Random(seed))
