"""Join the two branches that follow 0003."""

from __future__ import annotations

revision = "0006"
down_revision = ("0004", "0005")


def upgrade() -> None:
    """Change nothing: this revision only joins."""


def downgrade() -> None:
    """Change nothing: this revision only joins."""
