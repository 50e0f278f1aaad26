"""The inventory is checked out and tested once; each scenario begins with it as it was then."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from inventory_checkout import Checkout

if TYPE_CHECKING:
    from typing import Protocol

    class Stage(Protocol):
        """What all scenarios share."""

        folder: tempfile.TemporaryDirectory[str]
        checkout: Checkout


def before_all(context: Stage) -> None:
    """Make a place for the checkout; it is filled when a scenario asks for it."""
    context.folder = tempfile.TemporaryDirectory(prefix="ci-accel-features-")
    context.checkout = Checkout(Path(context.folder.name))


def after_all(context: Stage) -> None:
    """Remove it."""
    context.folder.cleanup()
