"""The tracer's observer of programs: what it records, and the environment that programs get."""

from __future__ import annotations

import os
import posix
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from ci_accel.guest import carrier
from ci_accel.guest.spawn import Exec, ForkExec, Launch, Spawn
from ci_accel.guest.tracer import children
from tests.support.trace_records import OURS, Original, doubts, executable, failing, said, surroundings, written

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ci_accel.guest.tracer.log import Log


pytestmark = [pytest.mark.every_python, pytest.mark.timeout(600)]


@pytest.fixture
def observer(log: Log) -> children.Children:
    """The observer of a builder that runs in a copy of the environment; no function is replaced."""
    data = {carrier.TRACE: log.path, carrier.PYTHONPATH: OURS + b":/lib", b"PATH": b"/none:/bin"}
    with surroundings(data):
        found = children.Children(log)
    assert data == {carrier.PYTHONPATH: b"/lib", b"PATH": b"/none:/bin"}
    return found


@pytest.fixture
def put(monkeypatch: pytest.MonkeyPatch) -> dict[bytes, bytes]:
    """The variables that are set in the environment of the process, which does not change."""
    given: dict[bytes, bytes] = {}
    monkeypatch.setattr(posix, "putenv", given.__setitem__)
    return given


@pytest.fixture
def program(tmp_path: Path) -> str:
    """A program with the name of an interpreter."""
    return executable(tmp_path / "python3.99")


# The environment


def test_renewed_variables(log: Log, observer: children.Children, put: dict[bytes, bytes]) -> None:
    """The environment of the process gets the tracer, with the PYTHONPATH that the builder has set last."""
    carriage = observer.carriage
    carriage.renew()
    assert put == {carrier.TRACE: log.path, carrier.PYTHONPATH: OURS + b":/lib"}
    carriage.changed(carrier.PYTHONPATH, b"/other")
    carriage.changed(b"OTHER", b"x")
    carriage.renew()
    assert put[carrier.PYTHONPATH] == OURS + b":/other"
    carriage.changed(carrier.PYTHONPATH)
    carriage.renew()
    assert put == {carrier.TRACE: log.path, carrier.PYTHONPATH: OURS}


def test_variables_added_to_an_environment(log: Log, observer: children.Children) -> None:
    """An environment gets the tracer; that of a builder which traces by itself keeps its own log."""
    expected = {b"A": b"1=2", carrier.TRACE: log.path, carrier.PYTHONPATH: OURS}
    assert observer.carriage.added_to({b"A": b"1=2"}) == expected
    assert observer.carriage.added_to({carrier.TRACE: b"/other"}) == {carrier.TRACE: b"/other"}
    assert observer.carriage.folders() == [b"/lib"]


def test_an_empty_environment(log: Log) -> None:
    """A builder may have no variables at all."""
    data: dict[bytes, bytes] = {}
    with surroundings(data):
        carriage = children.Carriage(log)
    assert data == {}
    assert carriage.folders() == []


def test_an_environment_that_is_reloaded(log: Log) -> None:
    """os.reload_environ (Python 3.14) does not make the tracer visible."""
    data = {carrier.TRACE: log.path, carrier.PYTHONPATH: OURS, b"A": b"1"}
    with surroundings(data):
        carriage = children.Carriage(log)
    assert data == {b"A": b"1"}

    def again() -> int:
        data.update({carrier.TRACE: log.path, carrier.PYTHONPATH: OURS + b":/mine", b"B": b"2"})
        return 5

    assert children.Reload(again, carriage)() == 5
    assert data == {b"A": b"1", carrier.PYTHONPATH: b"/mine", b"B": b"2"}


# Programs


def recorded(log: Log, kind: str) -> list[tuple[str, ...]]:
    """Return the fields of the records of a kind."""
    return [record[1:] for record in said(log) if record[0] == kind]


def fork_exec(
    argv: Sequence[Any], candidates: Sequence[Any], folder: Any, variables: Any, *more: Any
) -> tuple[Any, ...]:
    """Return arguments of _posixsubprocess.fork_exec."""
    return (argv, candidates, True, (), folder, variables, -1, -1, *more)


@pytest.mark.parametrize(("name", "option"), [("python3", "-I"), ("sh", "-I"), ("python3", "-O")])
def test_interpreters_that_keep_the_tracer_out(
    log: Log, observer: children.Children, tmp_path: Path, name: str, option: str
) -> None:
    """An interpreter that is started with -I, -S or -E makes the trace incomplete; the reason names the option."""
    path = executable(tmp_path / name)
    observer.prepare(Launch([path], [name, option, "build.py"], {}))
    observer.prepare(Launch(["/none/python3"], ["python3", option, "build.py"], {}))
    records = [record for record in said(log) if record[0] != "stat"]
    if (name, option) == ("python3", "-I"):
        ((kind, words),) = records
        assert kind == "doubt"
        assert "started with -I" in words
        assert "trace=False" in words
    else:
        assert records == []


def test_fork_exec(log: Log, observer: children.Children, program: str, put: dict[bytes, bytes]) -> None:
    """The first candidate that exists is recorded, with its process and the arguments of the builder."""
    original = Original("fork_exec", answer=42)
    candidates = [b"/none/python3.99", os.fsencode(program)]
    assert ForkExec(original, observer)(*fork_exec(["py", "-O", "x"], candidates, None, [b"A=1"])) == 42
    argv, given, _, _, folder, variables, *_ = original.arguments
    assert argv == ["py", "-O", "x"]
    assert (given, folder) == (candidates, None)
    assert variables == [b"A=1", b"CI_ACCEL_TRACE=" + log.path, b"PYTHONPATH=" + OURS]
    assert recorded(log, "spawn") == [("42", program, "py", "-O", "x")]
    assert not put


def test_fork_exec_in_a_folder(
    log: Log, observer: children.Children, tmp_path: Path, program: str, put: dict[bytes, bytes]
) -> None:
    """A relative program starts from the working directory of the child; links on the way there are recorded."""
    (tmp_path / "way").symlink_to(".")
    original = Original("fork_exec")
    call = ForkExec(original, observer)
    call(*fork_exec(["py"], [os.path.basename(program)], tmp_path / "way", None))
    assert original.arguments[5] is None
    assert put[carrier.TRACE] == log.path
    assert recorded(log, "spawn") == [("7", f"{tmp_path}/way/python3.99", "py")]
    assert (str(tmp_path / "way"),) in recorded(log, "link")


def test_fork_exec_with_preexec_fn(log: Log, observer: children.Children, program: str) -> None:
    """After preexec_fn, which is traced, the child records the program that it becomes."""
    prepared: list[bool] = []
    original = Original("fork_exec")
    arguments = fork_exec(["py", "x"], [program], None, [], lambda: prepared.append(True), "vfork")
    ForkExec(original, observer)(*arguments)
    preexec, other = original.arguments[-2:]
    assert (other, prepared) == ("vfork", [])
    preexec()
    assert prepared == [True]
    assert recorded(log, "exec") == [(program, "py", "x")]


def test_fork_exec_without_a_program(log: Log, observer: children.Children) -> None:
    """If no candidate exists, the absences are recorded, and no process."""
    original = Original("fork_exec")
    ForkExec(original, observer)(*fork_exec(["x"], [b"/none/x", b"/dev/null/x"], None, []))
    assert said(log) == [("stat", "/none/x", "-"), ("stat", "/dev/null/x", "-")]
    assert original.arguments[0] == ["x"]


def test_fork_exec_with_invalid_arguments(log: Log, observer: children.Children) -> None:
    """The original gets the arguments as they were, and the trace is incomplete."""
    original = Original("fork_exec")
    assert ForkExec(original, observer)(1, 2) == 7
    assert original.arguments == (1, 2)
    assert doubts(log, "IndexError")


def test_candidates_that_are_not_programs(
    log: Log, observer: children.Children, tmp_path: Path, descriptor: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If there are only folders, files that may not be run or unreadable ones, the first candidate is returned."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch(0o644)
    assert observer._find([tmp_path / "folder", tmp_path / "file"]) == os.fsencode(tmp_path / "folder")
    assert observer._find([tmp_path / "none", tmp_path / "file"]) == os.fsencode(tmp_path / "none")
    with monkeypatch.context() as patch:
        patch.setattr(posix, "stat", failing(PermissionError()))
        assert observer._find([tmp_path / "hidden"]) == os.fsencode(tmp_path / "hidden")
    if sys.platform == "linux":
        assert observer._find([descriptor]) == os.fsencode(tmp_path)
    assert said(log) == []


def test_arguments_that_cannot_be_recorded(log: Log, observer: children.Children, program: str) -> None:
    """They make the trace incomplete."""
    launch = Launch([program], [1.5], {})
    launch.program = os.fsencode(program)
    observer.started(launch, 7)
    assert doubts(log, "TypeError")


def test_posix_spawn(log: Log, observer: children.Children, program: str) -> None:
    """The environment carries the tracer; path, arguments and keywords stay as they are."""
    original = Original("posix_spawn", answer=42)
    call = Spawn(original, observer)
    assert call(program, ["py", "-O", "x"], {"A": "1"}, file_actions=()) == 42
    variables = {b"A": b"1", carrier.TRACE: log.path, carrier.PYTHONPATH: OURS}
    assert original.asked == [((program, ["py", "-O", "x"], variables), {"file_actions": ()})]
    assert recorded(log, "spawn") == [("42", program, "py", "-O", "x")]


@pytest.mark.parametrize(("name", "is_searched"), [("posix_spawn", False), ("posix_spawnp", True)])
def test_posix_spawn_searches(
    log: Log, observer: children.Children, tmp_path: Path, put: dict[bytes, bytes], *, name: str, is_searched: bool
) -> None:
    """Only posix_spawnp searches PATH, and only for names without a slash."""
    tool = executable(tmp_path / "tool")
    call = Spawn(Original(name), observer)
    with surroundings({b"PATH": b"/none:" + os.fsencode(tmp_path)}):
        call("tool", ["tool"], None)
        call(tool, ["tool", "x"], None)
    found = [("spawn", "7", tool, "tool")] if is_searched else [("stat", os.path.abspath("tool"), "-")]
    assert said(log) == [*found, ("spawn", "7", tool, "tool", "x")]
    assert put[carrier.TRACE] == log.path


def test_posix_spawn_with_invalid_arguments(log: Log, observer: children.Children) -> None:
    """The original gets the arguments as they were, and the trace is incomplete."""
    original = Original("posix_spawn")
    Spawn(original, observer)("/bin/true")
    assert original.arguments == ("/bin/true",)
    assert doubts(log, "IndexError")


@pytest.mark.parametrize("is_named", [False, True])
def test_exec(log: Log, observer: children.Children, program: str, put: dict[bytes, bytes], is_named: bool) -> None:
    """The program that takes the place of this one is recorded before it does, and all records are written."""
    log.before_end = lambda: log.write(b"stat", b"/last", b"-")
    original = Original("execve")
    call = Exec(original, observer)
    if is_named:
        call(path=program, argv=("py", "-O", "x"), env={})
    else:
        call(program, ("py", "-O", "x"), {})
    variables = {carrier.TRACE: log.path, carrier.PYTHONPATH: OURS}
    assert original.asked == [((program, ("py", "-O", "x"), variables), {})]
    assert written(log.path)[1:] == [("exec", program, "py", "-O", "x"), ("stat", "/last", "-")]
    assert not put


def test_exec_with_the_environment_of_the_process(
    log: Log, observer: children.Children, program: str, put: dict[bytes, bytes]
) -> None:
    """The environment of the process gets the tracer."""
    original = Original("execv")
    Exec(original, observer)(program, ["py"])
    assert original.asked == [((program, ["py"]), {})]
    assert put == {carrier.TRACE: log.path, carrier.PYTHONPATH: OURS + b":/lib"}


def test_exec_with_invalid_arguments(log: Log, observer: children.Children) -> None:
    """The original gets the arguments as they were, and the trace is incomplete."""
    original = Original("execv")
    Exec(original, observer)("/none", argv=1)
    assert original.asked == [(("/none",), {"argv": 1})]
    assert written(log.path)[1:] == [("doubt", "TypeError: 'int' object is not iterable")]


def test_exit(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """os._exit is an orderly end; if that cannot be recorded, the trace is incomplete."""
    original = Original("_exit")
    leave = children.Exit(original, log)
    with monkeypatch.context() as patch:
        patch.setattr(log, "end", failing(RuntimeError("late")))
        leave(1)
    assert doubts(log, "RuntimeError: late")
    leave(2)
    assert said(log)[-1] == ("end",)
    assert [arguments for arguments, _ in original.asked] == [(1,), (2,)]


@pytest.fixture
def replaced(monkeypatch: pytest.MonkeyPatch) -> dict[Any, Any]:
    """The functions that would be replaced, with their replacements; none is."""
    found: dict[Any, Any] = {}
    monkeypatch.setattr(children, "replace", found.update)
    return found


def test_functions_that_are_replaced(
    observer: children.Children, replaced: dict[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that start programs or end this one; fork_exec only when its module is imported, and once."""
    reload_environ = Original("reload_environ")
    monkeypatch.setattr(os, "reload_environ", reload_environ, raising=False)
    monkeypatch.setattr(children, "sys", SimpleNamespace(modules={}))
    observer.watch()
    kinds: dict[Any, type] = {
        posix.posix_spawn: Spawn,
        posix.posix_spawnp: Spawn,
        posix.execv: Exec,
        posix.execve: Exec,
        posix._exit: children.Exit,
        reload_environ: children.Reload,
    }
    assert {old: type(new) for old, new in replaced.items()} == kinds
    replaced.clear()
    observer.replace_fork_exec()
    observer.replace_fork_exec()
    assert [(old.__name__, type(new)) for old, new in replaced.items()] == [("fork_exec", ForkExec)]


def test_a_builder_that_has_imported_subprocess(
    observer: children.Children, replaced: dict[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """fork_exec is replaced at once; os.reload_environ does not exist before Python 3.14."""
    monkeypatch.delattr(os, "reload_environ", raising=False)
    observer.watch()
    assert ForkExec in map(type, replaced.values())
    assert children.Reload not in map(type, replaced.values())


def test_a_shell(log: Log, observer: children.Children, put: dict[bytes, bytes]) -> None:
    """The command is recorded, and the environment of the process gets the tracer."""
    observer.run_by_shell("true")
    assert written(log.path)[1:] == [("system", "true")]
    assert put == {carrier.TRACE: log.path, carrier.PYTHONPATH: OURS + b":/lib"}
