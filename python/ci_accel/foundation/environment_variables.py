"""What the environment says: CI_ACCEL, CI_ACCEL_STRICT, CI_ACCEL_LOCK_TIMEOUT, CI_ACCEL_RUN, and the forge."""

from __future__ import annotations

import os

from ci_accel.foundation import native

DEFAULT_LOCK_TIMEOUT = 300.0
"""Seconds that a lock is waited for where nobody says otherwise."""

MOST_SECONDS = 366 * 24 * 3600
"""A longer wait is a mistake."""

OFF = frozenset({"off", "0", "no", "false"})
"""Words of CI_ACCEL that switch all caches off."""

ON = frozenset({"", "on", "1", "yes", "true"})
"""Words of CI_ACCEL that change nothing."""


def why_off() -> str | None:
    """Say why the caches are to do all the work.

    Returns:
        The reason: CI_ACCEL says so, or there is no compiled module. None where the caches are on. A word that is
        not known counts as off: in doubt the work is done.
    """
    word = os.environ.get("CI_ACCEL", "")
    if word.lower() in OFF:
        return f"CI_ACCEL={word}"
    if word.lower() not in ON:
        return f"CI_ACCEL={word} is not known (use off, or unset it)"
    return native.MISSING or None


def is_off() -> bool:
    """Whether the user has switched the caches off: CI_ACCEL=off."""
    return os.environ.get("CI_ACCEL", "").lower() in OFF


def is_strict() -> bool:
    """Whether a "disabled" is to be an error: CI_ACCEL_STRICT=1."""
    return os.environ.get("CI_ACCEL_STRICT", "").lower() not in OFF | {""}


def lock_timeout(argument: float | None) -> float:
    """Seconds that a lock is waited for.

    Args:
        argument: What the caller says; None: CI_ACCEL_LOCK_TIMEOUT, else 300.

    Returns:
        The seconds.

    Raises:
        ValueError: It is not a number of seconds from 0 on.
    """
    text = os.environ.get("CI_ACCEL_LOCK_TIMEOUT") if argument is None else argument
    if text is None or text == "":
        return DEFAULT_LOCK_TIMEOUT
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= MOST_SECONDS:
        name = "lock_timeout" if argument is not None else "CI_ACCEL_LOCK_TIMEOUT"
        message = f"{name} is {text!r}; it has to be a number of seconds from 0 to {MOST_SECONDS}"
        raise ValueError(message)
    return seconds


def run_id() -> str | None:
    """Return the name that the parts of one run share.

    Returns:
        CI_ACCEL_RUN, else the forge's run id with its attempt; None where nobody gives one.

    Raises:
        ValueError: CI_ACCEL_RUN cannot be the name of a folder that uploads keep.
    """
    name = os.environ.get("CI_ACCEL_RUN")
    if name:
        if name.startswith(".") or not all(letter.isalnum() or letter in "._-" for letter in name):
            message = (
                f"CI_ACCEL_RUN is {name!r}; it has to be letters, digits, '-', '_' and '.', and not begin with '.'"
            )
            raise ValueError(message)
        return name
    for forge in ("FORGEJO", "GITEA", "GITHUB"):
        number = os.environ.get(f"{forge}_RUN_ID")
        if number and number.isalnum():
            attempt = os.environ.get(f"{forge}_RUN_ATTEMPT", "")
            return f"{number}-{attempt}" if attempt.isalnum() else number
    return None


def commit() -> str | None:
    """Return what the forge says that it checked out; None elsewhere."""
    return os.environ.get("FORGEJO_SHA") or os.environ.get("GITHUB_SHA") or None


def is_ci() -> bool:
    """Whether this is CI, as nox sees it: CI is set."""
    return "CI" in os.environ
