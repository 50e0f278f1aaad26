"""A small project whose runner works inline, in a forked or in a spawned worker, fast enough to be run many times."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from ci_accel.coverage.shards import split
from ci_accel.guest.carrier import witnessed
from ci_accel.processes.child import Child
from tests.support.environments import clean_environment

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

    from ci_accel.coverage.info import CoverageFormat

PYPROJECT = """
[tool.ci-accel.coverage]
sources = ["src"]
items = ["features/*.feature"]
inputs = ["features/*.py", "runner.py"]

[tool.coverage.run]
parallel = true
patch = ["subprocess"]
source = ["src"]

[tool.coverage.report]
fail_under = {fail_under}
"""
MODULE = """
def step(number):
    answer = 0
    {branches}
    return answer


def never():
    raise ValueError("no feature calls this")
"""
STEPS = """
import importlib
import time


def perform(line):
    word, name, number = line.split()
    if word != "step":
        raise ValueError(line)
    importlib.import_module(f"shop.{name}").step(int(number))
    time.sleep(0.005)
"""
RUNNER = """
import os
import subprocess
import sys

sys.path[:0] = ["src", "features"]


def run(features):
    import steps

    for feature in features:
        for line in open(feature):
            steps.perform(line)
        print(feature, "passed", flush=True)


def main(how, *features):
    if how == "inline":
        run(features)
    elif how == "fork":
        process = os.fork()
        if process == 0:
            run(features[::2])
            sys.exit()
        run(features[1::2])
        os.waitpid(process, 0)
    else:  # "spawn"; like many runners, it ignores the exit code of its worker
        worker = subprocess.Popen([sys.executable, "runner.py", "inline", *features[::2]])
        run(features[1::2])
        worker.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
"""

FEATURES = 12
STEPS_EACH = 6
MODULES = 4


class Suite:
    """A project in a folder.

    Each feature executes some lines that no other feature does, so that a missing feature is always visible. No feature
    executes `never`, so that the total is below 100 percent.

    Attributes:
        root: The folder.
        items: Paths of the features, relative to the folder.
    """

    def __init__(self, root: Path, *, fail_under: float = 80) -> None:
        """Write the project."""
        self.root = root
        (root / "src" / "shop").mkdir(parents=True)
        (root / "features").mkdir()
        (root / "pyproject.toml").write_text(PYPROJECT.format(fail_under=fail_under))
        (root / "runner.py").write_text(RUNNER)
        (root / "features" / "steps.py").write_text(STEPS)
        (root / "src" / "shop" / "__init__.py").touch()
        lines = {
            number: f"if number == {number}:\n        answer = {number}" for number in range(FEATURES * STEPS_EACH)
        }
        for module in range(MODULES):
            branches = "\n    ".join(text for number, text in lines.items() if number % MODULES == module)
            (root / "src" / "shop" / f"part{module}.py").write_text(MODULE.format(branches=branches))
        self.items = [f"features/feature{number:02}.feature" for number in range(FEATURES)]
        for number, item in enumerate(self.items):
            steps = range(number * STEPS_EACH, (number + 1) * STEPS_EACH)
            text = "".join(f"step part{step % MODULES} {step}\n" for step in steps)
            (root / item).write_text(text)

    def command(self, tool: CoverageFormat, how: str = "inline") -> list[str]:
        """Return the command of a shard, with the placeholders `{part}` and `{items}`.

        Args:
            tool: The coverage tool.
            how: `inline`: one process; `fork` or `spawn`: half of the features in a worker, whose exit code the runner
                ignores.
        """
        tools = {
            "slipcover": ["slipcover", "--source", "src", "--json", "--out", "{part}", "runner.py"],
            "coverage.py": ["coverage", "run", "--data-file={part}", "runner.py"],
        }
        return [sys.executable, "-m", *tools[tool], how, "{items}"]

    def children(self, folder: Path, tool: CoverageFormat, how: str = "inline", *, shards: int = 3) -> list[Child]:
        """Return the shards as children that write their data, logs and process logs (`.witness`) to a folder."""
        folder.mkdir()
        dealt = split(self.items, shards, {})
        children = []
        for number, items in enumerate(dealt, 1):
            part = folder / f"part-{number:03}.{'json' if tool == 'slipcover' else 'sqlite'}"
            record = folder / f"part-{number:03}.witness"
            record.touch()
            argv = expanded(self.command(tool, how), part, items)
            variables = {**clean_environment(), "PYTHONDONTWRITEBYTECODE": "1"}
            variables.pop("PYTHONPATH", None)
            env = witnessed(variables, record)
            name = f"part {number} of {len(dealt)}"
            log = folder / f"part-{number:03}.log"
            children.append(Child(name=name, argv=argv, env=env, cwd=self.root, log=log, items=len(items)))
        return children


def expanded(command: Sequence[str], part: Path, items: Sequence[str]) -> list[str]:
    """Return a command with its placeholders replaced."""
    words: list[str] = []
    for word in command:
        words += items if word == "{items}" else [word.replace("{part}", str(part))]
    return words


def processes_of(folder: Path) -> list[int]:
    """Return the processes whose witness writes to a folder, from /proc."""
    start = b"CI_ACCEL_WITNESS=" + os.fsencode(folder)
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                variables = (process / "environ").read_bytes().split(b"\0")
            except OSError:
                continue
            if any(variable.startswith(start) for variable in variables):
                found.append(int(process.name))
    return sorted(found)


def kill_one(folder: Path, generator: random.Random) -> int | None:
    """Kill one of the processes whose witness writes to a folder; return its id, or None if no process was left."""
    found = processes_of(folder)
    if not found:
        return None
    process = generator.choice(found)
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        return None
    return process


def killing(folder: Path, generator: random.Random, *, within: float) -> Callable[[], int | None]:
    """Kill one process of a run at a random moment.

    Args:
        folder: Folder that the witness of the run's processes writes to.
        generator: Source of the random choices.
        within: Latest moment in seconds from now.

    Returns:
        A function that waits for that moment and returns the id of the killed process, or None if no process was left.
    """
    killed: list[int | None] = []
    timer = threading.Timer(generator.uniform(0, within), lambda: killed.append(kill_one(folder, generator)))
    timer.start()

    def result() -> int | None:
        timer.join()
        return killed[0]

    return result


def executed_lines(part: Path) -> dict[str, set[int]]:
    """Return the executed lines in a report of slipcover, by file."""
    files = json.loads(part.read_text())["files"]
    return {name: set(entry["executed_lines"]) for name, entry in files.items()}
