"""Compare bytecode with what this interpreter compiles. Stand-alone: it runs as a script in the builder's Python.

The script reads a JSON list of pairs (bytecode file, source) from standard input, and writes a JSON list of the sources
whose bytecode differs. The header is that of PEP 552, the `opt-` part of a name that of PEP 488.
"""

from __future__ import annotations

import json
import marshal
import os
import sys

MARK = "ci-accel compare: "
"""Start of the line with the answer."""

HEADER = 16
"""Length of the header in bytes: magic number, flags, and time and size or hash of the source."""


def is_same(bytecode: str, source: str) -> bool:
    """Return whether compiling the source gives the code in the bytecode file."""
    try:
        with open(bytecode, "rb") as file:
            content = file.read()
        with open(source, "rb") as file:
            text = file.read()
        loaded = marshal.loads(content[HEADER:])  # noqa: S302  - the builder has run this code
        _, mark, level = os.path.basename(bytecode).rpartition(".opt-")
        optimize = int(level.split(".")[0]) if mark else 0
        compiled = compile(text, loaded.co_filename, "exec", dont_inherit=True, optimize=optimize)
    except (OSError, ValueError, EOFError, TypeError, SyntaxError, AttributeError):
        return False
    # The marshalled bytes also depend on which objects are shared in memory.
    return bool(loaded == compiled)


if __name__ == "__main__":
    pairs = json.load(sys.stdin)
    print("\n" + MARK + json.dumps([source for bytecode, source in pairs if not is_same(bytecode, source)]))
