"""Benchmarks of combining and inspecting coverage data, compared with coverage.py and slipcover."""

from __future__ import annotations

import contextlib
import json
import random
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from coverage import CoverageData

import ci_accel
from benches.rounds import MILLISECONDS, floor, floor_program, in_turns, peak_megabytes, print_row

if TYPE_CHECKING:
    from pathlib import Path

SOURCES = 600
LINES = 74_000
PARTS = 400


def possible_arcs(length: int) -> list[tuple[int, int]]:
    """Return the arcs of a file of `length` lines: from each line to the next, and jumps over two lines."""
    steps = [(line, line + 1) for line in range(1, length)]
    jumps = [(line, line + 3) for line in range(1, length - 3, 5)]
    return [(-1, 1), *steps, *jumps, (length, -1)]


def plant_datafiles(folder: Path, *, arcs: bool) -> None:
    """Write 400 coverage.py data files, each with half of the 600 sources and half of their lines or arcs."""
    source = random.Random(7)
    folder.mkdir()
    length = LINES // SOURCES
    for number in range(PARTS):
        measured: dict[str, Any] = {}
        for file in source.sample(range(SOURCES), SOURCES // 2):
            possible: Any = possible_arcs(length) if arcs else range(1, length + 1)
            ran = source.sample(possible, len(possible) // 2)
            measured[f"/code/src/package_{file // 20}/module_{file}.py"] = ran
        data = CoverageData(str(folder / f"theirs.{number:03}"))  # the names that coverage.py combines
        (data.add_arcs if arcs else data.add_lines)(measured)
        data.write()
        data.close(force=True)


def plant_reports(folder: Path, *, count: int, megabytes: int, length: int) -> list[str]:
    """Write slipcover reports on the same sources, of up to `length` lines, with random executed lines."""
    source = random.Random(7)
    folder.mkdir()
    lengths = random.Random(8)
    planned: list[int] = []
    while sum(planned) * 5.3 + len(planned) * 160 < megabytes * 1_000_000:
        planned.append(lengths.randrange(length // 10, length))
    parts = []
    for number in range(count):
        files: dict[str, Any] = {}
        for file, lines in enumerate(planned):
            executed = sorted(source.sample(range(1, lines + 1), lines * 3 // 5))
            missing = sorted({*range(1, lines + 1)} - {*executed})
            summary = {"covered_lines": len(executed), "missing_lines": len(missing), "percent_covered": 60.0}
            entry = {"executed_lines": executed, "missing_lines": missing, "summary": summary}
            files[f"src/package_{file // 20}/module_{file}.py"] = entry
        meta: dict[str, Any] = {"software": "slipcover", "version": "1.1.0", "timestamp": "2026-11-02T10:00:00.000000"}
        totals = {"covered_lines": 0, "missing_lines": 0, "percent_covered": 0.0, "percent_covered_display": "0"}
        meta |= {"branch_coverage": False, "show_contexts": False}
        path = folder / f"part-{number:03}.json"
        path.write_text(json.dumps({"meta": meta, "files": files, "summary": totals}))
        parts.append(str(path))
    return parts


def coverage_combine(scratch: Path) -> None:
    """Combine 400 data files of 600 sources. Compare whole processes with `coverage combine` and plain rusqlite."""
    script = "import ci_accel, glob; ci_accel.combine_coverage(sorted(glob.glob('parts/*')), into='ours')"
    combine = ["-m", "coverage", "combine", "--quiet", "--keep", "--data-file=theirs", "parts"]
    for kind in ("lines", "arcs"):
        folder = scratch / kind
        folder.mkdir()
        plant_datafiles(folder / "parts", arcs=kind == "arcs")

        def child(*arguments: str, folder: Path = folder) -> None:
            subprocess.run([sys.executable, *arguments], cwd=folder, check=True)

        times = in_turns(5, ours=lambda: child("-c", script), theirs=lambda: child(*combine))
        least = floor(floor_program("read_rows"), folder / "parts", folder / "ours", rounds=5)
        print_row(
            f"combine 400, {kind}",
            ours_s=times["ours"],
            coverage_py_s=times["theirs"],
            floor_s=least,
            coverage_py_to_ours=times["theirs"] / times["ours"],
            ours_to_floor=times["ours"] / least,
        )


def coverage_merge(scratch: Path) -> None:
    """Merge eight reports of 8 MB, of short and of long sources. Compare whole processes with `slipcover --merge`."""
    for kind, length in (("120 lines a file", 220), ("1,500 lines a file", 2700)):
        folder = scratch / str(length)
        parts = plant_reports(folder, count=8, megabytes=8, length=length)
        code = "import ci_accel, sys; ci_accel.combine_coverage(sys.argv[2:], into=sys.argv[1])"
        ours = ["-c", code, str(scratch / "ours"), *parts]
        theirs = ["-m", "slipcover", "--merge", *parts, "--out", str(scratch / "theirs")]
        peaks = [peak_megabytes(*arguments) for arguments in (ours, theirs)]

        def child(*arguments: str) -> None:
            subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)

        def work(arguments: list[str]) -> Any:
            return lambda: child(*arguments)

        times = in_turns(7, ours=work(ours), theirs=work(theirs))
        print_row(
            f"merge 8, {kind}",
            ours_s=times["ours"],
            slipcover_s=times["theirs"],
            slipcover_to_ours=times["theirs"] / times["ours"],
            ours_mb=peaks[0],
            slipcover_mb=peaks[1],
            slipcover_mb_to_ours=peaks[1] / peaks[0],
        )


def coverage_inspect(scratch: Path) -> None:
    """Inspect a data file of 5 MB. Compare with PRAGMA quick_check alone."""
    path = scratch / "data"
    data = CoverageData(str(path))
    data.add_arcs({f"/code/src/module_{file}.py": [(line, line + 1) for line in range(300)] for file in range(500)})
    data.close(force=True)

    def check() -> None:
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            connection.execute("PRAGMA quick_check").fetchone()

    times = in_turns(15, ours=lambda: ci_accel.inspect_coverage(path), check=check)
    print_row(
        "inspect",
        megabytes=path.stat().st_size / 1e6,
        ours_ms=times["ours"] * MILLISECONDS,
        quick_check_ms=times["check"] * MILLISECONDS,
        ours_to_check=times["ours"] / times["check"],
    )
