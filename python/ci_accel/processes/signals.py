"""Turn signals that end this process into exceptions, at a moment when the process can clean up."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

SIGNAL_EXIT_CODE = 128
"""Exit code that shells report for signal 0. The number of the signal is added to it."""


class Interruption:
    """Raise KeyboardInterrupt for Ctrl-C, and SystemExit for SIGTERM and SIGHUP, while the context is entered.

    Handlers that someone else installed are kept, and ignored signals stay ignored. Outside of the main thread nothing
    changes, because Python handles signals only there.

    Attributes:
        is_pending: Whether a signal arrived while signals were `deferred`.
    """

    __slots__ = ("_is_deferred", "_numbers", "_old", "is_pending")

    def __init__(self) -> None:
        """Create it; nothing is installed yet."""
        self._is_deferred = False
        self._numbers: list[int] = []
        self._old: dict[signal.Signals, Any] = {}
        self.is_pending = False

    def __enter__(self) -> Self:
        """Replace the handlers that Python starts with."""
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
        """Restore the handlers."""
        for number, handler in self._old.items():
            signal.signal(number, handler)

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        if self._is_deferred:
            self.is_pending = True
            self._numbers.append(number)
        else:
            self._is_deferred = True  # a second signal must not interrupt the cleanup after the first
            self._raise(number)

    @staticmethod
    def _raise(number: int) -> None:
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        raise SystemExit(SIGNAL_EXIT_CODE + number)

    @contextmanager
    def deferred(self, *, for_good: bool = False) -> Iterator[None]:
        """Defer signals until the end of the block.

        Args:
            for_good: Discard them then, because another exception is already being raised.
        """
        self._is_deferred = True
        try:
            yield
        finally:
            self._is_deferred = for_good
        if self._numbers and not for_good:
            self._raise(self._numbers.pop(0))
