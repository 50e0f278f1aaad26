"""Who builds: its program, and what its interpreter answers about bytecode."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from ci_accel.template.builder import Builder

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.timeout(60)


def builder(python: Path | str, root: Path) -> Builder:
    """Return a builder of an interpreter by itself."""
    return Builder(["python", "build.py", "{db}"], {}, root=str(root), session=None, python=python)


def test_bytecode_that_differs(tmp_path: Path) -> None:
    """What was compiled from its source does not differ; when that is edited, it does."""
    source = tmp_path / "x.py"
    source.write_text("VALUE = 1\n")
    script = f"import py_compile; py_compile.compile({str(source)!r}, {str(source) + 'c'!r})"
    subprocess.run([sys.executable, "-c", script], check=True)
    asked = builder(sys.executable, tmp_path)
    assert asked.differing([(f"{source}c", str(source))]) == []
    source.write_text("VALUE = 2\n")
    assert asked.differing([(f"{source}c", str(source))]) == [str(source)]


@pytest.mark.parametrize("answer", ["", "echo 'ci-accel compare: [oops'", "exit 3", "echo no >&2; exit 1"])
def test_bytecode_where_the_interpreter_does_not_answer(tmp_path: Path, answer: str) -> None:
    """Nothing is proved: all of it differs. It is not asked where there is nothing to ask."""
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\n{answer}\n")
    python.chmod(0o755)
    asked = builder(python, tmp_path)
    assert asked.differing([]) == []
    assert asked.differing([("/a.pyc", "/a.py"), ("/b.pyc", "/b.py")]) == ["/a.py", "/b.py"]


def test_program_of_a_builder(tmp_path: Path) -> None:
    """The interpreter by its name, a program of the project by its path, any other along PATH."""
    for name, expected in {
        "python": sys.executable,
        "bin/tool": str(tmp_path / "bin" / "tool"),
        "no-such-program": "no-such-program",
    }.items():
        assert Builder([name], {}, root=str(tmp_path), session=None, python=sys.executable).program() == expected
    assert os.path.isabs(Builder(["sh"], {}, root=str(tmp_path), session=None, python=None).program())
