"""Run Behave's features in forks of one process that has loaded Behave and all step files.

benches/parallel_coverage.py compares these workers with exec'd shards. Run it in the folder of the project:
`python -m preloaded_behave ENDING WORKERS FEATURE...`. The endings are:

- `fork`: each worker calls os._exit after its features; the parent waits for it and checks its status.
- `fork-killed`: as `fork`, but the first worker is killed after its features, before it saves its data.
- `join`: the workers are those of a multiprocessing.Pool that is closed and joined.
- `join-killed`: as `join`, but the worker of the first share is killed before it saves its data.
- `with`: the workers are those of a multiprocessing.Pool, which the end of its `with` block terminates.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING

from behave.configuration import Configuration
from behave.formatter._registry import make_formatters
from behave.runner import Context, Runner
from behave.runner_util import parse_features

if TYPE_CHECKING:
    from collections.abc import Sequence

LOADED: list[Runner] = []
"""The runner with the loaded step files, which the workers inherit."""


def preload() -> Runner:
    """Load the hooks and all step files, as Behave does before it reads features."""
    runner = Runner(Configuration(["--format", "progress", "--no-summary"]))
    runner.setup_paths()
    runner.context = Context(runner)
    with runner.path_manager:
        runner.load_hooks()
        runner.load_step_definitions()
    return runner


def passes(share: Sequence[str]) -> bool:
    """Run features with the loaded runner and return whether they pass."""
    (runner,) = LOADED
    with runner.path_manager:
        runner.features.extend(parse_features(share))
        runner.formatters = make_formatters(runner.config, runner.config.outputs)
        failed = runner.run_model()
    sys.stdout.flush()
    return not failed


def run_forked(shares: Sequence[Sequence[str]], *, kills: bool) -> bool:
    """Run each share in a fork of this process."""
    workers = []
    for number, share in enumerate(shares):
        worker = os.fork()
        if not worker:
            passed = passes(share)
            if kills and number == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            os._exit(0 if passed else 1)
        workers.append(worker)
    statuses = [os.waitpid(worker, 0)[1] for worker in workers]
    return not any(statuses)


def passes_and_dies(share: Sequence[str]) -> bool:
    """Run features in a worker that is killed at its end."""
    Finalize(None, os.kill, args=(os.getpid(), signal.SIGKILL), exitpriority=0)
    return passes(share)


def run_pooled(shares: Sequence[Sequence[str]], *, kills: bool) -> bool:
    """Run the shares in a pool that is closed and joined."""
    pool = multiprocessing.get_context("fork").Pool(len(shares))
    first = pool.map_async(passes_and_dies if kills else passes, shares[:1])
    others = pool.map_async(passes, shares[1:], chunksize=1)
    passed = first.get() + others.get()
    pool.close()
    pool.join()
    return all(passed)


def run_terminated(shares: Sequence[Sequence[str]]) -> bool:
    """Run the shares in a pool, as the example in the documentation of multiprocessing does."""
    with multiprocessing.get_context("fork").Pool(len(shares)) as pool:
        return all(pool.map(passes, shares, chunksize=1))


def main(ending: str, workers: str, *features: str) -> bool:
    """Load the step files, run the features in workers, and return whether all pass."""
    LOADED.append(preload())
    sys.stdout.flush()
    count = int(workers)
    shares = [features[number::count] for number in range(count)]
    kills = ending.endswith("-killed")
    if ending.startswith("fork"):
        return run_forked(shares, kills=kills)
    if ending.startswith("join"):
        return run_pooled(shares, kills=kills)
    return run_terminated(shares)


if __name__ == "__main__":
    sys.exit(0 if main(*sys.argv[1:]) else 1)
