"""The values that calls answer with, as a debugger and a set see them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ci_accel import Fingerprint, Outcome, TemplateDB

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.every_python


def test_outcome_shows_itself() -> None:
    """Status, reasons and digest."""
    outcome = Outcome("miss", reasons=("a.sql changed",), digest="ab" * 32)
    assert repr(outcome).startswith(f"Outcome(status='miss', reasons=('a.sql changed',), digest='{'ab' * 32}'")


def test_template_shows_itself() -> None:
    """The plain path and the builder."""
    template = TemplateDB("build/t.db", inputs=["schema"], build=("python", "build.py", "{db}"))
    assert repr(template) == "TemplateDB('build/t.db', build=['python', 'build.py', '{db}'])"


def test_fingerprints_are_equal_by_their_digest() -> None:
    """So are their hashes; nothing else equals one."""
    one, same, other = Fingerprint("a", {"x": "1"}, {}), Fingerprint("a", {}, {}), Fingerprint("b", {"x": "1"}, {})
    assert one == same
    assert len({one, same, other}) == 2
    assert one != "a"
    assert repr(one) == "Fingerprint('a', 1 files, 0 values)"


@pytest.mark.parametrize("part", ["digest", "files", "values"])
def test_a_fingerprint_that_lacks_a_part_is_none(tmp_path: Path, part: str) -> None:
    """Named with the file, and what to do."""
    path = tmp_path / "saved.json"
    Fingerprint("a", {"x": "1"}, {"y": "2"}).save(path)
    document = json.loads(path.read_text())
    document[part] = [document[part]]
    path.write_text(json.dumps(document))
    with pytest.raises(ValueError, match=r"saved\.json: an incomplete fingerprint; take a new one"):
        Fingerprint.load(path)
