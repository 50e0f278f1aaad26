"""The contents of a coverage data file in short: the result of inspecting, combining and converting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from ci_accel._native.coverage import _CoverageInfo

CoverageFormat: TypeAlias = Literal["coverage.py", "slipcover"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CoverageInfo:
    """The contents of a coverage data file in short.

    Attributes:
        format: "coverage.py" (an SQLite database) or "slipcover" (JSON).
        version: Version of the tool that wrote the file.
        has_branches: Whether branches were measured as well as lines.
        files: Measured files, sorted, spelled as in the data.
        contexts: Contexts of coverage.py, sorted; empty for slipcover.
        covered_lines: Number of executed lines over all files, each line counted once.
        missing_lines: Number of lines not executed; None for coverage.py, whose data does not contain them.
        digest: BLAKE3 of the file, 64 hex digits.
        sealed: Whether the file has a passport that names its run and matches its content.
    """

    format: CoverageFormat
    version: str
    has_branches: bool
    files: tuple[str, ...]
    contexts: tuple[str, ...] = ()
    covered_lines: int | None
    missing_lines: int | None
    digest: str
    sealed: bool = False

    @classmethod
    def from_native(cls, info: _CoverageInfo) -> CoverageInfo:
        """Return the value that the compiled module describes."""
        return cls(
            format=info["format"],
            version=info["version"],
            has_branches=info["has_branches"],
            files=tuple(info["files"]),
            contexts=tuple(info["contexts"]),
            covered_lines=info["covered_lines"],
            missing_lines=info["missing_lines"],
            digest=info["digest"],
            sealed=info["sealed"],
        )

    def __repr__(self) -> str:
        """Return the format, the size of the measurement and the digest."""
        measured = "lines and branches" if self.has_branches else "lines"
        size = f"{self.covered_lines} covered lines in {len(self.files)} files"
        return f"CoverageInfo({self.format!r}, {self.version!r}, {measured}, {size}, digest={self.digest!r})"
