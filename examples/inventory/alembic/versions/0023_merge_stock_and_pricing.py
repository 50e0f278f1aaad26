"""Join the two branches that follow 0012."""

from __future__ import annotations

revision = "0023"
down_revision = ("0017", "0022")


def upgrade() -> None:
    """Change nothing: this revision only joins."""


def downgrade() -> None:
    """Change nothing: this revision only joins."""
