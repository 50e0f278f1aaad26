"""Import the compiled module `ci_accel._native`, which may be missing.

Without it the caches do all the work. Functions that prove or check something call `require`.
"""

from __future__ import annotations

from ci_accel.exceptions import CiAccelError

MISSING = ""
"""Why the compiled module is missing; empty if it is there."""

try:
    # A name in it: without the extension the folder of its stubs is an empty namespace package.
    from ci_accel._native import IS_DEBUG_BUILD  # noqa: F401  (imported to find out whether it can be)
except ImportError as error:  # for example another ABI, a sub-interpreter, or sources that were not built
    MISSING = f"the compiled module ci_accel._native cannot be imported ({error}); reinstall ci-accel from its wheel"

HAS_NATIVE = not MISSING
"""Whether the compiled module is there."""


def require() -> None:
    """Check that the compiled module is there.

    Raises:
        CiAccelError: The module is missing; the message has the reason and what to do.
    """
    if MISSING:
        raise CiAccelError(MISSING)
