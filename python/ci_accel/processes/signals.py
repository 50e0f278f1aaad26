"""Signals that are to end this process, as exceptions, at a moment when it can tidy up."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager

TYPE_CHECKING = False  # the name that type checkers know; importing typing would cost 7 ms
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType
    from typing import Any

KILLED = 128
"""What shells add to a signal's number to make an exit code of it."""


class Interruption:
    """While it is entered, Ctrl-C is KeyboardInterrupt, and SIGTERM and SIGHUP are SystemExit.

    Handlers that others have set stay, and outside of the main thread nothing is changed: Python lets no other thread.

    Attributes:
        is_pending: Whether a signal came while it was `held`.
    """

    __slots__ = ("_held", "_numbers", "_old", "is_pending")

    def __init__(self) -> None:
        """Begin without any."""
        self._held = False
        self._numbers: list[int] = []
        self._old: dict[signal.Signals, Any] = {}
        self.is_pending = False

    def __enter__(self) -> Interruption:  # noqa: PYI034 - typing.Self came with Python 3.11
        """Take the places of the handlers that Python starts with."""
        if threading.current_thread() is threading.main_thread():
            defaults = {
                signal.SIGINT: signal.default_int_handler,
                signal.SIGTERM: signal.SIG_DFL,
                signal.SIGHUP: signal.SIG_DFL,
            }
            for number, default in defaults.items():
                if signal.getsignal(number) == default:
                    self._old[number] = signal.signal(number, self._handle)
        return self

    def __exit__(self, *_exception: object) -> None:
        """Give them back."""
        for number, handler in self._old.items():
            signal.signal(number, handler)

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        if self._held:
            self.is_pending = True
            self._numbers.append(number)
        else:
            self._held = True  # until what this raises has been tidied up after
            self._raise(number)

    @staticmethod
    def _raise(number: int) -> None:
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        raise SystemExit(KILLED + number)

    @contextmanager
    def held(self, *, for_good: bool = False) -> Iterator[None]:
        """Let signals wait until the end of the block.

        Args:
            for_good: Nothing comes of them then: another exception is on its way.
        """
        self._held = True
        try:
            yield
        finally:
            self._held = for_good
        if self._numbers and not for_good:
            self._raise(self._numbers.pop(0))
