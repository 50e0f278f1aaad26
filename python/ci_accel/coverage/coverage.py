"""Coverage of a project: run tests in shards, combine and seal their data, check it against the threshold, report."""

from __future__ import annotations

import contextlib
import os
import shlex
import sys
import time
from typing import TYPE_CHECKING, Literal, get_args

from ci_accel.coverage import gate, proof, report, settings
from ci_accel.coverage.checkout import Checkout
from ci_accel.coverage.data import inspect_coverage
from ci_accel.coverage.durations import Durations
from ci_accel.coverage.info import CoverageFormat, CoverageInfo
from ci_accel.coverage.parts import Measurement, Part, run_shards
from ci_accel.coverage.passport import SUFFIX, PassportFields, write_passport
from ci_accel.coverage.proof import ARTIFACTS, shortened
from ci_accel.coverage.run import Command, Run, new_name
from ci_accel.coverage.shards import split
from ci_accel.exceptions import CiAccelError, CoverageDataError, error_message
from ci_accel.foundation import environment_variables, native
from ci_accel.foundation.arguments import check_path, check_paths
from ci_accel.foundation.files import write_whole
from ci_accel.foundation.interpreter import Interpreter
from ci_accel.foundation.log import log, log_outcome
from ci_accel.foundation.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Protocol

    from nox import Session

    from ci_accel._native.coverage import SealedCoverage
    from ci_accel.coverage.gate import GateResult
    from ci_accel.coverage.parts import ShardRun
    from ci_accel.coverage.totals import Totals
    from ci_accel.foundation.fingerprint import Fingerprint

    class SupportsWrite(Protocol):
        """An object that text can be written to."""

        def write(self, text: str, /) -> object:
            """Write text."""


DEFAULT_DIRECTORY = "build/coverage"
"""Default folder for artifacts, parts and logs. No name starts with a dot: uploads of artifacts skip such files."""


class Coverage:
    """The coverage of a project: its sources, and all test items that a complete run has.

    All arguments are readable as attributes.

    Args:
        directory: Folder for artifacts, parts and logs, relative to `root`.
        sources: Folders, files and globs that must be covered; a folder stands for all `*.py` files below it.
        items: Files and globs of all test items, such as feature files or test modules.
        omit: Patterns of sources that do not count, as in coverage.py.
        inputs: Other files, folders and globs that the tests read: steps, fixtures, data.
        tool: The measuring tool, "slipcover" or "coverage.py"; None: the one that the measured processes import.
        fail_under: The threshold in percent, if pyproject.toml does not have it.
        root: The project's root.

    Raises:
        TypeError: An argument has the wrong type, such as a string instead of a list.
        ValueError: `sources` is empty, or `tool` is unknown.
    """

    def __init__(
        self,
        directory: str | os.PathLike[str] = DEFAULT_DIRECTORY,
        *,
        sources: Iterable[str | os.PathLike[str]],
        items: Iterable[str | os.PathLike[str]] = (),
        omit: Iterable[str | os.PathLike[str]] = (),
        inputs: Iterable[str | os.PathLike[str]] = (),
        tool: CoverageFormat | None = None,
        fail_under: float | str | None = None,
        root: str | os.PathLike[str] = ".",
    ) -> None:
        self.directory = check_path("directory", directory)
        self.sources = tuple(check_paths("sources", sources))
        self.items = tuple(check_paths("items", items))
        self.omit = tuple(check_paths("omit", omit))
        self.inputs = tuple(check_paths("inputs", inputs))
        self.tool = tool
        self.fail_under = fail_under
        self.root = check_path("root", root)
        if not self.sources:
            message = "sources is empty; name the folders that must be covered"
            raise ValueError(message)
        if tool is not None and tool not in get_args(CoverageFormat):
            message = f"tool is {tool!r}; it must be one of {', '.join(get_args(CoverageFormat))}"
            raise ValueError(message)
        self._root = os.path.abspath(self.root)
        self._folder = os.path.join(self._root, self.directory)
        self._run: Run | None = None
        self._checked: tuple[Totals, GateResult] | None = None

    def __repr__(self) -> str:
        return f"Coverage({self.directory!r}, sources={list(self.sources)!r})"

    def fingerprint(self) -> Fingerprint:
        """Return the fingerprint of sources, items, inputs and the settings of the measuring tools.

        Raises:
            ValueError: A path or glob matches nothing.
            OSError: A file cannot be read; `.filename` names it.
            CiAccelError: The compiled module is missing.
        """
        return self._look().fingerprint

    def _look(self) -> Checkout:
        """Read the checkout."""
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
        """Run test items in shards side by side, and seal the data of each shard as one part.

        Items are split by how long they took in earlier runs, else by size. The output of a shard goes to its log. A
        shard that fails does not stop the others; Ctrl-C stops all.

        Args:
            items: Files, folders and globs of declared items; None: all of them.
            shards: Number of shards.
            command: The argv of a shard, run in `root`. The argument `{items}` becomes the shard's items; `{part}`,
                here or in a value of `env`, becomes the path where the shard writes its data.
            session: The nox session whose environment is used; None: this one.
            env: Additional environment variables.
            exit_codes: Exit codes that count as success, such as the runner's code for failed tests.

        Returns:
            The result. It is false if a shard failed, and has the exit code of the first one that did.

        Raises:
            ValueError: There are no items, one of `items` matches no declared item, `shards` is less than 1, or
                `command` lacks a placeholder.
            OSError: The command cannot be started; `.filename` names what is missing.
            CiAccelError: The compiled module is missing.
        """
        measured = Command(command, env, tool=self.tool)
        before = self._look()
        chosen = before.items if items is None else before.select(items)
        if not chosen:
            message = "items is empty; declare the test items"
            raise ValueError(message)
        durations = Durations(self._root, suite=shlex.join(command))
        shares = split(chosen, shards, durations.weights(chosen))
        interpreter = Interpreter(session, root=self._root)
        if session is not None and not interpreter.runs_commands():
            session.skip("coverage: no tests run with --install-only")
        run = Run.new(self._folder)
        measurement = Measurement(
            run=run,
            count=len(shares),
            before=before,
            look=self._look,
            exit_codes=tuple(exit_codes),
            tool=self.tool,
        )
        self._begin(run)
        run.clear()
        result = run_shards(measurement, measured, shares, variables=interpreter.variables())
        if result:
            durations.record(zip(shares, result.seconds, strict=True))
        log(f"coverage: {result}", is_warning=not result)
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
            command: The argv. `{part}` becomes the path where the command writes its data, the argument `{items}` the
                items.
            number: Number of the part, from 1.
            count: Number of parts in the run.
            items: Files, folders and globs of the declared items that the part runs; None, for a single part: all.
            out: The file that the command writes, if it cannot write to `{part}`; it is copied into the run's folder.
            env: Additional environment variables.
            exit_codes: Exit codes that count as success.

        Returns:
            The result.

        Raises:
            CoverageDataError: `out` exists before the run.
            ValueError: One of several parts has no `items`, or no name of the run.
            OSError: The command cannot be started; `.filename` names what is missing.
            CiAccelError: The compiled module is missing.
        """
        before = self._look()
        if items is None and count > 1:
            message = f"part {number} of {count} needs `items`, the items that it runs"
            raise ValueError(message)
        name = environment_variables.run_id()
        if name is None and count > 1:
            message = "set CI_ACCEL_RUN to a name that all parts of this run share and no other run has"
            raise ValueError(message)
        run = Run(self._folder, name or new_name())
        measurement = Measurement(
            run=run,
            count=count,
            before=before,
            look=self._look,
            exit_codes=tuple(exit_codes),
            tool=self.tool,
        )
        part = Part(measurement, number, before.items if items is None else before.select(items))
        self._begin(run)
        part.clear()
        return part.run(command, variables={**os.environ, **(env or {})}, out=None if out is None else os.fspath(out))

    def _begin(self, run: Run) -> None:
        """Make a run the latest one."""
        self._run = run
        self._checked = None
        run.begin()

    def seal(
        self,
        path: str | os.PathLike[str],
        *,
        exit_code: int,
        items: Iterable[str | os.PathLike[str]],
        before: Fingerprint,
        exit_codes: Iterable[int] = (0,),
    ) -> CoverageInfo:
        """Write the passport of an artifact that one process measured.

        Args:
            path: The data of coverage.py or slipcover. The passport is written beside it.
            exit_code: Exit code of the process. A failure is recorded, and the artifact never passes `check`.
            items: Files and globs of the declared items that the process ran.
            before: The result of `fingerprint()` before the run.
            exit_codes: Exit codes that count as success.

        Returns:
            The contents of the artifact in short.

        Raises:
            CoverageDataError: The data is invalid, or sources or inputs changed during the run.
            ValueError: An item matches no declared item.
            OSError: The passport cannot be written; `.filename` names it.
            CiAccelError: The compiled module is missing.
        """
        now = self._look()
        name = os.fspath(path)
        changes = now.fingerprint.changes(before)
        if changes:
            raise CoverageDataError(name, f"{shortened(changes)} while the tests ran; run them again")
        fields = PassportFields(
            run=environment_variables.run_id() or new_name(),
            root=self._root,
            before=before,
            after=now.fingerprint,
            items=now.select(items),
            exit_code=exit_code,
            exit_codes=tuple(exit_codes),
        )
        write_passport(name, [name], fields)
        return inspect_coverage(name)

    def combine(self, *, expected: int | Iterable[str] | None = None) -> CoverageInfo:
        """Combine the parts of the latest run into one sealed artifact: all parts, or none.

        The artifact is `coverage.json` (slipcover) or `coverage.sqlite` (coverage.py) in `directory`. The artifact of a
        run of some items only goes into the run's own folder and does not replace that of a complete run.

        Args:
            expected: The number of parts, or the names of their files; None: as many as the run had.

        Returns:
            The contents of the artifact in short.

        Raises:
            CoverageDataError: A part is missing, damaged, stale, of another run or measured with other settings.
            OSError: The artifact cannot be written; `.filename` names it.
            CiAccelError: The compiled module is missing.
        """
        native.require()
        from ci_accel import _native

        run = self._run or Run.last(self._folder)
        if run is None:
            raise CoverageDataError(self._folder, "there is no run to combine; run the tests first")
        sealed = _native.coverage.gather_sealed_coverage(run.folder)
        self._check_expected(sealed, run.folder, expected)
        now = self._look()
        subset = sealed.not_run(now.items)
        doubts = [doubt for doubt in now.doubts(sealed) if doubt != subset]
        if doubts:
            raise CoverageDataError(run.folder, f"{shortened(doubts)}; run the tests again")
        name = ARTIFACTS[sealed.format]
        into = os.path.join(run.folder if subset else self._folder, name)
        info = CoverageInfo.from_native(
            sealed.write(into, spellings=now.spellings(sealed), root=os.path.realpath(self._root))
        )
        if not subset:
            self._remove_other(name)
        note = f" (not a complete run: {subset})" if subset else ""
        log(f"coverage: {sealed.count} of {sealed.count} parts combined in {now.shown(into)}{note}")
        return info

    @staticmethod
    def _check_expected(sealed: SealedCoverage, folder: str, expected: int | Iterable[str] | None) -> None:
        """Check the number of parts, or their names.

        Raises:
            CoverageDataError: They differ from what is expected.
        """
        if expected is None:
            return
        if isinstance(expected, int):
            if expected != sealed.count:
                raise CoverageDataError(folder, f"{expected} parts were expected, but the run has {sealed.count}")
            return
        names = {os.path.basename(name) for name in check_paths("expected", expected)}
        for name in sorted(names ^ {*sealed.digests}):
            reason = "expected, but not among the parts" if name in names else "among the parts, but not expected"
            raise CoverageDataError(os.path.join(folder, name), reason)

    def _remove_other(self, name: str) -> None:
        """Delete the artifact of an earlier run in the format of the other tool."""
        for other in {*ARTIFACTS.values()} - {name}:
            for path in (other, other + SUFFIX):
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(os.path.join(self._folder, path))

    def explain(self) -> Outcome:
        """Return whether the artifact is complete and of this checkout. Does not raise for a bad artifact.

        Returns:
            A hit, or a miss with the reason.
        """
        begun = time.monotonic()
        try:
            found = proof.find(self._folder, self._look())
        except (CiAccelError, OSError, ValueError) as error:
            spent = time.monotonic() - begun
            outcome = Outcome("miss", reasons=(error_message(error),), seconds_spent=spent, subject="coverage")
        else:
            outcome = Outcome(
                "hit",
                reasons=(f"{found.now.shown(found.path)} is complete and of this code",),
                digest="".join(found.sealed.digests.values()),
                seconds_spent=time.monotonic() - begun,
                subject="coverage",
            )
        log_outcome(outcome)
        return outcome

    def check(self, *, session: Session | None = None, python: str | os.PathLike[str] | None = None) -> GateResult:
        """Check that the artifact is complete and of this checkout, count it, and compare it with the threshold.

        Args:
            session: The nox session whose environment has coverage.py; used for the data of coverage.py only.
            python: Without a session, the interpreter that has coverage.py; None: this one.

        Returns:
            The result, true if the threshold is reached. It is false if nothing was measured.

        Raises:
            CoverageDataError: The artifact is missing, damaged, incomplete or of other code, or lacks a source.
            ValueError: The threshold is missing, or two thresholds disagree.
            OSError: A file cannot be read; `.filename` names it.
            CiAccelError: The compiled module or coverage.py is missing.
        """
        self._checked = self._judge(session, python)
        _, result = self._checked
        log(str(result), is_warning=not result)
        for reason in result.reasons:
            log(f"coverage: {reason}")
        return result

    def report(
        self,
        *,
        format: Literal["text", "markdown", "json"] = "text",  # noqa: A002  (the name in the public interface)
        file: str | os.PathLike[str] | SupportsWrite | None = None,
        session: Session | None = None,
        python: str | os.PathLike[str] | None = None,
    ) -> GateResult:
        """Write the coverage of each file and the result of the gate. In a session, fail if the gate is not reached.

        The report is complete before the session fails. After `check`, its counts are reported.

        Args:
            format: "text" (a table), "markdown" (a job summary, below 1 MiB) or "json".
            file: A path, or an object with `write`; None: standard output.
            session: As for `check`; it also ends with an error if the threshold is not reached.
            python: As for `check`.

        Returns:
            The result, true if the threshold is reached.

        Raises:
            ValueError: The format is unknown; or as for `check`.
            CoverageDataError: As for `check`.
            OSError: `file` cannot be written; `.filename` names it.
        """
        if self._checked is None:
            self._checked = self._judge(session, python)
        totals, result = self._checked
        text = report.render(totals, result, format)
        if file is None:
            sys.stdout.write(text)
            sys.stdout.flush()  # nox writes to standard error: the order of lines stays right
        elif isinstance(file, (str, os.PathLike)):
            write_whole(file, text.encode())
        else:
            file.write(text)
        if session is not None and not result:
            session.error(result.message)
        return result

    def _judge(self, session: Session | None, python: str | os.PathLike[str] | None) -> tuple[Totals, GateResult]:
        """Check the artifact, count it, and compare the counts with the threshold."""
        native.require()
        threshold = settings.fail_under(self._root, self.fail_under)
        if threshold is None:
            message = "there is no threshold; set fail_under in [tool.coverage.report] of pyproject.toml"
            raise ValueError(message)
        totals, notes = proof.find(self._folder, self._look()).count(session=session, python=python)
        return totals, gate.judge(totals.covered, totals.total, threshold, reasons=notes)
