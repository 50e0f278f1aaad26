"""With what a builder is started, to be traced."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from ci_accel.guest import tracer
from tests.every_python.trace import FOLDER
from tests.support.trace_records import executable

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.timeout(60)


def test_variables(tmp_path: Path) -> None:
    """The log and the way to sitecustomize.py, before what there was, which stays as it is."""
    log = tmp_path / "log"
    assert tracer.tracing_variables({}, log) == {"CI_ACCEL_TRACE": str(log), "PYTHONPATH": str(FOLDER)}
    assert tracer.tracing_variables({"PYTHONPATH": "a:b"}, log)["PYTHONPATH"] == f"{FOLDER}:a:b"
    assert tracer.tracing_variables({"PYTHONPATH": ""}, log)["PYTHONPATH"] == f"{FOLDER}:{FOLDER}"
    variables = {"PYTHONPATH": "a"}
    carried = tracer.tracing_variables(variables, log)
    assert variables == {"PYTHONPATH": "a"}
    assert tracer.tracing_variables(carried, log) == carried
    assert tracer.tracing_variables({}, "log")["CI_ACCEL_TRACE"] == os.path.abspath("log")


CHECKED = "--check-hash-based-pycs never "


@pytest.mark.parametrize(
    ("options", "rewritten"),
    [
        ("-I x.py a", "-I BOOT -I x.py a"),
        ("-BSE x.py", "-BSE BOOT -BSE x.py"),
        ("-I -m x", "-I BOOT -I -m x"),
        ("-Im x", "-I BOOT -Im x"),
        ("-Icpass a", "-I BOOT -Icpass a"),
        ("-W ignore -Xutf8 -I x.py", "-W ignore -Xutf8 -I BOOT -W ignore -Xutf8 -I x.py"),
        ("-IWignore x.py", "-IWignore BOOT -IWignore x.py"),
        (CHECKED + "-I x.py", CHECKED + "-I BOOT " + CHECKED + "-I x.py"),
        ("x.py -I", None),
        ("-c pass -I", None),
        ("-m x -S", None),
        ("-X importtime -B x.py", None),
        ("-W error::ImportWarning x.py", None),
        ("-I", None),
        ("-I -", None),
        ("-IV", None),
        ("-I --help", None),
        ("-Ix x.py", None),
        ("-iI -c pass", None),
        ("-Im", None),
    ],
)  # fmt: skip
def test_traced_argv(options: str, rewritten: str | None) -> None:
    """Only what runs a script, a module or code with -I, -S or -E is rewritten."""
    argv = [sys.executable, *options.split()]
    bootstrap = str(FOLDER / "bootstrap.py")
    expected = argv if rewritten is None else [argv[0], *rewritten.replace("BOOT", bootstrap).split()]
    assert tracer.traced_argv(argv, {}) == expected
    assert argv == [sys.executable, *options.split()]


def test_traced_argv_of_other_programs(tmp_path: Path) -> None:
    """Programs are known by their names on the PATH, also behind a link; others keep their arguments."""
    bootstrap, variables = str(FOLDER / "bootstrap.py"), {"PATH": str(tmp_path)}
    for name in ("python", "tool"):
        executable(tmp_path / name)
    (tmp_path / "snake").symlink_to(sys.executable)
    for name in ("python", "snake"):
        assert tracer.traced_argv([name, "-I", "x"], variables) == [name, "-I", bootstrap, "-I", "x"]
    for argv in (["tool", "-I", "x"], ["none", "-I", "x"], ["python", "x"], ["python", "-I"], []):
        assert tracer.traced_argv(argv, variables) == argv
    assert tracer.traced_argv(["snake", "-I", "x"], {"PATH": "/none"}) == ["snake", "-I", "x"]
