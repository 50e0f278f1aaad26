"""Coverage of a whole run: measured in parts, sealed with what it was of, proved before a gate believes it."""

from __future__ import annotations

import contextlib
import json
import os

from ci_accel.coverage import gate as coverage_gate
from ci_accel.coverage import parts as coverage_shards
from ci_accel.coverage import proof as coverage_proof
from ci_accel.coverage import run as coverage_run
from ci_accel.coverage import settings as coverage_settings
from ci_accel.coverage.data import inspect_coverage
from ci_accel.coverage.info import CoverageInfo
from ci_accel.coverage.proof import ARTIFACTS, SUBJECT, Checkout, joined
from ci_accel.exceptions import CiAccelError, CoverageDataError, error_message
from ci_accel.foundation import environment_variables, native
from ci_accel.foundation.arguments import check_path, check_paths
from ci_accel.foundation.files import write_whole
from ci_accel.foundation.log import log, log_outcome
from ci_accel.foundation.outcome import Outcome

TYPE_CHECKING = False  # the name that type checkers know; importing typing would cost 7 ms
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Literal, Protocol

    from nox import Session

    from ci_accel._native import SealedCoverage
    from ci_accel.coverage.gate import GateResult
    from ci_accel.coverage.parts import ShardRun
    from ci_accel.coverage.totals import Totals
    from ci_accel.foundation.fingerprint import Fingerprint
    from ci_accel.foundation.outcome import Status

    class Writes(Protocol):
        """What can be written to."""

        def write(self, text: str, /) -> object:
            """Take a text."""


DEFAULT_DIRECTORY = "build/coverage"
"""Where artifacts, parts and logs lie: no name in it starts with a dot, so that uploads keep it."""


class Coverage:
    """The coverage of a project: which sources count, and the whole list of what has to be run.

    Args:
        directory: Where artifacts, parts and logs lie, relative to `root`.
        sources: Folders, files and globs; of folders all `*.py` below them counts.
        items: Files and globs: the whole list of what is run, such as feature files or test modules.
        omit: Patterns of sources that do not count, as coverage.py writes them.
        inputs: Files, folders and globs that tests read beside: steps, fixtures, data.
        fail_under: The threshold in percent, where pyproject.toml has none.
        root: The project's root.

    Raises:
        TypeError: An argument of the wrong kind, such as a lone string in place of a list.
        ValueError: No sources.

    All arguments can be read as attributes.
    """

    def __init__(
        self,
        directory: str | os.PathLike[str] = DEFAULT_DIRECTORY,
        *,
        sources: Iterable[str | os.PathLike[str]],
        items: Iterable[str | os.PathLike[str]] = (),
        omit: Iterable[str | os.PathLike[str]] = (),
        inputs: Iterable[str | os.PathLike[str]] = (),
        fail_under: float | str | None = None,
        root: str | os.PathLike[str] = ".",
    ) -> None:
        """Check and keep the arguments; nothing is read yet."""
        self.directory = check_path("directory", directory)
        self.sources = tuple(check_paths("sources", sources))
        self.items = tuple(check_paths("items", items))
        self.omit = tuple(check_paths("omit", omit))
        self.inputs = tuple(check_paths("inputs", inputs))
        self.fail_under = fail_under
        self.root = check_path("root", root)
        if not self.sources:
            message = "sources is empty: name what has to be covered"
            raise ValueError(message)
        self._root = os.path.abspath(self.root)
        self._folder = os.path.join(self._root, self.directory)
        self._run: coverage_run.Run | None = None
        self._checked: tuple[Totals, GateResult] | None = None

    def __repr__(self) -> str:
        """Show the directory and the sources."""
        return f"Coverage({self.directory!r}, sources={list(self.sources)!r})"

    def fingerprint(self) -> Fingerprint:
        """Return the fingerprint of sources, items and inputs as they stand, and of how the tools are set.

        Raises:
            ValueError: A path or a glob matches nothing.
            OSError: A file cannot be read; `.filename` names it.
            CiAccelError: The compiled module is missing.
        """
        return self._look().fingerprint

    def _look(self) -> Checkout:
        """Read what counts."""
        return Checkout(self._root, sources=self.sources, items=self.items, inputs=self.inputs, omit=self.omit)

    def run(
        self,
        items: Iterable[str | os.PathLike[str]] | None = None,
        *,
        shards: int,
        command: Sequence[str],
        session: Session | None = None,
        env: Mapping[str, str] | None = None,
        exit_codes: Iterable[int] = (0,),
    ) -> ShardRun:
        """Run the items in shards side by side, each process its own part of the coverage.

        Items are dealt out by what they took in earlier runs, where that is known, else by size. Each shard's output is
        kept in its log. On Ctrl-C all processes are stopped.

        Args:
            items: Files, folders and globs of the whole list; None: all of it.
            shards: How many processes to run at once.
            command: The argv of one. `{items}`, an argument of its own, becomes the shard's items; `{part}`, here or in
                a value of `env`, is where its data goes. Its working directory is `root`.
            session: The nox session in whose environment it runs; None: this one.
            env: Environment variables beside.
            exit_codes: Those of a process that are no failure, such as that of failed tests.

        Returns:
            What became of the shards; false where one failed, with its exit code. A shard that fails stops no other.

        Raises:
            ValueError: There are no items, or one names nothing of the whole list; `shards` is less than 1; `command`
                lacks a placeholder.
            OSError: The command cannot be started; `.filename` names what is missing.
            CiAccelError: The compiled module is missing.
        """
        from ci_accel.coverage.durations import Durations
        from ci_accel.coverage.shards import split
        from ci_accel.foundation.interpreter import Interpreter

        measured = coverage_run.Command(command, env)
        before = self._look()
        chosen = before.items if items is None else before.select(items)
        if not chosen:
            message = "items is empty: declare the whole list of what is run"
            raise ValueError(message)
        durations = Durations(self._root, suite=json.dumps(command))
        shares = split(chosen, shards, durations.weights(chosen))
        interpreter = Interpreter(session, root=self._root)
        if session is not None and not interpreter.runs_commands():
            session.skip("nothing is run: nox only installs")
        self._run = run = coverage_run.Run.named(self._folder)
        self._checked = None
        run.begin()
        run.clear()
        result = coverage_shards.run_shards(
            run,
            measured,
            shares,
            before=before,
            look=self._look,
            variables=interpreter.variables(),
            exit_codes=[*exit_codes],
        )
        if result:
            durations.record(zip(shares, result.seconds, strict=True))
        log(f"{SUBJECT}: {result}", is_warning=not result)
        return result

    def part(
        self,
        command: Sequence[str],
        *,
        number: int,
        count: int,
        items: Iterable[str | os.PathLike[str]] | None = None,
        out: str | os.PathLike[str] | None = None,
        env: Mapping[str, str] | None = None,
        exit_codes: Iterable[int] = (0,),
    ) -> ShardRun:
        """Run one worker of another runner in the foreground, as one part of the run that CI_ACCEL_RUN names.

        Args:
            command: Its argv. `{part}` in it is where the data goes; an argument `{items}` becomes the items.
            number: Which part it is, from 1 on.
            count: How many there are.
            items: What it runs: files, folders and globs of the whole list; None, for the only part: all of it.
            out: Where the command writes its data, if it is not told by `{part}`; it is copied into the run's folder.
            env: Environment variables beside ours.
            exit_codes: Those that are no failure.

        Returns:
            What became of it.

        Raises:
            CoverageDataError: `out` is there already: nobody could tell whose it is.
            ValueError: It is not said what the part runs, or of which run it is.
            OSError: The command cannot be started; `.filename` names what is missing.
            CiAccelError: The compiled module is missing.
        """
        before = self._look()
        if items is None and count > 1:
            message = f"say what part {number} of {count} runs: items"
            raise ValueError(message)
        name = environment_variables.run_id()
        if name is None and count > 1:
            message = "set CI_ACCEL_RUN to a name that all parts of this run share, and no other run"
            raise ValueError(message)
        self._run = run = coverage_run.Run(self._folder, name or coverage_run.new_name())
        self._checked = None
        part = coverage_shards.Part(
            run,
            number,
            count,
            items=before.items if items is None else before.select(items),
            ending=coverage_run.ending_of(command) if out is None else os.path.splitext(out)[1],
            before=before.fingerprint,
            look=self._look,
            exit_codes=[*exit_codes],
        )
        run.begin()
        part.clear()
        return part.run(command, variables={**os.environ, **(env or {})}, out=None if out is None else os.fspath(out))

    def seal(
        self,
        path: str | os.PathLike[str],
        *,
        exit_code: int,
        items: Iterable[str | os.PathLike[str]],
        before: Fingerprint,
        exit_codes: Iterable[int] = (0,),
    ) -> CoverageInfo:
        """Give an artifact that one process measured its passport, beside it.

        Args:
            path: The data, of coverage.py or slipcover.
            exit_code: The process's. One that is a failure is recorded, and never passes `check`.
            items: What it ran: files and globs of the whole list.
            before: `fingerprint()` as it was before the run.
            exit_codes: Those that are no failure.

        Returns:
            What was sealed.

        Raises:
            CoverageDataError: The data cannot be trusted, or sources or inputs were changed while the tests ran.
            ValueError: An item matches nothing, or is none of the whole list.
            OSError: The passport cannot be written; `.filename` names it.
            CiAccelError: The compiled module is missing.
        """
        now = self._look()
        name = os.fspath(path)
        changes = now.fingerprint.changes(before)
        if changes:
            raise CoverageDataError(name, f"{joined(changes)} while the tests ran; run them again")
        coverage_run.write_passport(
            [name],
            name + coverage_run.PASSPORT,
            run=environment_variables.run_id() or coverage_run.new_name(),
            root=self._root,
            before=before,
            after=now.fingerprint,
            items=now.select(items),
            exit_code=exit_code,
            exit_codes=[*exit_codes],
        )
        return inspect_coverage(name)

    def combine(self, *, expected: int | Iterable[str] | None = None) -> CoverageInfo:
        """Unite the parts of the last run and seal the whole: all of them, or nothing.

        The whole stands as `coverage.json` (slipcover) or `coverage.sqlite` (coverage.py) in `directory`. A run of some
        items only stands in the run's own folder: it replaces no whole run.

        Args:
            expected: How many parts there have to be, or the names of their files; None: as many as the run had.

        Returns:
            What was written.

        Raises:
            CoverageDataError: A part is missing, torn, stale, of another run or measured otherwise; names it.
            OSError: The result cannot be written; `.filename` names it.
            CiAccelError: The compiled module is missing.
        """
        native.require()
        from ci_accel import _native

        run = self._run or coverage_run.Run.last(self._folder)
        if run is None:
            raise CoverageDataError(self._folder, "no run is there to combine; run the tests first")
        sealed = _native.gather_sealed_coverage(run.folder)
        self._check_expected(sealed, run.folder, expected)
        now = self._look()
        subset = sealed.not_run(now.items)
        doubts = [
            doubt for doubt in sealed.doubts(coverage_run.fields(now.fingerprint), items=now.items) if doubt != subset
        ]
        if doubts:
            raise CoverageDataError(run.folder, f"{joined(doubts)}; run the tests again")
        name = ARTIFACTS[sealed.format]
        into = os.path.join(run.folder if subset else self._folder, name)
        info = CoverageInfo.from_native(
            sealed.write(into, spellings=now.spellings(sealed), root=os.path.realpath(self._root))
        )
        if not subset:
            self._remove_other(name)
        note = f" ({subset}: it does not pass as the whole)" if subset else ""
        log(f"{SUBJECT}: {sealed.count} of {sealed.count} parts combined in {now.shown(into)}{note}")
        return info

    def explain(self) -> Outcome:
        """Say whether the artifact is usable as it stands: whole, and of this code. Never raises.

        Returns:
            A hit, or a miss with what speaks against it.
        """
        import time

        begun = time.monotonic()
        try:
            proof = coverage_proof.find(self._folder, self._look())
        except (CiAccelError, OSError, ValueError) as error:
            status: Status = "miss"
            reasons, digest = (error_message(error),), ""
        else:
            status, digest = "hit", "".join(proof.sealed.digests.values())
            reasons = (f"{proof.now.shown(proof.path)} is whole, and of this code",)
        spent = time.monotonic() - begun
        outcome = Outcome(status, reasons=reasons, digest=digest, seconds_spent=spent, subject=SUBJECT)
        log_outcome(outcome)
        return outcome

    def check(self, *, session: Session | None = None, python: str | os.PathLike[str] | None = None) -> GateResult:
        """Prove the artifact against the checkout, count anew, and compare with the threshold.

        Args:
            session: The nox session whose environment has coverage.py; needed for coverage.py's data only.
            python: Without a session, the interpreter that has it; None: this one.

        Returns:
            Whether the threshold is reached. With nothing measured it never is.

        Raises:
            CoverageDataError: The artifact is missing, damaged, of a run that was not whole or of other code; or a
                source is not in it.
            ValueError: There is no threshold, or two that disagree.
            OSError: A file cannot be read; `.filename` names it.
            CiAccelError: The compiled module is missing, or coverage.py is.
        """
        self._checked = self._judge(session, python)
        _, result = self._checked
        log(str(result), is_warning=not result)
        for reason in result.reasons:
            log(f"{SUBJECT}: {reason}")
        return result

    def report(
        self,
        *,
        format: Literal["text", "markdown", "json"] = "text",  # noqa: A002  (the name in the contract)
        file: str | os.PathLike[str] | Writes | None = None,
        session: Session | None = None,
        python: str | os.PathLike[str] | None = None,
    ) -> None:
        """Tell what is covered and what is not, file by file; the verdict stands last, in one line for programs.

        Args:
            format: A table for people, Markdown for a job's summary (under 1 MiB), or JSON.
            file: A path, or something with `write`; None: standard output.
            session: As `check` takes it; where `check` was called before, its numbers are told.
            python: As `check` takes it.

        Raises:
            ValueError: Another format.
            CoverageDataError: As `check` does.
            OSError: `file` cannot be written; `.filename` names it.
        """
        from ci_accel.coverage import report as coverage_report

        if self._checked is None:
            self._checked = self._judge(session, python)
        totals, result = self._checked
        text = coverage_report.render(totals, result, format)
        if file is None:
            import sys

            sys.stdout.write(text)
            sys.stdout.flush()  # what nox tells goes elsewhere, and would come first
        elif isinstance(file, (str, os.PathLike)):
            write_whole(file, text.encode())
        else:
            file.write(text)

    def _judge(self, session: Session | None, python: str | os.PathLike[str] | None) -> tuple[Totals, GateResult]:
        """Prove the artifact, count, and compare."""
        native.require()
        threshold = coverage_settings.fail_under(self._root, self.fail_under)
        if threshold is None:
            message = "there is no threshold: set fail_under in [tool.coverage.report] of pyproject.toml"
            raise ValueError(message)
        proof = coverage_proof.find(self._folder, self._look())
        totals, notes = proof.count(session=session, python=python)
        precision = coverage_settings.precision(self._root)
        return totals, coverage_gate.judge(totals.covered, totals.total, threshold, precision=precision, notes=notes)

    def _check_expected(self, sealed: SealedCoverage, folder: str, expected: int | Iterable[str] | None) -> None:
        """See that the parts are as many as are expected, or have the names."""
        if isinstance(expected, int) and expected != sealed.count:
            reason = f"{expected} parts were expected, and its run had {sealed.count}"
            raise CoverageDataError(folder, reason)
        if expected is None or isinstance(expected, int):
            return
        names = {os.path.basename(name) for name in check_paths("expected", expected)}
        there = {*sealed.digests}
        for name in sorted(names ^ there):
            reason = "expected, and not among the parts" if name in names else "among the parts, and not expected"
            raise CoverageDataError(os.path.join(folder, name), reason)

    def _remove_other(self, name: str) -> None:
        """Remove the artifact that an earlier run left in the other tool's format."""
        for other in {*ARTIFACTS.values()} - {name}:
            for path in (other, other + coverage_run.PASSPORT):
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(os.path.join(self._folder, path))
