"""The tools coverage.py and slipcover, in the newest and the oldest supported version."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.support.environments import clean_environment, environment

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

OLDEST = ("coverage==7.6.*", "slipcover==1.0.17")

ORACLE = Path(__file__).parents[1] / "oracles" / "coverage_py.py"


class ToolError(Exception):
    """A tool fails; the message is its own."""


class Tools:
    """An environment with both tools, and an oracle process in it.

    Args:
        python: Interpreter of the environment.
    """

    def __init__(self, python: str | Path) -> None:
        """Start the oracle process."""
        self.python = str(python)
        self._oracle = subprocess.Popen(
            [self.python, str(ORACLE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=clean_environment(),
            text=True,
        )

    @property
    def is_newest(self) -> bool:
        """Whether these are the tools in the environment of the tests."""
        return self.python == sys.executable

    def close(self) -> None:
        """End the oracle process."""
        self._oracle.communicate()

    def _ask(self, name: str, **arguments: Any) -> Any:
        assert self._oracle.stdin
        assert self._oracle.stdout
        print(json.dumps([name, arguments]), file=self._oracle.stdin, flush=True)
        answer = json.loads(self._oracle.stdout.readline())
        if "error" in answer:
            raise ToolError(answer["error"])
        return answer["answer"]

    def run(self, folder: Path, *command: str | Path, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        """Run a module of the environment in a folder; the output contains both streams."""
        return subprocess.run(
            [self.python, "-m", *map(str, command)],
            cwd=folder,
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout,
            check=False,
        )

    def write_lines(self, path: Path, files: Mapping[str, Collection[int]], *, context: str = "") -> Path:
        """Write a new data file of coverage.py with lines; files that end with .html have a plugin."""
        path.unlink(missing_ok=True)
        lines = {file: sorted(numbers) for file, numbers in files.items()}
        self._ask("write", path=str(path), context=context, lines=lines, arcs=None)
        return path

    def write_arcs(self, path: Path, files: Mapping[str, Collection[tuple[int, int]]], *, context: str = "") -> Path:
        """Write a new data file of coverage.py with arcs; files that end with .html have a plugin."""
        path.unlink(missing_ok=True)
        arcs = {file: sorted(ends) for file, ends in files.items()}
        self._ask("write", path=str(path), context=context, lines=None, arcs=arcs)
        return path

    def meaning(self, path: Path) -> dict[str, Any]:
        """Return the files in a data file as read by coverage.py, with lines, arcs, contexts by line and plugin."""
        answer: dict[str, Any] = self._ask("read", path=str(path))
        return answer

    def combine(self, folder: Path, parts: Sequence[Path]) -> dict[str, Any]:
        """Run `coverage combine` in a folder; return its status, output (`said`) and combined data (`found`)."""
        names = [str(part) for part in parts]
        answer: dict[str, Any] = self._ask("combine", folder=str(folder), parts=names, out=str(folder / "theirs"))
        return answer

    def combined(self, folder: Path, parts: Sequence[Path]) -> dict[str, Any]:
        """Run `coverage combine` of valid parts in a folder; return the combined data."""
        answer = self.combine(folder, parts)
        if answer["status"]:
            raise ToolError(answer["said"])
        found: dict[str, Any] = answer["found"]
        return found

    def merged(self, documents: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """Merge reports with slipcover."""
        answer: dict[str, Any] = self._ask("merge", documents=list(documents))
        return answer


def newest() -> Tools:
    """Return the tools in the environment of the tests."""
    return Tools(sys.executable)


def oldest(folder: Path) -> Tools:
    """Make an environment with the oldest supported versions in a folder, and return its tools."""
    return Tools(environment(folder, "--compile-bytecode", *OLDEST))
