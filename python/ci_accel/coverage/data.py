"""Coverage data: what coverage.py and slipcover leave, read without trust. Doubt about it is an error."""

from __future__ import annotations

import os

from ci_accel.coverage.info import CoverageInfo
from ci_accel.foundation import native
from ci_accel.foundation.arguments import check_paths
from ci_accel.foundation.log import logger

TYPE_CHECKING = False  # the name that type checkers know; importing typing would cost 7 ms
if TYPE_CHECKING:
    from collections.abc import Iterable


def inspect_coverage(path: str | os.PathLike[str]) -> CoverageInfo:
    """Return what a file of coverage data is: a data file of coverage.py, or JSON of slipcover.

    Reads the file once, without the GIL. Nothing is written and nothing is left beside it, whatever it holds; nothing
    in it is run.

    Args:
        path: The file.

    Returns:
        Format, version, files, contexts, lines and digest. Totals are counted from the lines; a summary in the file
        is not believed.

    Raises:
        CoverageDataError: It is missing, torn, damaged, contradicts itself, or is something else; names the file and
            the reason. `UnsupportedSchemaError` for another schema of coverage.py than 7.
        OSError: It cannot be read; `.filename` names it.
        CiAccelError: The compiled module is missing.
    """
    native.require()
    from ci_accel import _native

    return CoverageInfo.from_native(_native.inspect_coverage(path))


def combine_coverage(
    parts: Iterable[str | os.PathLike[str]],
    *,
    into: str | os.PathLike[str],
    expected: int | Iterable[str] | None = None,
    root: str | os.PathLike[str] = ".",
) -> CoverageInfo:
    """Write the union of some files of coverage data: all of them, or nothing.

    Lines, arcs, branches, contexts and tracers are united and totals counted anew; the order of the parts does not
    count. Relative and absolute spellings of one file are one file, by `root` and, for coverage.py, by
    `[tool.coverage.paths]` and `relative_files` of the pyproject.toml there.

    Args:
        parts: The files, all of one tool and all with branches or all without. They are only read.
        into: Where the union goes. An existing file is replaced when the new one is whole; missing parent folders are
            made.
        expected: How many parts there have to be, or their names (of the file, or the whole path).
        root: The folder that relative spellings are relative to.

    Returns:
        What was written.

    Raises:
        CoverageDataError: A part is missing, not expected, or cannot be trusted; names it and the reason.
            `MixedMeasurementError` where it was not measured as the others were.
        OSError: `into` cannot be written, or is one of the parts; `.filename` names it.
        ValueError: There are no parts; or a rule in pyproject.toml is none.
        TypeError: A lone string in place of a list.
        CiAccelError: The compiled module is missing.
    """
    native.require()
    from ci_accel import _native
    from ci_accel.coverage.paths import spellings

    count, names = (expected, None) if isinstance(expected, int) else (None, expected)
    if names is not None:
        names = check_paths("expected", names)
    read = _native.read_coverage_parts(check_paths("parts", parts), into=into, count=count, names=names)
    chosen = spellings(read.files, tool=read.format, root=os.fspath(root))
    return CoverageInfo.from_native(read.write(into, spellings=chosen))


def convert_coverage(
    path: str | os.PathLike[str],
    *,
    into: str | os.PathLike[str],
    root: str | os.PathLike[str] = ".",
) -> CoverageInfo:
    """Write the lines of slipcover's JSON as a data file of coverage.py, so that every coverage reporter can read them.

    The reporters (`coverage html`, `xml`, `lcov`, `report`) take the statements from the sources, which have to be
    there. Branches are not converted: coverage.py reckons with other branches than slipcover measures. A warning is
    logged where there were some.

    Args:
        path: The JSON. It is only read.
        into: Where the data file goes. An existing file is replaced when the new one is whole; missing parent folders
            are made.
        root: The folder that relative spellings are relative to. Files are spelled as coverage.py would spell them
            there: absolutely, or relative with `relative_files`, and mapped by `[tool.coverage.paths]`.

    Returns:
        What was written: `has_branches` is false, and `version` is "slipcover" with its version.

    Raises:
        CoverageDataError: It cannot be trusted, or is coverage.py's data already; names the file and the reason.
        OSError: `into` cannot be written, or is `path` itself; `.filename` names it.
        ValueError: A rule in pyproject.toml is none.
        CiAccelError: The compiled module is missing.
    """
    native.require()
    from ci_accel import _native
    from ci_accel.coverage.paths import canonical_spellings

    lines, has_branches = _native.read_slipcover_lines(path, into=into)
    info = CoverageInfo.from_native(lines.write(into, spellings=canonical_spellings(lines.files, root=os.fspath(root))))
    if has_branches:
        message = "%s: only its lines are converted, not its branches: coverage.py reckons with others than slipcover"
        logger.warning(message, os.fspath(path))
    return info
