"""The parts of a run: each is measured by one shard (a process) and sealed with a passport when that has ended."""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ci_accel.coverage import process_log
from ci_accel.coverage.passport import SUFFIX, PassportFields, write_passport
from ci_accel.coverage.run import data_files, expanded
from ci_accel.exceptions import CoverageDataError
from ci_accel.foundation.files import beside
from ci_accel.guest.carrier import witnessed
from ci_accel.processes.child import Child, describe_exit_code

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ci_accel.coverage.checkout import Checkout
    from ci_accel.coverage.info import CoverageFormat
    from ci_accel.coverage.run import Command, Run
    from ci_accel.processes.child import Ended

SQLITE_HEADER = b"SQLite format 3\0"
"""First bytes of coverage.py's data. Source: sqlite.org/fileformat.html."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardRun:
    """The result of running the tests in shards. It is true if no shard failed.

    Attributes:
        exit_code: 0, or the exit code of the first shard that failed; negative: the signal that ended it.
        parts: Paths of the parts' data files, in order.
        failed: Data files of the shards that failed.
        logs: Paths of the shards' logs, in the order of the parts.
        seconds: Seconds that each shard took.
        seconds_spent: Seconds that the run took.
        message: The result in one line.
    """

    exit_code: int
    parts: tuple[str, ...]
    failed: tuple[str, ...]
    logs: tuple[str, ...]
    seconds: tuple[float, ...]
    seconds_spent: float
    message: str

    def __bool__(self) -> bool:
        """Return whether no shard failed."""
        return not self.failed

    def __str__(self) -> str:
        """Return the message."""
        return self.message


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What all parts of a run have in common.

    Attributes:
        run: The run.
        count: Number of parts.
        before: The checkout before the run.
        look: Reads the checkout again.
        exit_codes: Exit codes that count as success.
        tool: The measuring tool, if it is declared.
    """

    run: Run
    count: int
    before: Checkout
    look: Callable[[], Checkout]
    exit_codes: tuple[int, ...]
    tool: CoverageFormat | None


class Part:
    """One part of a run.

    Args:
        measurement: What the part has in common with the others.
        number: Number of the part, from 1.
        items: The items that it runs.

    Attributes:
        items: As given.
        name: Name in messages: "part 3 of 8".
        data: Path of the data file.
        log: Path of the file with the output of the shard.
        process_log: Path of the file in which the shard's processes record their starts and ends.
    """

    __slots__ = ("_measurement", "_number", "data", "items", "log", "name", "process_log")

    def __init__(self, measurement: Measurement, number: int, items: Sequence[str]) -> None:
        self._measurement = measurement
        self._number = number
        self.items = items
        self.name = f"part {number} of {measurement.count}"
        # One suffix for both tools: which of them measures may be known only after the run.
        self.data = measurement.run.path(number, ".data")
        self.log = measurement.run.path(number, ".log")
        self.process_log = measurement.run.path(number, ".witness")

    def clear(self) -> None:
        """Delete the files of an earlier attempt."""
        for path in (*data_files(self.data), self.data + SUFFIX):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)

    def run(self, command: Sequence[str], *, variables: Mapping[str, str], out: str | None) -> ShardRun:
        """Run a command in the foreground and seal its data.

        Args:
            command: The argv, with placeholders.
            variables: All environment variables.
            out: Where the command writes its data, if not to `{part}`.

        Returns:
            The result.

        Raises:
            CoverageDataError: `out` exists before the run.
            OSError: The command cannot be started; `.filename` names what is missing.
        """
        from ci_accel.processes.foreground import run_in_foreground

        if out is not None and data_files(out):
            raise CoverageDataError(out, "already exists before the run; delete it first")
        begun = time.monotonic()
        ended = run_in_foreground(expanded(command, self.data, self.items), env=self.environment(variables))
        if out is not None:
            for path in data_files(out):
                _copy(path, self.data + path.removeprefix(out))
        reason = self.seal(ended.exit_code, ended.seconds)
        exit_codes = self._measurement.exit_codes
        is_good = ended.exit_code in exit_codes and not reason
        outcome = "finished" if is_good else f"failed: {_failure(ended.exit_code, reason, exit_codes)}"
        return ShardRun(
            exit_code=0 if is_good else ended.exit_code or 1,
            parts=(self.data,),
            failed=() if is_good else (self.data,),
            logs=(),
            seconds=(ended.seconds,),
            seconds_spent=time.monotonic() - begun,
            message=f"{self.name} {outcome}",
        )

    def environment(self, variables: Mapping[str, str]) -> dict[str, str]:
        """Empty the process log, and return an environment in which processes write to it."""
        with open(self.process_log, "wb"):
            pass  # the processes append to it
        return witnessed(variables, self.process_log)

    def seal(self, exit_code: int, seconds: float) -> str | None:
        """Write the part's passport, whether or not the shard succeeded.

        Args:
            exit_code: Exit code of the shard; negative: the signal that killed it.
            seconds: How long the shard took.

        Returns:
            Why the data does not count, apart from the exit code; None if it counts.
        """
        process_log.settle(self.process_log, tool=self._measurement.tool)
        now = self._measurement.look()
        fields = PassportFields(
            run=self._measurement.run.name,
            root=now.root,
            before=self._measurement.before.fingerprint,
            after=now.fingerprint,
            items=self.items,
            exit_code=exit_code,
            exit_codes=self._measurement.exit_codes,
            count=self._measurement.count,
            number=self._number,
            seconds=seconds,
        )
        files = data_files(self.data)
        tool = self._tool(files)
        if tool == "slipcover":
            # Files with suffixes are coverage.py's, from programs that the tests started.
            files = [path for path in files if path == self.data]
        doubts = self._doubts(tool, files)
        try:
            write_passport(self.data, files, replace(fields, doubts=doubts))
        except CoverageDataError as error:
            reason = f"left no complete data: {error}"
            doubts = [*doubts, reason] if tool else [reason]
            write_passport(self.data, [], replace(fields, doubts=doubts))
        return doubts[0] if doubts else None

    def _tool(self, files: Sequence[str]) -> CoverageFormat | None:
        """Return the measuring tool: declared, else the only one imported, else the one of the data's format."""
        if self._measurement.tool is not None:
            return self._measurement.tool
        imported = process_log.imported_tools(self.process_log)
        if len(imported) == 1:
            return imported.pop()
        return _format(files[0]) if files else None

    def _doubts(self, tool: CoverageFormat | None, files: Sequence[str]) -> list[str]:
        """Return why the data may be incomplete."""
        if not files:
            return ["left no complete data: no data file was written"]
        if tool is None:
            return [f"neither its processes nor {files[0]} show which tool measured: set `tool`"]
        found = _format(files[0])
        if found not in {tool, None}:
            return [f"its data is {found}'s, not {tool}'s: correct `tool`, or remove it"]
        return process_log.doubts(self.process_log, tool=tool, members=files)


def _format(path: str) -> CoverageFormat | None:
    """Return the format of a data file by its first bytes; None if it is damaged. The engine validates the rest."""
    head = b""
    with contextlib.suppress(OSError):
        if os.path.isfile(path):  # opening a FIFO would block
            with open(path, "rb") as file:
                head = file.read(len(SQLITE_HEADER))
    if head == SQLITE_HEADER:
        return "coverage.py"
    return "slipcover" if head.startswith(b"{") else None


def _copy(path: str, into: str) -> None:
    """Copy a data file, atomically."""
    import shutil

    with beside(into) as unfinished:
        shutil.copyfile(path, unfinished)


def run_shards(
    measurement: Measurement,
    command: Command,
    shards: Sequence[Sequence[str]],
    *,
    variables: Mapping[str, str],
) -> ShardRun:
    """Run shards side by side and seal the part of each. A shard that fails does not stop the others.

    Args:
        measurement: What the parts have in common. The run's folder exists.
        command: The command that measures one part.
        shards: The items of each shard.
        variables: Environment variables of the processes.

    Returns:
        The result.

    Raises:
        OSError: The command cannot be started; `.filename` names what is missing.
    """
    from ci_accel.processes.group import run_side_by_side

    begun = time.monotonic()
    exit_codes = measurement.exit_codes
    named = {part.name: part for part in (Part(measurement, number, items) for number, items in enumerate(shards, 1))}

    def seal(child: Child, ended: Ended) -> str | None:
        return named[child.name].seal(ended.exit_code, ended.seconds)

    children = [_child(part, command, variables, measurement.before.root) for part in named.values()]
    results = run_side_by_side(children, subject="coverage", noun="shards", on_end=seal, exit_codes=exit_codes)
    failed = [
        (part, ended)
        for part, ended in zip(named.values(), results, strict=True)
        if ended.exit_code not in exit_codes or ended.reason
    ]
    return ShardRun(
        exit_code=(failed[0][1].exit_code or 1) if failed else 0,
        parts=tuple(part.data for part in named.values()),
        failed=tuple(part.data for part, _ in failed),
        logs=tuple(part.log for part in named.values()),
        seconds=tuple(ended.seconds for ended in results),
        seconds_spent=time.monotonic() - begun,
        message=_message(shards, failed, time.monotonic() - begun, exit_codes),
    )


def _child(part: Part, command: Command, variables: Mapping[str, str], root: str) -> Child:
    """Return the process that measures a part."""
    return Child(
        name=part.name,
        argv=command.argv(part.data, part.items),
        env=part.environment({**variables, **command.variables(part.data)}),
        cwd=root,
        log=part.log,
        items=len(part.items),
    )


def _message(
    shards: Sequence[Sequence[str]],
    failed: Sequence[tuple[Part, Ended]],
    seconds: float,
    exit_codes: Sequence[int],
) -> str:
    """Return the result of a run in one line."""
    if not failed:
        items = sum(map(len, shards))
        return f"{_counted(len(shards), 'shard')} with {_counted(items, 'item')} finished in {seconds:.1f} s"
    part, ended = failed[0]
    reason = _failure(ended.exit_code, ended.reason, exit_codes)
    more = f"; {len(failed) - 1} more failed" if len(failed) > 1 else ""
    return f"{part.name} failed: {reason} (log: {os.path.relpath(part.log)}){more}"


def _counted(number: int, noun: str) -> str:
    """Return a number with a noun."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _failure(exit_code: int, reason: str | None, exit_codes: Sequence[int]) -> str:
    """Return why a shard failed: its exit code, why its data does not count, or both."""
    ended = [] if exit_code in exit_codes else [describe_exit_code(exit_code)]
    return "; ".join([*ended, *filter(None, [reason])])
