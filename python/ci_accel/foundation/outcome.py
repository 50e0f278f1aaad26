"""The outcome of asking a cache."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Status: TypeAlias = Literal["hit", "miss", "disabled"]

SHOWN_REASONS = 2
"""Number of reasons in the log line; further ones are counted."""

SHORT_DIGEST = 12
"""Hex digits of a digest that is shown to people. Keys always have all 64."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer of a cache. It is true for a hit: the work was skipped because its inputs are unchanged.

    Attributes:
        status: "hit", "miss", or "disabled" (the cache could not be used; the work was done without it).
        reasons: Why, in words a person can act on.
        digest: 64 hex digits of what was found or made; empty if nothing was.
        seconds_spent: Seconds that the call took, including the work.
        seconds_saved: Seconds that the skipped work took when it was last measured; None if nothing was skipped.
        subject: What the outcome is about, as the log line names it.
    """

    status: Status
    reasons: tuple[str, ...] = ()
    digest: str = ""
    seconds_spent: float = 0.0
    seconds_saved: float | None = None
    subject: str = "cache"

    def __bool__(self) -> bool:
        """Return whether it is a hit."""
        return self.status == "hit"

    def __str__(self) -> str:
        """Return the log line."""
        saved = "" if self.seconds_saved is None else f", {self.seconds_saved:.2f} s saved"
        reasons = "; ".join(" ".join(reason.split()) for reason in self.reasons[:SHOWN_REASONS])
        if len(self.reasons) > SHOWN_REASONS:
            reasons += f"; and {len(self.reasons) - SHOWN_REASONS} more"
        digest = f" [{short_digest(self.digest)}]" if self.digest else ""
        head = f"{self.subject}: {self.status} in {self.seconds_spent:.2f} s{saved}"
        return f"{head}: {reasons}{digest}" if reasons else head + digest


def short_digest(digest: str) -> str:
    """Return the first digits of a digest, for people to read."""
    return digest[:SHORT_DIGEST]
