"""Coverage data: what coverage.py and slipcover leave, read without trust. Doubt about it is an error."""

from __future__ import annotations

from ci_accel import compiled
from ci_accel.results import CoverageInfo

TYPE_CHECKING = False  # the name that type checkers know; importing typing would cost 7 ms
if TYPE_CHECKING:
    import os


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
    compiled.require()
    from ci_accel import _native

    return CoverageInfo(**_native.inspect_coverage(path))
