"""How long test items took, remembered from run to run. It is a cache: whatever is wrong with it, none is known."""

from __future__ import annotations

import os

TYPE_CHECKING = False  # the name that type checkers know; importing typing would cost 7 ms
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

FORMAT = "ci-accel durations"
VERSION = 1

CACHEDIR_TAG = (
    "Signature: 8a477f597d28d172789f06886806bc55\n"
    "# This folder holds what ci-accel can make again.\n"
    "# For the meaning of this file see https://bford.info/cachedir/\n"
)
"""Tells backup tools to pass the folder over; the engine writes the same. Source: bford.info/cachedir."""

MOST_BYTES = 16 * 1024 * 1024
"""A larger file is not one of ours."""

MOST_SUITES = 16
"""Suites that are remembered: those that were run last."""


class Durations:
    """Seconds by item, of one suite.

    Args:
        root: The project's root, which items are relative to.
        suite: Tells suites from each other that share items, such as the command that runs them.
        path: The file, relative to `root`.
    """

    __slots__ = ("_path", "_root", "_suite")

    def __init__(
        self, root: str | os.PathLike[str] = ".", *, suite: str = "", path: str = "build/ci-accel/durations.json"
    ) -> None:
        """Nothing is read yet."""
        self._root = os.path.abspath(root)
        self._suite = suite
        self._path = os.path.join(self._root, path)

    def weights(self, items: Sequence[str]) -> dict[str, float]:
        """Return how long each item is likely to take.

        Args:
            items: Files, relative to the root.

        Returns:
            Seconds as they were measured. An item that is new weighs by its size, at the median speed of those that are
            known; where none is known, its size in bytes.
        """
        from statistics import median

        known = self._read().get(self._suite, {})
        sizes = {item: self._size(item) for item in items}
        speeds = [known[item] / sizes[item] for item in items if item in known]
        speed = median(speeds) if speeds else 1.0
        return {item: known[item] if item in known else sizes[item] * speed for item in items}

    def record(self, shards: Iterable[tuple[Sequence[str], float]]) -> None:
        """Remember what shards took. What cannot be written is not remembered.

        Only a whole shard is measured: its seconds are shared out over its items as they weighed before.

        Args:
            shards: Items that ran one after another, with the seconds that they took together.
        """
        import contextlib
        import json

        from ci_accel.foundation.files import write_whole

        ran = list(shards)
        suites = self._read()
        weights = self.weights([item for items, _ in ran for item in items])
        known = {item: seconds for item, seconds in suites.pop(self._suite, {}).items() if self._is_there(item)}
        for items, seconds in ran:
            whole = sum(weights[item] for item in items)
            for item in items:
                share = weights[item] / whole if whole > 0 else 1 / len(items)
                known[item] = round(seconds * share, 6)
        suites[self._suite] = known  # now the last
        kept = dict(list(suites.items())[-MOST_SUITES:])
        document = {"format": FORMAT, "version": VERSION, "suites": kept}
        with contextlib.suppress(OSError):
            tag = os.path.join(os.path.dirname(self._path), "CACHEDIR.TAG")
            if not os.path.exists(tag):
                write_whole(tag, CACHEDIR_TAG.encode())
            write_whole(self._path, json.dumps(document, indent=1).encode() + b"\n")

    def _is_there(self, item: str) -> bool:
        return os.path.lexists(os.path.join(self._root, item))

    def _size(self, item: str) -> int:
        """Return the bytes of an item, at least 1, so that each has a weight."""
        try:
            return max(1, os.stat(os.path.join(self._root, item)).st_size)
        except (OSError, ValueError):
            return 1

    def _read(self) -> dict[str, dict[str, float]]:
        """Return seconds by item by suite; nothing if the file is missing, torn or of another version."""
        import json

        try:
            with open(self._path, "rb") as file:
                content = file.read(MOST_BYTES + 1)
            document = json.loads(content) if len(content) <= MOST_BYTES else None
        except (OSError, ValueError, RecursionError):
            return {}
        if not isinstance(document, dict) or document.get("format") != FORMAT or document.get("version") != VERSION:
            return {}
        suites = document.get("suites")
        if not isinstance(suites, dict) or not all(is_duration_table(table) for table in suites.values()):
            return {}
        return suites


def is_duration_table(table: Any) -> bool:
    """Whether it is a dictionary of seconds by item."""
    return isinstance(table, dict) and all(
        type(seconds) in {int, float} and 0 <= seconds < float("inf") for seconds in table.values()
    )
