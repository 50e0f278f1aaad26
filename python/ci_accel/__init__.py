"""Skip the slow steps of nox sessions when their inputs have not changed.

Each public name is imported when it is first used, so that a noxfile loads only the parts that it uses.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ci_accel.coverage.coverage import Coverage
    from ci_accel.coverage.data import combine_coverage, convert_coverage, inspect_coverage
    from ci_accel.coverage.gate import GateResult
    from ci_accel.coverage.info import CoverageInfo
    from ci_accel.coverage.parts import ShardRun
    from ci_accel.exceptions import (
        CiAccelError,
        CiAccelInternalError,
        CoverageDataError,
        MixedMeasurementError,
        TemplateDatabaseError,
        UnsupportedSchemaError,
    )
    from ci_accel.foundation.fingerprint import Fingerprint, fingerprint
    from ci_accel.foundation.native import HAS_NATIVE
    from ci_accel.foundation.outcome import Outcome
    from ci_accel.project import Project
    from ci_accel.template.template_db import TemplateDB

__all__ = [
    "HAS_NATIVE",
    "CiAccelError",
    "CiAccelInternalError",
    "Coverage",
    "CoverageDataError",
    "CoverageInfo",
    "Fingerprint",
    "GateResult",
    "MixedMeasurementError",
    "Outcome",
    "Project",
    "ShardRun",
    "TemplateDB",
    "TemplateDatabaseError",
    "UnsupportedSchemaError",
    "combine_coverage",
    "convert_coverage",
    "fingerprint",
    "inspect_coverage",
]

_MODULES = {
    "exceptions": (
        "CiAccelError",
        "CiAccelInternalError",
        "CoverageDataError",
        "MixedMeasurementError",
        "TemplateDatabaseError",
        "UnsupportedSchemaError",
    ),
    "project": ("Project",),
    "foundation.fingerprint": ("Fingerprint", "fingerprint"),
    "foundation.native": ("HAS_NATIVE",),
    "foundation.outcome": ("Outcome",),
    "template.template_db": ("TemplateDB",),
    "coverage.coverage": ("Coverage",),
    "coverage.data": ("combine_coverage", "convert_coverage", "inspect_coverage"),
    "coverage.gate": ("GateResult",),
    "coverage.info": ("CoverageInfo",),
    "coverage.parts": ("ShardRun",),
}
"""The public names of each module."""


if not TYPE_CHECKING:  # a type checker would accept any name

    def __getattr__(name: str) -> object:
        """Import a public name."""
        for module, names in _MODULES.items():
            if name in names:
                value: object = getattr(import_module(f"{__name__}.{module}"), name)
                globals()[name] = value
                return value
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message, name=name)


def __dir__() -> list[str]:
    """Return the public names, as nox does."""
    return __all__
