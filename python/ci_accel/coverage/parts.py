"""The shards of a run: dealt out, run side by side, each sealed when its process has ended."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ci_accel.coverage import run as coverage_run
from ci_accel.exceptions import CoverageDataError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ci_accel.coverage.info import CoverageFormat
    from ci_accel.coverage.proof import Checkout
    from ci_accel.coverage.run import Command, Run
    from ci_accel.foundation.fingerprint import Fingerprint
    from ci_accel.processes.group import Child, Ended

WITNESS = ".witness"
"""What is put in place of the ending of a part's name for what its processes tell of themselves."""


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


class Part:
    """One part of a run: where its data goes, and its passport.

    Args:
        run: The run that it is of.
        number: Which of the parts it is, from 1 on.
        count: How many there are.
        items: What it runs.
        ending: Of the name of its data.
        before: The code before the run.
        look: Reads the code as it stands.
        exit_codes: Those of its process that are no failure.

    Attributes:
        data: Where its data goes.
        log: Where its output goes.
        witness: Where its processes tell of themselves.
        name: What people call it.
    """

    __slots__ = (
        "_before",
        "_count",
        "_exit_codes",
        "_look",
        "_number",
        "_run",
        "data",
        "items",
        "log",
        "name",
        "witness",
    )

    def __init__(
        self,
        run: Run,
        number: int,
        count: int,
        *,
        items: Sequence[str],
        ending: str,
        before: Fingerprint,
        look: Callable[[], Checkout],
        exit_codes: Sequence[int],
    ) -> None:
        """Find its places; nothing is written yet."""
        self._run = run
        self._number = number
        self._count = count
        self._before = before
        self._look = look
        self._exit_codes = exit_codes
        self.items = items
        self.data = run.part(number, ending)
        self.log = run.log(number)
        self.witness = run.part(number, WITNESS)
        self.name = f"part {number} of {count}"

    def clear(self) -> None:
        """Remove what an earlier try of the same part left."""
        for path in (*coverage_run.files_of(self.data), self.data + coverage_run.PASSPORT):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)

    def run(self, command: Sequence[str], *, variables: Mapping[str, str], out: str | None) -> ShardRun:
        """Run a command in the foreground, and seal what it measured.

        Args:
            command: Its argv, with placeholders.
            variables: Its environment.
            out: Where it writes its data, if not where it is told.

        Returns:
            What became of it.

        Raises:
            CoverageDataError: `out` is there already.
            OSError: The command cannot be started; `.filename` names what is missing.
        """
        import time

        from ci_accel.processes.foreground import run_part

        if out is not None and coverage_run.files_of(out):
            raise CoverageDataError(out, "there already, and nobody could tell whose it is; remove it first")
        begun = time.monotonic()
        argv = coverage_run.filled(command, self.data, self.items)
        ended = run_part(argv, log=self.witness, env=variables)
        for path in () if out is None else coverage_run.files_of(out):
            self._take(path, self.data + path[len(out or "") :])
        reason = self.seal(ended.exit_code, ended.seconds)
        is_good = ended.exit_code in self._exit_codes and not reason
        why = "ended well" if is_good else f"failed: {_why(ended.exit_code, reason, self._exit_codes)}"
        return ShardRun(
            exit_code=0 if is_good else ended.exit_code or 1,
            parts=(self.data,),
            failed=() if is_good else (self.data,),
            logs=(),
            seconds=(ended.seconds,),
            seconds_spent=time.monotonic() - begun,
            message=f"{self.name} {why}",
        )

    @staticmethod
    def _take(path: str, into: str) -> None:
        """Copy data into the run's folder."""
        import shutil

        from ci_accel.foundation.files import beside

        with beside(into) as unfinished:
            shutil.copyfile(path, unfinished)

    def seal(self, exit_code: int, seconds: float) -> str | None:
        """Write its passport, whatever became of it.

        Args:
            exit_code: Its process's; below 0 the signal that ended it.
            seconds: How long it took.

        Returns:
            Why its data does not count, in spite of the exit code; None: it does.
        """
        from ci_accel.coverage import process_log as lives

        tool: CoverageFormat = "slipcover" if self.data.endswith(".json") else "coverage.py"
        lives.settle(self.witness, tool=tool)
        now = self._look()
        files = coverage_run.files_of(self.data)
        doubts = lives.doubts(self.witness, tool=tool, members=files)
        if not files:
            doubts = ["left no complete data: its process wrote none"]
        try:
            self._write(files, now, exit_code, seconds, doubts)
        except CoverageDataError as error:
            doubts.append(f"left no complete data: {error}")
            self._write([], now, exit_code, seconds, doubts)
        return doubts[0] if doubts else None

    def _write(
        self, files: Sequence[str], now: Checkout, exit_code: int, seconds: float, doubts: Sequence[str]
    ) -> None:
        """Write the passport."""
        coverage_run.write_passport(
            files,
            self.data + coverage_run.PASSPORT,
            run=self._run.name,
            root=now.root,
            before=self._before,
            after=now.fingerprint,
            items=self.items,
            exit_code=exit_code,
            exit_codes=self._exit_codes,
            count=self._count,
            number=self._number,
            seconds=seconds,
            doubts=doubts,
        )


def run_shards(
    run: Run,
    command: Command,
    shares: Sequence[Sequence[str]],
    *,
    before: Checkout,
    look: Callable[[], Checkout],
    variables: Mapping[str, str],
    exit_codes: Sequence[int],
) -> ShardRun:
    """Run the shares of the items side by side, each its own part.

    Args:
        run: The run; its folder is there.
        command: What measures one part.
        shares: The items of each.
        before: The code before the run.
        look: Reads the code as it stands.
        variables: Environment of the processes.
        exit_codes: Those that are no failure.

    Returns:
        What became of them. Those that failed did not stop the others.

    Raises:
        OSError: The command cannot be started; `.filename` names what is missing.
    """
    import time

    from ci_accel.processes.group import run_side_by_side

    begun = time.monotonic()
    parts: dict[str, Part] = {}
    for number, items in enumerate(shares, 1):
        part = Part(
            run,
            number,
            len(shares),
            items=items,
            ending=command.ending,
            before=before.fingerprint,
            look=look,
            exit_codes=exit_codes,
        )
        parts[part.name] = part

    def seal(ended: Ended) -> str | None:
        return parts[ended.child.name].seal(ended.exit_code, ended.seconds)

    children = [_child(part, command, variables, before.root) for part in parts.values()]
    results = run_side_by_side(children, on_end=seal, exit_codes=exit_codes)
    failed = [ended for ended in results if ended.exit_code not in exit_codes or ended.reason]
    return ShardRun(
        exit_code=(failed[0].exit_code or 1) if failed else 0,
        parts=tuple(part.data for part in parts.values()),
        failed=tuple(parts[ended.child.name].data for ended in failed),
        logs=tuple(part.log for part in parts.values()),
        seconds=tuple(ended.seconds for ended in results),
        seconds_spent=time.monotonic() - begun,
        message=_message(results, failed, time.monotonic() - begun, exit_codes),
    )


def _child(part: Part, command: Command, variables: Mapping[str, str], root: str) -> Child:
    """Return the process of one part."""
    from ci_accel.guest.carrier import witnessed
    from ci_accel.processes.group import Child

    with open(part.witness, "wb"):
        pass  # its processes append to it
    environment = witnessed({**variables, **command.variables(part.data)}, part.witness)
    argv = command.argv(part.data, part.items)
    return Child(part.name, argv, env=environment, cwd=root, log=part.log, items=len(part.items))


def _message(results: Sequence[Ended], failed: Sequence[Ended], seconds: float, exit_codes: Sequence[int]) -> str:
    """Tell in one line what became of them."""
    if not failed:
        items = sum(ended.child.items for ended in results)
        shards = "1 shard" if len(results) == 1 else f"{len(results)} shards"
        return f"{shards} with {items} items ended well in {seconds:.1f} s"
    first = failed[0]
    why = _why(first.exit_code, first.reason, exit_codes)
    more = f"; {len(failed) - 1} more failed" if len(failed) > 1 else ""
    return f"{first.child.name} failed: {why} (its log: {os.path.relpath(first.child.log)}){more}"


def _why(exit_code: int, reason: str | None, exit_codes: Sequence[int]) -> str:
    """Say what was wrong with a part: how its process ended, what speaks against its data, or both."""
    from ci_accel.processes.progress import described

    ended = [] if exit_code in exit_codes else [described(exit_code)]
    return "; ".join([*ended, *filter(None, [reason])])
