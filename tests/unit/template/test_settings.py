"""The environment variables that steer ``TemplateDB``: CI_ACCEL, CI_ACCEL_STRICT, CI_ACCEL_LOCK_TIMEOUT."""

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
    """With ``CI_ACCEL`` off, or a word that nobody knows, all the work is done each time, from a store left alone."""
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
    """A word that means on changes nothing."""
    monkeypatch.setenv("CI_ACCEL", word)
    assert [checkout.template().ensure().status for _ in range(2)] == ["miss", "hit"]


def test_switched_off_leaves_no_proof(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was built without proofs is never taken for proved: the plain path loses its manifest."""
    checkout.template().ensure()
    shutil.rmtree(checkout.store)
    monkeypatch.setenv("CI_ACCEL", "off")
    checkout.template().ensure()
    monkeypatch.delenv("CI_ACCEL")
    with pytest.raises(TemplateDatabaseError, match="no manifest"):
        TemplateDB.open(checkout.plain)
    assert checkout.template().ensure().status == "miss"


def test_disabled_is_told_once(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A cache that is of no use makes one warning with the reason, but none where that was asked for."""
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
    """Under ``CI_ACCEL_STRICT`` a "disabled" is an error with the reason; without it, it is none."""
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
    """A timeout in the environment that is no number is named; an argument comes before it, and empty is none."""
    monkeypatch.setenv("CI_ACCEL_LOCK_TIMEOUT", text)
    with pytest.raises(ValueError, match=f"CI_ACCEL_LOCK_TIMEOUT.*{text}"):
        checkout.template().ensure()
    assert checkout.template(lock_timeout=5).ensure().status == "miss"
    monkeypatch.setenv("CI_ACCEL_LOCK_TIMEOUT", "")
    assert checkout.template().ensure()


def test_what_is_not_proved(checkout: Checkout) -> None:
    """``explain`` says what neither the declared nor the traced inputs can prove."""
    declared = checkout.template(trace=False).explain().reasons[-1]
    traced = checkout.template(trace=True).explain().reasons[-1]
    assert declared.startswith("not in the proof: files outside inputs=")
    assert traced.startswith("not in the proof: what compiled code reads")
