"""Splits test items into shards that take about the same time."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def split(items: Sequence[str], shards: int, weights: Mapping[str, float]) -> list[list[str]]:
    """Split items into shards: the heaviest item first, each to the shard with the smallest load.

    The result depends on the arguments only. The heaviest shard weighs at most 4/3 of the optimum (Graham 1969).

    Args:
        items: The items, without duplicates.
        shards: Number of shards; with fewer items than that, one shard for each item.
        weights: Time that each item takes, in any unit; a missing item weighs 0.

    Returns:
        The shards, none of them empty. Items keep their order within a shard.

    Raises:
        ValueError: `items` is empty or has a duplicate, a weight is negative or not finite, or `shards` is less than 1.
    """
    if shards < 1:
        message = f"shards is {shards}; it must be at least 1"
        raise ValueError(message)
    if not items:
        message = "there are no items to run"
        raise ValueError(message)
    places = {item: place for place, item in enumerate(items)}
    if len(places) < len(items):
        duplicate = next(item for place, item in enumerate(items) if places[item] != place)
        message = f"duplicate item {duplicate!r}"
        raise ValueError(message)
    chosen = {item: float(weights.get(item, 0.0)) for item in items}
    for item, weight in chosen.items():
        if not 0.0 <= weight < float("inf"):
            message = f"the weight of {item!r} is {weight}; it must be a finite number, at least 0"
            raise ValueError(message)
    # The number of items breaks ties between equal loads, so that items without a weight are spread evenly.
    loads = [(0.0, 0, number) for number in range(min(shards, len(items)))]
    split_items: list[list[str]] = [[] for _ in loads]
    for item in sorted(items, key=lambda item: (-chosen[item], places[item])):
        load, count, number = heapq.heappop(loads)
        split_items[number].append(item)
        heapq.heappush(loads, (load + chosen[item], count + 1, number))
    return [sorted(shard, key=places.__getitem__) for shard in split_items]
