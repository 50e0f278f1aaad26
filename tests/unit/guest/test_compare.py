"""The comparison of bytecode with its compiled source."""

from __future__ import annotations

import json
import py_compile
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ci_accel.guest import compare

pytestmark = [pytest.mark.every_python, pytest.mark.timeout(600)]


def test_compare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytecode is the same if its source compiles to it at its level of optimization."""
    source = tmp_path / "x.py"
    source.write_text("assert 1\n'words'\nVALUE = 1\n")
    names = {level: str(tmp_path / f"x.cpython-3.opt-{level}.pyc") for level in (1, 2)}
    names[0] = str(tmp_path / "x.cpython-3.pyc")
    for level, name in names.items():
        py_compile.compile(str(source), name, optimize=level)
    assert all(compare.is_same(name, str(source)) for name in names.values())
    shutil.copyfile(names[2], names[0])
    assert not compare.is_same(names[0], str(source))
    shutil.copyfile(names[0], tmp_path / "x.opt-.pyc")
    assert not compare.is_same(str(tmp_path / "x.opt-.pyc"), str(source))
    assert not compare.is_same(names[0], str(tmp_path / "none.py"))
    (tmp_path / "torn.pyc").write_bytes(Path(names[1]).read_bytes()[:20])
    assert not compare.is_same(str(tmp_path / "torn.pyc"), str(source))
    source.write_text("VALUE = \n")
    assert not compare.is_same(names[1], str(source))


def test_compare_as_a_script(tmp_path: Path) -> None:
    """The script prints the sources whose bytecode differs."""
    first, second = tmp_path / "a.py", tmp_path / "b.py"
    pairs = []
    for path in (first, second):
        path.write_text("VALUE = 1\n")
        pairs.append((py_compile.compile(str(path), str(path) + "c"), str(path)))
    second.write_text("VALUE = 2\n")
    answer = subprocess.run(
        [sys.executable, compare.__file__], input=json.dumps(pairs), capture_output=True, text=True, check=True
    )
    assert answer.stdout == "\n" + compare.MARK + json.dumps([str(second)]) + "\n"
