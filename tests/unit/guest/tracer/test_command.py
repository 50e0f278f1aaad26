"""With what a builder is started, to be traced."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from ci_accel.guest import tracer
from tests.every_python.trace import FOLDER

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.timeout(60)


def test_variables(tmp_path: Path) -> None:
    """The log and the way to sitecustomize.py, before what there was, which stays as it is."""
    log = tmp_path / "log"
    assert tracer.tracing_variables({}, log) == {"CI_ACCEL_TRACE": str(log), "PYTHONPATH": str(FOLDER)}
    assert tracer.tracing_variables({"PYTHONPATH": "a:b"}, log)["PYTHONPATH"] == f"{FOLDER}:a:b"
    assert tracer.tracing_variables({"PYTHONPATH": ""}, log)["PYTHONPATH"] == f"{FOLDER}:{FOLDER}"
    variables = {"PYTHONPATH": "a"}
    carried = tracer.tracing_variables(variables, log)
    assert variables == {"PYTHONPATH": "a"}
    assert tracer.tracing_variables(carried, log) == carried
    assert tracer.tracing_variables({}, "log")["CI_ACCEL_TRACE"] == os.path.abspath("log")
