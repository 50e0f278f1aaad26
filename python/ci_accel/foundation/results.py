"""The values that calls answer with.

Plain slotted classes: they exist without the compiled module, pickle, and cost nothing at import.
"""

from __future__ import annotations

import os

from ci_accel.foundation import native

TYPE_CHECKING = False  # the name that type checkers know; importing typing would cost 7 ms
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal, TypeGuard

    Status = Literal["hit", "miss", "disabled"]
    CoverageFormat = Literal["coverage.py", "slipcover"]

FINGERPRINT_FORMAT = "ci-accel fingerprint"
"""What stands in a saved fingerprint's `format`."""

FINGERPRINT_VERSION = 1
"""Version 1: digest, files, values."""

SHOWN_REASONS = 2
"""Reasons in the one line; the others are counted."""

SHORT_DIGEST = 12
"""Hex digits of a digest in the one line. For display only: keys are always whole."""


class Outcome:
    """What became of asking a cache: true where the work was proved done.

    Attributes:
        status: "hit", "miss" or "disabled" (the cache was of no use; the work was done without it).
        reasons: Why, each in words a person can act on.
        digest: 64 hex digits of what was found or made; empty where nothing was.
        seconds_spent: Seconds that the call took, the work included.
        seconds_saved: Seconds that the skipped work took when it was last measured; None where nothing was skipped.
        subject: What it is about, as the one line names it.
    """

    __slots__ = ("digest", "reasons", "seconds_saved", "seconds_spent", "status", "subject")

    def __init__(
        self,
        status: Status,
        *,
        reasons: tuple[str, ...] = (),
        digest: str = "",
        seconds_spent: float = 0.0,
        seconds_saved: float | None = None,
        subject: str = "cache",
    ) -> None:
        """Keep the values."""
        self.status: Status = status
        self.reasons = reasons
        self.digest = digest
        self.seconds_spent = seconds_spent
        self.seconds_saved = seconds_saved
        self.subject = subject

    def __bool__(self) -> bool:
        """Whether it is a hit."""
        return self.status == "hit"

    def __str__(self) -> str:
        """Tell it in one line."""
        saved = "" if self.seconds_saved is None else f", {self.seconds_saved:.2f} s saved"
        reasons = "; ".join(" ".join(reason.split()) for reason in self.reasons[:SHOWN_REASONS])
        if len(self.reasons) > SHOWN_REASONS:
            reasons += f"; and {len(self.reasons) - SHOWN_REASONS} more"
        digest = f" [{self.digest[:SHORT_DIGEST]}]" if self.digest else ""
        head = f"{self.subject}: {self.status} in {self.seconds_spent:.2f} s{saved}"
        return f"{head}: {reasons}{digest}" if reasons else head + digest

    def __repr__(self) -> str:
        """Show status, reasons and digest."""
        return f"Outcome({self.status!r}, reasons={self.reasons!r}, digest={self.digest!r})"


class Fingerprint:
    """The digest of a set of files and named values.

    Attributes:
        digest: 64 hex digits over all of it; docs/cache-keys.md lists the fields.
        files: Digest of each file's content (BLAKE3, 64 hex digits) by its path relative to the root, with `/`.
        values: The named values.
    """

    __slots__ = ("digest", "files", "values")

    def __init__(self, digest: str, files: dict[str, str], values: dict[str, str]) -> None:
        """Keep the values."""
        self.digest = digest
        self.files = files
        self.values = values

    def __eq__(self, other: object) -> bool:
        """Whether both have the same digest."""
        return self.digest == other.digest if isinstance(other, Fingerprint) else NotImplemented

    def __hash__(self) -> int:
        """Agree with equality."""
        return hash(self.digest)

    def __repr__(self) -> str:
        """Show the digest and how much it covers."""
        return f"Fingerprint({self.digest!r}, {len(self.files)} files, {len(self.values)} values)"

    def changes(self, older: Fingerprint) -> list[str]:
        """Tell what happened since `older`.

        Args:
            older: A fingerprint of the same inputs, taken before.

        Returns:
            One line for each file changed, renamed, removed or added and each value changed; empty if nothing did.

        Raises:
            CiAccelError: The compiled module is missing.
        """
        native.require()
        from ci_accel import _native

        return _native.fingerprint_changes(older.files, older.values, self.files, self.values)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it as JSON, whole or not at all. Missing parent folders are made.

        Args:
            path: Where to. An existing file is replaced.

        Raises:
            OSError: It cannot be written; `.filename` names it.
        """
        import json

        from ci_accel.foundation.files import write_whole

        document = {
            "format": FINGERPRINT_FORMAT,
            "version": FINGERPRINT_VERSION,
            "digest": self.digest,
            "files": self.files,
            "values": self.values,
        }
        write_whole(path, json.dumps(document, indent=1, sort_keys=True).encode() + b"\n")

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Fingerprint:
        """Read one that `save` wrote.

        Args:
            path: The file.

        Returns:
            The fingerprint, as it was.

        Raises:
            OSError: The file cannot be read.
            ValueError: It is not a saved fingerprint of this version; names the file and the reason.
        """
        import json

        name = os.fspath(path)
        with open(name, "rb") as file:
            content = file.read()
        try:
            document = json.loads(content)
        except (ValueError, RecursionError) as error:
            message = f"{name}: not a saved fingerprint: {error}; take a new one"
            raise ValueError(message) from None
        if not isinstance(document, dict) or document.get("format") != FINGERPRINT_FORMAT:
            message = f"{name}: not a saved fingerprint; take a new one"
            raise ValueError(message)
        if document.get("version") != FINGERPRINT_VERSION:
            version = document.get("version")
            message = f"{name}: fingerprint of version {version}; this ci-accel reads {FINGERPRINT_VERSION}"
            raise ValueError(message)
        digest, files, values = document.get("digest"), document.get("files"), document.get("values")
        if not (isinstance(digest, str) and is_text_table(files) and is_text_table(values)):
            message = f"{name}: not a whole fingerprint; take a new one"
            raise ValueError(message)
        return cls(digest, files, values)


class CoverageInfo:
    """What a file of coverage data is.

    Attributes:
        format: "coverage.py" (its SQLite database) or "slipcover" (its JSON).
        version: The version of the tool that wrote it.
        has_branches: Whether branches were measured, too.
        files: The measured files, sorted, as they are spelled there.
        contexts: The contexts that coverage.py measured in, sorted; slipcover has none.
        covered_lines: Executed lines of all files together, each counted once.
        missing_lines: Lines that were not executed; None for coverage.py, whose data does not say.
        digest: BLAKE3 of the file, 64 hex digits.
        sealed: Whether a passport says which run it is of, and the file is as the passport says.
    """

    __slots__ = (
        "contexts",
        "covered_lines",
        "digest",
        "files",
        "format",
        "has_branches",
        "missing_lines",
        "sealed",
        "version",
    )

    def __init__(
        self,
        format: CoverageFormat,  # noqa: A002  (the name of the field)
        version: str,
        *,
        has_branches: bool,
        files: Sequence[str],
        contexts: Sequence[str] = (),
        covered_lines: int | None,
        missing_lines: int | None,
        digest: str,
        sealed: bool = False,
    ) -> None:
        """Keep the values."""
        self.format: CoverageFormat = format
        self.version = version
        self.has_branches = has_branches
        self.files = tuple(files)
        self.contexts = tuple(contexts)
        self.covered_lines = covered_lines
        self.missing_lines = missing_lines
        self.digest = digest
        self.sealed = sealed

    def __repr__(self) -> str:
        """Show the format, how much was measured and the digest."""
        measured = "lines and branches" if self.has_branches else "lines"
        size = f"{self.covered_lines} covered lines in {len(self.files)} files"
        return f"CoverageInfo({self.format!r}, {self.version!r}, {measured}, {size}, digest={self.digest!r})"


class GateResult:
    """What a gate on coverage says: true where the threshold is reached.

    Attributes:
        percent: What is covered, in percent. For display: the gate compares whole numbers.
        covered: Lines, and branches where they were measured, that ran.
        total: All of them.
        fail_under: The threshold in percent, as it is written where it stands.
        message: It all in one line.
        reasons: What else is to be known, such as a tool whose rounding would decide otherwise.
    """

    __slots__ = ("_is_reached", "covered", "fail_under", "message", "percent", "reasons", "total")

    def __init__(
        self,
        is_reached: bool,  # noqa: FBT001  (what it is, and bool() of it)
        *,
        percent: float,
        covered: int,
        total: int,
        fail_under: str,
        message: str,
        reasons: tuple[str, ...] = (),
    ) -> None:
        """Keep the values."""
        self._is_reached = is_reached
        self.percent = percent
        self.covered = covered
        self.total = total
        self.fail_under = fail_under
        self.message = message
        self.reasons = reasons

    def __bool__(self) -> bool:
        """Whether the threshold is reached."""
        return self._is_reached

    def __str__(self) -> str:
        """Tell it in one line."""
        return self.message

    def __repr__(self) -> str:
        """Show the answer and what it is of."""
        counts = f"covered={self.covered}, total={self.total}, fail_under={self.fail_under!r}"
        return f"GateResult({self._is_reached}, {counts})"


class ShardRun:
    """What became of a run in shards: true where each of them did.

    Attributes:
        exit_code: 0, or that of the first shard that failed; below 0 the signal that ended it.
        parts: Paths of the parts' data, in their order.
        failed: Those of the shards that failed.
        logs: Paths of the shards' logs, in the order of the parts.
        seconds: Seconds that each shard took.
        seconds_spent: Seconds that the run took.
        message: It all in one line.
    """

    __slots__ = ("exit_code", "failed", "logs", "message", "parts", "seconds", "seconds_spent")

    def __init__(
        self,
        *,
        exit_code: int,
        parts: tuple[str, ...],
        failed: tuple[str, ...],
        logs: tuple[str, ...],
        seconds: tuple[float, ...],
        seconds_spent: float,
        message: str,
    ) -> None:
        """Keep the values."""
        self.exit_code = exit_code
        self.parts = parts
        self.failed = failed
        self.logs = logs
        self.seconds = seconds
        self.seconds_spent = seconds_spent
        self.message = message

    def __bool__(self) -> bool:
        """Whether no shard failed."""
        return not self.failed

    def __str__(self) -> str:
        """Tell it in one line."""
        return self.message

    def __repr__(self) -> str:
        """Show how many parts there are, and which failed."""
        return f"ShardRun(exit_code={self.exit_code}, {len(self.parts)} parts, failed={self.failed!r})"


def is_text_table(table: object) -> TypeGuard[dict[str, str]]:
    """Whether it is a dictionary of texts by texts."""
    return isinstance(table, dict) and all(isinstance(text, str) for pair in table.items() for text in pair)
