"""Child processes controlled through pipes and FIFOs, so that no test has to sleep until a child is probably ready."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PATIENCE = 180.0
"""Seconds after which a process that does not answer is considered to hang."""


class Process(subprocess.Popen[str]):
    """A process whose standard streams are pipes."""

    def line(self) -> str:
        """Return the next line of the output."""
        assert self.stdout is not None
        return self.stdout.readline()

    def rest(self) -> list[str]:
        """Wait for the end of the output, and return the unread lines."""
        assert self.stdout is not None
        return self.stdout.read().splitlines()

    def error_line(self) -> str:
        """Return the next line of standard error."""
        assert self.stderr is not None
        return self.stderr.readline()

    def tell(self, line: str) -> None:
        """Write a line to standard input."""
        assert self.stdin is not None
        self.stdin.write(line + "\n")
        self.stdin.flush()


@contextmanager
def running(
    command: list[str],
    environ: Mapping[str, str] | None = None,
    cwd: str | os.PathLike[str] | None = None,
    *,
    has_terminal: bool = True,
) -> Iterator[Process]:
    """Run a command and kill it at the end of the block.

    Args:
        command: The command.
        environ: Variables to add to the environment.
        cwd: The working directory; None: the present one.
        has_terminal: Whether the command stays in the session of the tests, with its terminal, if any.
    """
    pipe, variables = subprocess.PIPE, {**os.environ, **(environ or {})}
    with Process(
        command,
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        text=True,
        env=variables,
        cwd=cwd,
        start_new_session=not has_terminal,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def fifos(folder: Path, *names: str) -> list[str]:
    """Make FIFOs in a folder, and return their paths."""
    paths = [str(folder / name) for name in names]
    for path in paths:
        os.mkfifo(path)
    return paths


def read(path: str) -> str:
    """Wait for a writer of a FIFO, and return the text."""
    return Path(path).read_text(encoding="utf-8")


def write(path: str, text: str) -> None:
    """Wait for a reader of a FIFO, and write the text."""
    Path(path).write_text(text, encoding="utf-8")
