"""The compiled module, with a nested module for each feature."""

from typing import Final

from . import coverage as coverage
from . import fingerprint as fingerprint
from . import template as template

__all__ = ["IS_DEBUG_BUILD", "coverage", "fingerprint", "panic_in_next_call", "template"]

IS_DEBUG_BUILD: Final[bool]

# Debug builds only.
def panic_in_next_call() -> None: ...
