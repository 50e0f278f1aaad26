"""A small project with two modules and four features, and the parts that a coverage run of it writes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ci_accel
from ci_accel.coverage.passport import SUFFIX, PassportFields, write_passport
from ci_accel.coverage.run import Run
from tests.support.coverage_files import entry, report, write_arcs, write_lines, write_report

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SOURCES = {
    "src/shop/cart.py": "def add(cart, item):\n    cart.append(item)\n    return cart\n",
    "src/shop/stock.py": "LEFT = 3\n\n\ndef take(count):\n    if count > LEFT:\n        raise ValueError(count)\n",
    "src/shop/nothing.py": '"""Says what the package is."""\n',
}
FEATURES = ("features/a.feature", "features/b.feature", "features/deep/c.feature", "features/deep/d.feature")
STEPS = "features/steps.py"
PYPROJECT = "[tool.coverage.report]\nfail_under = 80\n"
LINES = {"src/shop/cart.py": ([1, 2, 3], []), "src/shop/stock.py": ([1, 4, 5], [6])}
"""Executed and missing lines of all parts together: 6 of 7 lines are executed."""


class Shop:
    """A checkout of the project.

    Attributes:
        root: Its root.
    """

    def __init__(self, root: Path) -> None:
        """Write the project."""
        self.root = root
        texts = SOURCES | {name: f"Feature: {name}\n" for name in FEATURES}
        for name, text in (texts | {STEPS: "STEP = 1\n", "pyproject.toml": PYPROJECT}).items():
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        """Write a file of the project."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def copy(self, root: Path) -> Shop:
        """Copy the project with its artifacts to another folder."""
        shutil.copytree(self.root, root)
        other = Shop.__new__(Shop)
        other.root = root
        return other

    @property
    def folder(self) -> Path:
        """The folder of the artifacts."""
        return self.root / "build/coverage"

    def coverage(self, **changes: Any) -> ci_accel.Coverage:
        """Return the Coverage of the project; ``changes`` replace the usual arguments."""
        declared: dict[str, Any] = {
            "sources": ["src"],
            "items": ["features/**/*.feature"],
            "inputs": [STEPS],
            "root": self.root,
        }
        return ci_accel.Coverage(**(declared | changes))

    def part(
        self,
        number: int,
        count: int,
        items: Sequence[str],
        lines: Mapping[str, tuple[Sequence[int], Sequence[int]]] = LINES,
        *,
        tool: str = "slipcover",
        run: str = "run-1",
        **passport: Any,
    ) -> Path:
        """Write the data and the passport of one part."""
        of = Run(str(self.folder), run)
        of.begin()
        path = Path(of.path(number, ".data"))
        path.unlink(missing_ok=True)
        self.data(path, lines, tool=tool)
        now = self.coverage().fingerprint()
        values: dict[str, Any] = {"run": run, "root": str(self.root), "before": now, "after": now, "exit_code": 0}
        fields = PassportFields(items=items, count=count, number=number, **(values | passport))
        write_passport(path, [str(path)], fields)
        return path

    def data(
        self, path: Path, lines: Mapping[str, tuple[Sequence[int], Sequence[int]]] = LINES, *, tool: str = "slipcover"
    ) -> Path:
        """Write data without a passport."""
        if tool == "slipcover":
            files = {name: entry(executed, missing) for name, (executed, missing) in lines.items()}
            return write_report(path, report(files))
        absolute = {str(self.root / name): set(executed) for name, (executed, _) in lines.items()}
        if tool == "coverage.py":
            return write_lines(path, absolute)
        return write_arcs(path, {name: {(-1, 1), *((line, -1) for line in found)} for name, found in absolute.items()})

    def run(self, *, tool: str = "slipcover", count: int = 2, **passport: Any) -> list[Path]:
        """Write all parts of a complete run."""
        shares = [FEATURES[start::count] for start in range(count)]
        return [self.part(number, count, items, tool=tool, **passport) for number, items in enumerate(shares, 1)]

    def folder_for(self, name: str) -> Path:
        """Make the folder of the artifacts, and return a path in it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return self.folder / name

    def artifact(self, *, tool: str = "slipcover", run: str = "run-1") -> Path:
        """Write a complete run, combine it, and return the combined file."""
        self.run(tool=tool, run=run)
        self.coverage().combine()
        return self.folder / ("coverage.json" if tool == "slipcover" else "coverage.sqlite")


def passport_of(path: Path) -> Path:
    """Return the path of the passport of a data file."""
    return path.with_name(path.name + SUFFIX)


def change_passport(path: Path, **changes: Any) -> None:
    """Change fields in the passport of a data file."""
    document = json.loads(passport_of(path).read_text()) | changes
    passport_of(path).write_text(json.dumps(document))
