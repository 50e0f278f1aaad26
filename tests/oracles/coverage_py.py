"""Run functions of coverage.py and slipcover in an environment without ci-accel.

Each line of JSON on standard input is a request, and each line on standard output an answer.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import sys
from importlib import import_module
from typing import Any

from coverage import CoverageData
from coverage.cmdline import main as coverage_command


def write(path: str, context: str, lines: dict[str, Any] | None, arcs: dict[str, Any] | None) -> None:
    """Write a data file of coverage.py; files that end with .html have a plugin."""
    data = CoverageData(path)
    data.set_context(context)
    if lines is not None:
        data.add_lines(lines)
    if arcs is not None:
        data.add_arcs({file: [tuple(arc) for arc in ends] for file, ends in arcs.items()})
    data.add_file_tracers({file: "plugin.html" for file in (lines or arcs or {}) if file.endswith(".html")})
    data.write()
    close(data)


def close(data: CoverageData) -> None:
    """Close the data file; before 7.10, coverage.py has no public method for it."""
    (getattr(data, "close", None) or data._reset)()


def read(path: str) -> dict[str, Any]:
    """Return the content of a data file as read by coverage.py, from a copy, because coverage.py writes to the file."""
    copy = path + ".read"
    shutil.copyfile(path, copy)
    data = CoverageData(copy)
    data.read()
    files = {}
    for file in data.measured_files():
        by_line = {str(line): sorted(contexts) for line, contexts in data.contexts_by_lineno(file).items()}
        arcs = None if data.arcs(file) is None else sorted(data.arcs(file) or ())
        files[file] = [sorted(data.lines(file) or ()), arcs, by_line, data.file_tracer(file)]
    answer = {"has_arcs": data.has_arcs(), "contexts": sorted(data.measured_contexts()), "files": files}
    close(data)
    os.unlink(copy)
    return answer


def combine(folder: str, parts: list[str], out: str) -> dict[str, Any]:
    """Run `coverage combine` in a folder; return its status, its output and the content of the data file."""
    os.chdir(folder)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(out)
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            status = coverage_command(["combine", "--keep", f"--data-file={out}", *parts]) or 0
        except Exception as error:  # noqa: BLE001  # the command would end with a traceback
            status = 1
            said.write(str(error))
    return {"status": status, "said": said.getvalue(), "found": read(out) if os.path.exists(out) else None}


def merge(documents: list[dict[str, Any]]) -> dict[str, Any]:
    """Merge reports with slipcover."""
    first, *others = documents
    for other in others:
        import_module("slipcover.slipcover").merge_coverage(first, other)
    return first


def main() -> None:
    """Answer requests until the end of the input."""
    functions: dict[str, Any] = {"write": write, "read": read, "combine": combine, "merge": merge}
    for line in sys.stdin:
        name, arguments = json.loads(line)
        try:
            answer = {"answer": functions[name](**arguments)}
        except Exception as error:  # noqa: BLE001  # the error of the tool is the answer
            answer = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
