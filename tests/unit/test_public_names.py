"""The public names of the package, which are imported when they are first used."""

from __future__ import annotations

import subprocess
import sys

import pytest

import ci_accel

pytestmark = pytest.mark.every_python


def test_every_public_name_can_be_imported() -> None:
    """`__all__`, `dir()` and the imports agree, and no name is listed twice."""
    assert dir(ci_accel) == sorted(ci_accel.__all__)
    assert len({*ci_accel.__all__}) == len(ci_accel.__all__)
    listed = [name for names in ci_accel._MODULES.values() for name in names]
    assert sorted(listed) == sorted(ci_accel.__all__)
    for name in ci_accel.__all__:
        assert getattr(ci_accel, name) is not None


def test_an_unknown_name() -> None:
    """An unknown name is an AttributeError, as in any module."""
    with pytest.raises(AttributeError, match="module 'ci_accel' has no attribute 'nothing'"):
        _ = ci_accel.nothing  # type: ignore[attr-defined]  # a mistake on purpose


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("import ci_accel", ("ci_accel.coverage", "ci_accel.template", "ci_accel.foundation")),
        ("import ci_accel; ci_accel.Project", ("ci_accel.coverage", "ci_accel.template")),
        ("import ci_accel; ci_accel.TemplateDB", ("ci_accel.coverage",)),
        ("import ci_accel; ci_accel.Coverage", ("ci_accel.template",)),
    ],
)
def test_a_part_does_not_load_the_others(code: str, absent: tuple[str, ...]) -> None:
    """Using one part imports no module of another part."""
    script = f"import sys; {code}; print(*[name for name in {absent!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
