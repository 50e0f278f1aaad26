"""Traces a builder: what it has to be started with. All else here runs in the builder's interpreter (3.8 and later)."""

from __future__ import annotations

import os

from .. import carrier

TYPE_CHECKING = False  # the name that type checkers know; importing typing would cost 7 ms
if TYPE_CHECKING:
    from collections.abc import Mapping


def tracing_variables(variables: Mapping[str, str], log: str | os.PathLike[str]) -> dict[str, str]:
    """Return the variables that make a builder record what it takes in.

    Args:
        variables: The environment that it would have; it is not changed.
        log: File that exists and that the records are appended to.

    Returns:
        What to set in that environment.
    """
    old = variables.get("PYTHONPATH")
    pythonpath = carrier.with_tracer(None if old is None else os.fsencode(old))
    return {"CI_ACCEL_TRACE": os.path.abspath(log), "PYTHONPATH": os.fsdecode(pythonpath)}
