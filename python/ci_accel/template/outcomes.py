"""Outcomes of a template database: their reasons, in words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ci_accel.foundation.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ci_accel._native.template import TemplateState
    from ci_accel.foundation.outcome import Status

SUBJECT = "template database"
"""The subject of outcomes."""

NOT_RUN = "nothing was run"
"""The reason under `nox --install-only`."""

TRACED_LIMITS = (
    "not traced: files that compiled code reads by itself, times and sizes of files, the clock, the network; "
    "if the builder depends on them, declare them in inputs= or values="
)
"""What `explain` adds for a traced builder."""

DECLARED_LIMITS = (
    "not traced (trace is false): files outside inputs=, environment variables outside env=, distributions other than "
    "migration tools, the clock, the network; if the builder depends on them, declare them in inputs= or values="
)
"""What `explain` adds for a builder that is not traced."""


def reasons_of(state: TemplateState) -> list[str]:
    """Return the reasons for a status."""
    if state.status != "hit":
        return list(state.reasons)
    return [f"{state.input_count} input{'' if state.input_count == 1 else 's'} unchanged"]


def revisions_of(state: TemplateState) -> list[str]:
    """Return a line with the Alembic revisions that a stored database has, if it has any."""
    revisions = json.loads(state.manifest)["alembic_revisions"] if state.manifest is not None else []
    return [f"Alembic revision of the database: {', '.join(revisions)}"] if revisions else []


def outcome_of(status: Status, reasons: Sequence[str], seconds: float, state: TemplateState | None) -> Outcome:
    """Return the outcome for a state of the engine, or without one for a database that was built without the cache."""
    return Outcome(
        status,
        reasons=tuple(reasons),
        digest=(state.digest if state is not None else None) or "",
        seconds_spent=seconds,
        seconds_saved=state.build_seconds if state is not None and status == "hit" else None,
        subject=SUBJECT,
    )
