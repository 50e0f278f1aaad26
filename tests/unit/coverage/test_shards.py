"""Splitting test items into shards."""

from __future__ import annotations

import random
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_accel.coverage.shards import split

pytestmark = pytest.mark.every_python

ITEMS = st.lists(st.text(min_size=1, max_size=4), min_size=1, max_size=30, unique=True)
SECONDS = st.floats(min_value=0, max_value=1000)


@given(items=ITEMS, shards=st.integers(min_value=1, max_value=40), data=st.data())
def test_each_item_is_in_one_shard(items: list[str], shards: int, data: st.DataObject) -> None:
    """Each item is in exactly one shard, no shard is empty, and items keep their order within a shard."""
    weights = data.draw(st.dictionaries(st.sampled_from(items), SECONDS))
    shared = split(items, shards, weights)
    assert sorted(item for shard in shared for item in shard) == sorted(items)
    assert len(shared) == min(shards, len(items))
    assert all(shared)
    places = {item: place for place, item in enumerate(items)}
    assert all(shard == sorted(shard, key=places.__getitem__) for shard in shared)


@given(items=ITEMS, shards=st.integers(min_value=1, max_value=5), data=st.data())
def test_equal_inputs_give_equal_shards(items: list[str], shards: int, data: st.DataObject) -> None:
    """The result does not depend on the order of the weights."""
    weights = {item: data.draw(SECONDS) for item in items}
    shuffled = list(weights.items())
    data.draw(st.randoms()).shuffle(shuffled)
    assert split(items, shards, weights) == split(items, shards, dict(shuffled))


@given(
    seconds=st.lists(st.integers(min_value=0, max_value=20), min_size=1, max_size=7),
    shards=st.integers(min_value=1, max_value=3),
)
def test_heaviest_shard_is_near_the_optimum(seconds: list[int], shards: int) -> None:
    """The heaviest shard weighs at most 4/3 - 1/(3n) of the optimum, which is Graham's bound."""
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


def test_items_without_weight_are_spread_evenly() -> None:
    """Shards get equal numbers of items without a weight."""
    assert [len(shard) for shard in split([str(number) for number in range(10)], 4, {})] == [3, 3, 2, 2]


def test_example() -> None:
    """The longest item goes first, to the shard with the smallest load."""
    weights = {"a": 5.0, "b": 3.0, "c": 3.0, "d": 2.0, "e": 1.0}
    assert split(["e", "d", "c", "b", "a"], 2, weights) == [["d", "a"], ["e", "c", "b"]]


@pytest.mark.parametrize(
    ("items", "shards", "weights", "words"),
    [
        (["a"], 0, {}, "shards is 0"),
        ([], 1, {}, "no items"),
        (["a", "b", "a"], 1, {}, "duplicate item 'a'"),
        (["a"], 1, {"a": -1.0}, "the weight of 'a' is -1.0"),
        (["a"], 1, {"a": float("nan")}, "the weight of 'a' is nan"),
    ],
)
def test_invalid_arguments(items: list[str], shards: int, weights: dict[str, float], words: str) -> None:
    """Invalid arguments are ValueErrors that name the argument or the item."""
    with pytest.raises(ValueError, match=words):
        split(items, shards, weights)


def test_many_items() -> None:
    """With thousands of items, the loads of shards differ by less than the weight of one item."""
    generator = random.Random(1)
    weights = {f"item {number}": generator.uniform(0.1, 3) for number in range(4000)}
    loads = [sum(weights[item] for item in shard) for shard in split(list(weights), 8, weights)]
    assert max(loads) - min(loads) < 0.2
