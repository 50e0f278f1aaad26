"""Fingerprints of files. The documentation is in src/bindings/fingerprint; stubtest compares both."""

import os
from collections.abc import Mapping, Sequence

__all__ = [
    "fingerprint",
    "fingerprint_changes",
    "fingerprint_groups",
]

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
