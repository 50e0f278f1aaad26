"""Builders that run with and without the tracer in any interpreter, and the records in their logs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote_to_bytes

import pytest

import ci_accel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

REPOSITORY = Path(__file__).resolve().parents[2]
INSTALLED = Path(ci_accel.__file__).parent / "guest" / "tracer"
FOLDER = INSTALLED if INSTALLED.is_dir() else REPOSITORY / "python" / "ci_accel" / "guest" / "tracer"

OWN = f"{sys.version_info[0]}.{sys.version_info[1]}"
VERSIONS = ("3.10", "3.11", "3.12", "3.13", "3.14")

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="paths of file descriptors are read from /proc")


def interpreter(version: str) -> str | None:
    """Return the interpreter of a version; None if it is not installed."""
    if version == OWN:
        return sys.executable
    root = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"
    found = sorted(root.glob(f"{version}.*/bin/python"))
    return str(found[-1]) if found else None


class Record(NamedTuple):
    """A record of the log."""

    process: int
    kind: str
    fields: tuple[str, ...]


def records_in(log: Path) -> list[Record]:
    """Return the records in a log; every line has to be whole."""
    text = log.read_bytes()
    assert text == b"" or text.endswith(b"\n")
    records = []
    for line in text.splitlines():
        process, kind, *fields = line.split(b"\t")
        records.append(Record(int(process), kind.decode(), tuple(os.fsdecode(unquote_to_bytes(f)) for f in fields)))
    return records


class Trace:
    """A log file."""

    def __init__(self, folder: Path) -> None:
        """Make an empty one in a folder."""
        self.path = folder / "trace.log"
        self.path.touch()

    def records(self, *kinds: str) -> list[Record]:
        """Return the records; only those of some kinds, if any are given."""
        return [record for record in records_in(self.path) if not kinds or record.kind in kinds]

    def said(self, *kinds: str) -> list[tuple[str, ...]]:
        """Return the kinds and fields of the records of all processes."""
        return [(record.kind, *record.fields) for record in self.records(*kinds)]

    def readers(self, path: Path) -> set[int]:
        """Return the processes that read a file."""
        return {record.process for record in self.records("read") if record.fields[0] == str(path)}

    def processes(self) -> tuple[set[int], set[int]]:
        """Return the processes that started, and those with an orderly end."""
        return {record.process for record in self.records("start")}, {record.process for record in self.records("end")}


def plain(**more: str) -> dict[str, str]:
    """Return an environment without a tracer, a witness or coverage.py."""
    ours = ("CI_ACCEL", "COV_", "COVERAGE", "PYTHON")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, "PYTHONDONTWRITEBYTECODE": "1", **more}


def traced(trace: Trace, **more: str) -> dict[str, str]:
    """Return the same environment with the tracer, as `tracing_variables` makes it."""
    variables = plain(**more)
    pythonpath = [str(FOLDER), *filter(None, [variables.get("PYTHONPATH")])]
    return {**variables, "CI_ACCEL_TRACE": str(trace.path), "PYTHONPATH": os.pathsep.join(pythonpath)}


def run(
    argv: Sequence[str], variables: Mapping[str, str], cwd: Path, code: int | None = 0
) -> subprocess.CompletedProcess[str]:
    """Run a builder."""
    answer = subprocess.run(argv, env=variables, cwd=cwd, capture_output=True, text=True, check=False, timeout=300)
    assert code is None or answer.returncode == code, answer.stderr
    return answer


def build(python: str, trace: Trace, folder: Path, script: str, *options: str, code: int = 0, **more: str) -> str:
    """Run a script with the tracer and return what it prints."""
    path = folder / "build.py"
    path.write_text(dedent(script))
    return run([python, *options, str(path)], traced(trace, **more), folder, code).stdout


def state(path: Path) -> str:
    """Return the state of a file as in the log."""
    status = path.stat()
    fields = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    return ":".join(map(str, fields))


def command(folder: Path, form: str, code: str) -> list[str]:
    """Write code to a file, and return the arguments that run it as a script, a module or a command."""
    (folder / "module.py").write_text(code)
    if form == "script":
        return ["module.py", "an argument"]
    return [form, code if form == "-c" else "module", "an argument"]
