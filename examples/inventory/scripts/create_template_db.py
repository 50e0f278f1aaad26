"""Create the template database: run all migrations on an empty file.

Usage: python scripts/create_template_db.py DB
"""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from alembic import command
from alembic.config import Config

ROOT = Path(__file__).resolve().parent.parent


def main(database: Path) -> None:
    """Replace the file with a database at the newest revision."""
    database = database.absolute()
    database.parent.mkdir(parents=True, exist_ok=True)
    database.unlink(missing_ok=True)
    # An argument has priority over INVENTORY_DATABASE_URL: the environment cannot redirect the template.
    config = Config(ROOT / "alembic.ini", cmd_opts=Namespace(x=[f"url=sqlite:///{database}"]))
    command.upgrade(config, "head")
    print("create_template_db: all migrations applied", flush=True)


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if len(arguments) != 1:
        sys.exit(__doc__)
    main(Path(arguments[0]))
