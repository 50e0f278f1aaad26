"""ci-accel lets a noxfile skip the work that is proved done."""

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
