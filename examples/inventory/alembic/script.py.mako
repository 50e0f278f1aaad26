"""${message}."""

from __future__ import annotations

import sqlalchemy as sa
${imports + "\n" if imports else ""}
from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Apply this revision."""
    ${upgrades if upgrades else "pass"}
