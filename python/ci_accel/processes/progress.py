"""Show the progress of child processes: a live line on a terminal; elsewhere one log line for each that ends."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Self

from ci_accel.foundation.log import log
from ci_accel.processes.child import describe_exit_code

if TYPE_CHECKING:
    from ci_accel.processes.child import Child, Ended

RENEWAL = 0.5
"""Seconds between two updates of the live line."""

SHOWN_LINES = 40
"""Number of lines at the end of a failed child's log that are shown."""

SHOWN_BYTES = 16 * 1024
"""Number of bytes at the end of a log in which those lines are searched."""

ERASE = "\r\x1b[K"
"""Escape sequence that clears the line of the cursor."""

DEFAULT_COLUMNS = 80
"""Width of a terminal that does not report its width."""


class Progress:
    """Show how many children have ended, and how.

    Args:
        subject: First word of each line: "coverage".
        noun: What the children are, in the plural: "shards".
        children: The number of children.
    """

    __slots__ = ("_children", "_ended", "_failed", "_is_live", "_last", "_noun", "_started", "_subject")

    def __init__(self, subject: str, noun: str, children: int) -> None:
        """Find out whether there is a terminal."""
        self._subject = subject
        self._noun = noun
        self._children = children
        self._ended = self._failed = 0
        self._is_live = is_terminal()
        self._started = self._last = time.monotonic()

    def __enter__(self) -> Self:
        """Show nothing yet."""
        return self

    def __exit__(self, *_exception: object) -> None:
        """Erase the live line."""
        self._show("")

    def update(self) -> None:
        """Update the live line, at most twice a second."""
        now = time.monotonic()
        if now - self._last >= RENEWAL:
            self._last = now
            failed = f", {self._failed} failed" if self._failed else ""
            seconds = int(now - self._started)
            self._show(f"{self._subject}: {self._ended} of {self._children} {self._noun} done{failed} ({seconds} s)")

    def report(self, child: Child, ended: Ended, *, is_good: bool) -> None:
        """Log how a child ended.

        A failure is a warning with the end of the child's log. Success is logged only where there is no live line.
        """
        self._ended += 1
        if is_good:
            if not self._is_live:
                log(f"{self._subject}: {describe(child, ended, 'ok')}")
            return
        self._failed += 1
        self._show("")
        verdict = f"refused: {ended.reason}" if ended.reason else describe_exit_code(ended.exit_code)
        lines = [f"{self._subject}: {describe(child, ended, verdict)}", *last_lines(child.log)]
        log("\n    ".join(lines), is_warning=True)

    def _show(self, line: str) -> None:
        """Replace the live line. It is cut at the width of the terminal, because ERASE clears one line only."""
        if self._is_live:
            try:
                sys.stderr.write(ERASE + line[: columns() - 1])
                sys.stderr.flush()
            except (OSError, ValueError):  # the terminal was closed
                self._is_live = False


def is_terminal() -> bool:
    """Return whether standard error is a terminal on which a line can be replaced, outside of CI."""
    if os.environ.get("CI", "").lower() not in {"", "0", "false"} or os.environ.get("TERM", "dumb") == "dumb":
        return False
    try:
        return sys.stderr.isatty()
    except (AttributeError, ValueError):  # standard error is missing or closed
        return False


def columns() -> int:
    """Return the width of the terminal of standard error."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or DEFAULT_COLUMNS
    except OSError:
        return DEFAULT_COLUMNS


def describe(child: Child, ended: Ended, verdict: str) -> str:
    """Return a line about a child that has ended."""
    items = "1 item" if child.items == 1 else f"{child.items} items"
    return f"{child.name}: {verdict}, {items} in {ended.seconds:.1f} s ({os.path.relpath(child.log)})"


def last_lines(path: str | os.PathLike[str]) -> list[str]:
    """Return the last lines of a log; an empty list if it cannot be read."""
    try:
        with open(path, "rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - SHOWN_BYTES))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return []
    return text.splitlines()[-SHOWN_LINES:]
