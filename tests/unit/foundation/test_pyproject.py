"""TOML is read alike by whatever reads it."""

from __future__ import annotations

import json
import math
import sys
from importlib import import_module
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_accel import _native
from ci_accel.foundation import native
from ci_accel.foundation.pyproject import parse_toml

KEYS = st.text("abc-_é\"'\\ .", min_size=1, max_size=4)
SCALARS = st.one_of(
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(codec="utf-8"), max_size=8),
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)


def written(value: object) -> str:
    """Return a value as TOML: JSON, but for tables and control characters."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quoted(key)} = {written(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return quoted(value) if isinstance(value, str) else json.dumps(value)


def quoted(text: str) -> str:
    """Return a basic string of TOML."""
    plain = {'"', "\\"}
    escape = "".join(
        f"\\U{ord(letter):08x}" if letter in plain or not letter.isprintable() else letter for letter in text
    )
    return f'"{escape}"'


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_the_compiled_module_reads_what_was_written(document: dict[str, object]) -> None:
    """The compiled module gives back every document, as tomllib does."""
    text = "\n".join(f"{quoted(key)} = {written(value)}" for key, value in document.items())
    assert json.loads(_native.toml_to_json(text)) == document
    assert parse_toml(text) == document


def test_what_json_has_no_word_for_is_text_and_not_nothing() -> None:
    """A threshold of nan is one that can be refused; a date is none of the texts that are asked for."""
    document = json.loads(_native.toml_to_json("a = nan\nb = [inf, {c = -inf}]\nd = 2026-11-21"))
    assert isinstance(document.pop("d"), dict)
    assert document == {"a": "NaN", "b": ["inf", {"c": "-inf"}]}


@pytest.mark.parametrize("text", ["a = ", "[a", "a = 1\na = 2", "a = 1\n[a]", '"', "= 1", "a = [1", "a = 01"])
def test_what_is_no_toml_is_a_value_error(text: str) -> None:
    """A document that is no TOML is a ValueError by every reader."""
    with pytest.raises(ValueError, match=r"."):
        parse_toml(text)
    with pytest.raises(ValueError, match=r"line 1|line 2"):
        _native.toml_to_json(text)


def test_python_3_10_reads_by_the_compiled_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without tomllib the compiled module reads."""
    monkeypatch.setitem(sys.modules, "tomllib", None)
    monkeypatch.setitem(sys.modules, "tomli", None)
    assert parse_toml("a = [1, 2.5]") == {"a": [1, 2.5]}
    assert math.isclose(parse_toml("a = 0.1")["a"], 0.1)


def test_tomli_is_the_last_to_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without tomllib and without the compiled module, tomli reads; without that, the error says what it takes."""
    monkeypatch.setitem(sys.modules, "tomllib", None)
    monkeypatch.setattr(native, "HAS_NATIVE", False)
    tomli = ModuleType("tomli")
    tomli.__dict__["loads"] = {"a = 1": {"a": 1}}.__getitem__
    monkeypatch.setitem(sys.modules, "tomli", tomli)
    assert import_module("tomli") is tomli
    assert parse_toml("a = 1") == {"a": 1}
    monkeypatch.setitem(sys.modules, "tomli", None)
    with pytest.raises(ValueError, match=r"takes Python 3\.11, the compiled module of ci-accel, or the package tomli"):
        parse_toml("a = 1")
