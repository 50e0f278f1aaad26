"""Measure the figures of docs/parallel-coverage.md: a Behave run under coverage, sequential, in shards and in forks.

Run `nox -s bench -- coverage-parallel`, or `nox -s bench -P 3.13 -- coverage-parallel` for another Python. The script
also runs in any environment with behave, coverage and slipcover. The ways to run alternate; figures are medians. The
lines that each way measures are compared with those of the sequential run under the same tool.
"""

from __future__ import annotations

import json
import os
import platform
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from coverage import CoverageData
from coverage.exceptions import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BENCHES = Path(__file__).resolve().parent
MODULES = 150
STEP_FILES = 300
FEWER_STEP_FILES = 60
"""The number of step files if time does not matter. They use all modules."""
FEATURES = 64
SCENARIOS = 4
STEPS = 5
WORK = 36_000
"""The iterations of the loop in each step. A feature takes about 0.1 s."""
HARDLY = 20
"""The iterations if time does not matter."""
LONGEST = 120
"""The time limit of a run in seconds. A process that exceeds it is killed."""
ROUNDS = 3
TRIALS = 20

MODULE = '''"""Prices of kind {number}."""

import json

{imports}

RATE = {number}


def price(work: int) -> int:
    """Loop in this function, and call the standard library."""
    total = RATE
    for turn in range(work):
        total = (total * 31 + turn) % 65521
        if total % 7 == 0:
            total += 3
        elif total % 11 == 0:
            total -= 1
    rows = [{{"name": str(row), "value": row}} for row in range(work // 20)]
    return total + len(json.loads(json.dumps(rows)))


def discount(order: int) -> int:
    """Execute another branch for each of eight kinds of orders."""
    kind = order % 8
    result = 0
{branches}
    return result


def recall(order: int) -> int:
    """Never called."""
    result = discount(order)
    result += RATE
    return result
'''

STEP_FILE = '''"""Steps about parts of kind {number}."""

import os

from behave import given, then, when

{imports}

WORK = int(os.environ["BENCH_WORK"])


@given("order {{order:d}} has a part of kind {number}")
@when("order {{order:d}} gets a part of kind {number}")
def add(context, order):
    context.total = {first}.price(WORK) + {second}.discount(order)


@then("order {{order:d}} is paid for, with a part of kind {number}")
def pay(context, order):
    assert context.total
    {third}.discount(order)
'''

ENVIRONMENT = '''"""Record the time before the first step."""

import os
import time


def before_all(context):
    with open(os.path.join(os.environ["BENCH_STARTS"], str(os.getpid())), "w") as file:
        file.write(str(time.monotonic()))
'''


def plant(root: Path, step_files: int) -> list[str]:
    """Write the project and return its features. They take equal time; each of eight shards has lines of its own."""
    package, steps = root / "src" / "shop", root / "features" / "steps"
    package.mkdir(parents=True)
    steps.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    branches = "\n".join(f"    if kind == {kind}:\n        result = {kind}" for kind in range(8))
    for number in range(MODULES):
        imports = f"from shop import part_{number // 2:03}" if number else ""
        text = MODULE.format(number=number, imports=imports, branches=branches)
        (package / f"part_{number:03}.py").write_text(text)
    (root / "features" / "environment.py").write_text(ENVIRONMENT)
    for number in range(step_files):
        names = [f"part_{(number * factor + factor) % MODULES:03}" for factor in (1, 7, 11)]
        imports = "\n".join(f"from shop import {name}" for name in sorted(set(names)))
        text = STEP_FILE.format(number=number, imports=imports, first=names[0], second=names[1], third=names[2])
        (steps / f"steps_{number:03}.py").write_text(text)
    features = []
    for order in range(FEATURES):
        lines = [f"Feature: Order {order}"]
        for scenario in range(SCENARIOS):
            first = (order * SCENARIOS + scenario) * STEPS
            kinds = [(first + step) % step_files for step in range(STEPS)]
            lines.append(f"  Scenario: Parts from {kinds[0]} on")
            lines += [f"    Given order {order} has a part of kind {kind}" for kind in kinds[:2]]
            lines += [f"    When order {order} gets a part of kind {kind}" for kind in kinds[2:4]]
            lines.append(f"    Then order {order} is paid for, with a part of kind {kinds[4]}")
        features.append(f"features/order_{order:02}.feature")
        (root / features[-1]).write_text("\n".join(lines) + "\n")
    (root / "exec.rc").write_text("[run]\nsource = src\n")
    for name, settings in SETTINGS.items():
        (root / name).write_text(f"[run]\nsource = src\n{settings}")
    return features


PATCHES = "patch =\n    fork\n    _exit\n"
SETTINGS = {
    "exec": "",
    "fork": f"{PATCHES}parallel = true\n",
    # The end of `with Pool()` sends SIGTERM.
    "sigterm": f"{PATCHES}parallel = true\nsigterm = true\n",
    "not parallel": PATCHES,
}
"""Additional settings of coverage.py, by the name of their file."""


class Tool(NamedTuple):
    """A coverage tool and its command line."""

    name: str
    arguments: tuple[str, ...]
    """The arguments between the interpreter and `-m`."""
    forked: tuple[str, ...]
    """The arguments for workers that are forks of one process."""
    variables: Mapping[str, str]

    def covered(self, parts: Sequence[Path]) -> dict[str, frozenset[int]]:
        """Return the executed lines of all parts, by file."""
        union: dict[str, frozenset[int]] = {}
        for part in parts:
            try:
                found = self._read(part)
            except DataError:  # truncated: `coverage combine` skips it with a warning and exit code 0
                continue
            for file, lines in found.items():
                union[Path(file).name] = union.get(Path(file).name, frozenset()) | lines
        return {file: lines for file, lines in union.items() if lines}

    def _read(self, part: Path) -> dict[str, frozenset[int]]:
        if self.name.startswith(SLIPCOVER.name):
            return {
                file: frozenset(one["executed_lines"]) for file, one in json.loads(part.read_text())["files"].items()
            }
        data = CoverageData(str(part))
        data.read()
        return {file: frozenset(data.lines(file) or ()) for file in data.measured_files()}


def coverage_py(core: str, settings: str = "fork") -> Tool:
    """Return coverage.py with one of its measurement cores and settings for forks."""
    once, forked = (("-m", "coverage", "run", "--data-file={part}", f"--rcfile={name}") for name in ("exec", settings))
    name = f"coverage.py {core}" + ("" if settings == "fork" else f", {settings}")
    return Tool(name, once, forked, {"COVERAGE_CORE": core})


UNMEASURED = Tool("unmeasured", (), (), {})
SLIPCOVER_ARGUMENTS = ("-m", "slipcover", "--source", "src", "--json", "--out", "{part}")
SLIPCOVER = Tool("slipcover", SLIPCOVER_ARGUMENTS, SLIPCOVER_ARGUMENTS, {})
SLIPCOVER_SIGTERM = Tool(
    "slipcover, sigterm", SLIPCOVER_ARGUMENTS, ("-m", "slipcover", "--sigterm", *SLIPCOVER_ARGUMENTS[2:]), {}
)
CORES = ("ctrace", "sysmon") if sys.version_info >= (3, 12) else ("ctrace",)
TOOLS = (UNMEASURED, SLIPCOVER, *map(coverage_py, CORES))


class Ran(NamedTuple):
    """The result of a run."""

    seconds: float
    processor_seconds: float
    """The processor time of all processes."""
    first_step: float
    """The seconds until the first step of a worker, as the median of all workers."""
    exit_code: int
    """The exit code of the first process that failed, or 0."""
    covered: dict[str, frozenset[int]]


def wait(child: subprocess.Popen[bytes]) -> int:
    """Return the exit code of a process. After the time limit, it is killed with its workers."""
    try:
        return child.wait(LONGEST)
    except subprocess.TimeoutExpired:
        workers = Path(f"/proc/{child.pid}/task/{child.pid}/children").read_text().split()
        for process in (child.pid, *map(int, workers)):
            os.kill(process, signal.SIGKILL)
        return child.wait()


class Project:
    """The generated project."""

    def __init__(self, root: Path, step_files: int) -> None:
        """Write the project."""
        self.root = root / "project"
        self.features = plant(self.root, step_files)
        self._scratch = root
        self._count = 0

    def run(self, tool: Tool, *, ending: str = "exec", workers: int = 1, work: int = WORK) -> Ran:
        """Run all features, in exec'd shards or, with another ending, in forks of one process."""
        self._count += 1
        folder = self._scratch / f"run_{self._count:03}"
        starts = folder / "starts"
        starts.mkdir(parents=True)
        variables = {**os.environ, **tool.variables, "BENCH_WORK": str(work), "BENCH_STARTS": str(starts)}
        # Shards load the bytecode of the modules, as a second run does. Behave always compiles step files.
        variables.pop("PYTHONDONTWRITEBYTECODE", None)
        variables["PYTHONPATH"] = os.pathsep.join((str(self.root / "src"), str(BENCHES)))
        if ending == "exec":
            behave = ["-m", "behave", "--format", "progress", "--no-summary"]
            commands = [[*tool.arguments, *behave, *self.features[number::workers]] for number in range(workers)]
        else:
            commands = [[*tool.forked, "-m", "preloaded_behave", ending, str(workers), *self.features]]
        with (folder / "log").open("w") as log:
            before = os.times()
            begun = time.monotonic()
            children = []
            for number, command in enumerate(commands):
                argv = [argument.format(part=folder / f"part-{number}") for argument in command]
                program = [sys.executable, *argv]
                # All processes stay in this session: a busy machine may give each session an equal share.
                children.append(subprocess.Popen(program, cwd=self.root, env=variables, stdout=log, stderr=log))
            codes = [wait(child) for child in children]
            spent = time.monotonic() - begun
            after = os.times()
        worked = after.children_user + after.children_system - before.children_user - before.children_system
        first = statistics.median(float(start.read_text()) - begun for start in starts.iterdir())
        covered = tool.covered(sorted(folder.glob("part-*")))
        if any(codes) and ending in {"exec", "fork"}:
            message = f"{tool.name}, {ending}: exit codes {codes}\n{(folder / 'log').read_text()[-2000:]}"
            raise RuntimeError(message)
        return Ran(spent, worked, first, next(filter(None, codes), 0), covered)


WAYS = (("exec", 1), ("exec", 2), ("exec", 8), ("fork", 2), ("fork", 8))


def measure_times(scratch: Path) -> None:
    """Print the time of each way to run under each tool, and whether it measures the lines of a sequential one."""
    project = Project(scratch, STEP_FILES)
    rans: dict[tuple[str, str, int], list[Ran]] = {}
    project.run(UNMEASURED, work=HARDLY)  # to write the bytecode
    for _ in range(ROUNDS):
        for tool in TOOLS:
            for ending, workers in WAYS:
                ran = project.run(tool, ending=ending, workers=workers)
                rans.setdefault((tool.name, ending, workers), []).append(ran)
    for tool in TOOLS:
        whole = rans[tool.name, "exec", 1][0].covered
        print(f"{tool.name}: {sum(map(len, whole.values()))} lines in {len(whole)} files")
        for ending, workers in WAYS:
            measured = rans[tool.name, ending, workers]
            seconds = sorted(ran.seconds for ran in measured)
            worked = statistics.median(ran.processor_seconds for ran in measured)
            first = statistics.median(ran.first_step for ran in measured)
            same = sum(ran.covered == whole for ran in measured)
            print(
                f"  {workers} {ending}: {statistics.median(seconds):6.2f} s ({seconds[0]:.2f} to {seconds[-1]:.2f})"
                f"   processors {worked:6.2f} s   first step after {first:5.2f} s"
                f"   the same lines in {same} of {len(measured)}",
                flush=True,
            )


def measure_trust(scratch: Path) -> None:
    """Print how often a parallel run measures the lines of a sequential run, by the ending of its workers."""
    project = Project(scratch, FEWER_STEP_FILES)
    endings = ("exec", "fork", "join", "with", "fork-killed", "join-killed")
    cases = [(tool, ending) for tool in TOOLS[1:] for ending in endings]
    cases += [(tool, "with") for tool in (SLIPCOVER_SIGTERM, *(coverage_py(core, "sigterm") for core in CORES))]
    cases += [(coverage_py(core, "not parallel"), "fork") for core in CORES]
    wholes = {tool.name: project.run(tool, work=HARDLY).covered for tool in TOOLS[1:]}
    for tool, ending in cases:
        whole = wholes[tool.name.partition(",")[0]]
        same, unseen, hung, lost = 0, 0, 0, [0]
        for _ in range(TRIALS):
            # Two shards are sufficient: each is a separate process.
            ran = project.run(tool, ending=ending, workers=2 if ending == "exec" else 8, work=HARDLY)
            same += ran.covered == whole
            unseen += ran.covered != whole and ran.exit_code == 0
            hung += ran.seconds > LONGEST
            lost.append(sum(len(whole[file] - ran.covered.get(file, frozenset())) for file in whole))
        print(
            f"{tool.name}, {ending}: the same lines in {same} of {TRIALS}; other lines and exit code 0 in {unseen};"
            f" {hung} hung; at most {max(lost)} of {sum(map(len, whole.values()))} lost",
            flush=True,
        )


MEASUREMENTS = {"times": measure_times, "trust": measure_trust}


def main() -> None:
    """Run the measurements that the arguments name, or all."""
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("behave", "slipcover", "coverage"))
    cores = len(os.sched_getaffinity(0))
    for name in sys.argv[1:] or MEASUREMENTS:
        print(f"{name}: Python {platform.python_version()}, {versions}, {cores} cores, load {os.getloadavg()[0]:.1f}")
        with tempfile.TemporaryDirectory(prefix="ci-accel-bench.") as scratch:
            MEASUREMENTS[name](Path(scratch))


if __name__ == "__main__":
    main()
