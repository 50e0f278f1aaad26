"""Remembers how long test items took, from run to run. The file is a cache: an invalid one counts as empty."""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING, Any

from ci_accel.foundation.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FORMAT = "ci-accel durations"
VERSION = 1

CACHEDIR_TAG = (
    "Signature: 8a477f597d28d172789f06886806bc55\n"
    "# Everything in this folder can be recreated by ci-accel.\n"
    "# For the meaning of this file see https://bford.info/cachedir/\n"
)
"""Content of CACHEDIR.TAG, which makes backup tools skip the folder. Source: bford.info/cachedir."""

MAX_BYTES = 16 * 1024 * 1024
"""Size limit of the file; a larger file is not read."""

MAX_SUITES = 16
"""Number of suites that are remembered: the ones that ran last."""


class Durations:
    """Seconds for each test item of one suite.

    Args:
        root: The project's root; item paths are relative to it.
        suite: Name of the suite, such as the command that runs it. Suites may share items.
        path: The file, relative to `root`.
    """

    __slots__ = ("_path", "_root", "_suite")

    def __init__(
        self, root: str | os.PathLike[str] = ".", *, suite: str = "", path: str = "build/ci-accel/durations.json"
    ) -> None:
        self._root = os.path.abspath(root)
        self._suite = suite
        self._path = os.path.join(self._root, path)

    def weights(self, items: Sequence[str]) -> dict[str, float]:
        """Return how long each item is expected to take.

        Args:
            items: Files, relative to the root.

        Returns:
            The measured seconds of each known item. A new item gets its size times the median of the known items'
            seconds per byte. If no item is known, the weights are the sizes in bytes.
        """
        from statistics import median  # imports decimal, fractions and random

        known = self._read().get(self._suite, {})
        sizes = {item: self._size(item) for item in items}
        speeds = [known[item] / sizes[item] for item in items if item in known]
        speed = median(speeds) if speeds else 1.0
        return {item: known[item] if item in known else sizes[item] * speed for item in items}

    def record(self, shards: Iterable[tuple[Sequence[str], float]]) -> None:
        """Record how long shards took. An error while writing is ignored.

        Only whole shards are timed: the seconds of a shard are divided among its items in proportion to their weights.

        Args:
            shards: The items of each shard with the seconds that they took together.
        """
        ran = list(shards)
        suites = self._read()
        weights = self.weights([item for items, _ in ran for item in items])
        known = {item: seconds for item, seconds in suites.pop(self._suite, {}).items() if self._exists(item)}
        for items, seconds in ran:
            total = sum(weights[item] for item in items)
            for item in items:
                share = weights[item] / total if total > 0 else 1 / len(items)
                known[item] = round(seconds * share, 6)
        suites[self._suite] = known  # moved to the end: the suite that ran last
        kept = dict(list(suites.items())[-MAX_SUITES:])
        document = {"format": FORMAT, "version": VERSION, "suites": kept}
        with contextlib.suppress(OSError):
            tag = os.path.join(os.path.dirname(self._path), "CACHEDIR.TAG")
            if not os.path.exists(tag):
                write_whole(tag, CACHEDIR_TAG.encode())
            write_whole(self._path, json.dumps(document, indent=1).encode() + b"\n")

    def _exists(self, item: str) -> bool:
        return os.path.lexists(os.path.join(self._root, item))

    def _size(self, item: str) -> int:
        """Return the size of an item in bytes, at least 1, so that each item has a weight."""
        try:
            return max(1, os.stat(os.path.join(self._root, item)).st_size)
        except (OSError, ValueError):
            return 1

    def _read(self) -> dict[str, dict[str, float]]:
        """Return seconds by item by suite; empty if the file is missing, damaged or of another version."""
        try:
            with open(self._path, "rb") as file:
                content = file.read(MAX_BYTES + 1)
            document = json.loads(content) if len(content) <= MAX_BYTES else None
        except (OSError, ValueError, RecursionError):
            return {}
        if not isinstance(document, dict) or document.get("format") != FORMAT or document.get("version") != VERSION:
            return {}
        suites = document.get("suites")
        if not isinstance(suites, dict) or not all(is_duration_table(table) for table in suites.values()):
            return {}
        return suites


def is_duration_table(table: Any) -> bool:
    """Return whether `table` is a dictionary of seconds by item."""
    return isinstance(table, dict) and all(
        type(seconds) in {int, float} and 0 <= seconds < float("inf") for seconds in table.values()
    )
