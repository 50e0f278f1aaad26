"""Inspecting files that are missing, not regular, or changed during the read."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

import ci_accel
from ci_accel.foundation import native
from tests.support.coverage_files import entry, refusal, report, write_lines, write_report

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", [".coverage", ".reports/part.json", "build/.cov/../part"])
def test_missing_file_with_a_hidden_name_is_explained(tmp_path: Path, name: str) -> None:
    """The error of a missing file below a hidden name says that uploads of artifacts skip such names."""
    with pytest.raises(ci_accel.CoverageDataError) as caught:
        ci_accel.inspect_coverage(tmp_path / name)
    assert "uploads of artifacts skip names that start with a dot" in caught.value.reason
    assert caught.value.reason.endswith("such as build/coverage/")


def test_missing_file_with_a_plain_name(tmp_path: Path) -> None:
    """The error of a missing file without a hidden name does not mention hidden names."""
    with pytest.raises(ci_accel.CoverageDataError) as caught:
        ci_accel.inspect_coverage(f"{tmp_path}/./build/../coverage.sqlite")
    assert caught.value.reason.startswith("there is no such file; check that the tests ran")


def test_C18_only_regular_files_are_read(tmp_path: Path) -> None:
    """A FIFO, a socket, a folder, a device and a link are errors, and the call does not block."""
    folder = tmp_path / "folder"
    folder.mkdir()
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "link").symlink_to(write_lines(tmp_path / "part"))
    (tmp_path / "dangling").symlink_to("nowhere")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        for name in ("folder", "fifo", "socket"):
            assert refusal(tmp_path / name) == "not a regular file"
    with pytest.raises(ci_accel.CoverageDataError, match="not a regular file"):
        ci_accel.inspect_coverage("/dev/zero")
    assert refusal(tmp_path / "link") == "a symbolic link; use the path of its target"
    assert refusal(tmp_path / "dangling") == "a symbolic link; use the path of its target"


@pytest.mark.skipif(os.geteuid() != 0, reason="takes root to become another user")
def test_unreadable_file_is_an_oserror(tmp_path: Path) -> None:
    """A file without read permission is a PermissionError that names the file."""
    path = write_lines(tmp_path / "part")
    path.chmod(0)
    imports = "import os, sys, ci_accel._native; from ci_accel import inspect_coverage"
    code = f"{imports}; os.setuid(65534); inspect_coverage(sys.argv[1])"
    tmp_path.chmod(0o755)
    command = [sys.executable, "-c", code, str(path)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "PermissionError: [Errno 13] Permission denied: " in answer.stderr


def test_C19_file_replaced_during_the_read_gives_one_of_the_contents(tmp_path: Path) -> None:
    """While a file is replaced, each result has the digest and the content of one version."""
    path, staged = tmp_path / "part", tmp_path / "staged"
    contents = []
    for lines in ({1, 2}, {1, 2, 3}):
        contents.append(write_lines(tmp_path / f"new{len(lines)}", {"/code/a.py": lines}).read_bytes())
        contents.append(write_report(tmp_path / f"json{len(lines)}", report({"a.py": entry(lines)})).read_bytes())
    path.write_bytes(contents[0])
    expected = {}
    for content in contents:
        path.write_bytes(content)
        info = ci_accel.inspect_coverage(path)
        expected[info.digest] = (info.format, info.covered_lines)
    assert len(expected) == 4
    done = threading.Event()

    def replace() -> None:
        while not done.is_set():
            for content in contents:
                staged.write_bytes(content)
                staged.replace(path)

    replacer = threading.Thread(target=replace)
    replacer.start()
    answers = 0
    try:
        for _ in range(300):
            # A file that is replaced during both reads is refused.
            with contextlib.suppress(ci_accel.CoverageDataError):
                info = ci_accel.inspect_coverage(path)
                assert expected[info.digest] == (info.format, info.covered_lines)
                answers += 1
    finally:
        done.set()
        replacer.join()
    assert answers > 30


def test_a_truncated_report_is_refused(tmp_path: Path) -> None:
    """Every beginning of a report that lacks the end is an error."""
    path = tmp_path / "part"
    text = write_report(path, report({f"{number}.py": entry({1}) for number in range(2000)})).read_text()
    for length in range(0, len(text), 9001):
        path.write_text(text[:length])
        refusal(path)


def test_a_file_that_grows_during_the_read_is_refused(tmp_path: Path) -> None:
    """A report to which a thread appends during both reads is an error; after the last write it is read."""
    path = write_report(tmp_path / "part", report({f"{number}.py": entry({1}) for number in range(2000)}))
    done = threading.Event()

    def append() -> None:
        with path.open("ab", buffering=0) as file:
            while not done.is_set():
                file.write(b" ")  # the report stays valid, so only the growth can be the reason

    writer = threading.Thread(target=append)
    writer.start()
    reasons = set()
    try:
        for _ in range(100):
            try:
                assert ci_accel.inspect_coverage(path).covered_lines == 2000
            except ci_accel.CoverageDataError as error:
                reasons.add(error.reason)
                break
    finally:
        done.set()
        writer.join()
    assert reasons == {"changed while it was read; read it when its writer is done"}
    assert ci_accel.inspect_coverage(path).covered_lines == 2000


def test_ctrl_c_interrupts_a_long_read(tmp_path: Path) -> None:
    """SIGINT during a long read raises KeyboardInterrupt."""
    path = tmp_path / "part"
    with path.open("w") as file:
        file.write('{"files": {"a.py": {"executed_lines": [')
        file.write(", ".join(["1"] * 40_000_000))
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        ci_accel.inspect_coverage(path)


def test_errors_can_be_pickled() -> None:
    """Errors keep their type, path and reason when they are pickled, as between worker processes."""
    for kind in (ci_accel.CoverageDataError, ci_accel.UnsupportedSchemaError, ci_accel.MixedMeasurementError):
        error = pickle.loads(pickle.dumps(kind("build/coverage/part-001.sqlite", "empty")))
        assert (type(error), error.path, error.reason) == (kind, "build/coverage/part-001.sqlite", "empty")
        assert isinstance(error, ci_accel.CiAccelError)


def test_result_can_be_pickled(tmp_path: Path) -> None:
    """A pickled result keeps all values."""
    info = ci_accel.inspect_coverage(write_lines(tmp_path / "part"))
    copy = pickle.loads(pickle.dumps(info))
    assert [getattr(copy, name) for name in info.__slots__] == [getattr(info, name) for name in info.__slots__]


def test_X02_missing_compiled_module_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the compiled module, inspecting is an error that names it."""
    monkeypatch.setattr(native, "MISSING", "the compiled module is missing")
    with pytest.raises(ci_accel.CiAccelError, match="the compiled module is missing"):
        ci_accel.inspect_coverage(write_lines(tmp_path / "part"))
