"""Programs that are started: what is recorded of them, and what they are started with."""

from __future__ import annotations

import os
import posix
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from ci_accel.guest import carrier
from ci_accel.guest.tracer import children
from tests.support.trace_records import OURS, Original, doubts, executable, failing, said, surroundings, written

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ci_accel.guest.tracer.log import Log


pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def carriage(log: Log) -> children.Carriage:
    """Variables of a builder that runs in a copy of the environment."""
    data = {carrier.TRACE: log.path, carrier.PYTHONPATH: OURS + b":/lib", b"PATH": b"/none:/bin"}
    with surroundings(data):
        found = children.Carriage(log)
    assert data == {carrier.PYTHONPATH: b"/lib", b"PATH": b"/none:/bin"}
    return found


@pytest.fixture
def put(monkeypatch: pytest.MonkeyPatch) -> dict[bytes, bytes]:
    """What the environment of the process was given; it is not changed."""
    given: dict[bytes, bytes] = {}
    monkeypatch.setattr(posix, "putenv", given.__setitem__)
    return given


@pytest.fixture
def program(tmp_path: Path) -> str:
    """A program with the name of an interpreter."""
    return executable(tmp_path / "python3.99")


def test_carriage_renews_what_the_process_hands_on(
    log: Log, carriage: children.Carriage, put: dict[bytes, bytes]
) -> None:
    """The tracer, with the PYTHONPATH that the builder has set last."""
    carriage.renew()
    assert put == {carrier.TRACE: log.path, carrier.PYTHONPATH: OURS + b":/lib"}
    carriage.changed(carrier.PYTHONPATH, b"/other")
    carriage.changed(b"OTHER", b"x")
    carriage.renew()
    assert put[carrier.PYTHONPATH] == OURS + b":/other"
    carriage.changed(carrier.PYTHONPATH)
    carriage.renew()
    assert put == {carrier.TRACE: log.path, carrier.PYTHONPATH: OURS}


def test_carriage_in_an_environment(log: Log, carriage: children.Carriage) -> None:
    """Lists and mappings get the tracer; a builder that traces by itself keeps its own log."""
    expected = {b"A": b"1=2", carrier.TRACE: log.path, carrier.PYTHONPATH: OURS}
    assert carriage.in_mapping({"A": "1=2"}) == expected
    assert carriage.in_list([b"A=1=2"]) == [name + b"=" + value for name, value in expected.items()]
    assert carriage.in_mapping({b"CI_ACCEL_TRACE": "/other"}) == {carrier.TRACE: b"/other"}
    assert carriage.search_path() == [b"/none", b"/bin"]


def test_carriage_without_variables(log: Log) -> None:
    """A builder may have none at all, and the system still knows where programs are."""
    data: dict[bytes, bytes] = {}
    with surroundings(data):
        carriage = children.Carriage(log)
    assert data == {}
    assert carriage.search_path() == os.fsencode(os.defpath).split(b":")


@pytest.mark.parametrize(("program", "option"), [("python3", "-I"), ("sh", "-I"), ("python3", "-O"), (None, "-I")])
def test_interpreters_that_keep_the_tracer_out(
    log: Log, carriage: children.Carriage, program: str | None, option: str
) -> None:
    """An interpreter that is started with -I, -S or -E makes the trace incomplete; the reason names the option."""
    started = children.Started(Original("fork_exec"), log, carriage)
    started._check(None if program is None else os.fsencode("/bin/" + program), ["python3", option, "build.py"])
    if (program, option) == ("python3", "-I"):
        assert doubts(log, "started with -I", "trace=False")
    else:
        assert said(log) == []


def recorded(log: Log, kind: str) -> list[tuple[str, ...]]:
    """Return the fields of the records of a kind."""
    return [record[1:] for record in said(log) if record[0] == kind]


def fork_exec(
    argv: Sequence[Any], candidates: Sequence[Any], folder: Any, variables: Any, *more: Any
) -> tuple[Any, ...]:
    """Return arguments of _posixsubprocess.fork_exec."""
    return (argv, candidates, True, (), folder, variables, -1, -1, *more)


def test_fork_exec(log: Log, carriage: children.Carriage, program: str, put: dict[bytes, bytes]) -> None:
    """The first candidate that is there; the process; the arguments that the builder gave."""
    original = Original("fork_exec", answer=42)
    candidates = [b"/none/python3.99", os.fsencode(program)]
    assert children.ForkExec(original, log, carriage)(*fork_exec(["py", "-O", "x"], candidates, None, [b"A=1"])) == 42
    argv, given, _, _, folder, variables, *_ = original.arguments
    assert argv == ["py", "-O", "x"]
    assert (given, folder) == (candidates, None)
    assert variables == [b"A=1", b"CI_ACCEL_TRACE=" + log.path, b"PYTHONPATH=" + OURS]
    assert recorded(log, "spawn") == [("42", program, "py", "-O", "x")]
    assert not put


def test_fork_exec_in_a_folder(
    log: Log, carriage: children.Carriage, tmp_path: Path, program: str, put: dict[bytes, bytes]
) -> None:
    """A relative program starts from the folder that it will run in, whose links are said; the process hands on."""
    (tmp_path / "way").symlink_to(".")
    original = Original("fork_exec")
    call = children.ForkExec(original, log, carriage)
    call(*fork_exec(["py"], [os.path.basename(program)], tmp_path / "way", None))
    assert original.arguments[5] is None
    assert put[carrier.TRACE] == log.path
    assert recorded(log, "spawn") == [("7", f"{tmp_path}/way/python3.99", "py")]
    assert (str(tmp_path / "way"),) in recorded(log, "link")


def test_fork_exec_prepares_in_the_child(log: Log, carriage: children.Carriage, program: str) -> None:
    """After preexec_fn, which is traced, the child says what it becomes."""
    prepared: list[bool] = []
    original = Original("fork_exec")
    arguments = fork_exec(["py", "x"], [program], None, [], lambda: prepared.append(True), "vfork")
    children.ForkExec(original, log, carriage)(*arguments)
    announced, other = original.arguments[-2:]
    assert (other, prepared) == ("vfork", [])
    announced()
    assert prepared == [True]
    assert recorded(log, "exec") == [(program, "py", "x")]


def test_fork_exec_without_a_program(log: Log, carriage: children.Carriage) -> None:
    """Places where there is none; nothing is said of a process."""
    original = Original("fork_exec")
    children.ForkExec(original, log, carriage)(*fork_exec(["x"], [b"/none/x", b"/dev/null/x"], None, []))
    assert said(log) == [("stat", "/none/x", "-"), ("stat", "/dev/null/x", "-")]
    assert original.arguments[0] == ["x"]


def test_fork_exec_with_what_makes_no_sense(log: Log, carriage: children.Carriage) -> None:
    """The original gets what the builder gave."""
    original = Original("fork_exec")
    assert children.ForkExec(original, log, carriage)(1, 2) == 7
    assert original.arguments == (1, 2)
    assert doubts(log, "TypeError")


def test_programs_that_are_something_else(
    log: Log, carriage: children.Carriage, tmp_path: Path, descriptor: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder, a file that may not be run or one that cannot be looked at: the first place, whatever comes of it."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch(0o644)
    started = children.Started(Original("fork_exec"), log, carriage)
    assert started._find([tmp_path / "folder", tmp_path / "file"]) == os.fsencode(tmp_path / "folder")
    assert started._find([tmp_path / "none", tmp_path / "file"]) == os.fsencode(tmp_path / "none")
    with monkeypatch.context() as patch:
        patch.setattr(posix, "stat", failing(PermissionError()))
        assert started._find([tmp_path / "hidden"]) == os.fsencode(tmp_path / "hidden")
    if sys.platform == "linux":
        assert started._find([descriptor]) == os.fsencode(tmp_path)
    assert said(log) == []


def test_arguments_that_cannot_be_recorded(log: Log, carriage: children.Carriage) -> None:
    """They are doubted."""
    children.Started(Original("fork_exec"), log, carriage)._record(b"spawn", b"/x", [1.5])
    assert doubts(log, "TypeError")


def test_posix_spawn(log: Log, carriage: children.Carriage, program: str) -> None:
    """The path as it is; environment and arguments carry the tracer, keywords stay."""
    original = Original("posix_spawn", answer=42)
    call = children.Spawn(original, log, carriage)
    assert call(program, ["py", "-O", "x"], {"A": "1"}, file_actions=()) == 42
    assert original.asked == [
        (
            (
                program,
                ["py", "-O", "x"],
                {b"A": b"1", carrier.TRACE: log.path, carrier.PYTHONPATH: OURS},
            ),
            {"file_actions": ()},
        )
    ]
    assert recorded(log, "spawn") == [("42", program, "py", "-O", "x")]


@pytest.mark.parametrize(("name", "is_searched"), [("posix_spawn", False), ("posix_spawnp", True)])
def test_posix_spawn_searches(log: Log, tmp_path: Path, name: str, is_searched: bool, put: dict[bytes, bytes]) -> None:
    """Only posix_spawnp looks along PATH, and only for names without a slash."""
    tool = executable(tmp_path / "tool")
    with surroundings({b"PATH": b"/none:" + os.fsencode(tmp_path)}):
        carriage = children.Carriage(log)
    call = children.Spawn(Original(name), log, carriage)
    call("tool", ["tool"], None)
    call(tool, ["tool", "x"], None)
    found = [("spawn", "7", tool, "tool")] if is_searched else [("stat", os.path.abspath("tool"), "-")]
    assert said(log) == [*found, ("spawn", "7", tool, "tool", "x")]
    assert put[carrier.TRACE] == log.path


def test_posix_spawn_with_what_makes_no_sense(log: Log, carriage: children.Carriage) -> None:
    """The original gets what the builder gave."""
    original = Original("posix_spawn")
    children.Spawn(original, log, carriage)("/bin/true")
    assert original.arguments == ("/bin/true",)
    assert doubts(log, "IndexError")


@pytest.mark.parametrize("is_named", [False, True])
def test_exec(log: Log, carriage: children.Carriage, program: str, put: dict[bytes, bytes], is_named: bool) -> None:
    """What takes the place of this program is said before, and all else is written."""
    log.before_end = lambda: log.write(b"stat", b"/last", b"-")
    original = Original("execve")
    call = children.Exec(original, log, carriage)
    if is_named:
        call(path=program, argv=("py", "-O", "x"), env={})
    else:
        call(program, ("py", "-O", "x"), {})
    variables = {carrier.TRACE: log.path, carrier.PYTHONPATH: OURS}
    assert original.asked == [((program, ("py", "-O", "x"), variables), {})]
    assert written(log.path)[1:] == [("exec", program, "py", "-O", "x"), ("stat", "/last", "-")]
    assert not put


def test_exec_with_the_environment_of_the_process(
    log: Log, carriage: children.Carriage, program: str, put: dict[bytes, bytes]
) -> None:
    """It is made to carry the tracer."""
    original = Original("execv")
    children.Exec(original, log, carriage)(program, ["py"])
    assert original.asked == [((program, ["py"]), {})]
    assert put == {carrier.TRACE: log.path, carrier.PYTHONPATH: OURS + b":/lib"}


def test_exec_with_what_makes_no_sense(log: Log, carriage: children.Carriage) -> None:
    """The original gets what the builder gave."""
    original = Original("execv")
    children.Exec(original, log, carriage)("/none", argv=1)
    assert original.asked == [(("/none",), {"argv": 1})]
    assert written(log.path)[1:] == [
        ("stat", "/none", "-"),
        ("doubt", "TypeError: 'int' object is not iterable"),
    ]


def test_exit(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """An end all the same; one that cannot be recorded is doubted."""
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
    """What functions would be replaced by; none is."""
    found: dict[Any, Any] = {}
    monkeypatch.setattr(children, "replace", found.update)
    return found


def test_children(log: Log, replaced: dict[Any, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """All that starts programs, or ends this one; fork_exec once its module is there, once."""
    reload_environ = Original("reload_environ")
    monkeypatch.setattr(os, "reload_environ", reload_environ, raising=False)
    monkeypatch.setattr(children, "sys", SimpleNamespace(modules={}))
    with surroundings({}):
        made = children.Children(log)
    kinds: dict[Any, type] = {
        posix.posix_spawn: children.Spawn,
        posix.posix_spawnp: children.Spawn,
        posix.execv: children.Exec,
        posix.execve: children.Exec,
        posix._exit: children.Exit,
        reload_environ: children.Reload,
    }
    assert {old: type(new) for old, new in replaced.items()} == kinds
    replaced.clear()
    made.replace_fork_exec()
    made.replace_fork_exec()
    assert [(old.__name__, type(new)) for old, new in replaced.items()] == [("fork_exec", children.ForkExec)]


def test_children_of_a_builder_that_has_subprocess(
    log: Log, replaced: dict[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """fork_exec is replaced at once; os.reload_environ is not there before Python 3.14."""
    monkeypatch.delattr(os, "reload_environ", raising=False)
    with surroundings({}):
        children.Children(log)
    assert children.ForkExec in map(type, replaced.values())
    assert children.Reload not in map(type, replaced.values())


def test_a_shell(log: Log, replaced: dict[Any, Any], put: dict[bytes, bytes]) -> None:
    """The command, and an environment that carries the tracer."""
    with surroundings({}):
        made = children.Children(log)
    made.run_by_shell("true")
    assert written(log.path)[1:] == [("system", "true")]
    assert put == {carrier.TRACE: log.path, carrier.PYTHONPATH: OURS}


def test_an_environment_that_is_read_again(log: Log) -> None:
    """os.reload_environ, which comes with Python 3.14, does not bring the tracer to light."""
    data = {carrier.TRACE: log.path, carrier.PYTHONPATH: OURS, b"A": b"1"}
    with surroundings(data):
        carriage = children.Carriage(log)
    assert data == {b"A": b"1"}

    def again() -> int:
        data.update({carrier.TRACE: log.path, carrier.PYTHONPATH: OURS + b":/mine", b"B": b"2"})
        return 5

    assert children.Reload(again, log, carriage)() == 5
    assert data == {b"A": b"1", carrier.PYTHONPATH: b"/mine", b"B": b"2"}
