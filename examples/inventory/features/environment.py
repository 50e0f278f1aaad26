"""Give each scenario a database of its own: a copy of the template, which has all migrations."""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from inventory.database import open_database
from scene import broken_rules
from sqlalchemy import event
from sqlalchemy.orm import Session

try:
    import ci_accel
except ImportError:  # a plain copy of the template is sufficient; a clone is verified as well
    ci_accel = None  # type: ignore[assignment]  # mypy expects a module

if TYPE_CHECKING:
    from scene import Scene


def copy_template(database: Path) -> None:
    """Copy the template to a new file."""
    template = os.environ["INVENTORY_TEMPLATE_DB"]
    if ci_accel is not None:
        ci_accel.TemplateDB.open(template).clone(database)
    else:
        shutil.copyfile(template, database)


def before_scenario(context: Scene, _scenario: object) -> None:
    """Copy the template and open a session on the copy."""
    context.folder = tempfile.TemporaryDirectory(prefix="inventory-")
    context.database = Path(context.folder.name) / "inventory.db"
    copy_template(context.database)
    context.engine = open_database(context.database)
    event.listen(context.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = OFF"))
    context.session = Session(context.engine, expire_on_commit=False)
    context.today = date(2026, 3, 2)
    context.error, context.error_is_expected = None, False


def after_scenario(context: Scene, _scenario: object) -> None:
    """Fail on an error that no step expects and on data that breaks a rule; remove the copy."""
    try:
        if context.error is not None and not context.error_is_expected:
            raise context.error
        broken = broken_rules(context.session)
        assert not broken, broken
    finally:
        context.session.close()
        context.engine.dispose()
        context.folder.cleanup()
