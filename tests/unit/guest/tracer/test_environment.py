"""Records of environment variables that are read."""

from __future__ import annotations

import os
import shutil
from types import FunctionType, SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from ci_accel.guest.tracer import environment
from tests.support.trace_records import doubts, said

if TYPE_CHECKING:
    from collections.abc import Callable

    from ci_accel.guest.tracer.log import Log


pytestmark = [pytest.mark.every_python, pytest.mark.timeout(600)]


class Copied(os._Environ[str]):
    """A class like that of os.environ."""


def copied(**variables: str) -> Copied:
    """Return a mapping of a new class."""
    data: Any = {os.fsencode(name): os.fsencode(value) for name, value in variables.items()}
    kind: Any = type("Watched", (Copied,), {})
    mapping: Copied = kind(data, os.fsencode, os.fsdecode, os.fsencode, os.fsdecode)
    return mapping


@pytest.fixture
def watched(log: Log, monkeypatch: pytest.MonkeyPatch) -> Copied:
    """Return a mapping for which reads are recorded."""
    mapping = copied(A="1", B="2", COLUMNS="80", PATH="/bin")
    with monkeypatch.context() as patch:
        patch.setattr(os, "environ", mapping)
        environment.Environment(log)
    assert "Environment" not in type(os.environ).__getitem__.__qualname__
    return mapping


def test_names_that_are_read(log: Log, watched: Copied) -> None:
    """Each variable is recorded once, whether it is set or not."""
    assert watched["A"] == "1"
    assert watched.get("A") == "1"
    assert "B" in watched
    with pytest.raises(KeyError):
        watched["NONE"]
    with pytest.raises(TypeError):
        watched[cast("Any", 1)]
    assert said(log) == [("env", "A"), ("env", "B"), ("env", "NONE")]


@pytest.mark.parametrize(
    "take",
    [
        dict,
        list,
        repr,
        lambda mapping: mapping.copy(),
        lambda mapping: {**mapping},
        lambda mapping: list(mapping.items()),
        lambda mapping: [mapping[name] for name in mapping],
    ],
    ids=["dict", "list", "repr", "copy", "unpacked", "items", "names"],
)
def test_the_whole_is_one_record(log: Log, watched: Copied, take: Callable[[Copied], object]) -> None:
    """Values that are read with their names are not recorded; those that are read later are."""
    assert take(watched)
    assert said(log) == [("environ",)]
    assert watched["A"] == "1"
    assert said(log) == [("environ",), ("env", "A")]


def test_watched_methods_look_like_the_originals(watched: Copied) -> None:
    """Name, module and documentation are those of the originals."""
    for name in ("__getitem__", "__iter__", "__repr__"):
        new, old = getattr(type(watched), name), getattr(Copied, name)
        assert new is not old
        assert (new.__qualname__, new.__module__, new.__doc__) == (old.__qualname__, old.__module__, old.__doc__)


def test_names_that_are_read_for_presentation(log: Log, watched: Copied, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are recorded if the builder reads them, and not if the standard library does for itself."""
    with monkeypatch.context() as patch:
        patch.setattr(os, "environ", watched)
        shutil.get_terminal_size()
        assert shutil.which("no such program") is None
    assert said(log) == []
    assert watched["COLUMNS"] == "80"
    assert watched["PATH"] == "/bin"
    assert said(log) == [("env", "COLUMNS"), ("env", "PATH")]


IN_OS = (vars(os), "getenv", "os.py")
SHUTIL = f"{environment._LIBRARY}shutil.py"


@pytest.mark.parametrize(
    ("name", "frames", "is_asked"),
    [
        ("PATH", [(vars(os), "_execvpe", "os.py")], True),
        ("TERM", [(vars(os), "_execvpe", "os.py")], False),
        ("TERM", [IN_OS, ({"__name__": "shutil"}, "which", SHUTIL)], True),
        ("TERM", [({"__name__": "curses.textpad"}, "x", "<frozen curses.textpad>")], True),
        ("TERM", [({"__name__": "site"}, "x", SHUTIL)], False),
        ("TERM", [({"__name__": "shutil"}, "x", "/project/shutil.py")], False),
        ("TERM", [({}, "<module>", SHUTIL)], False),
    ],
    ids=["exec", "exec of another name", "library", "frozen", "other library", "project", "nameless"],
)
def test_variables_that_the_library_reads(
    monkeypatch: pytest.MonkeyPatch, name: str, frames: list[tuple[dict[str, Any], str, str]], is_asked: bool
) -> None:
    """The innermost frame outside of os and its mappings decides; a search in PATH is not the builder's."""
    frame = None
    for space, function, file in reversed(frames):
        code = SimpleNamespace(co_name=function, co_filename=file)
        frame = SimpleNamespace(f_globals=space, f_code=code, f_back=frame)
    monkeypatch.setattr(environment, "sys", SimpleNamespace(_getframe=lambda _depth: frame))
    assert environment._asked_by_library(name) is is_asked


@pytest.mark.parametrize(("module", "is_said"), [("wsgiref.handlers", False), ("builder", True)])
def test_a_library_that_takes_the_whole(log: Log, watched: Copied, module: str, is_said: bool) -> None:
    """Wsgiref copies the environment when it is imported; that is not recorded."""

    def take(mapping: Copied) -> object:
        return dict(mapping)

    assert FunctionType(take.__code__, {"__name__": module, "dict": dict})(watched) == {
        "A": "1",
        "B": "2",
        "COLUMNS": "80",
        "PATH": "/bin",
    }
    assert said(log) == [("environ",)] * is_said


def test_a_read_that_cannot_be_recorded(log: Log, watched: Copied) -> None:
    """The trace is incomplete, and the value is returned."""

    class Strange(str):
        __slots__ = ()
        __hash__ = str.__hash__

        def __eq__(self, other: object) -> bool:
            message = "strange"
            raise RuntimeError(message)

    assert watched[Strange("A")] == "1"
    assert doubts(log, "RuntimeError: strange")
