"""Dealing test items out: each once, evenly, and always the same way."""

from __future__ import annotations

import random
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_accel.coverage.shards import split

ITEMS = st.lists(st.text(min_size=1, max_size=4), min_size=1, max_size=30, unique=True)
SECONDS = st.floats(min_value=0, max_value=1000)


@given(items=ITEMS, shards=st.integers(min_value=1, max_value=40), data=st.data())
def test_each_item_is_in_one_shard(items: list[str], shards: int, data: st.DataObject) -> None:
    """No item is lost or run twice, no shard is empty, and the given order holds within each."""
    weights = data.draw(st.dictionaries(st.sampled_from(items), SECONDS))
    dealt = split(items, shards, weights)
    assert sorted(item for shard in dealt for item in shard) == sorted(items)
    assert len(dealt) == min(shards, len(items))
    assert all(dealt)
    places = {item: place for place, item in enumerate(items)}
    assert all(shard == sorted(shard, key=places.__getitem__) for shard in dealt)


@given(items=ITEMS, shards=st.integers(min_value=1, max_value=5), data=st.data())
def test_the_same_input_is_dealt_the_same_way(items: list[str], shards: int, data: st.DataObject) -> None:
    """The order in which weights were learned does not count."""
    weights = {item: data.draw(SECONDS) for item in items}
    shuffled = list(weights.items())
    data.draw(st.randoms()).shuffle(shuffled)
    assert split(items, shards, weights) == split(items, shards, dict(shuffled))


@given(
    seconds=st.lists(st.integers(min_value=0, max_value=20), min_size=1, max_size=7),
    shards=st.integers(min_value=1, max_value=3),
)
def test_the_heaviest_shard_is_near_the_best(seconds: list[int], shards: int) -> None:
    """It weighs at most 4/3 - 1/(3n) of what the best of all divisions has: Graham's bound."""
    weights = {f"item {number}": float(weight) for number, weight in enumerate(seconds)}
    heaviest = max(sum(weights[item] for item in shard) for shard in split(list(weights), shards, weights))
    best = min(
        max(
            sum(weight for weight, place in zip(seconds, places, strict=True) if place == shard)
            for shard in range(shards)
        )
        for places in product(range(shards), repeat=len(seconds))
    )
    assert heaviest <= best * (4 / 3 - 1 / (3 * shards)) + 1e-9


def test_items_without_weight_are_spread() -> None:
    """Of items that are said to take no time each shard gets as many as the others."""
    assert [len(shard) for shard in split([str(number) for number in range(10)], 4, {})] == [3, 3, 2, 2]


def test_a_division_that_is_written_down() -> None:
    """So that a change of the rules is seen: the longest first, onto the shard with the least."""
    weights = {"a": 5.0, "b": 3.0, "c": 3.0, "d": 2.0, "e": 1.0}
    assert split(["e", "d", "c", "b", "a"], 2, weights) == [["d", "a"], ["e", "c", "b"]]


@pytest.mark.parametrize(
    ("items", "shards", "weights", "words"),
    [
        (["a"], 0, {}, "shards is 0"),
        ([], 1, {}, "no items"),
        (["a", "b", "a"], 1, {}, "'a' is given twice"),
        (["a"], 1, {"a": -1.0}, "'a' weighs -1.0"),
        (["a"], 1, {"a": float("nan")}, "'a' weighs nan"),
    ],
)
def test_what_cannot_be_dealt_out(items: list[str], shards: int, weights: dict[str, float], words: str) -> None:
    """The caller's mistakes are ValueErrors that name them."""
    with pytest.raises(ValueError, match=words):
        split(items, shards, weights)


def test_many_items() -> None:
    """Thousands of items are balanced to within the lightest few."""
    generator = random.Random(1)
    weights = {f"item {number}": generator.uniform(0.1, 3) for number in range(4000)}
    loads = [sum(weights[item] for item in shard) for shard in split(list(weights), 8, weights)]
    assert max(loads) - min(loads) < 0.2
