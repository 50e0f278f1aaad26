"""The command `ci-accel coverage`."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from typing import TYPE_CHECKING

from ci_accel.cli.parser import NOT_REACHED, add_noun, print_json
from ci_accel.coverage.data import combine_coverage, convert_coverage, inspect_coverage
from ci_accel.foundation.fingerprint import Fingerprint
from ci_accel.processes.signals import SIGNAL_EXIT_CODE
from ci_accel.project import Project

if TYPE_CHECKING:
    from ci_accel.cli.parser import Nouns
    from ci_accel.coverage.info import CoverageInfo
    from ci_accel.coverage.report import ReportFormat

PYTHON_HELP = "interpreter with coverage.py, for the data of coverage.py (default: that of ci-accel)"


def add_to(nouns: Nouns) -> None:
    """Add the noun with its verbs."""
    verb = add_noun(nouns, "coverage", "measure, combine, check and report coverage")

    inspect = verb("inspect", _inspect, "show what a coverage data file contains, or why it is invalid")
    inspect.add_argument("path", help="data of coverage.py or slipcover")

    fingerprint = verb("fingerprint", _fingerprint, "record sources, items and inputs before a run, for `seal`")
    fingerprint.add_argument("path", help="file to write; missing folders are created")

    part = verb("part", _part, "run one worker of another test runner as a part of a run, and seal its data")
    part.add_argument(
        "--part",
        required=True,
        metavar="N/COUNT",
        type=_numbers,
        help="number of the part and number of parts, such as 3/8",
    )
    part.add_argument(
        "--items", metavar="FILE", help="file with the paths of the items to run, one per line (default: all items)"
    )
    part.add_argument("--out", metavar="PATH", help="data file that COMMAND writes (default: {part} in COMMAND)")
    part.add_argument(
        "--exit-code",
        action="append",
        dest="exit_codes",
        type=int,
        metavar="N",
        help="exit code that counts as success; may be repeated (default: 0)",
    )
    part.add_argument(
        "command", nargs="+", metavar="COMMAND", help="command after --, with the placeholders {part} and {items}"
    )

    combine = verb("combine", _combine, "combine the parts of the latest run, or the given data files")
    combine.add_argument("parts", nargs="*", metavar="PART", help="data files to combine; requires --into")
    combine.add_argument("--into", metavar="PATH", help="file to write, with PART")
    combine.add_argument("--expected", type=int, metavar="N", help="number of parts that must exist")

    seal = verb("seal", _seal, "write the passport of an artifact that one process measured")
    seal.add_argument("path", help="the artifact")
    seal.add_argument(
        "--exit-code", required=True, dest="ended", type=int, metavar="N", help="exit code of the process"
    )
    seal.add_argument(
        "--before", required=True, metavar="PATH", help="file that `coverage fingerprint` wrote before the run"
    )
    seal.add_argument(
        "--items", metavar="FILE", help="file with the paths of the items that ran, one per line (default: all items)"
    )

    check = verb(
        "check", _check, "check that the artifact is complete and of this code, and compare it with the threshold"
    )
    check.add_argument("--python", metavar="PATH", help=PYTHON_HELP)

    convert = verb("convert", _convert, "convert slipcover's JSON to a data file of coverage.py, for its reports")
    convert.add_argument("path", help="slipcover's JSON")
    convert.add_argument("--into", required=True, metavar="PATH", help="data file to write")

    report = verb("report", _report, "print the coverage of each file and compare it with the threshold")
    report.add_argument(
        "--format", choices=["text", "markdown"], default="text", help="format of the report (default: text)"
    )
    report.add_argument("--out", metavar="PATH", help="file to write instead of standard output")
    report.add_argument("--python", metavar="PATH", help=PYTHON_HELP)


def _inspect(options: argparse.Namespace) -> None:
    """Show what a data file contains."""
    _print_info(inspect_coverage(options.path), options, path=options.path)


def _fingerprint(options: argparse.Namespace) -> None:
    """Record the fingerprint."""
    found = Project.load(options.root).coverage.fingerprint()
    found.save(options.path)
    if options.json:
        print_json({"path": options.path, "digest": found.digest, "files": len(found.files)})
    else:
        print(f"{len(found.files)} files recorded in {options.path}")


def _part(options: argparse.Namespace) -> None:
    """Run a command as one part."""
    number, count = options.part
    options.exit_code = 1
    run = Project.load(options.root).coverage.part(
        options.command,
        number=number,
        count=count,
        items=_listed(options.items),
        out=options.out,
        exit_codes=options.exit_codes or (0,),
    )
    # A signal becomes the exit code that shells use.
    options.exit_code = run.exit_code if run.exit_code >= 0 else SIGNAL_EXIT_CODE - run.exit_code
    if options.json:
        print_json(dataclasses.asdict(run))
    elif not run:
        print(f"ci-accel: {run}", file=sys.stderr)


def _combine(options: argparse.Namespace) -> None:
    """Combine parts."""
    if options.parts and not options.into:
        message = "add --into PATH, the file to write"
        raise ValueError(message)
    if options.parts:
        info = combine_coverage(options.parts, into=options.into, expected=options.expected, root=options.root)
    else:
        info = Project.load(options.root).coverage.combine(expected=options.expected)
    _print_info(info, options, path=options.into)


def _seal(options: argparse.Namespace) -> None:
    """Write a passport."""
    coverage = Project.load(options.root).coverage
    listed = _listed(options.items)
    info = coverage.seal(
        options.path,
        exit_code=options.ended,
        items=coverage.items if listed is None else listed,  # an empty list is not the list of all items
        before=Fingerprint.load(options.before),
    )
    _print_info(info, options, path=options.path)


def _check(options: argparse.Namespace) -> None:
    """Check the artifact and compare it with the threshold."""
    options.exit_code = 1  # also if the output cannot be written
    result = Project.load(options.root).coverage.check(python=options.python)
    options.exit_code = 0 if result else NOT_REACHED
    if options.json:
        print_json(
            {
                "passed": result.passed,
                "percent": result.percent,
                "covered": result.covered,
                "total": result.total,
                "fail_under": result.fail_under,
                "message": result.message,
                "reasons": result.reasons,
            }
        )
        return
    print(result.message)
    for reason in result.reasons:
        print(f"  {reason}")


def _convert(options: argparse.Namespace) -> None:
    """Convert a data file."""
    _print_info(convert_coverage(options.path, into=options.into), options, path=options.into)


def _report(options: argparse.Namespace) -> None:
    """Print the report, then compare with the threshold."""
    options.exit_code = 1  # also if the output cannot be written
    coverage = Project.load(options.root).coverage
    form: ReportFormat = "json" if options.json else options.format
    result = coverage.report(format=form, file=options.out or sys.stdout, python=options.python)
    options.exit_code = 0 if result else NOT_REACHED


def _print_info(info: CoverageInfo, options: argparse.Namespace, *, path: str | None) -> None:
    """Print the contents of a coverage data file in short."""
    if options.json:
        document = dataclasses.asdict(info)
        print_json({"tool_version": document.pop("version"), **document})  # `version` is that of the document
        return
    kind = "lines and branches" if info.has_branches else "lines"
    missing = "" if info.missing_lines is None else f", {info.missing_lines:,} missing"
    print(f"{path or 'combined'}: {info.format} {info.version}, {kind}, {'sealed' if info.sealed else 'not sealed'}")
    print(f"  {len(info.files):,} files, {info.covered_lines:,} covered lines{missing}")
    if info.contexts:
        print(f"  contexts  {', '.join(context or '(empty)' for context in info.contexts)}")
    print(f"  digest    {info.digest}")


def _listed(path: str | None) -> list[str] | None:
    """Return the lines of a file, without empty ones."""
    if path is None:
        return None
    with open(path, encoding="utf-8") as file:
        return [line.strip() for line in file if line.strip()]


def _numbers(text: str) -> tuple[int, int]:
    """Return the number of a part and the number of parts."""
    number, slash, count = text.partition("/")
    if not (slash and number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count)):
        message = f"{text!r} is not the number of a part and the number of parts, such as 3/8"
        raise argparse.ArgumentTypeError(message)
    return int(number), int(count)
