"""Wrappers of functions of os that raise no audit event."""

from __future__ import annotations

import os
import posix
import stat as modes
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

import pytest

from ci_accel.guest.tracer import calls
from tests.every_python.trace import LINUX
from tests.support.trace_records import Original, doubts, said

if TYPE_CHECKING:
    from collections.abc import Callable

    from ci_accel.guest.tracer.log import Log


pytestmark = [pytest.mark.every_python, pytest.mark.timeout(600)]


def test_letter() -> None:
    """The letter depends on the type of a file; it is a capital if links were not followed."""
    kinds = {modes.S_IFDIR: b"d", modes.S_IFREG: b"f", modes.S_IFLNK: b"l", modes.S_IFIFO: b"o", modes.S_IFSOCK: b"o"}
    for kind, expected in kinds.items():
        assert calls.letter(kind | 0o644, through_links=True) == expected
        assert calls.letter(kind | 0o7777, through_links=False) == expected.upper()


def test_links_on_the_way(log: Log, tmp_path: Path) -> None:
    """Each part of a path that is a link is recorded once, and no other part."""
    (tmp_path / "real" / "below").mkdir(parents=True)
    (tmp_path / "one").symlink_to("real")
    (tmp_path / "real" / "two").symlink_to("below")
    for _ in range(2):
        calls.along(log, os.fsencode(tmp_path) + b"/one/two/none/more")
    calls.along(log, b"/nu\0ll")
    place = str(tmp_path)
    assert [record for record in said(log) if place in record[1]] == [
        ("link", f"{place}/one"),
        ("link", f"{place}/one/two"),
    ]


def test_links_to_links(log: Log, tmp_path: Path) -> None:
    """Links to links are recorded, also in a cycle."""
    (tmp_path / "real").mkdir()
    (tmp_path / "first").symlink_to("second/below")
    (tmp_path / "second").symlink_to(tmp_path / "real")
    (tmp_path / "ring").symlink_to("gnir")
    (tmp_path / "gnir").symlink_to("ring")
    for name in (b"/first", b"/ring"):
        calls.along(log, os.fsencode(tmp_path) + name)
    links = {Path(path) for _, path in said(log)}
    assert links >= {tmp_path / name for name in ("first", "second", "ring", "gnir")}


def test_a_call_looks_like_the_original(log: Log) -> None:
    """Name, documentation and representation are those of the original; it is pickled by its name in os."""
    call = calls.Stat(posix.stat, log)
    assert (call.__name__, call.__qualname__, call.__doc__) == ("stat", "stat", posix.stat.__doc__)
    assert (call.__module__, repr(call), call.__reduce__()) == ("os", repr(posix.stat), "stat")
    assert call.__wrapped__ is posix.stat


def test_stat(log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, descriptor: int) -> None:
    """What is at a path is recorded once for each answer, for paths of each type."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to("file")
    (tmp_path / "lost").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe")
    stat, lstat = calls.Stat(posix.stat, log), calls.Stat(posix.lstat, log)
    place = str(tmp_path)
    for _ in range(2):
        assert stat(f"{place}/file") == os.stat("file")
    stat("file")
    stat(b"link")
    stat(path=Path("pipe"))
    stat(".")
    assert lstat("link") == os.lstat("link")
    stat("link", follow_symlinks=False)
    stat(descriptor)
    for call, path in ((stat, "lost"), (stat, f"{place}/lost"), (stat, ""), (lstat, "none")):
        with pytest.raises(FileNotFoundError):
            call(path)
    with pytest.raises(FileNotFoundError):
        stat("unlinked", follow_symlinks=False)
    assert said(log) == [
        ("stat", f"{place}/file", "f"),
        ("stat", f"{place}/link", "f"),
        ("stat", f"{place}/pipe", "o"),
        ("stat", place, "d"),
        ("stat", f"{place}/link", "L"),
        ("stat", f"{place}/lost", "-"),
        ("stat", f"{place}/none", "_"),
        ("stat", f"{place}/unlinked", "_"),
    ]


def test_stat_that_is_called_wrongly(log: Log) -> None:
    """The error is that of the original."""
    for arguments in ((), (1.5,), ("/", "/")):
        with pytest.raises(TypeError):
            calls.Stat(posix.stat, log)(*arguments)
    with pytest.raises(ValueError, match="null"):
        calls.Stat(posix.stat, log)("/nu\0ll")
    assert said(log) == []


@LINUX
def test_calls_from_a_folder(log: Log, tmp_path: Path, descriptor: int) -> None:
    """A relative path starts from the folder of `dir_fd`."""
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to("file")
    calls.Stat(posix.stat, log)("file", dir_fd=descriptor)
    calls.Stat(posix.lstat, log)("link", dir_fd=descriptor)
    assert calls.Access(posix.access, log)("none", os.R_OK, dir_fd=descriptor) is False
    assert calls.ReadLink(posix.readlink, log)("link", dir_fd=descriptor) == "file"
    place = str(tmp_path)
    assert said(log) == [
        ("stat", f"{place}/file", "f"),
        ("stat", f"{place}/link", "L"),
        ("stat", f"{place}/none", "-"),
        ("link", f"{place}/link"),
    ]


@pytest.mark.parametrize("kind", [calls.Stat, calls.Access, calls.ReadLink])
def test_a_folder_without_a_path(log: Log, kind: Callable[..., Any], pipe: int) -> None:
    """The trace is incomplete; the original is called as always."""
    original = Original("stat", answer=os.stat("/"))
    assert kind(original, log)("file", dir_fd=pipe) == os.stat("/")
    assert original.asked == [(("file",), {"dir_fd": pipe})]
    assert doubts(log, "OSError")


def test_access(log: Log, tmp_path: Path, descriptor: int) -> None:
    """What is at the path is recorded, whatever the access."""
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to("file")
    os.mkfifo(tmp_path / "pipe")
    access = calls.Access(posix.access, log)
    assert access(tmp_path / "file", os.R_OK)
    assert access(path=str(tmp_path), mode=os.F_OK)
    assert access(tmp_path / "link", os.R_OK)
    assert access(tmp_path / "pipe", os.F_OK)
    assert not access(tmp_path / "none", os.R_OK)
    assert not access("", os.R_OK)
    original = Original("access", answer=True)
    assert calls.Access(original, log)(descriptor, os.R_OK)
    with pytest.raises(TypeError):
        access()
    expected = [("file", "f"), (tmp_path.name, "d"), ("link", "f"), ("pipe", "o"), ("none", "-")]
    if os.access in os.supports_follow_symlinks:
        assert access(tmp_path / "link", os.F_OK, follow_symlinks=False)
        assert not access(tmp_path / "unlinked", os.F_OK, follow_symlinks=False)
        expected += [("link", "L"), ("unlinked", "_")]
    assert [(Path(path).name, kind) for _, path, kind in said(log)] == expected


def test_readlink(log: Log, tmp_path: Path) -> None:
    """A link is recorded, and a path that is not a link; invalid arguments are left to the original."""
    (tmp_path / "link").symlink_to("nowhere")
    readlink = calls.ReadLink(posix.readlink, log)
    assert readlink(tmp_path / "link") == "nowhere"
    assert readlink(path=os.fsencode(tmp_path) + b"/link") == b"nowhere"
    with pytest.raises(OSError, match=r"Invalid argument"):
        readlink(tmp_path)
    for arguments in ((), (1.5,)):
        with pytest.raises(TypeError):
            readlink(*arguments)
    link, folder = str(tmp_path / "link"), str(tmp_path)
    assert said(log) == [("link", link), ("stat", link, "L"), ("link", folder), ("stat", folder, "D")]


@LINUX
def test_folders_of_open(log: Log, tmp_path: Path, descriptor: int, pipe: int) -> None:
    """The folder is known during a call with `dir_fd` only, also if the call fails or the path is unknown."""
    seen: list[dict[int, bytes | None]] = []

    def original(path: str, flags: int, *, dir_fd: int | None = None) -> int:
        seen.append(dict(opening.folders))
        if path == "none":
            raise FileNotFoundError(path)
        return 7

    opening = calls.Open(original, log)
    assert opening("file", os.O_RDONLY) == 7
    assert opening("file", os.O_RDONLY, dir_fd=None) == 7
    assert opening("file", os.O_RDONLY, dir_fd=descriptor) == 7
    with pytest.raises(FileNotFoundError):
        opening("none", os.O_RDONLY, dir_fd=pipe)
    assert [list(folders.values()) for folders in seen] == [[], [], [os.fsencode(tmp_path)], [None]]
    assert opening.folders == {}
    assert said(log) == []


def test_replace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Functions are replaced in all modules but those that are spared."""

    def old() -> None:
        """Be replaced."""

    def new() -> None:
        """Replace it."""

    module, spared, accessor = ModuleType("units_module"), ModuleType("units_spared"), type("Accessor", (), {})
    spaces: list[Any] = [module, spared, accessor]
    for space in spaces:
        space.kept, space.other = old, len
    monkeypatch.setitem(sys.modules, "units_module", module)
    monkeypatch.setitem(sys.modules, "units_spared", spared)
    monkeypatch.setitem(sys.modules, "units_none", cast("Any", None))
    monkeypatch.setattr("pathlib._NormalAccessor", accessor, raising=False)
    monkeypatch.setattr(os, "supports_fd", {*os.supports_fd, old})
    calls.replace({old: new}, spared=("units_spared",))
    assert [(space.kept, space.other) for space in spaces] == [(new, len), (old, len), (new, len)]
    assert new in os.supports_fd
    assert new not in os.supports_dir_fd


def test_replace_without_an_accessor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pathlib keeps these functions in a class in Python 3.10; it may not be imported."""
    monkeypatch.setitem(sys.modules, "pathlib", ModuleType("pathlib"))
    module: Any = ModuleType("units_module")
    module.kept = len_ = Original("len")
    monkeypatch.setitem(sys.modules, "units_module", module)
    calls.replace({len_: max})
    assert module.kept is max


def test_watch(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """The functions are replaced in os and not in posix, which importlib and the tracer use."""
    given: list[Any] = []
    monkeypatch.setattr(calls, "replace", lambda *arguments, **keywords: given.append((arguments, keywords)))
    opening = calls.watch(log)
    (((replacements,), keywords),) = given
    kinds = {
        posix.stat: calls.Stat,
        posix.lstat: calls.Stat,
        posix.access: calls.Access,
        posix.readlink: calls.ReadLink,
        posix.open: calls.Open,
    }
    assert {old: type(new) for old, new in replacements.items()} == kinds
    assert replacements[posix.open] is opening
    assert keywords == {"spared": ("posix",)}
