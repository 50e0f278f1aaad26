"""The variables that carry the guests, and the arguments of interpreters."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from typing import TYPE_CHECKING, Any, cast

import pytest

from ci_accel.guest import carrier
from tests.support.trace_records import OURS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = [pytest.mark.every_python, pytest.mark.timeout(600)]


@pytest.mark.parametrize(
    ("plain", "carried"),
    [(None, OURS), (b"", OURS + b":" + OURS), (b"/a:/b", OURS + b":/a:/b")],
    ids=["none", "empty", "two"],
)
def test_pythonpath(plain: bytes | None, carried: bytes) -> None:
    """The folder comes first, once, and the rest stays as it was."""
    assert carrier.in_front(OURS, plain) == carried
    assert carrier.in_front(OURS, carried) == carried
    assert carrier.without(OURS, carried) == plain
    assert carrier.without(OURS, plain) == plain


@pytest.mark.parametrize(
    ("carry", "name", "folder"),
    [
        (carrier.tracing_variables, "CI_ACCEL_TRACE", os.fsdecode(carrier.TRACER)),
        (carrier.witnessed, "CI_ACCEL_WITNESS", os.fsdecode(carrier.WITNESSES)),
    ],
)
def test_variables(
    tmp_path: Path, carry: Callable[[dict[str, str], str | Path], dict[str, str]], name: str, folder: str
) -> None:
    """The log and the folder with sitecustomize.py are added; the environment stays as it was."""
    assert os.path.isfile(os.path.join(folder, "sitecustomize.py"))
    log = tmp_path / "log"
    assert carry({}, log) == {name: str(log), "PYTHONPATH": folder}
    assert carry({"PYTHONPATH": "a:b"}, log)["PYTHONPATH"] == f"{folder}:a:b"
    assert carry({"PYTHONPATH": ""}, log)["PYTHONPATH"] == f"{folder}:{folder}"
    variables = {"PYTHONPATH": "a"}
    carried = carry(variables, log)
    assert variables == {"PYTHONPATH": "a"}
    assert carry(carried, log) == carried
    assert carry({}, "log")[name] == os.path.abspath("log")


def test_witnessed_returns_the_whole_environment(tmp_path: Path) -> None:
    """The other variables are kept."""
    assert carrier.witnessed({"A": "1"}, tmp_path)["A"] == "1"


def test_interpreters(tmp_path: Path) -> None:
    """A program is an interpreter by its name, or by the name of the file that it links to."""
    names = ["python", "python3", "/usr/bin/python3.12", "pypy3", "python3.13t", "python3.8d"]
    assert all(carrier.is_interpreter(name) for name in names)
    assert not any(carrier.is_interpreter(name) for name in ("sh", "python-config", "/python/tool", "nu\0ll"))
    (tmp_path / "tool").symlink_to("/usr/bin/python3")
    assert carrier.is_interpreter(str(tmp_path / "tool"))


@pytest.mark.parametrize(
    ("words", "option"),
    [
        ("", ""),
        ("x.py -I", ""),
        ("-I -S x.py", "-I"),
        ("-BSE x.py", "-S"),
        ("-OOE -m mod a", "-E"),
        ("-Icpass a", "-I"),
        ("-cI", ""),
        ("-m mod -S", ""),
        ("-Bm mod -S", ""),
        ("-W error -Xdev -I x.py", "-I"),
        ("-IWerror x.py", "-I"),
        ("-BWI x.py", ""),
        ("-X I", ""),
        ("-W", ""),
        ("--check-hash-based-pycs always -I x.py", "-I"),
        ("--check-hash-based-pycs", ""),
        ("--version -I", ""),
        ("- -I", ""),
    ],
)
def test_options_that_ignore_the_variables(words: str, option: str) -> None:
    """The first of -I, -S and -E is found among an interpreter's own options, as CPython reads them."""
    assert carrier.isolating_option(["python", *words.split()]) == option
    assert carrier.isolating_option([b"python", *os.fsencode(words).split()]) == option
    assert carrier.isolating_option([]) == ""


def test_import_where_there_is_no_posix(monkeypatch: pytest.MonkeyPatch) -> None:
    """The package can be imported on Windows."""
    monkeypatch.setitem(sys.modules, "posix", cast("Any", None))
    spec = importlib.util.spec_from_file_location("units_carrier", carrier.__file__)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.readlink is os.readlink
