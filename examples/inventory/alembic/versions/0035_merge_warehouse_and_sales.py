"""Join the two branches that follow 0026."""

from __future__ import annotations

revision = "0035"
down_revision = ("0030", "0034")


def upgrade() -> None:
    """Change nothing: this revision only joins."""


def downgrade() -> None:
    """Change nothing: this revision only joins."""
