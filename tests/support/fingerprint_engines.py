"""The extension module and the plain definition of the fingerprint, with one interface.

A test with the parameter ``engine`` runs with both. The plain definition can be tested without the extension module:
``pytest tests/unit/fingerprint -k "reference and not ci_accel"``.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from tests.oracles.fingerprint import fingerprint as plain_definition

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping, Sequence
    from types import ModuleType


class Print(Protocol):
    """A fingerprint of either engine."""

    @property
    def digest(self) -> str:
        """The digest over everything."""

    @property
    def files(self) -> dict[str, str]:
        """The content digest of every entry."""

    @property
    def values(self) -> dict[str, str]:
        """The values."""


class Engine(Protocol):
    """A function that computes fingerprints."""

    def __call__(
        self,
        inputs: Iterable[str | os.PathLike[str]],
        *,
        root: str | os.PathLike[str] = ".",
        exclude: Iterable[str | os.PathLike[str]] = (),
        values: Mapping[str, str] | None = None,
    ) -> Print:
        """Compute a fingerprint."""


def accel() -> ModuleType:
    """Import ci_accel, so that only tests that need it fail without it."""
    return importlib.import_module("ci_accel")


def accelerated(
    inputs: Iterable[str | os.PathLike[str]],
    *,
    root: str | os.PathLike[str] = ".",
    exclude: Iterable[str | os.PathLike[str]] = (),
    values: Mapping[str, str] | None = None,
) -> Print:
    """Compute a fingerprint with the extension module."""
    result: Print = accel().fingerprint(inputs, root=root, exclude=exclude, values=values)
    return result


both = pytest.mark.parametrize("engine", [plain_definition, accelerated], ids=["reference", "ci_accel"])


@dataclass(frozen=True)
class Outcome:
    """The result of a call: a fingerprint, or the kind of the error."""

    error: str = ""
    digest: str = ""
    files: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)


def outcome(
    engine: Engine,
    inputs: Sequence[str | os.PathLike[str]],
    *,
    root: Path,
    exclude: Sequence[str] = (),
    values: Mapping[str, str] | None = None,
) -> Outcome:
    """Call an engine, and return a fingerprint or an expected error."""
    try:
        result = engine(inputs, root=root, exclude=exclude, values=values)
    except ValueError:
        return Outcome(error="ValueError")
    except OSError as error:
        return Outcome(error=type(error).__name__)
    return Outcome(digest=result.digest, files=dict(result.files), values=dict(result.values))


CHILD = """
import json, logging, os, sys
job = json.loads(sys.stdin.read())
sys.path[:] = job["sys_path"]
if job["engine"] == "reference":
    from tests.oracles.fingerprint import fingerprint
else:
    from ci_accel import fingerprint
if job["locked"] and os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
refused = False
if job["locked"]:
    try:
        if os.path.isdir(job["locked"]):
            with os.scandir(job["locked"]) as entries:
                [entry.stat() for entry in entries]
        else:
            open(job["locked"], "rb").close()
    except PermissionError:
        refused = True
try:
    result = fingerprint(job["inputs"], root=job["root"], exclude=job["exclude"])
    answer = {"error": "", "files": result.files}
except (OSError, ValueError) as error:
    kind = "ValueError" if isinstance(error, ValueError) else type(error).__name__
    answer = {"error": kind, "text": str(error), "filename": os.fspath(getattr(error, "filename", None) or "")}
print(json.dumps({**answer, "refused": refused}))
"""


def in_child(
    engine: Engine, inputs: Sequence[str], *, root: Path, exclude: Sequence[str] = (), locked: Path | None = None
) -> dict[str, Any]:
    """Call an engine in a child process.

    Args:
        engine: Either engine.
        inputs: The inputs.
        root: The root.
        exclude: Patterns of files to leave out.
        locked: A file or folder without permissions. The child gives up the privileges of root after its imports, which
            other users may not be able to read, and reports whether it was refused.

    Returns:
        The ``files``, or the ``error`` with its ``text`` and ``filename``.
    """
    job = {
        "sys_path": [str(Path(entry).resolve()) for entry in sys.path],
        "engine": "reference" if engine is plain_definition else "ci_accel",
        "inputs": list(inputs),
        "root": str(root),
        "exclude": list(exclude),
        "locked": str(locked) if locked else "",
    }
    done = subprocess.run(
        [sys.executable, "-c", CHILD], input=json.dumps(job), capture_output=True, text=True, timeout=180, check=False
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
