"""Coverage data in the formats of coverage.py and slipcover, and changes of it."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
from coverage import CoverageData

import ci_accel

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

LINES = {"/code/shop/cart.py": {1, 2, 3, 8, 9}, "/code/shop/stock.py": {1, 5, 200}}
ARCS = {"/code/shop/cart.py": {(-1, 1), (1, 2), (2, -1)}, "/code/shop/stock.py": {(-1, 0), (0, -1)}}


def write_lines(path: Path, files: Mapping[str, Collection[int]] = LINES, *, context: str = "") -> Path:
    """Add lines to a data file of coverage.py."""
    data = CoverageData(str(path))
    data.set_context(context)
    data.add_lines(files)
    data.write()
    data.close(force=True)
    return path


def write_arcs(path: Path, files: Mapping[str, Collection[tuple[int, int]]] = ARCS, *, context: str = "") -> Path:
    """Add arcs to a data file of coverage.py."""
    data = CoverageData(str(path))
    data.set_context(context)
    data.add_arcs(files)
    data.write()
    data.close(force=True)
    return path


def change(path: Path, *statements: str) -> Path:
    """Run SQL statements on a data file; they may change the schema."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=OFF")
        connection.execute("PRAGMA writable_schema=ON")
        for statement in statements:
            connection.execute(statement)
    return path


def entry(executed: Collection[int], missing: Collection[int] = ()) -> dict[str, Any]:
    """Return the entry of a file without branches in a report of slipcover."""
    return {
        "executed_lines": sorted(executed),
        "missing_lines": sorted(missing),
        "summary": {"covered_lines": len(executed), "missing_lines": len(missing), "percent_covered": 100.0},
    }


def branch_entry(
    executed: Collection[int], missing: Collection[int], taken: Collection[list[int]], left: Collection[list[int]]
) -> dict[str, Any]:
    """Return the entry of a file with branches in a report of slipcover."""
    lists = {"executed_branches": sorted(taken), "missing_branches": sorted(left)}
    return entry(executed, missing) | lists


def report(files: Mapping[str, Any], *, branches: bool = False, **meta: Any) -> dict[str, Any]:
    """Return a report of slipcover."""
    described = {
        "software": "slipcover",
        "version": "1.1.0",
        "timestamp": "2026-11-02T10:00:00.000000",
        "branch_coverage": branches,
        "show_contexts": False,
    }
    return {
        "meta": described | meta,
        "files": dict(files),
        "summary": {"covered_lines": 1, "missing_lines": 0, "percent_covered": 100.0, "percent_covered_display": "100"},
    }


def write_report(path: Path, document: object) -> Path:
    """Write a text, or another document as JSON."""
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


def refusal(path: Path, kind: type[ci_accel.CoverageDataError] = ci_accel.CoverageDataError) -> str:
    """Assert that a file is refused and its folder is unchanged; return the reason."""
    before = snapshot(path.parent)
    with pytest.raises(ci_accel.CoverageDataError) as caught:
        ci_accel.inspect_coverage(path)
    assert type(caught.value) is kind
    assert caught.value.path == str(path)
    assert str(caught.value) == f"{path}: {caught.value.reason}"
    assert snapshot(path.parent) == before
    return caught.value.reason


def snapshot(folder: Path) -> dict[str, bytes | None]:
    """Return the names in a folder, with the content of the files."""
    return {path.name: path.read_bytes() if path.is_file() else None for path in sorted(folder.iterdir())}
