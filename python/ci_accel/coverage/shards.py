"""Test items are dealt out to shards that take about the same time."""

from __future__ import annotations

TYPE_CHECKING = False  # the name that type checkers know; importing typing would cost 7 ms
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def split(items: Sequence[str], shards: int, weights: Mapping[str, float]) -> list[list[str]]:
    """Deal items out: the heaviest first, each to the shard that has least so far.

    The same items and weights give the same shards, on every machine. The heaviest shard weighs at most 4/3 of what the
    best division could reach.

    Args:
        items: What is run, each once.
        shards: How many there are to be; there are fewer where there are fewer items.
        weights: How long each item takes, in whatever unit; an item that is not there weighs nothing.

    Returns:
        The shards, none of them empty; within each the items are in the given order.

    Raises:
        ValueError: There are no items, an item is given twice, a weight is negative or no number, or `shards` is less
            than 1.
    """
    import heapq

    if shards < 1:
        message = f"shards is {shards}; it has to be 1 or more"
        raise ValueError(message)
    if not items:
        message = "there are no items to run"
        raise ValueError(message)
    places = {item: place for place, item in enumerate(items)}
    if len(places) < len(items):
        twice = next(item for place, item in enumerate(items) if places[item] != place)
        message = f"the item {twice!r} is given twice"
        raise ValueError(message)
    heavy = {item: float(weights.get(item, 0.0)) for item in items}
    for item, weight in heavy.items():
        if not 0.0 <= weight < float("inf"):
            message = f"the item {item!r} weighs {weight}"
            raise ValueError(message)
    # Of two loads that are the same the one with fewer items is less: items of no weight are spread, too.
    loads = [(0.0, 0, number) for number in range(min(shards, len(items)))]
    dealt: list[list[str]] = [[] for _ in loads]
    for item in sorted(items, key=lambda item: (-heavy[item], places[item])):
        load, count, number = heapq.heappop(loads)
        dealt[number].append(item)
        heapq.heappush(loads, (load + heavy[item], count + 1, number))
    return [sorted(shard, key=places.__getitem__) for shard in dealt]
