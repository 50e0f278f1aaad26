"""Environments for builders, made by uv, which keeps what it has downloaded."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def uv(*arguments: str | Path) -> None:
    """Run uv."""
    subprocess.run([sys.executable, "-m", "uv", "--quiet", *arguments], check=True, stdin=subprocess.DEVNULL)


def environment(folder: Path, *wanted: str | Path) -> Path:
    """Make an environment and return its interpreter.

    Args:
        folder: Where; it is made.
        wanted: What `uv pip install` installs, with its options.
    """
    python = folder / "bin" / "python"
    uv("venv", "--python", sys.executable, folder)
    if wanted:
        uv("pip", "install", "--python", python, *wanted)
    return python
