"""How the recorder starts in an interpreter, and that what runs there cannot tell."""

from __future__ import annotations

import os
import py_compile
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from ci_accel.guest import carrier
from ci_accel.guest.tracer import sitecustomize
from tests.support.trace_records import written

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


pytestmark = [pytest.mark.every_python, pytest.mark.timeout(600), pytest.mark.measured_children]


# The start


def test_start(parts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tracer starts once, if the environment names a log."""
    (parts / "recorder.py").write_text("ASKED = []\ndef start(*arguments): ASKED.append(arguments)\n")
    sitecustomize.start(str(parts), {"os"})
    assert sitecustomize.PACKAGE not in sys.modules
    monkeypatch.setenv("CI_ACCEL_TRACE", "/log")
    for _ in range(2):
        sitecustomize.start(str(parts), {"os"})
    asked = sys.modules[f"{sitecustomize.PACKAGE}.parts.recorder"].ASKED
    assert asked == [(b"/log", {"os", sitecustomize.PACKAGE})]
    assert not {str(parts.parent), str(parts)} & set(sys.path_importer_cache)


def test_start_that_fails(parts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The builder runs all the same."""
    (parts / "recorder.py").write_text("raise RuntimeError\n")
    monkeypatch.setenv("CI_ACCEL_TRACE", "/log")
    sitecustomize.start(str(parts), {"os"})
    assert not {str(parts.parent), str(parts)} & set(sys.path_importer_cache)


# In interpreters of their own


@pytest.fixture
def traced(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a way to run an interpreter in the test's folder, traced."""
    (tmp_path / "work").mkdir()
    path = tmp_path / "trace.log"
    path.touch()

    def run(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
        variables = {**os.environ, **more}
        variables.update(carrier.tracing_variables(variables, path))
        return subprocess.run(
            [sys.executable, *words],
            env=variables,
            cwd=tmp_path / "work",
            capture_output=True,
            text=True,
            check=False,
            timeout=50,
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


@pytest.mark.parametrize("options", [[], ["-O", "-B"]], ids=["plain", "with options"])
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


@pytest.mark.measured_children(False)  # the witness stands on PYTHONPATH of those that are
def test_the_other_sitecustomize(tmp_path: Path, traced: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """The one that ours hides runs after it, and finds none of it."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "sitecustomize.py").write_text("print('other', __file__)\n")
    code = "import sys, sitecustomize; print(sitecustomize.__file__)"
    own = str(tmp_path / "lib" / "sitecustomize.py")
    assert traced("-c", code, PYTHONPATH=str(tmp_path / "lib")).stdout == f"other {own}\n{own}\n"
