"""What a part's processes tell of themselves, in every Python; and the recorder by itself."""

from __future__ import annotations

import os
import posix
import subprocess
import sys
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from ci_accel.guest import carrier
from ci_accel.guest.spawn import ForkExec, Spawn
from ci_accel.guest.witness import programs, recorder, sitecustomize
from tests.every_python.trace import VERSIONS, interpreter, plain
from tests.support.trace_records import Original

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """An empty log."""
    path = tmp_path / "part.log"
    path.touch()
    return path


def said(log: Path) -> list[list[str]]:
    """Return the records of a log, without the numbers of the processes."""
    return [line.split("\t")[1:] for line in log.read_text().splitlines()]


# In every Python


@pytest.fixture(params=VERSIONS)
def python(request: pytest.FixtureRequest) -> str:
    """An interpreter of each version that this machine has."""
    path = interpreter(request.param)
    if path is None:
        pytest.skip(f"there is no Python {request.param}")
    return path


def run(python: str, log: Path, code: str, *options: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run code where a witness is."""
    argv = [python, *options, "-c", code]
    env = carrier.witnessed(plain(**more), log)
    return subprocess.run(argv, env=env, capture_output=True, text=True, check=False, timeout=60)


def test_a_process_begins_and_ends(python: str, log: Path) -> None:
    """It says who started it and what it runs; `end` comes after everything that was registered to run at exit."""
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
    """Whatever the exit code, all that runs at exit has run."""
    assert run(python, log, leaving).returncode != 0
    assert said(log)[-1] == ["end"]


def test_a_killed_process_has_no_end(python: str, log: Path) -> None:
    """Nor has one that a signal ends."""
    for number in ("KILL", "TERM"):
        run(python, log, f"import os, signal; os.kill(os.getpid(), signal.SIG{number})")
    assert [record[0] for record in said(log)] == ["start", "start"]


FORKS = {
    "os.fork": "process = os.fork()",
    "os.forkpty": "process, _ = os.forkpty()",
}


@pytest.mark.parametrize("way", FORKS)
def test_a_fork_is_seen_on_both_sides(python: str, log: Path, way: str) -> None:
    """The parent says it before, the child is a process of its own, and os._exit is no accident."""
    code = f"import os\n{FORKS[way]}\nif process == 0: os._exit(0)\nos.waitpid(process, 0)"
    assert run(python, log, code).returncode == 0
    records = said(log)
    assert sorted(record[0] for record in records) == ["end", "exit", "fork", "start", "start"]
    (child,) = [record for record in records if record[:3] == ["start", "1", "fork"]]
    assert records.index(["fork"]) < records.index(child) < records.index(["exit", "idle"])
    lines = log.read_text().splitlines()
    assert child[3] == lines[0].split("\t")[0]


def test_programs_are_no_forks(python: str, log: Path) -> None:
    """A program that is started is none, even where a preexec_fn runs before; a Python tells of itself."""
    code = (
        "import subprocess, sys, os; subprocess.run(['true'], preexec_fn=os.setsid); os.system('true');"
        "subprocess.run([sys.executable, '-c', '0'], check=True)"
    )
    assert run(python, log, code).returncode == 0
    assert [record[0] for record in said(log)] == ["start", "start", "end", "end"]


def test_another_program_takes_its_place(python: str, log: Path) -> None:
    """That is said before it happens."""
    run(python, log, "import os; os.execv('/bin/true', ['true'])")
    assert said(log)[1:] == [["exec", "idle"]]


def test_a_program_cannot_tell(python: str, log: Path, tmp_path: Path) -> None:
    """sys.path, the modules and what is printed are as without the witness; a sitecustomize runs that it hides."""
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


def test_both_may_be_there(python: str, log: Path, tmp_path: Path) -> None:
    """The tracer of a builder and the witness of a part start one after the other, in any order."""
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
        assert kinds.count("end") == 1  # what tells of the other end opens a file after it
        assert "doubt" not in kinds


def test_a_log_that_is_gone(python: str, log: Path) -> None:
    """The program runs all the same, and nothing is made in its place; what is missing is missed later."""
    log.unlink()
    answer = run(python, log, "import os; process = os.fork() or os._exit(0); os.waitpid(process, 0)")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert not log.exists()


# The recorder by itself


@pytest.fixture
def recorded(log: Path, monkeypatch: pytest.MonkeyPatch) -> recorder.Witness:
    """The records of this process, where no tool seems to be imported."""
    for module in [name for name in sys.modules if name.split(".")[0] in {"coverage", "slipcover"}]:
        monkeypatch.delitem(sys.modules, module)
    return recorder.Witness(os.fsencode(log))


def caller(name: str) -> Any:
    """Return what stands for the frame of a module."""
    return SimpleNamespace(f_globals={"__name__": name})


def test_tools_are_told_once(recorded: recorder.Witness, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As soon as they are there; a forked process says at its start what it has from its parent."""
    recorded.imported("json")
    monkeypatch.setitem(sys.modules, "coverage.control", SimpleNamespace())
    recorded.imported("json")
    recorded.imported("json")
    monkeypatch.setitem(sys.modules, "slipcover.slipcover", SimpleNamespace())
    recorded.forks()
    recorded.begin_again()
    recorded.begin_again()  # after a preexec_fn: there was no fork by Python code
    recorded.forks()
    recorded.forked()
    recorded.begin_again()
    assert [record[:5] for record in said(log)[1:]] == [
        ["imports", "coverage.py"],
        ["imports", "slipcover"],
        ["fork"],
        ["start", "1", "fork", str(os.getpid()), "coverage.py,slipcover"],
        ["fork"],
    ]


def test_what_cannot_be_written_takes_the_end_along(recorded: recorder.Witness, log: Path) -> None:
    """A record may have been lost: this process proves nothing any more."""
    moved = log.rename(log.with_suffix(".moved"))
    recorded.forks()
    moved.rename(log)
    recorded.end()
    assert [record[0] for record in said(log)] == ["start"]


class Measuring:
    """Stands for coverage.control while something is measured, or not."""

    def __init__(self, instance: object) -> None:
        """Keep what measures."""
        self.Coverage = SimpleNamespace(current=lambda: instance)


EXITS: dict[str, tuple[object, str, object, str]] = {
    "nothing is imported": (None, "work", 0, "idle"),
    "coverage.py does not measure": (Measuring(None), "work", 0, "idle"),
    "it is still being imported": (SimpleNamespace(), "work", 0, "idle"),
    "it measures": (Measuring("something"), "work", 0, "unsaved"),
    "it has saved in its own os._exit": (Measuring("something"), "coverage.patch", 0, "saved"),
    "a worker is done": (Measuring("something"), "multiprocessing.popen_fork", 0, "saved"),
    "a worker is done with something": (Measuring("something"), "multiprocessing.forkserver", 3, "saved"),
    "a worker failed, maybe in saving": (Measuring("something"), "multiprocessing.popen_fork", 1, "unsaved"),
}


@pytest.mark.parametrize("case", EXITS)
def test_what_becomes_of_data_at_exit(
    recorded: recorder.Witness, log: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    """Only who measures at that moment, and has not saved, loses something."""
    control, module, code, data = EXITS[case]
    if control is not None:
        monkeypatch.setitem(sys.modules, "coverage.control", control)
    monkeypatch.setitem(sys.modules, "multiprocessing", SimpleNamespace(**{recorder.PATCHED: True}))
    recorded.exits(caller(module), code)
    assert said(log)[-1] == ["exit", data]


def test_a_worker_that_coverage_does_not_know(
    recorded: recorder.Witness, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without concurrency = multiprocessing nobody saves what a forked worker measures."""
    monkeypatch.setitem(sys.modules, "coverage.control", Measuring("something"))
    monkeypatch.setitem(sys.modules, "multiprocessing", SimpleNamespace())
    recorded.exits(caller("multiprocessing.popen_fork"), 0)
    assert said(log)[-1] == ["exit", "unsaved"]


def within(module: str, handler: Callable[..., None], *arguments: Any) -> None:
    """Call a handler as the audit hook does when a module of some name does something."""
    exec("call()", {"__name__": module, "call": lambda: handler(*arguments)})


def test_a_signal_that_coverage_passes_on(recorded: recorder.Witness, log: Path) -> None:
    """It has saved by then; whoever else sends one, or to another process, says nothing of data."""
    for module, process in [
        ("coverage.control", os.getpid() + 1),
        ("work", os.getpid()),
        ("coverage.control", os.getpid()),
    ]:
        assert len(said(log)) == 1
        within(module, recorded.signals, process, 15)
    assert said(log)[1:] == [["exit", "saved"]]


def test_data_files_are_those_of_the_collector(recorded: recorder.Witness, log: Path) -> None:
    """What it puts its lines into counts, each once; whatever else opens a database does not."""
    for module, name in [
        ("work", "/tmp/other"),
        ("coverage.collector", "file:/tmp/probe?mode=ro"),
        ("coverage.collector", b"/tmp/bytes"),  # so it comes up to Python 3.10
        ("coverage.collector", "/tmp/a\tb\nc"),
        ("coverage.collector", "/tmp/a\tb\nc"),
    ]:
        within(module, recorded.connects, name)
    assert said(log)[1:] == [["saves", "/tmp/bytes"], ["saves", "/tmp/a?b?c"]]


def test_errors_at_exit_are_told_if_they_are_of_coverage(recorded: recorder.Witness, log: Path) -> None:
    """Python shows them, and the exit code stays 0."""
    for module in ("work", "coverage.data"):
        with pytest.raises(ZeroDivisionError) as caught:
            exec("1 / 0", {"__name__": module})
        recorded.fails(
            None, SimpleNamespace(exc_type=caught.type, exc_value="no\tspace\nleft", exc_traceback=caught.tb)
        )
    assert said(log)[1:] == [["fails", "ZeroDivisionError: no space left"]]


def test_the_mark_goes_beneath_what_wraps_os_exit(monkeypatch: pytest.MonkeyPatch) -> None:
    """coverage.py, where it was there first, is to save before; what wraps something else stays as it is."""
    calls: list[str] = []

    def wrapping(old: Callable[[], None] | None) -> Callable[[], None]:
        def wrapper() -> None:
            calls.append("saved")
            if old is not None:
                old()

        return wrapper

    def original() -> None:
        calls.append("original")

    def marked() -> None:
        calls.append("marked")

    wrapped = wrapping(original)
    assert recorder.beneath(wrapped, original, marked)
    wrapped()
    assert calls == ["saved", "marked"]
    assert not recorder.beneath(wrapping(None), original, marked)
    assert not recorder.beneath(original, original, marked)


def test_command_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command line is one line of limited length."""
    monkeypatch.setattr(sys, "orig_argv", ["python", "-c", "a\tb\n" + "c" * 1000])
    assert recorder.command_line() == b"python -c a b " + b"c" * (recorder.MOST - len("python -c a b "))


def test_the_witness_starts_once(parts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It starts if the environment names a log, also in a package that the tracer has made."""
    (parts / "recorder.py").write_text("ASKED = []\ndef start(path): ASKED.append(path)\n")
    sitecustomize.start(str(parts))
    assert sitecustomize.PACKAGE not in sys.modules
    package = ModuleType(sitecustomize.PACKAGE)
    package.__path__ = [str(parts.parent)]
    sys.modules[sitecustomize.PACKAGE] = package
    monkeypatch.setenv("CI_ACCEL_WITNESS", "/log")
    for _ in range(2):
        sitecustomize.start(str(parts))
    assert sys.modules[f"{sitecustomize.PACKAGE}.parts.recorder"].ASKED == [b"/log"]
    assert not {str(parts.parent), str(parts)} & set(sys.path_importer_cache)


def test_a_witness_that_does_not_start(parts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program runs all the same."""
    (parts / "recorder.py").write_text("raise RuntimeError\n")
    monkeypatch.setenv("CI_ACCEL_WITNESS", "/log")
    sitecustomize.start(str(parts))
    assert not {str(parts.parent), str(parts)} & set(sys.path_importer_cache)


# Programs that are started

MARKED = {b"COVERAGE_PROCESS_CONFIG": b"{}"}


def started(original: Original) -> dict[bytes, bytes]:
    """Return the environment that a program was started with."""
    arguments = original.arguments
    return dict(pair.split(b"=", 1) for pair in arguments[5]) if len(arguments) > 5 else dict(arguments[2])


@pytest.mark.parametrize(
    ("argv", "given", "is_recorded"),
    [
        (["python", "x.py"], MARKED, True),
        (["python", "-I", "x.py"], MARKED, False),
        (["script"], MARKED, True),
        (["other"], MARKED, False),
        (["python3", "x.py"], MARKED, False),
        (["missing"], MARKED, False),
        (["python", "x.py"], {}, False),
        (["python", "x.py"], {**MARKED, b"CI_ACCEL_WITNESS": b"/another"}, False),
    ],
)
def test_pythons_that_are_to_be_measured(
    recorded: recorder.Witness,
    log: Path,
    tmp_path: Path,
    argv: list[str],
    *,
    given: dict[bytes, bytes],
    is_recorded: bool,
) -> None:
    """Their processes are recorded, and they get the witness even if their environment is a new one."""
    shell = "#!/bin/sh\n"
    for name, text in {"script": "#!/usr/bin/python3\n", "other": shell, "python3": shell, "python": ""}.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    variables = {b"PYTHONPATH": b"/lib", **given}
    pairs = [name + b"=" + value for name, value in variables.items()]
    candidates = [os.fsencode(tmp_path / "no" / argv[0]), os.fsencode(tmp_path / argv[0])]
    forking, spawning = Original("fork_exec", 1234), Original("posix_spawn", 1234)
    observer = programs.Programs(os.fsencode(log), recorded.write)
    assert ForkExec(forking, observer)(argv, candidates, True, (), None, pairs, -1) == 1234
    expected = [["spawns", "1234"]] if is_recorded else []
    assert said(log)[1:] == expected
    assert Spawn(spawning, observer)(candidates[1], argv, variables, setsid=True) == 1234
    assert said(log)[1:] == expected * 2
    for original in (forking, spawning):
        carried = started(original).get(b"PYTHONPATH") == carrier.WITNESSES + b":/lib"
        assert carried == (given == MARKED)


def test_an_environment_that_is_inherited(
    recorded: recorder.Witness, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that inherits the environment of a measured process gets a copy of it with the witness."""
    observer = programs.Programs(os.fsencode(log), recorded.write)
    original = Original("fork_exec")
    ForkExec(original, observer)([], [], True, (), None, None, -1)
    assert original.arguments[5] is None
    monkeypatch.setenv("COVERAGE_PROCESS_START", "settings")
    for original, arguments in (
        (Original("fork_exec"), ([], [], True, (), None, None, -1)),
        (Original("posix_spawn"), (b"/bin/true", [], None)),
    ):
        wrapper = Spawn if original.__name__ == "posix_spawn" else ForkExec
        wrapper(original, observer)(*arguments)
        assert started(original)[b"COVERAGE_PROCESS_START"] == b"settings"
        assert started(original)[b"CI_ACCEL_WITNESS"] == os.fsencode(log)


def test_programs_that_are_not_understood(recorded: recorder.Witness, log: Path) -> None:
    """They start as they would without the witness."""
    observer = programs.Programs(os.fsencode(log), recorded.write)
    original = Original("posix_spawn")
    Spawn(original, observer)(b"/bin/true", [], {b"a": 1})
    assert original.arguments == (b"/bin/true", [], {b"a": 1})
    assert len(said(log)) == 1


def test_subprocess_starts_programs_with_the_wrappers(
    recorded: recorder.Witness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does so whether it was imported before or is imported later."""
    import _posixsubprocess

    original = _posixsubprocess.fork_exec
    monkeypatch.setattr(_posixsubprocess, "fork_exec", original)
    monkeypatch.setattr(subprocess, "_fork_exec", original, raising=False)
    for module in (os, posix):
        monkeypatch.setattr(module, "posix_spawn", posix.posix_spawn)
    recorded.imported("json")
    assert _posixsubprocess.fork_exec is original
    for _ in range(2):
        recorded.imported("_posixsubprocess")
    assert isinstance(_posixsubprocess.fork_exec, ForkExec)
    assert _posixsubprocess.fork_exec.__wrapped__ is original
    assert isinstance(os.posix_spawn, Spawn)
    assert subprocess._fork_exec is _posixsubprocess.fork_exec  # type: ignore[attr-defined] # from Python 3.11 on its own
