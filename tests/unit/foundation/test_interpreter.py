"""``Interpreter``: its path, its environment variables, its properties, and the answers of scripts that run in it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from ci_accel.foundation.interpreter import Interpreter, InterpreterError

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.every_python, pytest.mark.timeout(600)]

MARK = "answer: "


def write_program(path: Path, *lines: str) -> str:
    """Write a shell script that takes the place of an interpreter, and return its path."""
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    path.chmod(0o755)
    return str(path)


def test_python_that_is_not_executable(tmp_path: Path) -> None:
    """A file that cannot be run is refused, with its name."""
    (tmp_path / "python").touch()
    with pytest.raises(ValueError, match="python': not an executable Python interpreter"):
        Interpreter(python=tmp_path / "python", root=str(tmp_path))
    with pytest.raises(ValueError, match="python='': not an executable Python interpreter"):
        Interpreter(python="", root=str(tmp_path))


def test_link_to_an_interpreter_is_kept(tmp_path: Path) -> None:
    """The path of an interpreter is not resolved through links: a link is what identifies a venv."""
    (tmp_path / "python").symlink_to(sys.executable)
    assert Interpreter(python=tmp_path / "python", root=str(tmp_path)).path == str(tmp_path / "python")


def test_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands get the variables of this process, the interpreter's folder first on PATH, and ``env`` over both."""
    monkeypatch.setenv("PATH", "/outer")
    monkeypatch.setenv("KEPT", "outer")
    program = write_program(tmp_path / "python")
    variables = Interpreter(python=program, root=str(tmp_path), env={"ADDED": "{db}"}).variables()
    assert variables["PATH"] == f"{tmp_path}{os.pathsep}/outer"
    assert (variables["KEPT"], variables["ADDED"]) == ("outer", "{db}")


def test_commands_run_without_a_session(tmp_path: Path) -> None:
    """Without a session, commands are always run."""
    assert Interpreter(root=str(tmp_path)).runs_commands()


def test_properties_of_the_running_interpreter_equal_those_of_a_new_one(tmp_path: Path) -> None:
    """The probe gives the same answer in this process as in a child process of the same interpreter."""
    here = Interpreter(root=str(tmp_path)).describe(with_distributions=True)
    child = Interpreter(root=str(tmp_path), env={"PYTHONHASHSEED": "0"}).describe(with_distributions=True)
    assert here == child
    assert Interpreter(root=str(tmp_path)).describe(with_distributions=False).distributions == {}


def test_answer_is_found_among_other_output(tmp_path: Path) -> None:
    """The answer is the line with the mark; the question reaches the script's standard input."""
    script = tmp_path / "script.py"
    script.write_text(f"import json; print('noise'); print({MARK!r} + json.dumps([json.loads(input()), 1]))")
    answer = Interpreter(root=str(tmp_path)).ask(str(script), mark=MARK, purpose="answer", question="q")
    assert answer == ["q", 1]


@pytest.mark.parametrize(
    ("line", "reason"),
    [("exit 3", "exit code 3"), ("echo broken >&2; exit 1", "broken"), (f"echo '{MARK}[oops'", ""), ("", "")],
)
def test_interpreter_that_does_not_answer(tmp_path: Path, line: str, reason: str) -> None:
    """The error names the interpreter, the purpose of the script and the reason."""
    program = write_program(tmp_path / "python", line)
    with pytest.raises(InterpreterError, match=f"^{program} could not report its version: .*{reason}"):
        Interpreter(python=program, root=str(tmp_path)).ask("x.py", mark=MARK, purpose="report its version")


def test_changed_bytecode(tmp_path: Path) -> None:
    """Bytecode differs from its source only after the source is edited."""
    source = tmp_path / "x.py"
    source.write_text("VALUE = 1\n")
    script = f"import py_compile; py_compile.compile({str(source)!r}, {str(source) + 'c'!r})"
    subprocess.run([sys.executable, "-c", script], check=True)
    interpreter = Interpreter(root=str(tmp_path))
    assert interpreter.changed_bytecode([(f"{source}c", str(source))]) == []
    source.write_text("VALUE = 2\n")
    assert interpreter.changed_bytecode([(f"{source}c", str(source))]) == [str(source)]


@pytest.mark.parametrize("line", ["", "echo 'ci-accel compare: [oops'", "exit 3", "echo no >&2; exit 1"])
def test_changed_bytecode_where_the_interpreter_does_not_answer(tmp_path: Path, line: str) -> None:
    """All sources count as changed; without bytecode, the interpreter is not run."""
    interpreter = Interpreter(python=write_program(tmp_path / "python", line), root=str(tmp_path))
    assert interpreter.changed_bytecode([]) == []
    assert interpreter.changed_bytecode([("/a.pyc", "/a.py"), ("/b.pyc", "/b.py")]) == ["/a.py", "/b.py"]


def test_find_program(tmp_path: Path) -> None:
    """`python` is the interpreter, a path is below the root, and any other name is searched along PATH."""
    interpreter = Interpreter(python=sys.executable, root=str(tmp_path))
    assert interpreter.find_program("python") == sys.executable
    assert interpreter.find_program("bin/tool") == str(tmp_path / "bin" / "tool")
    assert interpreter.find_program("no-such-program") == "no-such-program"
    assert os.path.isabs(interpreter.find_program("sh"))
