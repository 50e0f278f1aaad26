"""``Builder``: the program that it starts, and the path that takes the place of ``{db}``."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from ci_accel.foundation.interpreter import Interpreter
from ci_accel.template.builder import Builder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

pytestmark = [pytest.mark.every_python, pytest.mark.timeout(600)]

WRITE = "import os, sys; open(sys.argv[1], 'w').write(os.environ['NAME'] + ' in ' + os.getcwd())"


def builder(root: Path, *argv: str, env: Mapping[str, str] | None = None) -> Builder:
    """Return a builder that runs in this interpreter, without a session."""
    return Builder(argv, env or {}, root=str(root), interpreter=Interpreter(root=str(root), env=env))


def test_program_of_a_builder(tmp_path: Path) -> None:
    """`python` is the interpreter itself, another name is searched for."""
    assert builder(tmp_path, "python", "build.py", "{db}").program() == sys.executable
    assert builder(tmp_path, "bin/build", "{db}").program() == str(tmp_path / "bin" / "build")


def test_placeholder_in_arguments_and_variables(tmp_path: Path) -> None:
    """`{db}` is replaced in arguments and environment variables; the command runs in the root."""
    target = tmp_path / "built.db"
    assert builder(tmp_path, "python", "-c", WRITE, "{db}", env={"NAME": "sqlite:///{db}"}).run(str(target))
    assert target.read_text() == f"sqlite:///{target} in {tmp_path}"


@pytest.mark.parametrize(
    ("argv", "option"),
    [
        (["python", "build.py"], ""),
        (["python", "-I", "build.py"], "-I"),
        (["python3", "-uE", "-m", "alembic"], "-E"),
        ([sys.executable, "-S", "build.py"], "-S"),
        (["python", "build.py", "-I"], ""),
        (["sh", "-S"], ""),
    ],
)
def test_option_that_keeps_the_tracer_out(tmp_path: Path, argv: list[str], option: str) -> None:
    """Only an option of the interpreter itself is returned."""
    assert builder(tmp_path, *argv).untraceable_option() == option


def test_command_that_fails(tmp_path: Path) -> None:
    """The error of the command is passed on unchanged."""
    with pytest.raises(subprocess.CalledProcessError):
        builder(tmp_path, "python", "-c", "raise SystemExit(3)").run(str(tmp_path / "built.db"))
