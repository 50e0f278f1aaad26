"""Outcome, Fingerprint and TemplateDB as values: `repr`, equality and hash."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ci_accel import Fingerprint, Outcome, TemplateDB

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.every_python


def test_repr_of_an_outcome() -> None:
    """The `repr` of an outcome has its status, reasons and digest."""
    outcome = Outcome("miss", reasons=("a.sql changed",), digest="ab" * 32)
    assert repr(outcome).startswith(f"Outcome(status='miss', reasons=('a.sql changed',), digest='{'ab' * 32}'")


def test_repr_of_a_template() -> None:
    """The `repr` of a template has its path and its builder."""
    template = TemplateDB("build/t.db", inputs=["schema"], build=("python", "build.py", "{db}"))
    assert repr(template) == "TemplateDB('build/t.db', build=['python', 'build.py', '{db}'])"


def test_fingerprints_are_equal_by_their_digest() -> None:
    """Fingerprints with the same digest are equal and have the same hash."""
    one, same, other = Fingerprint("a", {"x": "1"}, {}), Fingerprint("a", {}, {}), Fingerprint("b", {"x": "1"}, {})
    assert one == same
    assert len({one, same, other}) == 2
    assert one != "a"
    assert repr(one) == "Fingerprint('a', 1 files, 0 values)"


@pytest.mark.parametrize("part", ["digest", "files", "values"])
def test_an_incomplete_fingerprint(tmp_path: Path, part: str) -> None:
    """Loading an incomplete fingerprint is an error with the file and what to do."""
    path = tmp_path / "saved.json"
    Fingerprint("a", {"x": "1"}, {"y": "2"}).save(path)
    document = json.loads(path.read_text())
    document[part] = [document[part]]
    path.write_text(json.dumps(document))
    with pytest.raises(ValueError, match=r"saved\.json: an incomplete fingerprint; take a new one"):
        Fingerprint.load(path)
