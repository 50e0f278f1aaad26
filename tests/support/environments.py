"""Virtual environments and wheels, made with uv, which caches downloads."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def clean_environment() -> dict[str, str]:
    """Return the environment without the variables of the coverage tool that measures the tests."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COV")}


def uv(*arguments: str | Path) -> None:
    """Run uv without measuring its processes."""
    command = [sys.executable, "-m", "uv", "--quiet", *arguments]
    subprocess.run(command, env=clean_environment(), check=True, stdin=subprocess.DEVNULL)


def environment(folder: Path, *wanted: str | Path) -> Path:
    """Make a virtual environment and return its interpreter.

    Args:
        folder: Folder of the environment, which is made.
        wanted: Arguments of `uv pip install`; without any, nothing is installed.
    """
    python = folder / "bin" / "python"
    uv("venv", "--python", sys.executable, folder)
    if wanted:
        uv("pip", "install", "--python", python, *wanted)
    return python


def wheel(folder: Path, name: str, **files: str) -> Path:
    """Make a wheel of Python files, named by their paths with `__` for `/`, and return its path."""
    path = folder / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info/"
    contents = {file.replace("__", "/") + ".py": text for file, text in files.items()}
    contents[info + "METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
    contents[info + "WHEEL"] = "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    contents[info + "RECORD"] = "".join(f"{file},,\n" for file in [*contents, info + "RECORD"])
    with zipfile.ZipFile(path, "w") as archive:
        for file, content in contents.items():
            archive.writestr(file, content)
    return path
