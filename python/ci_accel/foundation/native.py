"""Whether the compiled module is there. Caches do without it; what proves or gates asks for it by `require`."""

from __future__ import annotations

from ci_accel.exceptions import CiAccelError

MISSING = ""
"""Why there is no compiled module; empty where there is one."""

try:
    import ci_accel._native  # noqa: F401  (imported to see whether it can be)
except ImportError as error:  # another ABI, a sub-interpreter, a copy of the sources alone
    MISSING = f"the compiled module ci_accel._native cannot be imported ({error}); reinstall ci-accel from its wheel"

HAS_NATIVE = not MISSING
"""Whether the compiled module could be imported."""


def require() -> None:
    """Ask for the compiled module.

    Raises:
        CiAccelError: It is not there; says why and what to do.
    """
    if MISSING:
        raise CiAccelError(MISSING)
