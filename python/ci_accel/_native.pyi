"""The compiled module. Its prose stands in the Rust sources; stubtest holds the two together."""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal, TypeAlias, TypedDict, final, type_check_only

from ci_accel.template.surroundings import Surroundings

__all__ = [
    "IS_DEBUG_BUILD",
    "CoverageParts",
    "SealedCoverage",
    "Template",
    "TemplateBuild",
    "TemplateState",
    "fingerprint",
    "fingerprint_changes",
    "fingerprint_groups",
    "gather_sealed_coverage",
    "inspect_coverage",
    "open_template",
    "panic_in_next_call",
    "read_coverage_parts",
    "read_sealed_coverage",
    "read_slipcover_lines",
    "seal_coverage",
]

IS_DEBUG_BUILD: Final[bool]

# bindings/coverage.rs

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

# bindings/coverage_sealed.rs

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

# bindings/fingerprint.rs

def fingerprint(
    inputs: Sequence[str | os.PathLike[str]],
    *,
    root: str | os.PathLike[str],
    exclude: Sequence[str | os.PathLike[str]],
    values: Mapping[str, str],
) -> tuple[str, dict[str, str], list[tuple[str, str]]]: ...
def fingerprint_groups(
    groups: Sequence[tuple[Sequence[str], Sequence[str]]], *, root: str | os.PathLike[str], values: Mapping[str, str]
) -> tuple[tuple[str, dict[str, str], list[tuple[str, str]]], list[list[str]]]: ...
def fingerprint_changes(
    older_files: Mapping[str, str],
    older_values: Mapping[str, str],
    files: Mapping[str, str],
    values: Mapping[str, str],
) -> list[str]: ...

# bindings/template_db.rs

@type_check_only
class TemplateRequest(TypedDict):
    root: str
    path: str
    store: str
    tagged: str
    build: Sequence[str]
    inputs: Sequence[str]
    exclude: Sequence[str]
    environment: Mapping[str, str]
    values: Mapping[str, str]
    interpreter: Mapping[str, str]
    distributions: Mapping[str, str]
    surroundings: Surroundings | None

@final
class Template:
    def __new__(cls, request: TemplateRequest) -> Template: ...
    def look(self) -> TemplateState: ...
    def begin(
        self, *, lock_timeout: float, note: str, on_wait: Callable[[str, str], None]
    ) -> TemplateState | TemplateBuild: ...
    def stored(self, state: TemplateState) -> TemplateState: ...
    def keep_plain(self, state: TemplateState) -> str | None: ...
    def changes_since(self, state: TemplateState) -> list[str]: ...
    def variants(self) -> list[tuple[str, list[str]]]: ...

@final
class TemplateBuild:
    @property
    def database(self) -> str: ...
    @property
    def reasons(self) -> list[str]: ...
    @property
    def log(self) -> str | None: ...
    def observe(self, *, program: str) -> list[tuple[str, str]]: ...
    def publish(self, *, seconds: float, doubts: Sequence[str]) -> TemplateState: ...
    def close(self) -> None: ...

@final
class TemplateState:
    @property
    def status(self) -> Literal["hit", "miss", "disabled"]: ...
    @property
    def reasons(self) -> list[str]: ...
    @property
    def manifest(self) -> str | None: ...
    @property
    def database(self) -> str | None: ...
    @property
    def digest(self) -> str | None: ...
    @property
    def build_seconds(self) -> float | None: ...
    @property
    def input_count(self) -> int: ...
    def copy_to(self, destination: str, *, replace: bool) -> None: ...

def open_template(path: str) -> TemplateState: ...

# bindings/outcome.rs, debug builds only

def panic_in_next_call() -> None: ...
