"""``ci-accel template inputs``: the inputs of a database, as text and as JSON."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ci_accel import TemplateDB
from ci_accel.template.descriptions import TITLES, describe_input

pytestmark = [pytest.mark.every_python, pytest.mark.timeout(600), pytest.mark.measured_children]

PYPROJECT = """
[tool.ci-accel.template]
inputs = ["build.py"]
build = ["python", "build.py", "{db}"]
"""

BUILD = """
import os, sqlite3, sys
import names
os.getenv("SHOP_PREFIX")
os.path.exists("settings.ini")
os.listdir("schema")
connection = sqlite3.connect(sys.argv[1])
connection.execute("CREATE TABLE book (x)")
connection.close()
"""

DIGEST = "0123456789abcdef" * 4
"""A digest, which is shown shortened."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose builder is traced."""
    root = tmp_path / "shop"
    (root / "schema").mkdir(parents=True)
    (root / "schema" / "1.sql").touch()
    for name, content in {"pyproject.toml": PYPROJECT, "build.py": BUILD, "names.py": ""}.items():
        (root / name).write_text(content)
    return root


def inputs(root: Path, *options: str, code: int = 0) -> str:
    """Run the command. Return its output, or its error output if it fails."""
    argv = [sys.executable, "-m", "ci_accel", "template", "inputs", *options]
    done = subprocess.run(argv, cwd=root, capture_output=True, text=True, check=False, timeout=300, env={**os.environ})
    assert (done.returncode, done.stderr if code == 0 else done.stdout) == (code, "")
    return done.stdout if code == 0 else done.stderr


def template(root: Path) -> TemplateDB:
    """Return the template database of the project."""
    return TemplateDB(root=root, inputs=["build.py"], build=["python", "build.py", "{db}"])


def test_empty_store(project: Path) -> None:
    """Before the first build, the command fails and says to build."""
    for options in ([], ["--json"]):
        words = inputs(project, *options, code=1)
        assert words.startswith("ci-accel: ")
        assert words.endswith("nothing stored yet in build/ci-accel/template; build it with nox\n")


def test_inputs(project: Path) -> None:
    """The text lists the command and the inputs by title; the JSON document has the same inputs."""
    assert template(project).ensure().status == "miss"
    text = inputs(project)
    assert text.startswith("build  python build.py '{db}'\n\n")
    groups: dict[str, list[str]] = {}
    for part in text.split("\n\n")[1:]:
        title, *lines = part.splitlines()
        name, _, count = title.rpartition(" ")
        assert count == f"({len(lines)})"
        assert all(line.startswith("  ") for line in lines)
        assert lines == sorted(lines)
        groups[name] = [line.strip() for line in lines]
    assert set(groups) <= set(TITLES.values())
    assert [line.split()[0] for line in groups[TITLES["file"]]] == ["build.py"]
    assert "names.py" in [line.split()[0] for line in groups[TITLES["read"]]]
    assert [line for line in groups[TITLES["variable"]] if line.startswith("SHOP_PREFIX")] == ["SHOP_PREFIX  not set"]
    assert [line for line in groups[TITLES["listed"]] if line.startswith("schema")] == ["schema (1 name)"]
    assert any("settings.ini" in line for lines in groups.values() for line in lines)
    document = json.loads(inputs(project, "--json", "--root", "."))
    assert document["version"] == 1
    made_from = document["made_from"]
    described = [describe_input(given) for given in [*made_from["inputs"], *made_from["seen"]]]
    assert sorted((title, line) for title, lines in groups.items() for line in lines) == sorted(
        (title, line.strip()) for title, line in described
    )


def test_inputs_without_tracing(project: Path) -> None:
    """Without tracing, only declared inputs are listed."""
    declared = TemplateDB(root=project, inputs=["build.py"], build=["python", "build.py", "{db}"], trace=False)
    assert declared.ensure().status == "miss"
    text = inputs(project)
    assert TITLES["file"] in text
    assert TITLES["read"] not in text


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"kind": "file", "path": "a.py", "digest": DIGEST}, "a.py  0123456789ab"),
        ({"kind": "file", "path": {"hex": "ff"}, "digest": DIGEST}, "hex:ff  0123456789ab"),
        ({"kind": "absent", "path": ".env"}, ".env"),
        ({"kind": "environment", "name": "DEBUG", "digest": None}, "DEBUG  not set"),
        ({"kind": "variable", "name": {"hex": "fe"}, "digest": DIGEST}, "hex:fe  0123456789ab"),
        ({"kind": "state", "path": "lib", "is": "folder"}, "lib (folder)"),
        ({"kind": "target", "path": "a", "text": "b"}, "a -> b"),
        ({"kind": "target", "path": "a", "text": {"hex": "ff"}}, "a -> hex:ff"),
        ({"kind": "listed", "path": "a", "names": ["x"]}, "a (1 name)"),
        ({"kind": "listed", "path": "a", "names": []}, "a (0 names)"),
        ({"kind": "installed", "path": "a", "names": ["x", "y"]}, "a (2 distributions)"),
        ({"kind": "importable", "path": "a", "modules": {"y": "-", "x": "x.py"}}, "a (x, y)"),
        ({"kind": "distribution", "name": "nox", "version": "1.0", "digest": DIGEST}, "nox 1.0"),
        ({"kind": "distribution", "name": "nox", "value": "1.0"}, "nox 1.0"),
        (
            {"kind": "distribution", "name": "nox", "version": "1.0", "digest": None},
            "nox 1.0 (from a path or a version control system: compared by file)",
        ),
        ({"kind": "value", "name": "rate", "value": "1"}, "rate 1"),
        ({"kind": "interpreter", "name": "version", "value": "3.11"}, "version 3.11"),
        ({"kind": "excluded", "name": "exclude_env", "value": "DEBUG"}, "exclude_env DEBUG"),
        ({"kind": "program", "name": "sh"}, "sh"),
    ],
    ids=str,
)
def test_description_of_an_input(given: dict[str, Any], line: str) -> None:
    """Each kind of input has its own title and its own details."""
    assert describe_input(given) == (TITLES[given["kind"]], line)


def test_description_of_the_whole_environment() -> None:
    """An environment that the builder read as a whole has no name, and is listed with the variables."""
    title, line = describe_input({"kind": "environment", "digest": DIGEST})
    assert title == TITLES["variable"]
    assert "whole environment" in line


def test_every_kind_has_a_title() -> None:
    """The titles cover the kinds in docs/cache-keys.md, which are those of the engine."""
    text = (Path(__file__).parents[3] / "docs" / "cache-keys.md").read_text(encoding="utf-8")
    tables = [table.split("\n\n")[0] for table in text.split("| `kind` |")[1:]]
    kinds = {
        kind for table in tables for row in table.splitlines()[2:] for kind in re.findall(r"`(\w+)`", row.split("|")[1])
    }
    assert kinds == set(TITLES)


def test_unknown_kind() -> None:
    """A kind without a title is listed under its own name."""
    assert describe_input({"kind": "socket", "path": "a", "digest": DIGEST}) == ("socket", "a  0123456789ab")
