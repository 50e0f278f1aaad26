"""The process log of a part: processes under real tools that fork, are killed or end in other ways."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from ci_accel.coverage import process_log
from ci_accel.guest import carrier
from tests.every_python.trace import LINUX
from tests.support.environments import clean_environment, environment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ci_accel.coverage.info import CoverageFormat

pytestmark = [pytest.mark.every_python, pytest.mark.timeout(600)]

WORK = """
import os
import time

def do(number):
    if number % 2:
        answer = "odd"
    else:
        answer = "even"
    time.sleep(0.01)
    return answer

def be_killed(number):
    do(number)
    os.kill(os.getpid(), 9)
"""
PLAIN = ""
PARALLEL = "parallel = true"
CHILDREN = "parallel = true\npatch = subprocess"
ALL = "parallel = true\npatch = subprocess, _exit, execv, fork\nsigterm = true"
WORKERS = "parallel = true\nconcurrency = multiprocessing"


class Part:
    """A part of a run, in its own folder.

    Attributes:
        folder: The folder.
        python: The interpreter with the measuring tools.
    """

    def __init__(self, folder: Path, python: str) -> None:
        """Write the measured module."""
        self.folder = folder
        self.python = python
        (folder / "work.py").write_text(WORK)
        (folder / "data").mkdir()
        self._log = folder / "part.log"

    def members(self) -> list[Path]:
        """Return the data files."""
        return sorted((self.folder / "data").glob("part*"))

    def run(self, tool: CoverageFormat, script: str, settings: str = PLAIN, *, options: Sequence[str] = ()) -> None:
        """Run a script under a tool, and check that it succeeds."""
        (self.folder / "main.py").write_text(dedent(script))
        (self.folder / "settings").write_text(f"[run]\nsource = .\nomit = main.py\n{settings}\n")
        part = str(self.folder / "data" / "part")
        how = ["slipcover", "--source=.", "--json", f"--out={part}.json"]
        if tool == "coverage.py":
            how = ["coverage", "run", f"--rcfile={self.folder}/settings"]
        self.command(["-m", *how, *(options or ["main.py"])], COVERAGE_FILE=part)

    def command(self, words: Sequence[str], **more: str) -> None:
        """Run the interpreter, and check that it succeeds."""
        self._log.write_text("")
        variables = {name: value for name, value in clean_environment().items() if not name.startswith("PYTEST")}
        variables.pop("PYTHONPATH", None)
        env = carrier.witnessed({**variables, **more}, self._log)
        command = [self.python, *words]
        answer = subprocess.run(command, env=env, cwd=self.folder, capture_output=True, text=True, check=False)
        assert answer.returncode == 0, answer.stderr

    def doubts(self, tool: CoverageFormat) -> str:
        """Return the doubts in one line, after the processes have ended."""
        process_log.settle(self._log, tool=tool, patience=30)
        return "; ".join(process_log.doubts(self._log, tool=tool, members=self.members()))


@pytest.fixture
def part(tmp_path: Path) -> Part:
    """Return a part that the installed tools measure."""
    return Part(tmp_path, sys.executable)


@pytest.fixture(scope="module")
def oldest(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return an interpreter with the oldest supported tools."""
    wanted = ("coverage==7.6.12", "slipcover==1.0.17")
    return str(environment(tmp_path_factory.mktemp("oldest") / "venv", *wanted))


@pytest.fixture(params=["installed", "oldest"])
def any_part(request: pytest.FixtureRequest, tmp_path: Path) -> Part:
    """Return a part that the installed or the oldest supported tools measure."""
    return Part(tmp_path, sys.executable if request.param == "installed" else request.getfixturevalue("oldest"))


# Pools


POOL = """
import multiprocessing, work

def main():
    context = multiprocessing.get_context({method!r})
    {body}

if __name__ == "__main__":
    main()
"""
WITH = "with context.Pool(2) as pool: pool.map(work.do, range(6), chunksize=1)"
JOINED = "pool = context.Pool(2); pool.map(work.do, range(6), chunksize=1); pool.close(); pool.join()"
KILLED = "process = context.Process(target=work.be_killed, args=(1,)); process.start(); process.join()"
IDLE = "process = context.Process(target=print); process.start(); process.join()"


def test_C21_forking_pool_under_slipcover_is_always_refused(any_part: Part) -> None:
    """A forking pool under slipcover is refused whether or not it lost lines; its exit code is 0."""
    for body in [WITH] * 8 + [JOINED]:
        any_part.run("slipcover", POOL.format(method="fork", body=body))
        assert "forked, and slipcover silently loses the data of killed workers" in any_part.doubts("slipcover")


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_spawned_workers_under_slipcover(any_part: Part, method: str) -> None:
    """Spawned workers are not measured by slipcover, so the part of its one process is complete."""
    any_part.run("slipcover", POOL.format(method=method, body=WITH))
    assert any_part.doubts("slipcover") == ""


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_C21_workers_of_coverage_py_are_members(any_part: Part, method: str) -> None:
    """The data file of each worker must belong to the part."""
    any_part.run("coverage.py", POOL.format(method=method, body=JOINED), WORKERS)
    assert any_part.doubts("coverage.py") == ""
    assert len(any_part.members()) >= 2
    for member in any_part.members()[1:]:
        member.unlink()
    assert "saved its data in " in any_part.doubts("coverage.py")


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_C21_killed_worker_of_coverage_py_is_refused(any_part: Part, method: str) -> None:
    """A part with a killed worker is refused, although the run succeeds and the other data is valid."""
    any_part.run("coverage.py", POOL.format(method=method, body=KILLED), WORKERS)
    assert "left no complete data: it was killed" in any_part.doubts("coverage.py")


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_idle_worker_of_coverage_py_is_accepted(any_part: Part, method: str) -> None:
    """A worker that executed nothing does not need a data file."""
    any_part.run("coverage.py", POOL.format(method=method, body=IDLE), WORKERS)
    assert any_part.doubts("coverage.py") == ""


def test_worker_that_saves_outside_of_the_part_is_refused(any_part: Part) -> None:
    """With --data-file alone, workers do not know the path of the part; the message names COVERAGE_FILE."""
    (any_part.folder / "main.py").write_text(POOL.format(method="fork", body=JOINED))
    (any_part.folder / "settings").write_text(f"[run]\nsource = .\n{WORKERS}\n")
    words = ["-m", "coverage", "run", f"--rcfile={any_part.folder}/settings"]
    any_part.command([*words, f"--data-file={any_part.folder}/data/part", "main.py"])
    doubts = any_part.doubts("coverage.py")
    assert f"saved its data in {any_part.folder}/.coverage." in doubts
    assert "let COVERAGE_FILE name the part" in doubts


# Other children


FORK = """
import os, sys, work
process = os.fork()
if process == 0:
    work.do(1)
    {leave}
os.waitpid(process, 0)
"""
CHILD = """
import signal, subprocess, sys, work
code = "import work; work.do(1); print('ready', flush=True); input()"
child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
child.stdout.readline()
child.send_signal(signal.SIG{name})
child.wait()
"""
ORDINARY = """
import os, subprocess, sys, work
subprocess.run([sys.executable, "-c", "import work; work.do(0)"], check=True)
subprocess.run([sys.executable, "-I", "-S", "-c", "0"], check=True)
subprocess.run(["true"], preexec_fn=os.setsid, check=True)
os.system("true")
work.do(1)
"""
LEFT = """
import subprocess, sys
code = "import work, time; time.sleep(0.5); work.do(1)"
subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
"""
COMPILED = """
import ctypes, os, work
process = ctypes.CDLL(None).fork()
if process == 0:
    work.do(1)
    os._exit(0)
os.waitpid(process, 0)
"""
EXEC = """
import os, sys, work
work.do(1)
os.execv("/bin/true", ["true"])
"""
NO_FOLDER = """
import os, subprocess, sys
subprocess.run([sys.executable, "-c", "import os, work; work.do(1); os.rename('data', 'gone')"], check=True)
os.rename("gone", "data")
"""

ENVIRONMENT = """
import os, subprocess, sys
variables = {{**os.environ, "PYTHONPATH": "elsewhere"}}
code = "import work; work.{call}(1)"
subprocess.run([sys.executable, "-c", code], env=variables)
"""

CASES = {
    "os._exit": (FORK.format(leave="os._exit(0)"), PARALLEL, "it called os._exit"),
    "os._exit, saved": (FORK.format(leave="os._exit(0)"), ALL, ""),
    "a fork that ends": (FORK.format(leave="sys.exit()"), PARALLEL, ""),
    "a fork into the same file": (FORK.format(leave="sys.exit()"), PLAIN, "wrote the same data file"),
    "a fork and another program": (
        FORK.format(leave="os.execv('/bin/true', ['true'])"),
        PARALLEL,
        "another program replaced it",
    ),
    "a fork and another program, saved": (FORK.format(leave="os.execv('/bin/true', ['true'])"), ALL, ""),
    "a fork by compiled code": (COMPILED, PARALLEL, "compiled code forked it"),
    "another program": (EXEC, PARALLEL, "another program replaced it"),
    "another program, saved": (EXEC, ALL, ""),
    "an unmeasured child": (CHILD.format(name="KILL"), PARALLEL, ""),
    "a killed child": (CHILD.format(name="KILL"), CHILDREN, "it was killed"),
    "a terminated child": (CHILD.format(name="TERM"), CHILDREN, "it was killed"),
    "a terminated child that saves": (CHILD.format(name="TERM"), ALL, ""),
    "ordinary children": (ORDINARY, CHILDREN, ""),
    "a child with a PYTHONPATH of its own": (ENVIRONMENT.format(call="do"), CHILDREN, ""),
    "a killed child with a PYTHONPATH of its own": (ENVIRONMENT.format(call="be_killed"), CHILDREN, "it was killed"),
    "a child that outlives the command": (LEFT, CHILDREN, ""),
}
SINCE_PATCHES = {name for name, (_, settings, _) in CASES.items() if "patch" in settings}


@pytest.mark.parametrize("case", CASES)
def test_children_under_coverage_py(part: Part, case: str) -> None:
    """A part is refused unless each measured process has saved its data under the path of the part."""
    if case == "a child that outlives the command" and sys.platform != "linux":
        pytest.skip("processes that are not in the log are found in /proc")
    script, settings, words = CASES[case]
    part.run("coverage.py", script, settings)
    doubts = part.doubts("coverage.py")
    assert words in doubts
    assert bool(words) == bool(doubts)


@pytest.mark.parametrize("case", [case for case in CASES if case not in SINCE_PATCHES])
def test_children_under_the_oldest_coverage_py(tmp_path: Path, oldest: str, case: str) -> None:
    """The oldest supported version gives the same results, as far as it has the settings."""
    test_children_under_coverage_py(Part(tmp_path, oldest), case)


def test_data_that_cannot_be_saved_is_a_doubt(part: Part) -> None:
    """A process whose data cannot be saved exits with 0; its part is refused."""
    part.run("coverage.py", NO_FOLDER, CHILDREN)
    assert "coverage.py could not save the data of its process" in part.doubts("coverage.py")


def test_workers_of_pytest_xdist(part: Part) -> None:
    """Workers of pytest-xdist save a file each under coverage.py, and are refused under slipcover."""
    (part.folder / "test_work.py").write_text(
        "import pytest, work\n@pytest.mark.parametrize('number', range(4))\ndef test(number): work.do(number)\n"
    )
    options = ["-m", "pytest", "-q", "-n2", "-p", "no:cacheprovider", "--rootdir=.", "-c", os.devnull, "test_work.py"]
    part.run("coverage.py", "", CHILDREN, options=options)
    assert part.doubts("coverage.py") == ""
    assert len(part.members()) == 3
    part.run("slipcover", "", options=options)
    assert "slipcover measured more than one process" in part.doubts("slipcover")


SLIPCOVER = {
    "ordinary children": (ORDINARY, ""),
    "a killed child": (CHILD.format(name="KILL"), ""),
    "a fork": (FORK.format(leave="os._exit(0)"), "forked, and slipcover silently loses"),
    "another program": (EXEC, "did not end normally"),
    "os._exit": ("import os; os._exit(0)", "did not end normally"),
    "slipcover again": (
        "import subprocess, sys; subprocess.run([sys.executable, '-m', 'slipcover', 'work.py'], check=True)",
        "more than one process",
    ),
}


@pytest.mark.parametrize("case", SLIPCOVER)
def test_children_under_slipcover(any_part: Part, case: str) -> None:
    """A slipcover part is complete if its one measured process did not fork; other programs do not matter."""
    script, words = SLIPCOVER[case]
    any_part.run("slipcover", script)
    doubts = any_part.doubts("slipcover")
    assert words in doubts
    assert bool(words) == bool(doubts)


@pytest.mark.parametrize("tool", ["slipcover", "coverage.py"])
def test_processes_without_the_witness_are_a_doubt(part: Part, tool: CoverageFormat) -> None:
    """A part whose processes did not load the witness is refused, with the next step."""
    part.command(["-I", "-c", "0"])
    assert f"none of its processes imported {tool}" in part.doubts(tool)
    part.command(["-c", "0"])
    assert "run Python without -I" in part.doubts(tool)


# Reading the log


START = "7\tstart\t1\texec\t1\tcoverage.py\tpython main.py\n"
LOGS = {
    "truncated": (START + "7\ten", "is truncated"),
    "of another version": (START.replace("start\t1", "start\t2"), "of another version"),
    "with an unknown record": (START + "7\tsurprise\n", "of another version"),
    "with a record that lacks fields": (START + "7\texit\n", "damaged or of another version"),
    "with an empty line": (START + "\n", "damaged or of another version"),
    "with an end but no start": ("8\tend\n", "the start of its process 8 was not recorded"),
    "empty": ("", "none of its processes imported coverage.py"),
    "complete": (START + "7\tend\n", ""),
    "complete, with an exec that failed": (START + "7\texec\tunsaved\n7\tend\n", ""),
    "with a child that is not in the log": (
        START + "7\tspawns\t8\n7\tend\n",
        "process 8, which was killed before it was measured",
    ),
    "with a fork that is not in the log": (START + "7\tfork\n7\tend\n", "a forked process, which was killed"),
    "with a process id that was used twice": (START + START + "7\tend\n", "it was killed"),
}


@pytest.mark.parametrize("case", LOGS)
def test_reading_logs(tmp_path: Path, case: str) -> None:
    """A damaged or incomplete log is a doubt."""
    content, words = LOGS[case]
    log = tmp_path / "log"
    number, other = gone(), gone()
    log.write_text(content.replace("7\t", f"{number}\t").replace("8\n", f"{other}\n"))
    words = words.replace("process 8,", f"process {other},")
    doubts = "; ".join(process_log.doubts(log, tool="coverage.py"))
    assert words in doubts
    assert bool(words) == bool(doubts)


def gone() -> int:
    """Return the id of a process that has ended."""
    with subprocess.Popen(["true"]) as process:
        pass
    return process.pid


def test_missing_or_too_large_log_is_a_doubt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log that is missing or above the size limit is a doubt."""
    (doubt,) = process_log.doubts(tmp_path / "log", tool="slipcover")
    assert doubt == "the log of its processes cannot be read: No such file or directory"
    (tmp_path / "log").write_text(START)
    monkeypatch.setattr(process_log, "MAX_BYTES", 10)
    assert "larger than 10 bytes" in process_log.doubts(tmp_path / "log", tool="slipcover")[0]
    process_log.settle(tmp_path / "log", tool="slipcover", patience=60)


def test_process_that_does_not_end_is_a_doubt(tmp_path: Path) -> None:
    """`settle` stops after its time limit, and a process that still runs is a doubt."""
    log = tmp_path / "log"
    log.write_text(START.replace("7\t", f"{os.getpid()}\t"))
    process_log.settle(log, tool="coverage.py", patience=0.3)
    assert "it is still running" in process_log.doubts(log, tool="coverage.py")[0]
    process_log.settle(log, tool="slipcover", patience=60)


@LINUX
def test_unrecorded_process_is_found_by_its_environment(tmp_path: Path) -> None:
    """A Python process with the log in its environment belongs to the part before it has recorded its start."""
    log = tmp_path / "log"
    log.touch()
    env = carrier.witnessed(clean_environment(), log)
    with subprocess.Popen([sys.executable, "-I", "-c", "input()"], env=env, stdin=subprocess.PIPE) as process:
        try:
            until = time.monotonic() + 180
            while process_log.unseen(log, []) != [process.pid]:  # /proc has the environment shortly after the start
                assert time.monotonic() < until
            assert process_log.unseen(tmp_path / "other", []) == []
        finally:
            process.kill()


def test_imported_tools(tmp_path: Path) -> None:
    """The tools of all processes are returned; a log that cannot be read has none."""
    log = tmp_path / "log"
    log.write_text(START + START.replace("coverage.py", "") + "7\timports\tslipcover\n")
    assert process_log.imported_tools(log) == {"coverage.py", "slipcover"}
    log.write_text(START)
    assert process_log.imported_tools(log) == {"coverage.py"}
    assert process_log.imported_tools(tmp_path / "missing") == set()
    (doubt,) = process_log.doubts(log, tool="slipcover")
    assert doubt == "its processes imported coverage.py, not slipcover: correct `tool`, or remove it"
