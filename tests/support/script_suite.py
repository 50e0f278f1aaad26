"""A small suite whose items are scripts: it runs under real coverage tools in half a second."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

RUNNER = "runner.py"
ITEMS = 12
SOURCES = {
    "shop.py": """def half(number):
    if number % 2:
        return number // 2
    return number / 2
""",
    "unused.py": "def never():\n    return 1\n",
    "nothing.py": "",
}
ITEM = """import time

from shop import half

assert half({number}) is not None
time.sleep(0.01)
"""
RUNS = """import runpy
import sys

sys.path.insert(0, "src")
for item in sys.argv[1:]:
    print("running", item)
    runpy.run_path(item)
"""


def make_suite(root: Path, *, settings: str = "") -> Path:
    """Write the suite into a folder.

    Args:
        root: The folder.
        settings: Content of pyproject.toml.

    Returns:
        The folder.
    """
    (root / "src").mkdir(parents=True)
    (root / "items").mkdir()
    for name, text in SOURCES.items():
        (root / "src" / name).write_text(text)
    (root / RUNNER).write_text(RUNS)
    (root / "pyproject.toml").write_text(settings)
    for number in range(ITEMS):
        (root / f"items/item_{number:02}.py").write_text(ITEM.format(number=number))
    return root
