"""The start of the witness in an interpreter."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from ci_accel.guest.witness import sitecustomize

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.every_python, pytest.mark.timeout(600)]


def test_the_witness_starts_once(parts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It starts once, if the environment names a log, also in a package that the tracer has made."""
    (parts / "recorder.py").write_text("ASKED = []\ndef start(path): ASKED.append(path)\n")
    sitecustomize.start(str(parts))
    assert sitecustomize.PACKAGE not in sys.modules
    package = ModuleType(sitecustomize.PACKAGE)
    package.__path__ = [str(parts.parent)]
    sys.modules[sitecustomize.PACKAGE] = package
    monkeypatch.setenv("CI_ACCEL_WITNESS", "/log")
    for _ in range(2):
        sitecustomize.start(str(parts))
    assert sys.modules[f"{sitecustomize.PACKAGE}.parts.recorder"].ASKED == [b"/log"]
    assert not {str(parts.parent), str(parts)} & set(sys.path_importer_cache)


def test_a_witness_that_does_not_start(parts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program runs as it would without the witness."""
    (parts / "recorder.py").write_text("raise RuntimeError\n")
    monkeypatch.setenv("CI_ACCEL_WITNESS", "/log")
    sitecustomize.start(str(parts))
    assert not {str(parts.parent), str(parts)} & set(sys.path_importer_cache)
