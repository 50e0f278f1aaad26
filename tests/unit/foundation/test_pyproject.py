"""The reader of pyproject.toml: the tables of tools, and errors that name the file and the line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ci_accel.foundation.pyproject import read_pyproject, read_pyproject_if_present

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.every_python

TEXT = """
[project]
name = "shop"
[tool.coverage.run]
branch = true
[tool.slipcover]
fail-under = 97.5
"""


def test_tables_of_tools(tmp_path: Path) -> None:
    """`table` returns a table below `[tool]`, and an empty one where it or a table around it is missing."""
    (tmp_path / "pyproject.toml").write_text(TEXT)
    pyproject = read_pyproject(tmp_path)
    assert pyproject.path == str(tmp_path / "pyproject.toml")
    assert pyproject.table("coverage", "run") == {"branch": True}
    assert pyproject.table("slipcover") == {"fail-under": 97.5}
    assert pyproject.table("coverage", "report") == pyproject.table("nox", "deep") == {}


def test_a_file_without_tools(tmp_path: Path) -> None:
    """A pyproject.toml without `[tool]` has no tables."""
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'shop'")
    assert read_pyproject(tmp_path).tool == {}


def test_a_missing_file(tmp_path: Path) -> None:
    """A missing file is an OSError, or no tables for the reader of an optional file."""
    with pytest.raises(FileNotFoundError) as raised:
        read_pyproject(tmp_path)
    assert raised.value.filename == str(tmp_path / "pyproject.toml")
    optional = read_pyproject_if_present(tmp_path)
    assert (optional.path, optional.table("coverage")) == (str(tmp_path / "pyproject.toml"), {})


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a = 1\nb = ", "not valid TOML: Invalid value (at end of document)"),
        (b"a = 1\na = 2", "not valid TOML: Cannot overwrite a value (at end of document)"),
        (b"a = 1\n\nb = 01\n", "not valid TOML: Expected newline or end of document after a statement (at line 3"),
        (b"a = 1\n# caf\xe9\n", "not valid TOML: not encoded in UTF-8 (at line 2)"),
        (b"tool = 3", "tool has to be a table, not 3"),
    ],
)
@pytest.mark.parametrize("read", [read_pyproject, read_pyproject_if_present])
def test_a_wrong_file(tmp_path: Path, read: type, content: bytes, words: str) -> None:
    """A file that is not TOML is a ValueError with its path and the line."""
    path = tmp_path / "pyproject.toml"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"pyproject\.toml: ") as raised:
        read(tmp_path)
    assert str(raised.value).startswith(f"{path}: {words}")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("coverage = 3", "tool.coverage has to be a table, not 3"),
        ("[tool.coverage]\nrun = []", "tool.coverage.run has to be a table, not []"),
    ],
)
def test_a_value_in_place_of_a_table(tmp_path: Path, text: str, words: str) -> None:
    """A value where a table is expected is a ValueError that names the table."""
    (tmp_path / "pyproject.toml").write_text(text if text.startswith("[") else f"[tool]\n{text}")
    pyproject = read_pyproject(tmp_path)
    with pytest.raises(ValueError, match=r"pyproject\.toml: ") as raised:
        pyproject.table("coverage", "run")
    assert str(raised.value) == f"{pyproject.path}: {words}"
