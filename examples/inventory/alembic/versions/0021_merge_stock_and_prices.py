"""Merge the branches of the stock and the prices."""

from __future__ import annotations

revision = "0021"
down_revision = ("0015", "0020")


def upgrade() -> None:
    """Change nothing: a merge has no operations."""
