"""The start of the tracer in an interpreter."""

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
    """The builder runs as it would without the tracer."""
    (parts / "recorder.py").write_text("raise RuntimeError\n")
    monkeypatch.setenv("CI_ACCEL_TRACE", "/log")
    sitecustomize.start(str(parts), {"os"})
    assert not {str(parts.parent), str(parts)} & set(sys.path_importer_cache)


# In interpreters of their own


@pytest.fixture
def traced(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs a traced interpreter in the test's folder."""
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
            timeout=300,
        )

    return run


WAYS = {
    "code": ["-c", "import shows"],
    "module": ["-m", "shows"],
    "script": ["shows.py"],
    "bytecode": ["shows.pyc"],
    "folder": ["folder"],
    "archive": ["shows.zip"],
    "a missing script": ["missing.py"],
    "a failing script": ["failing.py"],
    "a script that leaves": ["-c", "raise SystemExit(3)"],
}
SHOWS = """
import os, sys
print(__name__, sys.argv, sys.path, sys.orig_argv, sorted(vars(sys.modules["__main__"])))
open("read.txt").close()
"""


@pytest.mark.parametrize("options", [[], ["-O", "-B"]], ids=["plain", "with options"])
@pytest.mark.parametrize("way", WAYS)
def test_the_builder_sees_no_tracer(
    tmp_path: Path, traced: Callable[..., subprocess.CompletedProcess[str]], way: str, options: list[str]
) -> None:
    """Output and exit code are the same as without the tracer; the log has what the builder reads."""
    work = tmp_path / "work"
    (work / "read.txt").touch()
    (work / "shows.py").write_text(SHOWS)
    (work / "failing.py").write_text("def fail():\n    1 / 0\nfail()\n")
    py_compile.compile(str(work / "shows.py"), str(work / "shows.pyc"))
    (work / "folder").mkdir()
    (work / "folder" / "__main__.py").write_text(SHOWS)
    with zipfile.ZipFile(work / "shows.zip", "w") as archive:
        archive.writestr("__main__.py", SHOWS)
    words = [*options, *WAYS[way], "a"]
    plain = subprocess.run(
        [sys.executable, *words], cwd=work, capture_output=True, text=True, check=False, timeout=300, env={**os.environ}
    )
    answer = traced(*words)
    assert (answer.returncode, answer.stderr) == (plain.returncode, plain.stderr)
    assert answer.stdout == plain.stdout
    records = written(tmp_path / "trace.log")
    kinds = [record[0] for record in records]
    assert kinds[0] == "start"
    assert kinds.count("end") == 1  # coverage.py, if it measures this test, opens files afterwards
    assert "doubt" not in kinds
    if plain.returncode == 0:
        assert str(work / "read.txt") in {record[1] for record in records if record[0] == "read"}


@pytest.mark.measured_children(False)  # the witness of measured children is on PYTHONPATH
def test_the_other_sitecustomize(tmp_path: Path, traced: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """A sitecustomize that ours hides runs after it."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "sitecustomize.py").write_text("print('other', __file__)\n")
    code = "import sys, sitecustomize; print(sitecustomize.__file__)"
    own = str(tmp_path / "lib" / "sitecustomize.py")
    assert traced("-c", code, PYTHONPATH=str(tmp_path / "lib")).stdout == f"other {own}\n{own}\n"
