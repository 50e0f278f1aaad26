"""Measure alternatives in turns, round by round, and against a floor: a Rust program that does the minimum."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

REPOSITORY = Path(__file__).resolve().parent.parent
MILLISECONDS = 1000


def seconds(work: Callable[[], object]) -> float:
    """Return the duration of one call in seconds."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def in_turns(rounds: int, **works: Callable[[], object]) -> dict[str, float]:
    """Return the median seconds of each function. All run once in each round, after one warm-up round."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for round_number in range(rounds + 1):
        for name, work in works.items():
            spent = seconds(work)
            if round_number:
                times[name].append(spent)
    return {name: statistics.median(spent) for name, spent in times.items()}


def floor_program(name: str) -> str:
    """Build a floor program and return its path."""
    command = ["cargo", "build", "--release", "--locked", "--no-default-features", "--bench", name]
    subprocess.run([*command, "--quiet"], cwd=REPOSITORY, check=True)
    target = Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target"))
    found = (target / "release" / "deps").glob(f"{name}-*")
    return str(max((path for path in found if not path.suffix), key=lambda path: path.stat().st_mtime))


def floor(program: str, *paths: Path, rounds: int) -> float:
    """Run a floor program on the paths, and return the median seconds of its rounds, after one warm-up round."""
    command = [program, *map(str, paths), str(rounds + 1)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    return statistics.median(float(line) for line in answer.stdout.split()[1:])


PEAK = """
import os, sys
silent = (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)
child = os.posix_spawn(sys.executable, [sys.executable, *sys.argv[1:]], os.environ, file_actions=[silent])
_, status, usage = os.wait4(child, 0)
print(usage.ru_maxrss)
sys.exit(status != 0)
"""


def peak_megabytes(*arguments: str) -> float:
    """Return the peak memory in MiB of this Python with these arguments.

    A small process starts it, because the peak of a process includes the memory of its parent at the start.
    """
    command = [sys.executable, "-I", "-S", "-c", PEAK, *arguments]
    return int(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout) / 1024


def print_row(name: str, **figures: float | str) -> None:
    """Print a row of a table."""
    texts = [f"{label} {value if isinstance(value, str) else format(value, '.2f')}" for label, value in figures.items()]
    print(f"{name:<22}{'   '.join(texts)}", flush=True)
