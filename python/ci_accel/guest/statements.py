"""Write the report of coverage.py as JSON. Stand-alone: it runs as a script in the Python that has coverage.py.

Which lines of a source are statements depends on the version of coverage.py, its configuration and its Python.
"""

from __future__ import annotations

import os
import sys

ABSENT = 3
"""Exit code if coverage.py is not installed."""

REFUSED = 4
"""Exit code if coverage.py reports an error."""

MARK = "ci-accel statements: "
"""Start of the line with the reason; coverage.py may print warnings."""


def main(data: str, out: str) -> int:
    """Write `coverage json` for a data file, with the configuration of the current folder.

    Args:
        data: The data file. No other file beside it may start with its name: coverage.py would combine and delete it.
        out: The path of the JSON file.

    Returns:
        The exit code.
    """
    try:
        import coverage
    except ImportError as error:
        print(MARK + str(error), file=sys.stderr)
        return ABSENT
    # As for the command of coverage.py, plugins may be modules of the project.
    sys.path.insert(0, "")
    try:
        measured = coverage.Coverage(data_file=data)
        measured.load()
        # A source that cannot be read is an error, whatever the configuration says: its lines would be missing.
        measured.json_report(outfile=out, ignore_errors=False, pretty_print=False, show_contexts=False)
    except coverage.CoverageException as error:
        print(MARK + " ".join(str(error).split()), file=sys.stderr)
        return REFUSED
    return 0


if __name__ == "__main__":
    # The modules of this folder must not hide others that a plugin imports.
    own = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [folder for folder in sys.path if folder != own]
    sys.exit(main(*sys.argv[1:]))
