"""Endings of the files beside a database: the engine uses the same ones."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ci_accel.template.side_files import MANIFEST, SIDE_FILES

if TYPE_CHECKING:
    from tests.support.checkout import Checkout


def test_manifest_of_the_engine(checkout: Checkout) -> None:
    """The engine writes the manifest under the ending that Python removes and excludes."""
    template = checkout.template()
    template.ensure()
    for database in (template.database, str(checkout.plain)):
        beside = [name for name in os.listdir(os.path.dirname(database)) if name.startswith(os.path.basename(database))]
        assert sorted(beside) in (
            [os.path.basename(database)],
            [os.path.basename(database) + e for e in ("", MANIFEST)],
        )
    assert os.path.exists(str(checkout.plain) + MANIFEST)


def test_side_files_are_no_inputs(checkout: Checkout) -> None:
    """Files with these endings beside the plain path are not inputs, even if a declared folder contains them."""
    template = checkout.template(inputs=["."], path="template.db")
    assert template.ensure().status == "miss"
    for ending in SIDE_FILES:
        (checkout.root / f"template.db{ending}").touch()
    assert template.explain().status == "hit"
