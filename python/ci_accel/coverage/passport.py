"""Writes passports: for each data file the run that measured it and the code, items and exit code of that run.

docs/parallel-coverage.md lists the fields of the file. `ci_accel.coverage.proof` checks it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ci_accel.foundation import environment_variables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ci_accel.foundation.fingerprint import Fingerprint

    NativeFingerprint = tuple[str, dict[str, str], dict[str, str]]

SUFFIX = ".passport.json"
"""Suffix of a passport's name, after the name of the data file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassportFields:
    """The fields of a passport for one part.

    Attributes:
        run: Name of the run.
        root: The project's root.
        before: Fingerprint of the code before the run.
        after: Fingerprint of the code after the run.
        items: The items that the part ran.
        exit_code: Exit code of the part's process; negative: the signal that killed it.
        exit_codes: Exit codes that count as success.
        count: Number of parts in the run.
        number: Number of the part, from 1.
        seconds: How long the process took.
        doubts: Reasons why the data may be incomplete.
    """

    run: str
    root: str
    before: Fingerprint
    after: Fingerprint
    items: Sequence[str]
    exit_code: int
    exit_codes: Sequence[int] = (0,)
    count: int = 1
    number: int = 1
    seconds: float = 0.0
    doubts: Sequence[str] = ()


def write_passport(name: str | os.PathLike[str], data: Sequence[str], fields: PassportFields) -> None:
    """Write the passport of a part.

    Args:
        name: Path of the part; the passport gets this path with `SUFFIX`.
        data: The part's data files, in the same folder; empty if the process wrote none.
        fields: What the passport states.

    Raises:
        CoverageDataError: A data file is invalid.
        OSError: The passport cannot be written; `.filename` names it.
    """
    from ci_accel import _native

    changes = fields.after.changes(fields.before)
    changed = [f"ran while sources or inputs were changed: {changes[0]}"] if changes else []
    _native.coverage.seal_coverage(
        data,
        passport=os.fspath(name) + SUFFIX,
        fields={
            "run": fields.run,
            "commit": environment_variables.commit(),
            "root": os.path.realpath(fields.root),
            "before": native_fingerprint(fields.before),
            "after": fields.after.digest,
            "count": fields.count,
            "number": fields.number,
            "items": fields.items,
            "exit_code": fields.exit_code,
            "exit_codes": fields.exit_codes,
            "seconds": fields.seconds,
            "doubts": [*fields.doubts, *changed],
        },
    )


def native_fingerprint(fingerprint: Fingerprint) -> NativeFingerprint:
    """Return a fingerprint as the compiled module takes it."""
    return fingerprint.digest, fingerprint.files, fingerprint.values
