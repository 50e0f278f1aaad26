"""Coverage data. The documentation is in src/bindings/coverage; stubtest compares both."""

import os
from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias, TypedDict, final, type_check_only

__all__ = [
    "CoverageParts",
    "SealedCoverage",
    "gather_sealed_coverage",
    "inspect_coverage",
    "read_coverage_parts",
    "read_sealed_coverage",
    "read_slipcover_lines",
    "seal_coverage",
]

@type_check_only
class _CoverageInfo(TypedDict):
    format: Literal["coverage.py", "slipcover"]
    version: str
    has_branches: bool
    files: list[str]
    contexts: list[str]
    covered_lines: int
    missing_lines: int | None
    digest: str
    sealed: bool

@final
class CoverageParts:
    @property
    def format(self) -> Literal["coverage.py", "slipcover"]: ...
    @property
    def files(self) -> list[str]: ...
    def write(self, into: str | os.PathLike[str], *, spellings: Mapping[str, str]) -> _CoverageInfo: ...

def inspect_coverage(path: str | os.PathLike[str]) -> _CoverageInfo: ...
def read_coverage_parts(
    parts: Sequence[str | os.PathLike[str]],
    *,
    into: str | os.PathLike[str],
    count: int | None,
    names: Sequence[str] | None,
) -> CoverageParts: ...
def read_slipcover_lines(
    path: str | os.PathLike[str], *, into: str | os.PathLike[str]
) -> tuple[CoverageParts, bool]: ...

_Fingerprinted: TypeAlias = tuple[str, Mapping[str, str], Mapping[str, str]]

@type_check_only
class PassportFields(TypedDict):
    run: str
    commit: str | None
    root: str
    before: _Fingerprinted
    after: str
    count: int
    number: int
    items: Sequence[str]
    exit_code: int
    exit_codes: Sequence[int]
    seconds: float
    doubts: Sequence[str]

def seal_coverage(
    data: Sequence[str | os.PathLike[str]], *, passport: str | os.PathLike[str], fields: PassportFields
) -> None: ...
def gather_sealed_coverage(folder: str | os.PathLike[str]) -> SealedCoverage: ...
def read_sealed_coverage(path: str | os.PathLike[str]) -> SealedCoverage: ...

@final
class SealedCoverage:
    @property
    def format(self) -> Literal["coverage.py", "slipcover"]: ...
    @property
    def files(self) -> list[str]: ...
    @property
    def roots(self) -> list[str]: ...
    @property
    def has_branches(self) -> bool: ...
    @property
    def count(self) -> int: ...
    @property
    def digests(self) -> dict[str, str]: ...
    def doubts(self, now: _Fingerprinted, *, items: Sequence[str]) -> list[str]: ...
    def not_run(self, items: Sequence[str]) -> str | None: ...
    def lines(
        self,
    ) -> dict[str, tuple[list[int], list[int], list[tuple[int, int]], list[tuple[int, int]]]] | None: ...
    def last_lines(self) -> dict[str, int]: ...
    def write(self, into: str | os.PathLike[str], *, spellings: Mapping[str, str], root: str) -> _CoverageInfo: ...
    def copy(self, into: str | os.PathLike[str], *, spellings: Mapping[str, str]) -> None: ...
