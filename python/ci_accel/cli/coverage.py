"""`ci-accel coverage`: what a run has covered, from its parts to the gate."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from ci_accel.cli.parser import NOT_REACHED, add_noun, print_json
from ci_accel.coverage.data import combine_coverage, convert_coverage, inspect_coverage
from ci_accel.foundation.fingerprint import Fingerprint
from ci_accel.processes.signals import KILLED
from ci_accel.project import Project

if TYPE_CHECKING:
    from ci_accel.cli.parser import Nouns
    from ci_accel.coverage.info import CoverageInfo
    from ci_accel.coverage.report import ReportFormat

PYTHON_HELP = "interpreter that has coverage.py, for its data only (default: the one of ci-accel)"


def add_to(nouns: Nouns) -> None:
    """Add the noun with its verbs."""
    verb = add_noun(nouns, "coverage", "what a run has covered, from its parts to the gate")

    inspect = verb("inspect", _inspect, "say what a file of coverage data is, or why it cannot be trusted")
    inspect.add_argument("path", help="data of coverage.py or slipcover")

    fingerprint = verb("fingerprint", _fingerprint, "record sources, items and inputs before a run, for seal")
    fingerprint.add_argument("path", help="where to; missing folders are made")

    part = verb("part", _part, "run one worker of another runner as a part of the run, and seal its data")
    part.add_argument("--part", required=True, metavar="N/COUNT", type=_numbers, help="which part it is, such as 3/8")
    part.add_argument("--items", metavar="FILE", help="lists what it runs, a path in each line (default: all items)")
    part.add_argument("--out", metavar="PATH", help="data that the command writes (default: {part} in COMMAND)")
    part.add_argument(
        "--exit-code",
        action="append",
        dest="exit_codes",
        type=int,
        metavar="N",
        help="an exit code that is no failure (default: 0)",
    )
    part.add_argument("command", nargs="+", metavar="COMMAND", help="after --; {part} and {items} are filled in")

    combine = verb("combine", _combine, "unite the parts of the last run, or the files that are named")
    combine.add_argument("parts", nargs="*", metavar="PART", help="files to unite instead; needs --into")
    combine.add_argument("--into", metavar="PATH", help="where files that are named are united")
    combine.add_argument("--expected", type=int, metavar="N", help="how many parts there have to be")

    seal = verb("seal", _seal, "say which run an artifact is of that one process measured")
    seal.add_argument("path", help="the artifact")
    seal.add_argument(
        "--exit-code", required=True, dest="ended", type=int, metavar="N", help="the exit code of its process"
    )
    seal.add_argument(
        "--before", required=True, metavar="PATH", help="what `coverage fingerprint` wrote before the run"
    )
    seal.add_argument("--items", metavar="FILE", help="lists what it ran, a path in each line (default: all items)")

    check = verb("check", _check, "prove the artifact, and compare it with the threshold")
    check.add_argument("--python", metavar="PATH", help=PYTHON_HELP)

    convert = verb("convert", _convert, "write slipcover's JSON as a data file of coverage.py, for its reporters")
    convert.add_argument("path", help="slipcover's JSON")
    convert.add_argument("--into", required=True, metavar="PATH", help="the data file")

    report = verb("report", _report, "tell what is covered, file by file")
    report.add_argument("--format", choices=["text", "markdown"], default="text", help="default: text")
    report.add_argument("--out", metavar="PATH", help="write it there instead of printing it")
    report.add_argument("--python", metavar="PATH", help=PYTHON_HELP)


def _inspect(options: argparse.Namespace) -> None:
    """Say what a file is."""
    _tell(inspect_coverage(options.path), options, path=options.path)


def _fingerprint(options: argparse.Namespace) -> None:
    """Record what counts."""
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
    ended = Project.load(options.root).coverage.part(
        options.command,
        number=number,
        count=count,
        items=_listed(options.items),
        out=options.out,
        exit_codes=options.exit_codes or (0,),
    )
    # As shells have it for a signal.
    options.exit_code = ended.exit_code if ended.exit_code >= 0 else KILLED - ended.exit_code
    if options.json:
        print_json({name: getattr(ended, name) for name in ended.__slots__})
    elif not ended:
        print(f"ci-accel: {ended}", file=sys.stderr)


def _combine(options: argparse.Namespace) -> None:
    """Unite parts."""
    if options.parts and not options.into:
        message = "name where the parts go: --into PATH"
        raise ValueError(message)
    if options.parts:
        info = combine_coverage(options.parts, into=options.into, expected=options.expected, root=options.root)
    else:
        info = Project.load(options.root).coverage.combine(expected=options.expected)
    _tell(info, options, path=options.into)


def _seal(options: argparse.Namespace) -> None:
    """Write a passport."""
    coverage = Project.load(options.root).coverage
    listed = _listed(options.items)
    info = coverage.seal(
        options.path,
        exit_code=options.ended,
        items=coverage.items if listed is None else listed,  # a list of nothing is not all
        before=Fingerprint.load(options.before),
    )
    _tell(info, options, path=options.path)


def _check(options: argparse.Namespace) -> None:
    """Gate."""
    options.exit_code = 1  # whatever becomes of our output, nothing passes by it
    result = Project.load(options.root).coverage.check(python=options.python)
    options.exit_code = 0 if result else NOT_REACHED
    if options.json:
        print_json(
            {
                "reached": bool(result),
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
    """Write another format."""
    _tell(convert_coverage(options.path, into=options.into), options, path=options.into)


def _report(options: argparse.Namespace) -> None:
    """Tell file by file."""
    coverage = Project.load(options.root).coverage
    form: ReportFormat = "json" if options.json else options.format
    coverage.report(format=form, file=options.out or sys.stdout, python=options.python)


def _tell(info: CoverageInfo, options: argparse.Namespace, *, path: str | None) -> None:
    """Print what a file of coverage data is."""
    if options.json:
        named = {name: getattr(info, name) for name in info.__slots__ if name != "version"}
        print_json({**named, "tool_version": info.version})
        return
    kind = "lines and branches" if info.has_branches else "lines"
    missing = "" if info.missing_lines is None else f", {info.missing_lines:,} missing"
    print(
        f"{path or 'the whole run'}: {info.format} {info.version}, {kind}, {'sealed' if info.sealed else 'not sealed'}"
    )
    print(f"  {len(info.files):,} files, {info.covered_lines:,} covered lines{missing}")
    if info.contexts:
        print(f"  contexts  {', '.join(context or 'the empty one' for context in info.contexts)}")
    print(f"  digest    {info.digest}")


def _listed(path: str | None) -> list[str] | None:
    """Return the lines of a file."""
    if path is None:
        return None
    with open(path, encoding="utf-8") as file:
        return [line.strip() for line in file if line.strip()]


def _numbers(text: str) -> tuple[int, int]:
    """Return which part of how many."""
    number, slash, count = text.partition("/")
    if not (slash and number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count)):
        message = f"{text!r} is not the number of a part and how many there are, such as 3/8"
        raise argparse.ArgumentTypeError(message)
    return int(number), int(count)
