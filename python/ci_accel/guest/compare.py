"""Compares bytecode with what this interpreter makes of its source. Stand-alone: a script in the builder's Python.

Reads a JSON list of pairs (file of bytecode, source) from standard input; answers with the sources of those that
differ.
Source of the header: PEP 552; of the name's `opt-` part: PEP 488.
"""

from __future__ import annotations

import json
import marshal
import os
import sys

MARK = "ci-accel compare: "
"""Starts the line with the answer."""

HEADER = 16
"""Bytes before the code: magic number, flags, and time and size or hash of the source."""


def is_same(bytecode: str, source: str) -> bool:
    """Tell whether compiling the source gives the code in the file."""
    try:
        with open(bytecode, "rb") as file:
            content = file.read()
        with open(source, "rb") as file:
            text = file.read()
        loaded = marshal.loads(content[HEADER:])  # noqa: S302  (the builder has run this very code)
        _, mark, level = os.path.basename(bytecode).rpartition(".opt-")
        optimize = int(level.split(".")[0]) if mark else 0
        compiled = compile(text, loaded.co_filename, "exec", dont_inherit=True, optimize=optimize)
    except (OSError, ValueError, EOFError, TypeError, SyntaxError, AttributeError):
        return False
    # Not by their bytes: those depend on how often an object is shared in memory.
    return bool(loaded == compiled)


if __name__ == "__main__":
    pairs = json.load(sys.stdin)
    print("\n" + MARK + json.dumps([source for bytecode, source in pairs if not is_same(bytecode, source)]))
