"""Check out the inventory and run its unit tests once. Each scenario starts with the files of that run."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from inventory_checkout import Checkout

if TYPE_CHECKING:
    from typing import Protocol

    class Stage(Protocol):
        """The attributes that all scenarios share."""

        folder: tempfile.TemporaryDirectory[str]
        checkout: Checkout


def before_all(context: Stage) -> None:
    """Create a folder for the checkout. The first scenario fills it."""
    context.folder = tempfile.TemporaryDirectory(prefix="ci-accel-features-")
    context.checkout = Checkout(Path(context.folder.name))


def after_all(context: Stage) -> None:
    """Remove the checkout."""
    context.folder.cleanup()
