"""Constants that Python and Rust both write have one value."""

from __future__ import annotations

from pathlib import Path

import pytest

from ci_accel.coverage import passport
from ci_accel.template import side_files

ENGINE = Path(__file__).resolve().parents[2] / "src" / "engine"


@pytest.mark.parametrize(
    ("source", "declaration"),
    [
        ("template/variants.rs", f'MANIFEST: &str = "{side_files.MANIFEST}";'),
        ("coverage/passport.rs", f'ENDING: &str = "{passport.SUFFIX}";'),
    ],
)
def test_a_suffix_is_the_same_in_both_languages(source: str, declaration: str) -> None:
    """The engine declares the suffix that the Python package uses without it."""
    assert declaration in (ENGINE / source).read_text()
