"""The tracer's parts by themselves: what each records, answers and passes on, also where something fails."""

from __future__ import annotations

import _frozen_importlib_external as finders
import _imp
import importlib
import importlib.util
import json
import os
import posix
import py_compile
import shutil
import stat as modes
import subprocess
import sys
import zipfile
from contextlib import contextmanager
from importlib.machinery import SourceFileLoader, SourcelessFileLoader
from pathlib import Path
from types import FunctionType, ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote_to_bytes

import pytest

from ci_accel import tracer
from ci_accel.tracer import bootstrap, calls, carrying, children, compare, environment, recorder, sitecustomize
from ci_accel.tracer import log as logs
from ci_accel.tracer.log import Log, absolute, escaped, joined, opened_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

pytestmark = pytest.mark.timeout(60)

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="paths of file descriptors are read from /proc")


@pytest.fixture
def log(tmp_path_factory: pytest.TempPathFactory) -> Log:
    """The records of this process, outside of what the test looks at."""
    path = tmp_path_factory.mktemp("trace") / "trace.log"
    path.touch()
    return Log(os.fsencode(path))


@pytest.fixture
def descriptor(tmp_path: Path) -> Iterator[int]:
    """The test's folder, opened."""
    number = os.open(tmp_path, os.O_RDONLY)
    yield number
    os.close(number)


@pytest.fixture
def pipe() -> Iterator[int]:
    """A file descriptor without a path."""
    reading, writing = os.pipe()
    yield reading
    os.close(reading)
    os.close(writing)


def written(path: bytes | Path) -> list[tuple[str, ...]]:
    """Return the records in a file, kinds and fields."""
    lines = Path(os.fsdecode(path)).read_bytes().splitlines()
    return [tuple(os.fsdecode(unquote_to_bytes(field)) for field in line.split(b"\t")[1:]) for line in lines]


def said(log: Log) -> list[tuple[str, ...]]:
    """Return what was recorded since the start."""
    log.flush()
    return [record for record in written(log.path) if record[0] != "start"]


def doubts(log: Log, *words: str) -> bool:
    """Tell whether all that was recorded is one doubt, with these words in it."""
    ((kind, doubt),) = said(log)
    return kind == "doubt" and all(word in doubt for word in words)


def state(path: Path) -> str:
    """Return what the log says of a file's state."""
    return recorder.state(path.stat()).decode()


class Original:
    """Stands for a function of the system, which is better not called."""

    def __init__(self, name: str, answer: Any = 7) -> None:
        """Answer always the same."""
        self.__name__ = self.__qualname__ = name
        self._answer = answer
        self.asked: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Remember what it is called with."""
        self.asked.append((arguments, keywords))
        return self._answer

    @property
    def arguments(self) -> tuple[Any, ...]:
        """What it was called with, once."""
        (((*arguments,), _),) = self.asked
        return tuple(arguments)


def failing(error: BaseException) -> Callable[..., Any]:
    """Return a function that fails."""

    def fail(*arguments: Any, **keywords: Any) -> Any:
        raise error

    return fail


# Lines and paths


@pytest.mark.parametrize("byte", range(256))
def test_a_field_survives_the_log(byte: int) -> None:
    """Whatever a name holds: the line stays one, and the field what it was."""
    field = b"x%c%%09" % byte
    assert unquote_to_bytes(escaped(field)) == field
    line = joined((b"stat", field, b"-"))
    assert [unquote_to_bytes(part) for part in line.split(b"\t")] == [b"stat", field, b"-"]
    assert b"\n" not in line


def test_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the root on, or from a folder; links and `..` stay."""
    monkeypatch.chdir(tmp_path)
    here = os.fsencode(tmp_path)
    assert absolute(None) == absolute(".") == here
    assert absolute("a//b/././c") == absolute(Path("a/b/c")) == absolute(b"a/b/c") == here + b"/a/b/c"
    assert absolute("a/../b") == here + b"/a/../b"
    assert absolute("b", b"/folder") == b"/folder/b"
    assert absolute(".", b"/folder") == b"/folder"
    assert absolute("///b", b"/folder") == b"/b"
    assert absolute("\udcff") == here + b"/\xff"
    with pytest.raises(TypeError):
        absolute(cast("Any", 1.5))


@LINUX
def test_opened_path(tmp_path: Path, descriptor: int, pipe: int) -> None:
    """A folder has the path that it was opened by; a pipe has none, and a closed descriptor neither."""
    assert opened_path(descriptor) == os.fsencode(tmp_path)
    with pytest.raises(OSError, match=r"has no path"):
        opened_path(pipe)
    with pytest.raises(OSError, match=r"No such file"):
        opened_path(10**6)


def test_opened_path_where_there_is_no_proc(monkeypatch: pytest.MonkeyPatch) -> None:
    """On macOS the kernel is asked by fcntl, which pads its answer."""
    fake: Any = ModuleType("fcntl")
    fake.F_GETPATH = 50
    fake.fcntl = lambda descriptor, command, room: (b"/opened/%d/%d" % (descriptor, command)).ljust(len(room), b"\0")
    monkeypatch.setitem(sys.modules, "fcntl", fake)
    monkeypatch.setattr(logs, "sys", SimpleNamespace(platform="darwin"))
    assert opened_path(7) == b"/opened/7/50"


# The log


def test_log_begins_with_what_runs(log: Log) -> None:
    """The first line says who starts, how, and with what."""
    assert Path(os.fsdecode(log.path)).read_bytes() == b""
    log.flush()
    facts = [sys.executable, str(sys.implementation.cache_tag), str(sys.flags.optimize), _imp.check_hash_based_pycs]
    ends = [sys.prefix, str(int(sys.flags.dont_write_bytecode))]
    assert written(log.path) == [("start", "1", str(os.getppid()), "exec", *facts, *ends)]
    assert Path(os.fsdecode(log.path)).read_bytes().startswith(b"%d\tstart\t" % os.getpid())


def test_log_says_things_once(log: Log) -> None:
    """`record` says the same once, `write` says it each time; a doubt is said in words or by its error."""
    for _ in range(2):
        log.record(b"stat", b"/a", b"f")
        log.write(b"spawn", b"1")
        log.doubt(OSError("no \udcff"))
        log.doubt("words")
    assert said(log) == [
        ("stat", "/a", "f"),
        ("spawn", "1"),
        ("doubt", "OSError: no \\udcff"),
        ("doubt", "words"),
        ("spawn", "1"),
    ]


def test_log_is_written_when_there_is_much(log: Log) -> None:
    """Lines are kept until there are many."""
    path = Path(os.fsdecode(log.path))
    log.record(b"stat", b"/first", b"-")
    assert path.read_bytes() == b""
    log.record(b"stat", b"/" + b"x" * logs.ROOM, b"-")
    assert len(written(path)) == 3


def test_log_ends_once(log: Log) -> None:
    """What is known at the end is said before the end, once; what is said after it is written at once."""
    log.before_end = lambda: log.write(b"stat", b"/last", b"-")
    log.end()
    log.end()
    assert written(log.path)[1:] == [("stat", "/last", "-"), ("end",)]
    log.record(b"read", b"/late", b"-")
    assert written(log.path)[-1] == ("read", "/late", "-")


def test_log_gives_way(log: Log) -> None:
    """Before another program takes the place of this one, all is written, without an end."""
    log.before_end = lambda: log.write(b"stat", b"/last", b"-")
    log.leave()
    assert written(log.path)[1:] == [("stat", "/last", "-")]


def test_log_of_a_fork(log: Log) -> None:
    """A forked process starts anew: what its parent has not written, and what it knows, are not its own."""
    log.record(b"stat", b"/parent", b"-")
    log.begin_again()
    (start,) = written(log.path)
    assert start[:4] == ("start", "1", str(os.getpid()), "fork")
    log.record(b"stat", b"/child", b"-")
    assert written(log.path)[1:] == [("stat", "/child", "-")]


def test_log_of_a_worker(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker of multiprocessing may be killed at any time: it writes at once."""
    monkeypatch.setattr(sys, "orig_argv", ["python", "-c", "spawn_main()", "--multiprocessing-fork"], raising=False)
    worker = Log(log.path)
    assert written(log.path)[0][3] == "worker"
    worker.record(b"stat", b"/a", b"-")
    assert written(log.path)[1:] == [("stat", "/a", "-")]


def test_log_that_cannot_be_opened(log: Log) -> None:
    """What cannot be written stays, in order."""
    path = Path(os.fsdecode(log.path))
    path.rename(path.with_suffix(".away"))
    log.record(b"stat", b"/a", b"-")
    log.flush()
    log.end()
    path.with_suffix(".away").rename(path)
    assert said(log) == [("stat", "/a", "-"), ("end",)]


@pytest.mark.parametrize("room", [0, 1, 40])
def test_log_that_is_torn(log: Log, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    """Where a disk is full in the middle of a line, the rest follows later."""
    log.record(b"stat", b"/a", b"-")
    write = posix.write
    with monkeypatch.context() as patch:
        patch.setattr(posix, "write", lambda file, text: write(file, text[:room]))
        log.flush()
    assert len(Path(os.fsdecode(log.path)).read_bytes()) == room
    log.record(b"stat", b"/b", b"-")
    assert said(log) == [("stat", "/a", "-"), ("stat", "/b", "-")]
    assert written(log.path)[0][0] == "start"


def test_log_that_two_threads_write(log: Log) -> None:
    """A line that another thread has just taken is that thread's to write."""

    class Taken(list[bytes]):
        def pop(self, _index: Any = -1) -> bytes:
            """Come too late."""
            raise IndexError

    log._lines = Taken([b"1\tx\n"])
    log.flush()
    assert written(log.path) == []


# Functions of os


def test_letter() -> None:
    """The kind of what is there; in capitals where no link was followed."""
    kinds = {modes.S_IFDIR: b"d", modes.S_IFREG: b"f", modes.S_IFLNK: b"l", modes.S_IFIFO: b"o", modes.S_IFSOCK: b"o"}
    for kind, expected in kinds.items():
        assert calls.letter(kind | 0o644, through_links=True) == expected
        assert calls.letter(kind | 0o7777, through_links=False) == expected.upper()


def test_links_on_the_way(log: Log, tmp_path: Path) -> None:
    """Each part of a path that is a link, once; what is none, not there or no path is not said."""
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
    """Where a link leads, there may be another; a ring of links has an end."""
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
    """By name, words and repr; and it is pickled by its name in os."""
    call = calls.Stat(posix.stat, log)
    assert (call.__name__, call.__qualname__, call.__doc__) == ("stat", "stat", posix.stat.__doc__)
    assert (call.__module__, repr(call), call.__reduce__()) == ("os", repr(posix.stat), "stat")
    assert call.__wrapped__ is posix.stat


def test_stat(log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, descriptor: int) -> None:
    """What is there, or is not, through links or not; paths of each type, and from a folder; each once."""
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
    """The error is the original's."""
    for arguments in ((), (1.5,), ("/", "/")):
        with pytest.raises(TypeError):
            calls.Stat(posix.stat, log)(*arguments)
    with pytest.raises(ValueError, match="null"):
        calls.Stat(posix.stat, log)("/nu\0ll")
    assert said(log) == []


@LINUX
def test_calls_from_a_folder(log: Log, tmp_path: Path, descriptor: int) -> None:
    """`dir_fd` is where a relative path starts from."""
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
def test_a_folder_without_a_path_is_doubted(log: Log, kind: Callable[..., Any], pipe: int) -> None:
    """The original answers all the same."""
    original = Original("stat", answer=os.stat("/"))
    assert kind(original, log)("file", dir_fd=pipe) == os.stat("/")
    assert original.asked == [(("file",), {"dir_fd": pipe})]
    assert doubts(log, "OSError")


def test_access(log: Log, tmp_path: Path, descriptor: int) -> None:
    """What is there, whatever one may do to it."""
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to("file")
    os.mkfifo(tmp_path / "pipe")
    access = calls.Access(posix.access, log)
    assert access(tmp_path / "file", os.R_OK)
    assert access(path=str(tmp_path), mode=os.F_OK)
    assert access(tmp_path / "link", os.R_OK)
    assert access(tmp_path / "pipe", os.F_OK)
    if os.access in os.supports_follow_symlinks:
        assert access(tmp_path / "link", os.F_OK, follow_symlinks=False)
    assert not access(tmp_path / "none", os.R_OK)
    assert not access("", os.R_OK)
    original = Original("access", answer=True)
    assert calls.Access(original, log)(descriptor, os.R_OK)
    with pytest.raises(TypeError):
        access()
    found = [(Path(path).name, kind) for _, path, kind in said(log)]
    assert [item for item in found if item != ("link", "l")] == [
        ("file", "f"),
        (tmp_path.name, "d"),
        ("link", "f"),
        ("pipe", "o"),
        ("none", "-"),
    ]


def test_readlink(log: Log, tmp_path: Path) -> None:
    """The link, also one that is none; what makes no sense is the original's to refuse."""
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
def test_open_tells_its_folder(log: Log, tmp_path: Path, descriptor: int, pipe: int) -> None:
    """While a call with `dir_fd` is under way, and no longer; also where it fails, and where there is no path."""
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
    """Functions are replaced wherever they are kept, but in modules that are spared."""

    def old() -> None:
        """Stand in a module."""

    def new() -> None:
        """Come in its place."""

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
    """Until Python 3.10 pathlib keeps functions of its own; it need not be imported."""
    monkeypatch.setitem(sys.modules, "pathlib", ModuleType("pathlib"))
    module: Any = ModuleType("units_module")
    module.kept = len_ = Original("len")
    monkeypatch.setitem(sys.modules, "units_module", module)
    calls.replace({len_: max})
    assert module.kept is max


def test_watch(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """These functions tell nothing by themselves; posix keeps them, for importlib and for us."""
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


# Files


@pytest.fixture
def files(log: Log) -> recorder.Files:
    """What records files, with nothing under way."""
    return recorder.Files(log, calls.Open(posix.open, log))


def test_state(tmp_path: Path) -> None:
    """Device, inode, size and times; a dash where nothing is."""
    status = tmp_path.stat()
    times = (status.st_mtime_ns, status.st_ctime_ns)
    expected = ":".join(map(str, (status.st_dev, status.st_ino, status.st_size, *times)))
    assert recorder.state(status) == expected.encode()
    assert recorder.state(None) == b"-"


@pytest.mark.parametrize(
    ("flags", "there", "missing"),
    [
        (os.O_RDONLY, b"read", b"absent"),
        (os.O_RDONLY | os.O_CREAT, b"read", b"write"),
        (os.O_RDONLY | os.O_TRUNC, b"write", b"write"),
        (os.O_WRONLY, b"write", b"write"),
        (os.O_WRONLY | os.O_CREAT | os.O_APPEND, b"write", b"write"),
        (os.O_RDWR, b"update", b"absent"),
        (os.O_RDWR | os.O_CREAT, b"update", b"update"),
        (os.O_RDWR | os.O_CREAT | os.O_TRUNC, b"write", b"write"),
        (os.O_RDWR | os.O_CREAT | os.O_EXCL, b"write", b"write"),
    ],
)
def test_intent(flags: int, there: bytes, missing: bytes) -> None:
    """What opening a file means."""
    assert recorder.intent(flags, is_there=True) == there
    assert recorder.intent(flags, is_there=False) == missing


@pytest.mark.parametrize(
    ("name", "path"),
    [
        (b"shop.db", b"shop.db"),
        (b"", None),
        (b":memory:", None),
        (b"file:shop.db", b"shop.db"),
        (b"file:shop.db?mode=ro#part", b"shop.db"),
        (b"file:a%20b%3Fc", b"a b?c"),
        (b"file:///srv/shop.db", b"/srv/shop.db"),
        (b"file://localhost/srv/shop.db", b"/srv/shop.db"),
        (b"file:shared?cache=shared&mode=memory", None),
        (b"file:", None),
        (b"file::memory:", None),
        (b"file:shop.db?vfs=memory", b"shop.db"),
    ],
)
def test_database_path(name: bytes, path: bytes | None) -> None:
    """Names and URIs, as SQLite reads them."""
    assert recorder.database_path(name) == path


def test_files_by_intent(log: Log, files: recorder.Files, tmp_path: Path) -> None:
    """Each kind of record, by the mode of open or the flags of os.open."""
    (tmp_path / "there").write_text("x")
    status = state(tmp_path / "there")
    files.opened(tmp_path / "there", "r", 0)
    files.opened(str(tmp_path / "there"), None, os.O_RDWR)
    files.opened(str(tmp_path / "fopen"), "w", 0)
    files.opened(str(tmp_path / "fopen"), "rb", 0)
    files.opened(os.fsencode(tmp_path / "new"), "a", os.O_WRONLY | os.O_CREAT)
    files.opened(tmp_path / "new", None, os.O_RDWR | os.O_CREAT)
    files.opened(tmp_path / "there" / "below", "r", 0)
    files.opened("/nu\0ll", "r", 0)
    place = str(tmp_path)
    assert said(log) == [
        ("read", f"{place}/there", status),
        ("update", f"{place}/there", status),
        ("write", f"{place}/fopen"),
        ("absent", f"{place}/fopen"),
        ("write", f"{place}/new"),
        ("update", f"{place}/new", "-"),
        ("absent", f"{place}/there/below"),
        ("absent", "/nu\0ll"),
    ]


def test_files_that_are_nobodys(log: Log, files: recorder.Files, descriptor: int) -> None:
    """The log itself, file descriptors and the empty name; another opening of the log is the builder's."""
    for path in (log.path, descriptor, "", b""):
        files.opened(path, "r", 0)
    assert said(log) == []
    files.opened(os.fsdecode(log.path), "r", 0)
    assert [record[0] for record in said(log)] == ["read"]


def test_folders_that_are_opened(log: Log, files: recorder.Files, tmp_path: Path) -> None:
    """A folder, with the links on the way to it."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("folder")
    files.opened(tmp_path / "link", None, os.O_RDONLY)
    files.entered(tmp_path / "link")
    assert [record for record in said(log) if str(tmp_path) in record[1]] == [
        ("stat", str(tmp_path / "link"), "d"),
        ("link", str(tmp_path / "link")),
    ]


def test_entered(log: Log, files: recorder.Files, tmp_path: Path, descriptor: int) -> None:
    """The links on the way to the new current folder; one given as a descriptor was opened before."""
    (tmp_path / "link").symlink_to(".")
    files.entered(descriptor)
    files.entered(tmp_path / "link")
    assert ("link", str(tmp_path / "link")) in said(log)


def test_a_file_that_cannot_be_looked_at(
    log: Log, files: recorder.Files, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Whether it is there is not known: that is a doubt."""
    with monkeypatch.context() as patch:
        patch.setattr(posix, "stat", failing(PermissionError(13, "Permission denied")))
        files.opened(tmp_path / "file", "r", 0)
    assert said(log) == [
        ("doubt", "PermissionError: [Errno 13] Permission denied"),
        ("absent", str(tmp_path / "file")),
    ]


def test_files_from_a_folder(log: Log, tmp_path: Path) -> None:
    """The folder of os.open counts in its own thread; one that cannot be told spares absolute paths only."""
    import _thread

    opening = calls.Open(posix.open, log)
    files = recorder.Files(log, opening)
    thread = _thread.get_ident()
    opening.folders[thread] = os.fsencode(tmp_path)
    files.opened("file", None, os.O_WRONLY)
    opening.folders[thread] = None
    files.opened("/absent/file", None, os.O_WRONLY)
    with pytest.raises(ValueError, match="cannot be told"):
        files.opened("file", None, os.O_WRONLY)
    del opening.folders[thread]
    opening.folders[thread + 1] = b"/other"
    files.opened("file", None, os.O_WRONLY)
    places = [str(tmp_path / "file"), "/absent/file", os.path.abspath("file")]
    assert said(log) == [("write", place) for place in places]


def test_databases_and_files_that_are_cut(log: Log, files: recorder.Files, tmp_path: Path, descriptor: int) -> None:
    """With their state; what is in memory, and what is known by a descriptor, is not said."""
    (tmp_path / "file").write_text("x")
    files.connected(":memory:")
    files.connected(f"file:{tmp_path}/file?mode=ro")
    files.connected(tmp_path / "none")
    files.truncated(tmp_path / "file", 0)
    files.truncated(descriptor, 0)
    assert said(log) == [
        ("database", str(tmp_path / "file"), state(tmp_path / "file")),
        ("database", str(tmp_path / "none"), "-"),
        ("update", str(tmp_path / "file"), state(tmp_path / "file")),
    ]


@LINUX
def test_what_is_made_and_named(log: Log, files: recorder.Files, tmp_path: Path, descriptor: int) -> None:
    """Folders that are made, or are there already; new names, and links by where they lead."""
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "pipe")
    for name in ("new", "file", "pipe", "."):
        files.made(name, 0o777, descriptor)
    files.made(tmp_path / "other", 0o777)
    files.renamed("file", "moved", descriptor, descriptor)
    files.renamed("/a", "/b")
    files.linked("file", "folder/link", descriptor)
    files.linked("/file", tmp_path / "link")
    place = str(tmp_path)
    assert said(log) == [
        ("write", f"{place}/new"),
        ("stat", f"{place}/file", "f"),
        ("stat", f"{place}/pipe", "o"),
        ("stat", place, "d"),
        ("write", f"{place}/other"),
        ("rename", f"{place}/file", f"{place}/moved"),
        ("rename", "/a", "/b"),
        ("rename", f"{place}/folder/file", f"{place}/folder/link"),
        ("rename", "/file", f"{place}/link"),
    ]


def listed_by(files: recorder.Files, space: dict[str, Any], *path: Any) -> None:
    """List a folder as a function of some module does: the audit hook lies between."""

    def hook() -> None:
        files.listed(*path)

    def lister(call: Callable[[], None]) -> None:
        call()

    FunctionType(lister.__code__, space)(hook)


def test_listings(log: Log, files: recorder.Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names with their kinds, as they were at first; importlib's own are not said, and others' for metadata are."""
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.chdir(tmp_path)
    listed_by(files, vars(finders), tmp_path)
    assert said(log) == []
    listed_by(files, {"__name__": "builder"})
    (tmp_path / "later").touch()
    listed_by(files, {"__name__": "pathlib"}, tmp_path)
    for name in (
        "importlib.metadata",
        "importlib.metadata._adapters",
        "importlib_metadata",
        "pip._vendor.pkg_resources",
    ):
        listed_by(files, {"__name__": name}, tmp_path)
    assert said(log) == [
        ("list", str(tmp_path), "Dfolder/Ffile/Llink/Opipe"),
        ("metadata", str(tmp_path)),
    ]


@LINUX
def test_listing_of_a_descriptor(log: Log, files: recorder.Files, tmp_path: Path, descriptor: int) -> None:
    """By the path that it was opened by."""
    listed_by(files, {"__name__": "builder"}, descriptor)
    assert said(log) == [("list", str(tmp_path), "")]


def test_listing_of_what_is_no_folder(log: Log, files: recorder.Files, tmp_path: Path) -> None:
    """That it is not there, or is a file, is what the builder learned."""
    (tmp_path / "file").touch()
    for name in ("file", "none"):
        listed_by(files, {"__name__": "builder"}, tmp_path / name)
    assert said(log) == [("stat", str(tmp_path / "file"), "f"), ("stat", str(tmp_path / "none"), "-")]


def test_listing_that_cannot_be_read(
    log: Log, files: recorder.Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error is the hook's to doubt."""
    monkeypatch.setattr(posix, "scandir", failing(PermissionError("no")))
    with pytest.raises(PermissionError):
        listed_by(files, {"__name__": "builder"}, tmp_path)
    assert said(log) == []


def test_listing_by_nobody_but_the_library(
    log: Log, files: recorder.Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread may run a function of os itself; and a hook may be called from nowhere."""
    outer = SimpleNamespace(f_globals={"__name__": "os"}, f_back=None)
    (tmp_path / "folder").mkdir()
    for frame, path in ((outer, tmp_path), (None, tmp_path / "folder")):
        with monkeypatch.context() as patch:
            patch.setattr(recorder, "sys", SimpleNamespace(_getframe=lambda _depth, frame=frame: frame))
            files.listed(path)
    assert said(log) == [("list", str(tmp_path), "Dfolder"), ("list", str(tmp_path / "folder"), "")]


# Imports


@pytest.fixture
def imports(log: Log, monkeypatch: pytest.MonkeyPatch) -> tuple[recorder.Imports, Any]:
    """What records imports, and a class of finders that it listens to: this process keeps its own."""

    class Finder(finders.FileFinder):
        pass

    monkeypatch.setattr(recorder, "finders", SimpleNamespace(FileFinder=Finder))
    return recorder.Imports(log), Finder


def test_imports(log: Log, imports: tuple[recorder.Imports, Any], tmp_path: Path) -> None:
    """Each name that is looked for in a folder: found, not found, or a package without a file."""
    (tmp_path / "module.py").touch()
    (tmp_path / "space").mkdir()
    _, finder_type = imports
    finder = finder_type(str(tmp_path), (SourceFileLoader, [".py"]))
    assert finder.find_spec("package.module").origin == str(tmp_path / "module.py")
    assert finder.find_spec("space").loader is None
    assert finder.find_spec("nothing") is None
    place = str(tmp_path)
    assert said(log) == [
        ("find", place, "module", f"{place}/module.py"),
        ("find", place, "space", "/"),
        ("find", place, "nothing", "-"),
    ]
    original = finders.FileFinder.find_spec
    new = finder_type.find_spec
    assert (new.__qualname__, new.__module__, new.__doc__) == (
        original.__qualname__,
        original.__module__,
        original.__doc__,
    )


def test_an_import_that_cannot_be_recorded(log: Log, imports: tuple[recorder.Imports, Any]) -> None:
    """It is a doubt, and no error of the builder's."""
    imports[0]._found("/folder", cast("Any", None), None)
    assert doubts(log, "AttributeError")


def test_unsearched_folders(
    log: Log, imports: tuple[recorder.Imports, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Entries of sys.path that are not there, also those that only the cache of finders remembers."""
    cache: dict[Any, Any] = {str(tmp_path): None, str(tmp_path / "gone"): None, b"x": None, "/found": object()}
    path: list[Any] = ["", str(tmp_path), str(tmp_path / "none"), str(tmp_path / "gone"), tmp_path]
    monkeypatch.setattr(recorder, "sys", SimpleNamespace(path_importer_cache=cache, path=path))
    imports[0].unsearched()
    assert sorted(said(log)) == [("stat", str(tmp_path / name), "-") for name in ("gone", "none")]


def test_hidden_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the builder has not imported comes back when it does; os brings the modules that it imports itself."""
    present = {name: ModuleType(name) for name in ("builtins", "os", "stat", "abc", "ours")}
    modules = dict(present)
    monkeypatch.setattr(recorder, "sys", SimpleNamespace(modules=modules))
    replaced: list[bool] = []
    hidden = recorder.Hidden(cast("Any", SimpleNamespace(replace_fork_exec=lambda: replaced.append(True))))
    hidden.hide({"builtins"})
    assert list(modules) == ["builtins"]
    hidden.imported("ours", "/file", [], [], [])
    hidden.imported("unknown")
    assert set(modules) == {"builtins", "ours"}
    other = modules["abc"] = ModuleType("abc")
    hidden.imported("os")
    assert modules == {**present, "abc": other}
    assert not replaced
    hidden.imported("_posixsubprocess")
    assert replaced == [True]


# Environment


class Copied(os._Environ[str]):
    """A class like that of os.environ, to be watched in its place."""


def copied(**variables: str) -> Copied:
    """Return a mapping of its own."""
    data: Any = {os.fsencode(name): os.fsencode(value) for name, value in variables.items()}
    kind: Any = type("Watched", (Copied,), {})
    mapping: Copied = kind(data, os.fsencode, os.fsdecode, os.fsencode, os.fsdecode)
    return mapping


@pytest.fixture
def watched(log: Log, monkeypatch: pytest.MonkeyPatch) -> Copied:
    """A mapping whose reads are recorded."""
    mapping = copied(A="1", B="2", COLUMNS="80", PATH="/bin")
    with monkeypatch.context() as patch:
        patch.setattr(os, "environ", mapping)
        environment.Environment(log)
    assert "Environment" not in type(os.environ).__getitem__.__qualname__
    return mapping


def test_names_that_are_read(log: Log, watched: Copied) -> None:
    """Each once, whether it is set or not."""
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
    """Values that are read with their names are not said; those that are read later are."""
    assert take(watched)
    assert said(log) == [("environ",)]
    assert watched["A"] == "1"
    assert said(log) == [("environ",), ("env", "A")]


def test_watched_methods_look_like_the_originals(watched: Copied) -> None:
    """By name, module and words."""
    for name in ("__getitem__", "__iter__", "__repr__"):
        new, old = getattr(type(watched), name), getattr(Copied, name)
        assert new is not old
        assert (new.__qualname__, new.__module__, new.__doc__) == (old.__qualname__, old.__module__, old.__doc__)


def test_names_that_are_read_for_presentation(log: Log, watched: Copied, monkeypatch: pytest.MonkeyPatch) -> None:
    """The standard library's own account is nobody's input; the builder's is."""
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
def test_who_asks(
    monkeypatch: pytest.MonkeyPatch, name: str, frames: list[tuple[dict[str, Any], str, str]], is_asked: bool
) -> None:
    """The first frame outside of os and its mappings; a search along PATH is the system's."""
    frame = None
    for space, function, file in reversed(frames):
        code = SimpleNamespace(co_name=function, co_filename=file)
        frame = SimpleNamespace(f_globals=space, f_code=code, f_back=frame)
    monkeypatch.setattr(environment, "sys", SimpleNamespace(_getframe=lambda _depth: frame))
    assert environment._asked_by_library(name) is is_asked


@pytest.mark.parametrize(("module", "is_said"), [("wsgiref.handlers", False), ("builder", True)])
def test_a_library_that_takes_the_whole(log: Log, watched: Copied, module: str, is_said: bool) -> None:
    """So does wsgiref when it is imported: nobody's input, as little as each of the values."""

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
    """It is a doubt; the mapping says what it says."""

    class Strange(str):
        __slots__ = ()
        __hash__ = str.__hash__

        def __eq__(self, other: object) -> bool:
            message = "strange"
            raise RuntimeError(message)

    assert watched[Strange("A")] == "1"
    assert doubts(log, "RuntimeError: strange")


# Programs


@contextmanager
def surroundings(variables: dict[bytes, bytes]) -> Iterator[None]:
    """Let os.environ be another for a moment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "environ", SimpleNamespace(_data=variables))
        yield


@pytest.fixture
def carriage(log: Log) -> children.Carriage:
    """Variables of a builder that runs in a copy of the environment."""
    ours = os.fsencode(carrying.FOLDER)
    data = {carrying.TRACE: log.path, carrying.PYTHONPATH: ours + b":/lib", b"PATH": b"/none:/bin"}
    with surroundings(data):
        found = children.Carriage(log)
    assert data == {carrying.PYTHONPATH: b"/lib", b"PATH": b"/none:/bin"}
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


def executable(path: Path) -> str:
    """Make a program, which nobody runs."""
    path.touch(0o755)
    return str(path)


OURS = os.fsencode(carrying.FOLDER)


def test_carriage_renews_what_the_process_hands_on(
    log: Log, carriage: children.Carriage, put: dict[bytes, bytes]
) -> None:
    """The tracer, with the PYTHONPATH that the builder has set last."""
    carriage.renew()
    assert put == {carrying.TRACE: log.path, carrying.PYTHONPATH: OURS + b":/lib"}
    carriage.changed(carrying.PYTHONPATH, b"/other")
    carriage.changed(b"OTHER", b"x")
    carriage.renew()
    assert put[carrying.PYTHONPATH] == OURS + b":/other"
    carriage.changed(carrying.PYTHONPATH)
    carriage.renew()
    assert put == {carrying.TRACE: log.path, carrying.PYTHONPATH: OURS}


def test_carriage_in_an_environment(log: Log, carriage: children.Carriage) -> None:
    """Lists and mappings get the tracer; a builder that traces by itself keeps its own log."""
    expected = {b"A": b"1=2", carrying.TRACE: log.path, carrying.PYTHONPATH: OURS}
    assert carriage.in_mapping({"A": "1=2"}) == expected
    assert carriage.in_list([b"A=1=2"]) == [name + b"=" + value for name, value in expected.items()]
    assert carriage.in_mapping({b"CI_ACCEL_TRACE": "/other"}) == {carrying.TRACE: b"/other"}
    assert carriage.search_path() == [b"/none", b"/bin"]


def test_carriage_without_variables(log: Log) -> None:
    """A builder may have none at all, and the system still knows where programs are."""
    data: dict[bytes, bytes] = {}
    with surroundings(data):
        carriage = children.Carriage(log)
    assert data == {}
    assert carriage.search_path() == os.fsencode(os.defpath).split(b":")


def test_carriage_in_arguments(log: Log, carriage: children.Carriage) -> None:
    """Interpreters that heed no variables get the bootstrap; one with nothing to run is doubted; others stay."""
    same: Sequence[Any] = ["python3", "-O", "build.py"]
    assert carriage.in_argv("/bin/python3", same) is same
    assert carriage.in_argv("/bin/sh", argv := ["sh", "-I"]) is argv
    assert carriage.in_argv(3, argv := ["python3", "-I", "x"]) is argv
    assert carriage.in_argv("/bin/python3", argv := []) is argv
    isolated = ["python3", "-I", carrying.BOOTSTRAP, "-I", "build.py"]
    assert carriage.in_argv(b"/bin/python3", [b"python3", "-I", Path("build.py")]) == isolated
    assert said(log) == []
    assert carriage.in_argv("/bin/python3", argv := ["python3", "-I", "-"]) is argv
    assert said(log) == [("doubt", "an interpreter was started with -I -")]


def spawned(log: Log, kind: str) -> list[tuple[str, ...]]:
    """Return the fields of programs that were recorded."""
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
    assert children.ForkExec(original, log, carriage)(*fork_exec(["py", "-I", "x"], candidates, None, [b"A=1"])) == 42
    argv, given, _, _, folder, variables, *_ = original.arguments
    assert argv == ["py", "-I", carrying.BOOTSTRAP, "-I", "x"]
    assert (given, folder) == (candidates, None)
    assert variables == [b"A=1", b"CI_ACCEL_TRACE=" + log.path, b"PYTHONPATH=" + OURS]
    assert spawned(log, "spawn") == [("42", program, "py", "-I", "x")]
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
    assert put[carrying.TRACE] == log.path
    assert spawned(log, "spawn") == [("7", f"{tmp_path}/way/python3.99", "py")]
    assert (str(tmp_path / "way"),) in spawned(log, "link")


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
    assert spawned(log, "exec") == [(program, "py", "x")]


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
    assert call(program, ["py", "-S", "x"], {"A": "1"}, file_actions=()) == 42
    assert original.asked == [
        (
            (
                program,
                ["py", "-S", carrying.BOOTSTRAP, "-S", "x"],
                {b"A": b"1", carrying.TRACE: log.path, carrying.PYTHONPATH: OURS},
            ),
            {"file_actions": ()},
        )
    ]
    assert spawned(log, "spawn") == [("42", program, "py", "-S", "x")]


@pytest.mark.parametrize(("name", "is_searched"), [("posix_spawn", False), ("posix_spawnp", True)])
def test_posix_spawn_searches(log: Log, tmp_path: Path, name: str, is_searched: bool, put: dict[bytes, bytes]) -> None:
    """Only posix_spawnp looks along PATH, and only for names without a slash."""
    tool = executable(tmp_path / "tool")
    with surroundings({b"PATH": b"/none:" + os.fsencode(tmp_path)}):
        carriage = children.Carriage(log)
    call = children.Spawn(Original(name), log, carriage)
    call("tool", ["tool"], None)
    call(tool, ["tool", "x"], None)
    found = [("7", tool, "tool")] * is_searched
    assert spawned(log, "spawn") == [*found, ("7", tool, "tool", "x")]
    assert (os.path.abspath("tool"), "-") in spawned(log, "stat") or is_searched
    assert put[carrying.TRACE] == log.path


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
        call(path=program, argv=("py", "-E", "x"), env={})
    else:
        call(program, ("py", "-E", "x"), {})
    variables = {carrying.TRACE: log.path, carrying.PYTHONPATH: OURS}
    assert original.asked == [((program, ["py", "-E", carrying.BOOTSTRAP, "-E", "x"], variables), {})]
    assert written(log.path)[1:] == [("exec", program, "py", "-E", "x"), ("stat", "/last", "-")]
    assert not put


def test_exec_with_the_environment_of_the_process(
    log: Log, carriage: children.Carriage, program: str, put: dict[bytes, bytes]
) -> None:
    """It is made to carry the tracer."""
    original = Original("execv")
    children.Exec(original, log, carriage)(program, ["py"])
    assert original.asked == [((program, ["py"]), {})]
    assert put == {carrying.TRACE: log.path, carrying.PYTHONPATH: OURS + b":/lib"}


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


def test_reload(log: Log) -> None:
    """What is read anew from the process has the tracer, and is hidden again."""
    data: dict[bytes, bytes] = {}
    with surroundings(data):
        carriage = children.Carriage(log)

    def reload_environ() -> None:
        data.update({carrying.TRACE: log.path, carrying.PYTHONPATH: OURS, b"A": b"1"})

    children.Reload(reload_environ, log, carriage)()
    assert data == {b"A": b"1"}


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
    assert put == {carrying.TRACE: log.path, carrying.PYTHONPATH: OURS}


# What carries the tracer


@pytest.mark.parametrize(
    ("plain", "carried"),
    [(None, OURS), (b"", OURS + b":" + OURS), (b"/a:/b", OURS + b":/a:/b")],
    ids=["none", "empty", "two"],
)
def test_pythonpath(plain: bytes | None, carried: bytes) -> None:
    """The tracer comes first, once, and leaves what was there."""
    assert carrying.with_tracer(plain) == carried
    assert carrying.with_tracer(carried) == carried
    assert carrying.without_tracer(carried) == plain
    assert carrying.without_tracer(plain) == plain


def test_interpreters(tmp_path: Path) -> None:
    """By name, or as a link to one."""
    names = ["python", "python3", "/usr/bin/python3.12", "pypy3", "python3.13t", "python3.8d"]
    assert all(carrying.is_interpreter(name) for name in names)
    assert not any(carrying.is_interpreter(name) for name in ("sh", "python-config", "/python/tool", "nu\0ll"))
    (tmp_path / "tool").symlink_to("/usr/bin/python3")
    assert carrying.is_interpreter(str(tmp_path / "tool"))


@pytest.mark.parametrize(
    ("words", "letters", "options", "kind", "command"),
    [
        ("", "", "", "", ""),
        ("x.py -c 1", "", "", "script", "x.py -c 1"),
        ("-I -S x.py", "IS", "-I -S", "script", "x.py"),
        ("-ISOO -m mod a", "ISOO", "-ISOO", "-m", "mod a"),
        ("-Icpass a", "I", "-I", "-c", "pass a"),
        ("-c", "", "", "-c", ""),
        ("-cpass", "", "", "-c", "pass"),
        ("-W error -Xdev x.py", "WX", "-W error -Xdev", "script", "x.py"),
        ("-IWerror x.py", "IW", "-IWerror", "script", "x.py"),
        ("-W", "W", "-W", "", ""),
        ("--check-hash-based-pycs always -I x.py", "I", "--check-hash-based-pycs always -I", "script", "x.py"),
        ("--check-hash-based-pycs", "", "--check-hash-based-pycs", "", ""),
        ("-I --version", "I", "-I", "", ""),
        ("-I - a", "I", "-I", "", ""),
        ("-Vc pass", "V", "-V", "", "pass"),
        ("-i x.py", "i", "-i", "", "x.py"),
        ("-Eix -m mod", "Eix", "-Eix", "", "mod"),
    ],
)
def test_parse(words: str, letters: str, options: str, kind: str, command: str) -> None:
    """Options, what is to be run and its arguments, as CPython reads them."""
    assert carrying.parse(["python", *words.split()]) == (letters, options.split(), kind, command.split())


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("x.py", "x.py"),
        ("-O -m mod", "-O -m mod"),
        ("-I x.py a", "-I BOOT -I x.py a"),
        ("-Ec pass", "-E BOOT -Ec pass"),
        ("-S -W error -m mod", "-S -W error BOOT -S -W error -m mod"),
        ("-I", None),
        ("-I -i x.py", None),
        ("-I -c", None),
    ],
)
def test_bootstrapped(words: str, expected: str | None) -> None:
    """Where the variables are heeded nothing changes; where there is nothing to run, nothing can be done."""
    argv = ["python", *words.split()]
    changed = carrying.bootstrapped(argv)
    if expected is None:
        assert changed is None
    else:
        assert changed == ["python", *expected.replace("BOOT", carrying.BOOTSTRAP).split()]
        assert (changed is argv) == ("BOOT" not in expected)


def test_carrying_where_there_is_no_posix(monkeypatch: pytest.MonkeyPatch) -> None:
    """The package can be imported on Windows."""
    monkeypatch.setitem(sys.modules, "posix", cast("Any", None))
    spec = importlib.util.spec_from_file_location("units_carrying", carrying.__file__)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.readlink is os.readlink
    assert module.parse(["python", "x"]) == carrying.parse(["python", "x"])


def test_environment_of_a_builder(tmp_path: Path) -> None:
    """What to set, and in which command; what there is stays."""
    variables = {"PYTHONPATH": "/lib", "PATH": str(tmp_path)}
    log = str(tmp_path / "log")
    first = os.pathsep.join([carrying.FOLDER, "/lib"])
    assert tracer.tracing_variables(variables, log) == {"CI_ACCEL_TRACE": log, "PYTHONPATH": first}
    assert tracer.tracing_variables({}, log)["PYTHONPATH"] == carrying.FOLDER
    for name in ("python", "tool"):
        executable(tmp_path / name)
    assert tracer.traced_argv(["python", "-I", "x"], variables) == ["python", "-I", carrying.BOOTSTRAP, "-I", "x"]
    for argv in (["python", "x"], ["python", "-I"], ["tool", "-I", "x"], ["none", "-I", "x"], []):
        assert tracer.traced_argv(argv, variables) == argv


# The bootstrap


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what an interpreter has one of be put back: __main__, sys.path and the like."""
    importlib.import_module("runpy")  # while sys.path is what it was
    monkeypatch.setattr(sys, "argv", ["bootstrap.py"])
    monkeypatch.setattr(sys, "orig_argv", ["python", "bootstrap.py"], raising=False)
    monkeypatch.setattr(sys, "path", [bootstrap.FOLDER, *sys.path])
    monkeypatch.setattr(sys, "path_importer_cache", dict(sys.path_importer_cache))
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


STAGE = pytest.mark.usefixtures("stage")


def test_part() -> None:
    """A file beside the bootstrap runs under a name that no builder uses."""
    assert bootstrap.part("carrying")["parse"](["python", "x"]) == carrying.parse(["python", "x"])
    assert bootstrap.part("carrying")["__name__"] == "_ci_accel_carrying"


@STAGE
def test_become_main() -> None:
    """A new __main__ that says where it comes from."""
    for script, loader in (("/x.py", SourceFileLoader), ("/x.pyc", SourcelessFileLoader)):
        space = bootstrap.become_main(script)
        assert vars(sys.modules["__main__"]) is space
        assert (space["__file__"], space["__loader__"].path) == (script, script)
        assert type(space["__loader__"]) is loader
    space = bootstrap.become_main()
    assert "__file__" not in space
    assert space["__loader__"].__name__ == "BuiltinImporter"


def test_name_of_a_script(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the root on, from Python 3.9 on."""
    assert bootstrap.absolute("/x.py") == "/x.py"
    assert bootstrap.absolute("x.py") == os.getcwd() + "/x.py"
    with monkeypatch.context() as patch:
        patch.setattr(bootstrap, "sys", SimpleNamespace(version_info=(3, 8)))
        assert bootstrap.absolute("x.py") == "x.py"


@STAGE
def test_scripts_that_are_searched(tmp_path: Path) -> None:
    """A folder is, a file is not; either is remembered, as by CPython."""
    (tmp_path / "x.py").touch()
    assert bootstrap.is_searched(str(tmp_path))
    assert not bootstrap.is_searched(str(tmp_path / "x.py"))
    assert sys.path_importer_cache[str(tmp_path / "x.py")] is None


@STAGE
def test_streams_are_flushed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the code fails, and where a stream cannot be."""
    flushed: list[str] = []
    monkeypatch.setattr(sys, "stderr", SimpleNamespace(flush=failing(OSError("full"))))
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(flush=lambda: flushed.append("out")))
    with pytest.raises(ZeroDivisionError):
        bootstrap.execute(compile("1 / 0", "<x>", "exec"), {})
    monkeypatch.setattr(sys, "stdout", None)
    bootstrap.execute(compile("pass", "<x>", "exec"), {})
    assert flushed == ["out"]


@STAGE
@pytest.mark.parametrize("is_alone", [False, True])
def test_ways_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], is_alone: bool
) -> None:
    """-c, -m, a script, its bytecode and a folder: each with its arguments and its first folder on sys.path."""
    monkeypatch.chdir(tmp_path)
    code = "import sys; print(__name__, sys.argv, sys.path[0])"
    script = tmp_path / "units_told.py"
    script.write_text(code)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "__main__.py").write_text(code)
    py_compile.compile(str(script), str(tmp_path / "told.pyc"))
    alone = {"isolated": is_alone, "safe_path": is_alone}
    flags = SimpleNamespace(**{name: getattr(sys.flags, name) for name in dir(sys.flags) if name[0] != "_"} | alone)
    for kind, name in (("-c", code), ("script", str(script)), ("script", "told.pyc"), ("script", "folder")):
        with monkeypatch.context() as patch:
            patch.setattr(sys, "path", ["first", "second"])
            patch.setattr(sys, "argv", [])
            patch.setattr(sys, "flags", flags)
            bootstrap.run(kind, [name, "a"])
            first = {"-c": "", "script": str(tmp_path)}[kind] if name != "folder" else str(tmp_path / "folder")
            told = capfd.readouterr().out
            assert told.split(" ", 1)[1].endswith(f", 'a'] {first if name == 'folder' or not is_alone else 'first'}\n")
    with monkeypatch.context() as patch:
        patch.setattr(sys, "path", ["first", *([str(tmp_path)] if is_alone else []), *sys.path])
        patch.setattr(sys, "flags", flags)
        bootstrap.run("-m", ["units_told", "a"])
    assert capfd.readouterr().out == f"__main__ {[str(script), 'a']} {'first' if is_alone else tmp_path}\n"


@STAGE
def test_a_module_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """CPython's own words."""
    monkeypatch.setattr(sys, "path", [])
    with pytest.raises(SystemExit, match="No module named units_missing"):
        bootstrap.run_module("units_missing", is_named=True)


@STAGE
def test_a_script_that_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """CPython's own words, and its code."""
    path = str(tmp_path / "none.py")
    with pytest.raises(SystemExit) as caught:
        bootstrap.run_script(path)
    assert caught.value.code == 2
    assert (
        capsys.readouterr().err == f"{sys.executable}: can't open file {path!r}: [Errno 2] No such file or directory\n"
    )


@STAGE
def test_source_of_code_is_kept(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """From Python 3.13 on for tracebacks, from 3.14 on without its indentation; that it cannot be is no error."""
    import linecache

    kept: list[Any] = []
    monkeypatch.setattr(sys, "version_info", (3, 14))
    monkeypatch.setattr(linecache, "_code_key", len, raising=False)
    monkeypatch.setattr(linecache, "_register_code", lambda *arguments: kept.append(arguments), raising=False)
    bootstrap.run_code("  print(1)\n  print(2)")
    monkeypatch.delattr(linecache, "_code_key")
    monkeypatch.setattr(sys, "version_info", (3, 13))
    bootstrap.run_code("print(3)")
    monkeypatch.setattr(sys, "version_info", (3, 12))
    bootstrap.run_code("print(4)")
    assert [(key if isinstance(key, str) else key.co_name, *others) for key, *others in kept] == [
        ("<module>", "print(1)\nprint(2)\n", "<string>"),
        ("<string>", "print(3)\n", "<string>"),
    ]
    monkeypatch.setattr(linecache, "_register_code", failing(RuntimeError()), raising=False)
    monkeypatch.setattr(sys, "version_info", (3, 13))
    bootstrap.run_code("print(5)")
    assert capsys.readouterr().out.split() == ["1", "2", "3", "4", "5"]


@pytest.fixture
def started(stage: None, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the recorder would be started with; it is not."""
    asked: list[Any] = []
    parts: dict[str, dict[str, Any]] = {
        "carrying": {"parse": carrying.parse},
        "sitecustomize": {"start": lambda *arguments: asked.append(arguments)},
    }
    monkeypatch.setattr(bootstrap, "part", parts.__getitem__)
    return asked


def test_main_of_the_bootstrap(
    started: list[Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The recorder, then what the builder can see, then the builder."""
    monkeypatch.setattr(sys, "argv", [carrying.BOOTSTRAP, "-I", "-c", "import sys; print(sys.orig_argv)", "a"])
    monkeypatch.setattr(sys, "path", [bootstrap.FOLDER, "lib", bootstrap.FOLDER])
    monkeypatch.setattr(sys, "orig_argv", ["py", "-I", *sys.argv], raising=False)
    sys.path_importer_cache[bootstrap.__file__] = None
    bootstrap.main()
    assert started == [(bootstrap.FOLDER, bootstrap._MODULES)]
    assert capsys.readouterr().out == "['py', '-I', '-c', 'import sys; print(sys.orig_argv)', 'a']\n"
    assert sys.argv == ["-c", "a"]
    assert sys.path == ["", "lib"]
    assert bootstrap.__file__ not in sys.path_importer_cache


def test_main_before_there_was_orig_argv(started: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Python 3.8 and 3.9 have none."""
    monkeypatch.setattr(sys, "argv", [carrying.BOOTSTRAP, "-c", "pass"])
    monkeypatch.delattr(sys, "orig_argv", raising=False)
    bootstrap.main()
    assert not hasattr(sys, "orig_argv")


@pytest.mark.parametrize("version", [(3, 11), (3, 12)])
def test_an_error_of_the_builder(started: list[Any], monkeypatch: pytest.MonkeyPatch, version: tuple[int, int]) -> None:
    """It is shown as CPython shows it, without the frames of the bootstrap; then the code is 1."""
    shown: list[Any] = []
    with monkeypatch.context() as patch:
        for name in ("last_type", "last_value", "last_traceback", "last_exc"):
            patch.setattr(sys, name, None, raising=False)
        patch.setattr(sys, "version_info", version)
        patch.setattr(sys, "argv", [carrying.BOOTSTRAP, "-c", "1 / 0"])
        patch.setattr(sys, "excepthook", lambda *arguments: shown.append(arguments))
        with pytest.raises(SystemExit) as caught:
            bootstrap.main()
        assert caught.value.code == 1
        ((kind, error, traceback),) = shown
        assert (kind, type(error)) == (ZeroDivisionError, ZeroDivisionError)
        assert traceback.tb_frame.f_code.co_filename == "<string>"
        assert (sys.last_type, sys.last_value, sys.last_traceback) == (kind, error, traceback)
        assert vars(sys)["last_exc"] is (error if version == (3, 12) else None)


@pytest.mark.parametrize("error", ["SystemExit(3)", "KeyboardInterrupt"])
def test_an_end_of_the_builder(started: list[Any], monkeypatch: pytest.MonkeyPatch, error: str) -> None:
    """CPython itself knows what to do with these."""
    monkeypatch.setattr(sys, "argv", [carrying.BOOTSTRAP, "-c", f"raise {error}"])
    with pytest.raises((SystemExit, KeyboardInterrupt)):
        bootstrap.main()


# The start


@pytest.fixture
def recorders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a recorder that only says how it is started."""
    yield tmp_path
    for name in [name for name in sys.modules if name.split(".")[0] == sitecustomize.NAME]:
        del sys.modules[name]


def test_start(recorders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once, with the log that the environment names; an error leaves a log without a start."""
    (recorders / "recorder.py").write_text("ASKED = []\ndef start(*arguments): ASKED.append(arguments)\n")
    assert sitecustomize.NAME not in sys.modules
    sitecustomize.start(str(recorders), {"os"})
    assert sitecustomize.NAME not in sys.modules
    monkeypatch.setenv("CI_ACCEL_TRACE", "/log")
    for _ in range(2):
        sitecustomize.start(str(recorders), {"os"})
    asked = sys.modules[f"{sitecustomize.NAME}.recorder"].ASKED
    assert asked == [(b"/log", {"os", sitecustomize.NAME})]
    assert str(recorders) not in sys.path_importer_cache


def test_start_that_fails(recorders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The builder runs all the same."""
    (recorders / "recorder.py").write_text("raise RuntimeError\n")
    monkeypatch.setenv("CI_ACCEL_TRACE", "/log")
    sitecustomize.start(str(recorders), {"os"})
    assert str(recorders) not in sys.path_importer_cache


# In interpreters of their own


@pytest.fixture
def traced(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a way to run an interpreter in the test's folder, traced."""
    (tmp_path / "work").mkdir()
    path = tmp_path / "trace.log"
    path.touch()

    def run(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
        variables = {**os.environ, **more}
        variables.update(tracer.tracing_variables(variables, path))
        argv = tracer.traced_argv([sys.executable, *words], variables)
        return subprocess.run(
            argv, env=variables, cwd=tmp_path / "work", capture_output=True, text=True, check=False, timeout=50
        )

    return run


WAYS = {
    "code": ["-c", "import told"],
    "module": ["-m", "told"],
    "script": ["told.py"],
    "bytecode": ["told.pyc"],
    "folder": ["folder"],
    "archive": ["told.zip"],
    "a missing script": ["missing.py"],
    "a failing script": ["failing.py"],
    "a script that leaves": ["-c", "raise SystemExit(3)"],
}
TOLD = """
import os, sys
print(__name__, sys.argv, sys.path, sys.orig_argv, sorted(vars(sys.modules["__main__"])))
open("read.txt").close()
"""


@pytest.mark.parametrize("options", [[], ["-I"], ["-E", "-O"]], ids=["heeding", "isolated", "without variables"])
@pytest.mark.parametrize("way", WAYS)
def test_a_builder_cannot_tell(
    tmp_path: Path, traced: Callable[..., subprocess.CompletedProcess[str]], way: str, options: list[str]
) -> None:
    """It prints and returns what it does without the tracer, and what it reads is in the log, with start and end."""
    work = tmp_path / "work"
    (work / "read.txt").touch()
    (work / "told.py").write_text(TOLD)
    (work / "failing.py").write_text("def fail():\n    1 / 0\nfail()\n")
    py_compile.compile(str(work / "told.py"), str(work / "told.pyc"))
    (work / "folder").mkdir()
    (work / "folder" / "__main__.py").write_text(TOLD)
    with zipfile.ZipFile(work / "told.zip", "w") as archive:
        archive.writestr("__main__.py", TOLD)
    words = [*options, *WAYS[way], "a"]
    plain = subprocess.run(
        [sys.executable, *words], cwd=work, capture_output=True, text=True, check=False, timeout=50, env={**os.environ}
    )
    answer = traced(*words)
    assert (answer.returncode, answer.stderr) == (plain.returncode, plain.stderr)
    assert answer.stdout == plain.stdout
    records = written(tmp_path / "trace.log")
    kinds = [record[0] for record in records]
    assert kinds[0] == "start"
    assert kinds.count("end") == 1  # what measures this test opens files after it
    assert "doubt" not in kinds
    if plain.returncode == 0:
        assert str(work / "read.txt") in {record[1] for record in records if record[0] == "read"}


def test_the_other_sitecustomize(tmp_path: Path, traced: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """The one that ours hides runs after it, and finds none of it."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "sitecustomize.py").write_text("print('other', __file__)\n")
    code = "import sys, sitecustomize; print(sitecustomize.__file__)"
    own = str(tmp_path / "lib" / "sitecustomize.py")
    assert traced("-c", code, PYTHONPATH=str(tmp_path / "lib")).stdout == f"other {own}\n{own}\n"
    answer = traced("-S", "-c", "import os; print(os.environ['PYTHONPATH'])", PYTHONPATH=str(tmp_path / "lib"))
    assert (answer.stdout, answer.stderr) == (str(tmp_path / "lib") + "\n", "")


HOOKED = """
import atexit, json, os, sys
from ci_accel.tracer import recorder

hooks = []
sys.addaudithook = hooks.append
log = sys.argv[1].encode()
recorder.start(log, set(sys.modules) - {"json"})
assert "json" not in sys.modules
(hook,) = hooks
hook("import", ("json", None, None, None, None))
assert sys.modules["json"] is json
hook("open", (sys.argv[2], "r", 0))
hook("open", (1.5, "r", 0))
hook("os.unknown", ())
hook("os.putenv", (b"PYTHONPATH", b"/lib"))
hook("cpython.PyInterpreterState_New", ())
os.stat(sys.argv[2])
"""


def test_the_hook(tmp_path: Path) -> None:
    """Each event has its handler; what goes wrong in one is doubted. Here the hook is called by hand."""
    path, read = tmp_path / "trace.log", tmp_path / "read.txt"
    path.touch()
    read.touch()
    subprocess.run([sys.executable, "-c", HOOKED, str(path), str(read)], check=True, timeout=50)
    records = [record for record in written(path) if record[0] in {"doubt", "end"} or str(read) in record]
    assert [(record[0], record[1][:20]) for record in records if record[0] == "doubt"] == [
        ("doubt", "TypeError: expected "),
        ("doubt", "a sub-interpreter, w"),
    ]
    assert [record[0] for record in records] == ["stat", "read", "doubt", "doubt", "stat", "end"]


# Bytecode


def test_compare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytecode of this source, at its level of optimization; anything else is not the same."""
    source = tmp_path / "x.py"
    source.write_text("assert 1\n'words'\nVALUE = 1\n")
    names = {level: str(tmp_path / f"x.cpython-3.opt-{level}.pyc") for level in (1, 2)}
    names[0] = str(tmp_path / "x.cpython-3.pyc")
    for level, name in names.items():
        py_compile.compile(str(source), name, optimize=level)
    assert all(compare.is_same(name, str(source)) for name in names.values())
    shutil.copyfile(names[2], names[0])
    assert not compare.is_same(names[0], str(source))
    shutil.copyfile(names[0], tmp_path / "x.opt-.pyc")
    assert not compare.is_same(str(tmp_path / "x.opt-.pyc"), str(source))
    assert not compare.is_same(names[0], str(tmp_path / "none.py"))
    (tmp_path / "torn.pyc").write_bytes(Path(names[1]).read_bytes()[:20])
    assert not compare.is_same(str(tmp_path / "torn.pyc"), str(source))
    source.write_text("VALUE = \n")
    assert not compare.is_same(names[1], str(source))


def test_compare_as_a_script(tmp_path: Path) -> None:
    """It answers with the sources of those that differ."""
    first, second = tmp_path / "a.py", tmp_path / "b.py"
    pairs = []
    for path in (first, second):
        path.write_text("VALUE = 1\n")
        pairs.append((py_compile.compile(str(path), str(path) + "c"), str(path)))
    second.write_text("VALUE = 2\n")
    answer = subprocess.run(
        [sys.executable, compare.__file__], input=json.dumps(pairs), capture_output=True, text=True, check=True
    )
    assert answer.stdout == "\n" + compare.MARK + json.dumps([str(second)]) + "\n"


@pytest.mark.parametrize("way", ["end", "leave"])
def test_what_fails_at_the_end_is_a_doubt(log: Log, way: str) -> None:
    """A current folder that is gone, for one: the builder hears nothing of it, and the records are written."""

    def fail() -> None:
        message = "late"
        raise RuntimeError(message)

    log.before_end = fail
    getattr(log, way)()
    expected = [("doubt", "RuntimeError: late"), ("end",)]
    assert said(log) == (expected if way == "end" else expected[:1])
