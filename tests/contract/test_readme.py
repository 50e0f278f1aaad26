"""README.md is correct: its noxfile runs unchanged, with ci_accel and without, and its lines of Python work."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import ci_accel

if TYPE_CHECKING:
    import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
README = (REPOSITORY / "README.md").read_text()

PROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "example"
version = "1"
optional-dependencies = { tests = ["coverage", "pytest"] }

[tool.hatch.build.targets.wheel]
packages = ["src/example"]
"""

BUILDER = """
import pathlib, sqlite3, sys
pathlib.Path(sys.argv[1]).parent.mkdir(parents=True, exist_ok=True)
connection = sqlite3.connect(sys.argv[1])
connection.execute("CREATE TABLE IF NOT EXISTS stock (id INTEGER)")
print("the builder ran")
"""

TEST = """
import os, sqlite3

def test_template():
    connection = sqlite3.connect(os.environ["EXAMPLE_TEMPLATE_DB"])
    assert connection.execute("SELECT name FROM sqlite_schema").fetchall() == [("stock",)]
    connection.close()
"""

WITHOUT = "import sys; sys.modules['ci_accel'] = None; from nox import main; main()"


def blocks(language: str) -> list[str]:
    """Return the code blocks of a language."""
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def write_project(root: Path) -> None:
    """Write a project with the files that README.md mentions."""
    (toml,) = blocks("toml")
    noxfile, *_ = blocks("python")
    test = "from example.price import gross\n\n\ndef test_gross():\n    assert gross(100) == 119\n"
    files = {
        "pyproject.toml": PROJECT + toml,
        "noxfile.py": noxfile,
        "alembic.ini": "[alembic]\nscript_location = alembic\n",
        "alembic/versions/0001_stock.py": "revision = '0001'\ndown_revision = None\n",
        "scripts/create_template_db.py": BUILDER,
        "src/example/__init__.py": "",
        "src/example/price.py": "def gross(net):\n    return net * 119 / 100\n",
        "tests/test_template.py": TEST,
        "tests/test_price.py": test,
    }
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


def nox(root: Path, *program: str, session: str = "unit_tests", exit_code: int = 0) -> str:
    """Run a session of the project and return its output."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("NOX", "CI_ACCEL", "COV"))}
    answer = subprocess.run(
        [sys.executable, *program, "-s", session],
        cwd=root,
        env={**environment, "NOX_DEFAULT_VENV_BACKEND": "uv|virtualenv"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    output = answer.stdout + answer.stderr
    assert answer.returncode == exit_code, output
    return output


def test_the_noxfile_runs_with_ci_accel(tmp_path: Path) -> None:
    """The first run builds and measures, the second reuses the database, and the report runs no test."""
    write_project(tmp_path)
    first, second = nox(tmp_path, "-m", "nox"), nox(tmp_path, "-m", "nox")
    assert "ci_accel > template database: miss" in first
    assert "the builder ran" in first
    assert "coverage: 2 of 2 parts combined in build/coverage/coverage.sqlite" in first
    assert "ci_accel > template database: hit" in second
    assert "the builder ran" not in second
    report = nox(tmp_path, "-m", "nox", session="coverage_report")
    assert "coverage 100.00 % (2 of 2), threshold 97 %: passed" in report
    assert "part 1 of 2" not in report


def test_the_report_fails_below_the_threshold(tmp_path: Path) -> None:
    """The session prints the table and fails with one line."""
    write_project(tmp_path)
    price = tmp_path / "src/example/price.py"
    price.write_text(price.read_text() + "\n\ndef net(gross):\n    return gross / 119 * 100\n")
    nox(tmp_path, "-m", "nox")
    report = nox(tmp_path, "-m", "nox", session="coverage_report", exit_code=1)
    assert "src/example/price.py" in report
    assert "coverage 75.00 % (3 of 4), threshold 97 %: failed" in report


def test_the_noxfile_runs_without_ci_accel(tmp_path: Path) -> None:
    """Without ci_accel the database is built each time and the tests pass."""
    write_project(tmp_path)
    for _ in range(2):
        output = nox(tmp_path, "-c", WITHOUT)
        assert "the builder ran" in output
        assert "ci_accel >" not in output


def test_guard_is_short() -> None:
    """The import guard takes at most fifteen lines of the noxfile."""
    noxfile = blocks("python")[0].splitlines()
    guard = noxfile[noxfile.index("try:") : noxfile.index("    project = Project.load()") + 1]
    assert len(guard) <= 15


def test_lines_without_a_noxfile_work(tmp_path: Path) -> None:
    """The lines that use the library without nox run unchanged."""
    code = blocks("python")[2]
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "0001.sql").write_text("CREATE TABLE stock (id INTEGER);")
    (tmp_path / "migrate.py").write_text(BUILDER)
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "models.py").write_text("")
    (tmp_path / "pyproject.toml").write_text("")
    answer = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    connection = sqlite3.connect(tmp_path / "test.db")
    assert connection.execute("SELECT name FROM sqlite_schema").fetchall() == [("stock",)]
    connection.close()


def test_lines_of_a_fixture_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways of copying the database in the fixture give the same bytes."""
    (tmp_path / "migrate.py").write_text(BUILDER)
    template = ci_accel.TemplateDB(
        inputs=["migrate.py"], build=["python", "migrate.py", "{db}"], root=tmp_path, trace=False
    )
    template.ensure()
    lines = [line for line in blocks("python")[1].splitlines() if not line.startswith("#")]
    copies: list[bytes] = []
    for line in lines:
        copy = tmp_path / f"copy-{len(copies)}.db"
        names = {"shutil": shutil, "ci_accel": ci_accel, "os": os, "test_db": copy}
        monkeypatch.setenv("EXAMPLE_TEMPLATE_DB", template.database)
        exec(line, names)
        copies.append(copy.read_bytes())
    assert len(copies) == 2
    assert copies[0] == copies[1]
