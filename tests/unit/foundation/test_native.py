"""Without the compiled module, the caches do all the work, and functions that prove something raise an error."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.checkout import Checkout

pytestmark = [pytest.mark.every_python, pytest.mark.measured_children]

WITHOUT = """
import logging, sys
sys.modules["ci_accel._native"] = None  # the import fails, as with another ABI
logging.basicConfig(format="%(levelname)s %(message)s", stream=sys.stdout)
import ci_accel

assert not ci_accel.HAS_NATIVE
for proves in (
    lambda: ci_accel.fingerprint(["schema"]),
    lambda: ci_accel.Fingerprint("", {}, {}).changes(ci_accel.Fingerprint("", {}, {})),
    lambda: template.variants(),
):
    template = ci_accel.TemplateDB(inputs=["schema"], build=["python", "build_db.py", "{db}"])
    try:
        proves()
    except ci_accel.CiAccelError as error:
        assert "ci_accel._native" in str(error) and "reinstall ci-accel" in str(error), error
    else:
        raise SystemExit("unproved")
outcome = template.ensure()
assert outcome.status == "disabled" and template.digest == "", outcome
opened = ci_accel.TemplateDB.open(template.path)
assert template.changes_since(opened) == [] and template.explain().status == "disabled"
opened.clone("clone.db")
"""


def test_without_the_compiled_module(checkout: Checkout) -> None:
    """The database is built, kept at the plain path and cloned, with one warning that names the module."""
    from tests.support.checkout import dump

    ending = subprocess.run(
        [sys.executable, "-c", WITHOUT], cwd=checkout.root, capture_output=True, text=True, check=False
    )
    assert ending.returncode == 0, ending.stdout + ending.stderr
    (warning,) = ending.stdout.splitlines()
    assert warning.startswith("WARNING template database: disabled")
    assert "ci_accel._native" in warning
    clone, plain = checkout.root / "clone.db", checkout.root / "build" / ".template-migrated.db"
    assert dump(clone) == dump(plain) == checkout.rebuild()
