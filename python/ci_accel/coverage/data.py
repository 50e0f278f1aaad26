"""Inspects, combines and converts coverage data files. The files are untrusted: an invalid file is an error."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ci_accel.coverage.info import CoverageInfo
from ci_accel.coverage.paths import canonical_spellings, spellings
from ci_accel.foundation import native
from ci_accel.foundation.arguments import check_paths
from ci_accel.foundation.log import log

if TYPE_CHECKING:
    from collections.abc import Iterable


def inspect_coverage(path: str | os.PathLike[str]) -> CoverageInfo:
    """Return the contents of a coverage data file in short: a data file of coverage.py, or JSON of slipcover.

    Reads the file once, without the GIL. Writes nothing beside it and runs nothing that it contains.

    Args:
        path: The file.

    Returns:
        Format, version, files, contexts, lines and digest. Lines are counted; a summary in the file is ignored.

    Raises:
        CoverageDataError: The file is missing, truncated, damaged, inconsistent, or not coverage data; the error has
            the path and the reason. `UnsupportedSchemaError` for a schema of coverage.py other than 7.
        OSError: The file cannot be read; `.filename` names it.
        CiAccelError: The compiled module is missing.
    """
    native.require()
    from ci_accel import _native

    return CoverageInfo.from_native(_native.coverage.inspect_coverage(path))


def combine_coverage(
    parts: Iterable[str | os.PathLike[str]],
    *,
    into: str | os.PathLike[str],
    expected: int | Iterable[str] | None = None,
    root: str | os.PathLike[str] = ".",
) -> CoverageInfo:
    """Combine coverage data files: all of them, or none.

    Combines lines, arcs, branches, contexts and tracers and counts the totals; the order of the parts does not matter.
    Relative and absolute paths of one file are one file, by `root` and, for coverage.py, by `[tool.coverage.paths]` and
    `relative_files` of the pyproject.toml in it.

    Args:
        parts: The files, all of one tool, and all with or all without branches. They are not changed.
        into: The file to write, atomically. An existing file is replaced; missing parent folders are created.
        expected: The number of parts, or their names (file names or paths as given).
        root: The folder that relative paths in the data are relative to.

    Returns:
        The contents of the written file in short.

    Raises:
        CoverageDataError: A part is missing, unexpected or invalid; the error has the path and the reason.
            `MixedMeasurementError` if a part was measured with another tool or other settings.
        OSError: `into` cannot be written, or is one of the parts; `.filename` names it.
        ValueError: There are no parts, or a rule in pyproject.toml is invalid.
        TypeError: `parts` or `expected` is a string instead of a list.
        CiAccelError: The compiled module is missing.
    """
    native.require()
    from ci_accel import _native

    count, names = (expected, None) if isinstance(expected, int) else (None, expected)
    if names is not None:
        names = check_paths("expected", names)
    read = _native.coverage.read_coverage_parts(check_paths("parts", parts), into=into, count=count, names=names)
    chosen = spellings(read.files, tool=read.format, root=os.fspath(root))
    return CoverageInfo.from_native(read.write(into, spellings=chosen))


def convert_coverage(
    path: str | os.PathLike[str],
    *,
    into: str | os.PathLike[str],
    root: str | os.PathLike[str] = ".",
) -> CoverageInfo:
    """Convert slipcover's JSON to a data file of coverage.py, for the reports of coverage.py.

    `coverage html`, `xml`, `lcov` and `report` read the statements from the sources, which must exist. Branches are not
    converted, because coverage.py counts other branches than slipcover; a warning is logged if there are any.

    Args:
        path: The JSON file. It is not changed.
        into: The data file to write, atomically. An existing file is replaced; missing parent folders are created.
        root: The folder that relative paths are relative to. The data has the paths that coverage.py would write
            there: absolute, or relative with `relative_files`, and mapped by `[tool.coverage.paths]`.

    Returns:
        The contents of the written file in short. `has_branches` is false, `version` is "slipcover" and its version.

    Raises:
        CoverageDataError: The file is invalid, or is a data file of coverage.py already.
        OSError: `into` cannot be written, or is `path` itself; `.filename` names it.
        ValueError: A rule in pyproject.toml is invalid.
        CiAccelError: The compiled module is missing.
    """
    native.require()
    from ci_accel import _native

    lines, has_branches = _native.coverage.read_slipcover_lines(path, into=into)
    info = CoverageInfo.from_native(lines.write(into, spellings=canonical_spellings(lines.files, root=os.fspath(root))))
    if has_branches:
        reason = "only lines are converted; the branches of slipcover are not those of coverage.py"
        log(f"{os.fspath(path)}: {reason}", is_warning=True)
    return info
