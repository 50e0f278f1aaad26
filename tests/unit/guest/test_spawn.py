"""Wrappers of functions that start programs, with an observer that changes the environment."""

from __future__ import annotations

import inspect
import os
from typing import Any

import pytest

from ci_accel.guest import spawn
from tests.support.trace_records import Original

pytestmark = [pytest.mark.every_python, pytest.mark.timeout(600)]


class Observer:
    """An observer that adds a variable, or nothing, and remembers what it saw."""

    def __init__(self, *, changes: bool) -> None:
        self._changes = changes
        self.seen: list[tuple[Any, ...]] = []
        self.errors: list[Exception] = []

    def prepare(self, launch: spawn.Launch) -> None:
        """Change the environment of a program."""
        if self._changes:
            launch.variables = {**(launch.variables or {}), b"NEW": b"1"}

    def started(self, launch: spawn.Launch, process: int | None) -> None:
        """Remember a program."""
        self.seen.append((launch.candidates, launch.argv, launch.folder, process))

    def failed(self, error: Exception) -> None:
        """Remember an error."""
        self.errors.append(error)


def preexec() -> None:
    """Do nothing in the child."""


@pytest.mark.parametrize("changes", [True, False])
def test_fork_exec(changes: bool) -> None:
    """The observer sees program and process; arguments that it does not change are the same objects."""
    original, observer = Original("fork_exec", answer=42), Observer(changes=changes)
    given = (["py"], [b"/bin/py"], True, (), b"/work", [b"A=1=2"], -1, preexec, True)
    assert spawn.ForkExec(original, observer)(*given) == 42
    expected = [b"A=1=2", b"NEW=1"] if changes else given[5]
    assert original.arguments == (*given[:5], expected, *given[6:])
    assert (original.arguments[5] is given[5]) == (not changes)
    assert observer.seen == [([b"/bin/py"], ["py"], b"/work", 42)]


@pytest.mark.parametrize("changes", [True, False])
def test_fork_exec_with_the_environment_of_the_process(changes: bool) -> None:
    """An observer that sets an environment replaces that of the process."""
    original, observer = Original("fork_exec"), Observer(changes=changes)
    spawn.ForkExec(original, observer)([], [], True, (), None, None, -1)
    assert original.arguments[5] == ([b"NEW=1"] if changes else None)


@pytest.mark.parametrize("changes", [True, False])
def test_posix_spawn(changes: bool) -> None:
    """The observer sees program and process, and the environment as bytes."""
    original, observer = Original("posix_spawn", answer=42), Observer(changes=changes)
    variables = {"A": "1"}
    assert spawn.Spawn(original, observer)("/bin/py", ["py"], variables, setsid=True) == 42
    expected = {b"A": b"1", b"NEW": b"1"} if changes else variables
    assert original.asked == [(("/bin/py", ["py"], expected), {"setsid": True})]
    assert observer.seen == [([b"/bin/py"], ["py"], None, 42)]


def test_exec() -> None:
    """The observer sees the program before it starts: there is no process of its own."""
    original, observer = Original("execve"), Observer(changes=True)
    spawn.Exec(original, observer)("/bin/py", ["py"], env={"A": "1"})
    assert original.asked == [(("/bin/py", ["py"], {b"A": b"1", b"NEW": b"1"}), {})]
    assert observer.seen == [(["/bin/py"], ["py"], None, None)]


@pytest.mark.parametrize(
    ("wrapper", "arguments"),
    [
        (spawn.ForkExec, (["py"], [], True, (), None, ["A=1"], -1)),
        (spawn.ForkExec, (["py"], [], True, (), None, [b"A"], -1)),
        (spawn.ForkExec, (1,)),
        (spawn.Spawn, ("/bin/py", ["py"], {"A": 1})),
        (spawn.Spawn, ("/bin/py",)),
        (spawn.Exec, ("/bin/py", ["py"], 1)),
        (spawn.Exec, (1.5,)),
    ],
)
def test_arguments_that_are_not_understood(
    wrapper: type[spawn.ForkExec | spawn.Spawn | spawn.Exec], arguments: tuple[Any, ...]
) -> None:
    """The original gets the arguments as they were, and the observer learns only the error."""
    original, observer = Original("posix_spawn"), Observer(changes=True)
    assert wrapper(original, observer)(*arguments) == 7
    assert original.arguments == arguments
    assert observer.seen == []
    assert len(observer.errors) == 1


def test_a_replacement_looks_like_the_original() -> None:
    """Name, documentation, signature and representation are those of the original; so is the place in a pickle."""
    replacement = spawn.Exec(os.execve, Observer(changes=False))
    assert (replacement.__name__, replacement.__doc__) == ("execve", os.execve.__doc__)
    assert repr(replacement) == repr(os.execve)
    assert inspect.signature(replacement) == inspect.signature(os.execve)
    assert (replacement.__module__, replacement.__reduce__()) == ("os", "execve")
