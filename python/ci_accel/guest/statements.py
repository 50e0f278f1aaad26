"""What coverage.py counts. Stand-alone: it runs as a script in the Python that has coverage.py (3.8 and later).

coverage.py alone knows which lines of a source are statements, by its version, its configuration and its Python.
"""

from __future__ import annotations

import os
import sys

ABSENT = 3
"""Exit code where there is no coverage.py."""

REFUSED = 4
"""Exit code where coverage.py says no."""

MARK = "ci-accel statements: "
"""Starts the line with the reason: coverage.py may print warnings, too."""


def main(data: str, out: str) -> int:
    """Write `coverage json` for a data file, with the configuration of the current folder.

    Args:
        data: The data file. Nothing else of its name may lie beside it: coverage.py would combine and delete that.
        out: Where the JSON goes.

    Returns:
        The exit code.
    """
    try:
        import coverage
    except ImportError as error:
        print(MARK + str(error), file=sys.stderr)
        return ABSENT
    # As its command does: plugins may be the project's own.
    sys.path.insert(0, "")
    try:
        measured = coverage.Coverage(data_file=data)
        measured.load()
        # A source that cannot be read is an error, whatever the configuration says: its lines would be left out.
        measured.json_report(outfile=out, ignore_errors=False, pretty_print=False, show_contexts=False)
    except coverage.CoverageException as error:
        print(MARK + " ".join(str(error).split()), file=sys.stderr)
        return REFUSED
    return 0


if __name__ == "__main__":
    # This file's own folder has a module of the name coverage.
    own = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [folder for folder in sys.path if os.path.abspath(folder) != own]
    sys.exit(main(*sys.argv[1:]))
