"""Read the environment variables of ci-accel and of the CI forge."""

from __future__ import annotations

import os

from ci_accel.foundation import native

DEFAULT_LOCK_TIMEOUT = 300.0
"""Seconds to wait for a lock if neither the caller nor CI_ACCEL_LOCK_TIMEOUT sets a timeout."""

LONGEST_LOCK_TIMEOUT = 366 * 24 * 3600
"""The longest timeout that is accepted, in seconds."""

OFF = frozenset({"off", "0", "no", "false"})
"""Values of CI_ACCEL that switch all caches off."""

ON = frozenset({"", "on", "1", "yes", "true"})
"""Values of CI_ACCEL that leave the caches on."""


def why_off() -> str | None:
    """Return why the caches are off, or None if they are on.

    An unknown value of CI_ACCEL switches them off, because doing all the work is always correct. A missing compiled
    module switches them off as well.
    """
    word = os.environ.get("CI_ACCEL", "")
    if word.lower() in OFF:
        return f"CI_ACCEL={word}"
    if word.lower() not in ON:
        return f"CI_ACCEL={word} is not a known value (use off, or unset it)"
    return native.MISSING or None


def is_off() -> bool:
    """Return whether CI_ACCEL switches the caches off."""
    return os.environ.get("CI_ACCEL", "").lower() in OFF


def is_strict() -> bool:
    """Return whether CI_ACCEL_STRICT turns a "disabled" cache into an error."""
    return os.environ.get("CI_ACCEL_STRICT", "").lower() not in OFF | {""}


def lock_timeout(argument: float | None) -> float:
    """Return the seconds to wait for a lock.

    Args:
        argument: The caller's timeout. If it is None, CI_ACCEL_LOCK_TIMEOUT is used, then 300.

    Raises:
        ValueError: The timeout is not a number of seconds from 0 to 366 days.
    """
    text = os.environ.get("CI_ACCEL_LOCK_TIMEOUT") if argument is None else argument
    if text is None or text == "":
        return DEFAULT_LOCK_TIMEOUT
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= LONGEST_LOCK_TIMEOUT:
        name = "lock_timeout" if argument is not None else "CI_ACCEL_LOCK_TIMEOUT"
        message = f"{name} is {text!r}; it has to be a number of seconds from 0 to {LONGEST_LOCK_TIMEOUT}"
        raise ValueError(message)
    return seconds


def run_id() -> str | None:
    """Return the name that all parts of one coverage run share.

    Returns:
        CI_ACCEL_RUN, else the forge's run id with its attempt, else None.

    Raises:
        ValueError: CI_ACCEL_RUN has other characters than letters, digits, `-`, `_` and `.`, or begins with a dot. It
            is the name of a folder, and artifact uploads skip names that begin with a dot.
    """
    name = os.environ.get("CI_ACCEL_RUN")
    if name:
        if name.startswith(".") or not all(letter.isalnum() or letter in "._-" for letter in name):
            message = f"CI_ACCEL_RUN is {name!r}; use letters, digits, '-', '_' and '.', and no '.' at the start"
            raise ValueError(message)
        return name
    for forge in ("FORGEJO", "GITEA", "GITHUB"):
        number = os.environ.get(f"{forge}_RUN_ID")
        if number and number.isalnum():
            attempt = os.environ.get(f"{forge}_RUN_ATTEMPT", "")
            return f"{number}-{attempt}" if attempt.isalnum() else number
    return None


def commit() -> str | None:
    """Return the commit that the forge checked out; None outside of CI."""
    return os.environ.get("FORGEJO_SHA") or os.environ.get("GITHUB_SHA") or None
