"""The environment variables that ``TemplateDB`` reads: CI_ACCEL, CI_ACCEL_STRICT and CI_ACCEL_LOCK_TIMEOUT."""

from __future__ import annotations

import logging
import shutil
from typing import TYPE_CHECKING

import pytest

from ci_accel import CiAccelError, TemplateDatabaseError, TemplateDB
from tests.support.checkout import Checkout, dump, listing

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.every_python, pytest.mark.timeout(600)]


@pytest.mark.parametrize("word", ["off", "OFF", "0", "no", "false", "shadow", "perhaps"])
def test_switched_off(checkout: Checkout, word: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With ``CI_ACCEL`` off or unknown, each call builds, and the store is not touched."""
    template = checkout.template()
    template.ensure()
    stored, expected = listing(checkout.store), checkout.rebuild()
    monkeypatch.setenv("CI_ACCEL", word)
    monkeypatch.setenv("RUNS_LOG", str(tmp_path / "runs.log"))
    outcomes = [template.ensure(), template.ensure()]
    assert template.explain().status == "disabled"
    assert len((tmp_path / "runs.log").read_text(encoding="utf-8").splitlines()) == 2
    for outcome in outcomes:
        assert (outcome.status, outcome.digest, outcome.seconds_saved) == ("disabled", "", None)
        assert outcome.reasons[0].startswith(f"CI_ACCEL={word}")
    assert dump(template.database) == dump(checkout.plain) == expected
    assert dump(template.clone(tmp_path / "clone.db")) == expected
    assert dump(TemplateDB.open(checkout.plain).clone(tmp_path / "clone of plain.db")) == expected
    assert listing(checkout.store) == stored
    monkeypatch.delenv("CI_ACCEL")
    assert template.ensure()


@pytest.mark.parametrize("word", ["", "on", "ON", "1", "yes", "true"])
def test_switched_on(checkout: Checkout, word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A value that means "on" is the same as no value."""
    monkeypatch.setenv("CI_ACCEL", word)
    assert [checkout.template().ensure().status for _ in range(2)] == ["miss", "hit"]


def test_switched_off_leaves_no_proof(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build with the cache off removes the manifest at the plain path, so that the copy is not taken for proved."""
    checkout.template().ensure()
    shutil.rmtree(checkout.store)
    monkeypatch.setenv("CI_ACCEL", "off")
    checkout.template().ensure()
    monkeypatch.delenv("CI_ACCEL")
    with pytest.raises(TemplateDatabaseError, match=r"manifest .* is missing"):
        TemplateDB.open(checkout.plain)
    assert checkout.template().ensure().status == "miss"


def test_disabled_is_logged_once(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An unusable cache is one warning with the reason; with ``CI_ACCEL=off`` there is no warning."""
    checkout.template().ensure()
    checkout.store.chmod(0o777)
    checkout.template().ensure()
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert f"{checkout.store} is writable by everybody" in caplog.text
    caplog.clear()
    monkeypatch.setenv("CI_ACCEL", "off")
    checkout.template().ensure()
    assert caplog.records == []


@pytest.mark.parametrize(("word", "is_strict"), [("1", True), ("yes", True), ("", False), ("0", False), ("off", False)])
@pytest.mark.parametrize("why", ["off", "store"])
def test_strict(checkout: Checkout, word: str, is_strict: bool, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With ``CI_ACCEL_STRICT``, "disabled" is an error with the reason."""
    checkout.template().ensure()
    monkeypatch.setenv("CI_ACCEL_STRICT", word)
    assert checkout.template().ensure()
    if why == "off":
        monkeypatch.setenv("CI_ACCEL", "off")
    else:
        checkout.store.chmod(0o777)
    if is_strict:
        with pytest.raises(CiAccelError, match="CI_ACCEL=off" if why == "off" else "writable by everybody"):
            checkout.template().ensure()
    else:
        assert checkout.template().ensure().status == "disabled"


@pytest.mark.parametrize("text", ["soon", "-1", "nan", "inf"])
def test_lock_timeout_of_the_environment(checkout: Checkout, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An invalid timeout in the environment is an error; the argument has precedence, and an empty value is ignored."""
    monkeypatch.setenv("CI_ACCEL_LOCK_TIMEOUT", text)
    with pytest.raises(ValueError, match=f"CI_ACCEL_LOCK_TIMEOUT.*{text}"):
        checkout.template().ensure()
    assert checkout.template(lock_timeout=5).ensure().status == "miss"
    monkeypatch.setenv("CI_ACCEL_LOCK_TIMEOUT", "")
    assert checkout.template().ensure()


def test_explain_lists_what_is_not_traced(checkout: Checkout) -> None:
    """The last reason of ``explain`` lists the inputs that are not traced, with ``trace`` and without."""
    declared = checkout.template(trace=False).explain().reasons[-1]
    traced = checkout.template(trace=True).explain().reasons[-1]
    assert declared.startswith("not traced (trace is false): files outside inputs=")
    assert traced.startswith("not traced: files that compiled code reads")
