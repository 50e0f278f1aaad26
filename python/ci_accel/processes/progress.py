"""How far children are: a live line on a terminal, in CI and pipes one line for each that ends."""

from __future__ import annotations

import os
import signal
import sys
import time

TYPE_CHECKING = False  # the name that type checkers know; importing typing would cost 7 ms
if TYPE_CHECKING:
    from ci_accel.processes.group import Ended

RENEWAL = 0.5
"""Seconds between two live lines."""

SHOWN_LINES = 40
"""Lines of a failed child's log that are shown."""

SHOWN_BYTES = 16 * 1024
"""They are looked for in so many bytes at its end."""

ERASE = "\r\x1b[K"
"""Clears the line that the cursor is in."""


class Progress:
    """What is told while children run.

    Args:
        subject: What each line begins with.
        children: How many there are.
    """

    __slots__ = ("_children", "_ended", "_failed", "_is_live", "_last", "_started", "_subject")

    def __init__(self, subject: str, children: int) -> None:
        """Look whether there is a terminal."""
        self._subject = subject
        self._children = children
        self._ended = self._failed = 0
        self._is_live = is_terminal()
        self._started = self._last = time.monotonic()

    def __enter__(self) -> Progress:  # noqa: PYI034 - typing.Self came with Python 3.11
        """Nothing is shown yet."""
        return self

    def __exit__(self, *_exception: object) -> None:
        """Erase the live line."""
        self._show("")

    def renew(self) -> None:
        """Show the live line again, twice a second."""
        now = time.monotonic()
        if now - self._last >= RENEWAL:
            self._last = now
            failed = f", {self._failed} failed" if self._failed else ""
            seconds = int(now - self._started)
            self._show(f"{self._subject}: {self._ended} of {self._children} shards done{failed} ({seconds} s)")

    def tell(self, ended: Ended, *, is_good: bool) -> None:
        """Tell how a child ended: why it failed everywhere, that it did not where there is no live line."""
        import logging

        self._ended += 1
        log = logging.getLogger("ci_accel")
        if is_good:
            if not self._is_live:
                log.info("%s: %s", self._subject, told(ended, "ok"))
            return
        self._failed += 1
        self._show("")
        verdict = f"refused: {ended.reason}" if ended.reason else described(ended.exit_code)
        lines = [f"{self._subject}: {told(ended, verdict)}", *("    " + line for line in last_lines(ended.child.log))]
        log.warning("%s", "\n".join(lines))

    def _show(self, line: str) -> None:
        if self._is_live:
            try:
                sys.stderr.write(ERASE + line)
                sys.stderr.flush()
            except (OSError, ValueError):  # the terminal is gone
                self._is_live = False


def is_terminal() -> bool:
    """Whether somebody is there to see a line that changes."""
    if os.environ.get("CI", "").lower() not in {"", "0", "false"} or os.environ.get("TERM", "dumb") == "dumb":
        return False
    try:
        return sys.stderr.isatty()
    except (AttributeError, ValueError):  # there is none, or it is closed
        return False


def told(ended: Ended, verdict: str) -> str:
    """Return what is said of a child in one line."""
    child = ended.child
    items = "1 item" if child.items == 1 else f"{child.items} items"
    return f"{child.name}: {verdict}, {items} in {ended.seconds:.1f} s ({os.path.relpath(child.log)})"


def described(exit_code: int) -> str:
    """Return an exit code in words; a negative one is a signal."""
    if exit_code >= 0:
        return f"exit code {exit_code}"
    try:
        return f"killed by {signal.Signals(-exit_code).name}"
    except ValueError:
        return f"killed by signal {-exit_code}"


def last_lines(path: str) -> list[str]:
    """Return the end of a log; nothing if it cannot be read."""
    try:
        with open(path, "rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - SHOWN_BYTES))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return []
    return text.splitlines()[-SHOWN_LINES:]
