"""The handlers of audit events, and the hook that calls them."""

from __future__ import annotations

import _frozen_importlib_external as finders
import os
import posix
import subprocess
import sys
from types import FunctionType, SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from ci_accel.guest.tracer import calls, recorder
from tests.every_python.trace import LINUX, state
from tests.support.trace_records import failing, said, written

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ci_accel.guest.tracer.log import Log


pytestmark = [pytest.mark.every_python, pytest.mark.timeout(600)]


# Files


@pytest.fixture
def files(log: Log) -> recorder.Files:
    """Return the handler of files, without calls that are being made."""
    return recorder.Files(log, calls.Open(posix.open, log))


def test_state(tmp_path: Path) -> None:
    """A state has device, inode, size and times, or is a dash if nothing is there."""
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
    """The kind of a record depends on the flags, and on whether the file exists."""
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
    """Names and URIs are read as SQLite reads them."""
    assert recorder.database_path(name) == path


def test_files_by_intent(log: Log, files: recorder.Files, tmp_path: Path) -> None:
    """The kind of a record depends on the mode of open or the flags of os.open."""
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


def test_files_that_are_not_recorded(log: Log, files: recorder.Files, descriptor: int) -> None:
    """The tracer's own log, file descriptors and empty names are not recorded; the log is if the builder opens it."""
    for path in (log.path, descriptor, "", b""):
        files.opened(path, "r", 0)
    assert said(log) == []
    files.opened(os.fsdecode(log.path), "r", 0)
    assert [record[0] for record in said(log)] == ["read"]


def test_folders_that_are_opened(log: Log, files: recorder.Files, tmp_path: Path) -> None:
    """A folder is recorded with the links on the way to it."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("folder")
    files.opened(tmp_path / "link", None, os.O_RDONLY)
    files.entered(tmp_path / "link")
    assert [record for record in said(log) if str(tmp_path) in record[1]] == [
        ("stat", str(tmp_path / "link"), "d"),
        ("link", str(tmp_path / "link")),
    ]


def test_entered(log: Log, files: recorder.Files, tmp_path: Path, descriptor: int) -> None:
    """The links on the way to a new current folder are recorded; one given as a descriptor was opened before."""
    (tmp_path / "link").symlink_to(".")
    files.entered(descriptor)
    files.entered(tmp_path / "link")
    assert ("link", str(tmp_path / "link")) in said(log)


def test_a_file_that_cannot_be_looked_at(
    log: Log, files: recorder.Files, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The trace is incomplete: whether the file exists is not known."""
    with monkeypatch.context() as patch:
        patch.setattr(posix, "stat", failing(PermissionError(13, "Permission denied")))
        files.opened(tmp_path / "file", "r", 0)
    assert said(log) == [
        ("doubt", "PermissionError: [Errno 13] Permission denied"),
        ("absent", str(tmp_path / "file")),
    ]


def test_files_from_a_folder(log: Log, tmp_path: Path) -> None:
    """The folder of os.open counts in its own thread; if it is not known, only absolute paths are recorded."""
    import _thread

    opening = calls.Open(posix.open, log)
    files = recorder.Files(log, opening)
    thread = _thread.get_ident()
    opening.folders[thread] = os.fsencode(tmp_path)
    files.opened("file", None, os.O_WRONLY)
    opening.folders[thread] = None
    files.opened("/absent/file", None, os.O_WRONLY)
    with pytest.raises(ValueError, match="unknown folder"):
        files.opened("file", None, os.O_WRONLY)
    del opening.folders[thread]
    opening.folders[thread + 1] = b"/other"
    files.opened("file", None, os.O_WRONLY)
    places = [str(tmp_path / "file"), "/absent/file", os.path.abspath("file")]
    assert said(log) == [("write", place) for place in places]


def test_databases_and_truncated_files(log: Log, files: recorder.Files, tmp_path: Path, descriptor: int) -> None:
    """They are recorded with their state, unless they are in memory or file descriptors."""
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
    """New folders, names and links are recorded, and paths that are already there or missing."""
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "pipe")
    for name in ("new", "file", "pipe", "."):
        files.made(name, 0o777, descriptor)
    files.made(tmp_path / "other", 0o777)
    files.renamed("file", "moved", descriptor, descriptor)
    files.renamed("/a", "/b")
    files.linked("file", "folder/link", descriptor)
    files.linked("/file", tmp_path / "link")
    files.removed("gone", descriptor)
    place = str(tmp_path)
    assert said(log) == [
        ("stat", place, "d"),
        ("write", f"{place}/new"),
        ("stat", f"{place}/file", "f"),
        ("stat", f"{place}/pipe", "o"),
        ("write", f"{place}/other"),
        ("rename", f"{place}/file", f"{place}/moved"),
        ("stat", "/a", "_"),
        ("rename", f"{place}/folder/file", f"{place}/folder/link"),
        ("rename", "/file", f"{place}/link"),
        ("stat", f"{place}/gone", "_"),
    ]


def listed_by(files: recorder.Files, space: dict[str, Any], *path: Any) -> None:
    """List a folder as a function of a module does, with the audit hook between."""

    def hook() -> None:
        files.listed(*path)

    def lister(call: Callable[[], None]) -> None:
        call()

    FunctionType(lister.__code__, space)(hook)


def test_listings(log: Log, files: recorder.Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names are recorded with their kinds, as they were at first; listings by importlib are not recorded."""
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
    """The folder is recorded by the path with which it was opened."""
    listed_by(files, {"__name__": "builder"}, descriptor)
    assert said(log) == [("list", str(tmp_path), "")]


def test_listing_of_a_path_that_is_not_a_folder(log: Log, files: recorder.Files, tmp_path: Path) -> None:
    """That the path is missing or a file is recorded."""
    (tmp_path / "file").touch()
    for name in ("file", "none"):
        listed_by(files, {"__name__": "builder"}, tmp_path / name)
    assert said(log) == [("stat", str(tmp_path / "file"), "f"), ("stat", str(tmp_path / "none"), "-")]


def test_listing_that_cannot_be_read(
    log: Log, files: recorder.Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error is left to the hook."""
    monkeypatch.setattr(posix, "scandir", failing(PermissionError("no")))
    with pytest.raises(PermissionError):
        listed_by(files, {"__name__": "builder"}, tmp_path)
    assert said(log) == []


def test_listing_without_a_caller(
    log: Log, files: recorder.Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread may run a function of os itself, and a hook may be called without a frame."""
    outer = SimpleNamespace(f_globals={"__name__": "os"}, f_back=None)
    (tmp_path / "folder").mkdir()
    for frame, path in ((outer, tmp_path), (None, tmp_path / "folder")):
        with monkeypatch.context() as patch:
            patch.setattr(recorder, "sys", SimpleNamespace(_getframe=lambda _depth, frame=frame: frame))
            files.listed(path)
    assert said(log) == [("list", str(tmp_path), "Dfolder"), ("list", str(tmp_path / "folder"), "")]


# The hook

HOOKED = """
import json, os, sys
from ci_accel.guest.tracer import recorder

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
    """Each event has its handler, and an error in a handler makes the trace incomplete."""
    path, read = tmp_path / "trace.log", tmp_path / "read.txt"
    path.touch()
    read.touch()
    subprocess.run([sys.executable, "-c", HOOKED, str(path), str(read)], check=True, timeout=300)
    records = [record for record in written(path) if record[0] in {"doubt", "end"} or str(read) in record]
    assert [record[0] for record in records] == ["stat", "read", "doubt", "doubt", "stat", "end"]
    wrong, unseen = (record[1] for record in records if record[0] == "doubt")
    assert wrong.startswith("TypeError: expected ")
    assert unseen.startswith("a sub-interpreter")
