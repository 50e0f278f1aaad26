"""ci-accel lets a noxfile skip the work that is proved done."""

from ci_accel.compiled import HAS_NATIVE
from ci_accel.coverage import combine_coverage, inspect_coverage
from ci_accel.digests import fingerprint
from ci_accel.exceptions import (
    CiAccelError,
    CiAccelInternalError,
    CoverageDataError,
    MixedMeasurementError,
    TemplateDatabaseError,
    UnsupportedSchemaError,
)
from ci_accel.project import Project
from ci_accel.results import CoverageInfo, Fingerprint, Outcome
from ci_accel.template_db import TemplateDB

__all__ = [
    "HAS_NATIVE",
    "CiAccelError",
    "CiAccelInternalError",
    "CoverageDataError",
    "CoverageInfo",
    "Fingerprint",
    "MixedMeasurementError",
    "Outcome",
    "Project",
    "TemplateDB",
    "TemplateDatabaseError",
    "UnsupportedSchemaError",
    "combine_coverage",
    "fingerprint",
    "inspect_coverage",
]
