"""The witness in every interpreter."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from ci_accel.guest import carrier
from tests.every_python.trace import plain
from tests.support.witness_records import said

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Return an empty log."""
    path = tmp_path / "part.log"
    path.touch()
    return path


def run(python: str, log: Path, code: str, *options: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run code with a witness."""
    argv = [python, *options, "-c", code]
    env = carrier.witnessed(plain(**more), log)
    return subprocess.run(argv, env=env, capture_output=True, text=True, check=False, timeout=300)


def test_a_process_begins_and_ends(python: str, log: Path) -> None:
    """The start has the parent and the command line; `end` comes after everything that runs at exit."""
    code = "import atexit, os; atexit.register(os.write, 1, open(os.environ['CI_ACCEL_WITNESS'], 'rb').read())"
    answer = run(python, log, code)
    assert (answer.returncode, answer.stderr) == (0, "")
    start, end = said(log)
    assert start[:4] == ["start", "1", "exec", str(os.getpid())]
    assert start[4] == ""
    assert "-c" in start[5]
    assert end == ["end"]
    assert "end" not in answer.stdout.split("\t")


@pytest.mark.parametrize("leaving", ["raise SystemExit(3)", "1 / 0", "import sys; sys.exit('words')"])
def test_an_error_is_an_end_as_well(python: str, log: Path, leaving: str) -> None:
    """A process that ends with an error has an `end`: everything that was registered to run at exit has run."""
    assert run(python, log, leaving).returncode != 0
    assert said(log)[-1] == ["end"]


def test_a_killed_process_has_no_end(python: str, log: Path) -> None:
    """A process that a signal ends has no `end`."""
    for number in ("KILL", "TERM"):
        run(python, log, f"import os, signal; os.kill(os.getpid(), signal.SIG{number})")
    assert [record[0] for record in said(log)] == ["start", "start"]


FORKS = {
    "os.fork": "process = os.fork()",
    "os.forkpty": "process, _ = os.forkpty()",
}


@pytest.mark.parametrize("way", FORKS)
def test_both_sides_of_a_fork_are_recorded(python: str, log: Path, way: str) -> None:
    """The parent records the fork before it happens; the child has a start of its own, and an exit."""
    code = f"import os\n{FORKS[way]}\nif process == 0: os._exit(0)\nos.waitpid(process, 0)"
    assert run(python, log, code).returncode == 0
    records = said(log)
    assert sorted(record[0] for record in records) == ["end", "exit", "fork", "start", "start"]
    (child,) = [record for record in records if record[:3] == ["start", "1", "fork"]]
    assert records.index(["fork"]) < records.index(child) < records.index(["exit", "idle"])
    lines = log.read_text().splitlines()
    assert child[3] == lines[0].split("\t")[0]


def test_programs_are_not_forks(python: str, log: Path) -> None:
    """A program is not recorded as a fork, even after a preexec_fn; a Python program records itself."""
    code = (
        "import subprocess, sys, os; subprocess.run(['true'], preexec_fn=os.setsid); os.system('true');"
        "subprocess.run([sys.executable, '-c', '0'], check=True)"
    )
    assert run(python, log, code).returncode == 0
    assert [record[0] for record in said(log)] == ["start", "start", "end", "end"]


def test_another_program_takes_the_place_of_the_process(python: str, log: Path) -> None:
    """That is recorded before it happens."""
    run(python, log, "import os; os.execv('/bin/true', ['true'])")
    assert said(log)[1:] == [["exec", "idle"]]


def test_the_program_sees_no_difference(python: str, log: Path, tmp_path: Path) -> None:
    """sys.path and output are the same as without the witness; a sitecustomize that it hides runs after it."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "sitecustomize.py").write_text("print('other', __file__)\n")
    names = ("_ci_accel_guest.witness.recorder", "sitecustomize")
    for lib in (str(tmp_path / "lib"), "", None):
        more = {} if lib is None else {"PYTHONPATH": lib}
        code = "import sys; print(sys.path); print(*sys.path_importer_cache)"
        argv = [python, "-c", code]
        before = subprocess.run(argv, env=plain(**more), capture_output=True, text=True, check=True).stdout
        after = run(python, log, code, **more)
        assert (after.stdout, after.stderr) == (before, "")
    listed = run(python, log, "import sys; print(*sys.modules)", PYTHONPATH=str(tmp_path / "lib")).stdout.split()
    assert set(names) <= set(listed)


def test_tracer_and_witness_together(python: str, log: Path, tmp_path: Path) -> None:
    """The tracer and the witness start one after the other, in any order."""
    trace = tmp_path / "trace.log"
    trace.touch()
    carriers = [(carrier.witnessed, log), (carrier.tracing_variables, trace)]
    for order in (carriers, carriers[::-1]):
        log.write_text("")
        trace.write_text("")
        variables = plain()
        for carry, path in order:
            variables.update(carry(variables, path))
        subprocess.run([python, "-c", "0"], env=variables, check=True)
        assert [record[0] for record in said(log)] == ["start", "end"]
        kinds = [record[0] for record in said(trace)]
        assert kinds[0] == "start"
        assert kinds.count("end") == 1  # the other guest opens its log afterwards
        assert "doubt" not in kinds


def test_a_log_that_is_gone(python: str, log: Path) -> None:
    """The program runs as it would without the witness, and the log is not made again."""
    log.unlink()
    answer = run(python, log, "import os; process = os.fork() or os._exit(0); os.waitpid(process, 0)")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert not log.exists()
