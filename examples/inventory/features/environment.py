"""Each scenario plays on a database of its own: a clone of the template, in which all migrations have been applied."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import scene  # registers the types of the steps' parameters
from invariants import violations
from inventory.db.engine import open_database
from sqlalchemy import event
from sqlalchemy.orm import Session

try:
    import ci_accel
except ImportError:  # the stored database is one immutable file: a plain copy is as good, only not proved
    ci_accel = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from behave import Scenario
    from sqlalchemy import Engine

    class Stage(scene.Scene, Protocol):
        """The scene, and what only this module needs of it."""

        folder: tempfile.TemporaryDirectory[str]
        engine: Engine
        copy_template: Callable[[Path], object]


def before_all(context: Stage) -> None:
    """Open the template once: its bytes are proved here, and again in each clone."""
    template = os.environ["INVENTORY_TEMPLATE_DB"]
    if ci_accel is not None:
        context.copy_template = ci_accel.TemplateDB.open(template).clone
    else:
        context.copy_template = lambda database: shutil.copyfile(template, database)


def before_scenario(context: Stage, _scenario: object) -> None:
    """Clone the template, and open a session on the clone."""
    context.folder = tempfile.TemporaryDirectory(prefix="inventory-")
    context.database = Path(context.folder.name) / "inventory.db"
    context.copy_template(context.database)
    context.engine = open_database(context.database)
    event.listen(context.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = OFF"))
    context.session = Session(context.engine, expire_on_commit=False)
    context.things = scene.Things()
    context.error, context.error_is_expected = None, False
    context.answer = None


def after_scenario(context: Stage, scenario: Scenario) -> None:
    """Let no error go by unnoticed, and hold the database to all rules; remove the clone."""
    try:
        if context.error is not None and not context.error_is_expected:
            raise context.error
        broken = [] if "tampered" in scenario.tags else violations(context.session)
        assert not broken, broken
    finally:
        context.session.close()
        context.engine.dispose()
        context.folder.cleanup()
