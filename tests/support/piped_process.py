"""Processes of their own, and FIFOs to tell them what to do: no test has to sleep until somebody is probably ready."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PATIENCE = 20.0
"""Seconds after which a process that ought to have answered at once is taken to hang."""


class Process(subprocess.Popen[str]):
    """A process whose input, output and errors are pipes."""

    def line(self) -> str:
        """Wait for a line of its output."""
        assert self.stdout is not None
        return self.stdout.readline()

    def rest(self) -> list[str]:
        """Wait for the end of its output, and return the lines that nobody has asked for yet."""
        assert self.stdout is not None
        return self.stdout.read().splitlines()

    def error_line(self) -> str:
        """Wait for a line of its errors."""
        assert self.stderr is not None
        return self.stderr.readline()

    def tell(self, line: str) -> None:
        """Write a line to its input."""
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
    """Run a command; it does not outlive the block.

    Args:
        command: The command.
        environ: Variables beside ours.
        cwd: Its working directory; None: ours.
        has_terminal: Whether it may have the terminal that we have, if we have one.
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
    """Make FIFOs."""
    paths = [str(folder / name) for name in names]
    for path in paths:
        os.mkfifo(path)
    return paths


def read(path: str) -> str:
    """Wait for somebody to write to a FIFO; return what he wrote."""
    return Path(path).read_text(encoding="utf-8")


def write(path: str, text: str) -> None:
    """Wait for somebody to read from a FIFO, and tell him."""
    Path(path).write_text(text, encoding="utf-8")
