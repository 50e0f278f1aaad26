"""What carries the tracer: PYTHONPATH, and arguments of interpreters."""

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
    from pathlib import Path

pytestmark = pytest.mark.timeout(60)


@pytest.mark.parametrize(
    ("plain", "carried"),
    [(None, OURS), (b"", OURS + b":" + OURS), (b"/a:/b", OURS + b":/a:/b")],
    ids=["none", "empty", "two"],
)
def test_pythonpath(plain: bytes | None, carried: bytes) -> None:
    """The tracer comes first, once, and leaves what was there."""
    assert carrier.with_tracer(plain) == carried
    assert carrier.with_tracer(carried) == carried
    assert carrier.without_tracer(carried) == plain
    assert carrier.without_tracer(plain) == plain


def test_interpreters(tmp_path: Path) -> None:
    """By name, or as a link to one."""
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
    assert carrier.ignored_by(["python", *words.split()]) == option
    assert carrier.ignored_by([b"python", *os.fsencode(words).split()]) == option
    assert carrier.ignored_by([]) == ""


def test_import_where_there_is_no_posix(monkeypatch: pytest.MonkeyPatch) -> None:
    """The package can be imported on Windows."""
    monkeypatch.setitem(sys.modules, "posix", cast("Any", None))
    spec = importlib.util.spec_from_file_location("units_carrier", carrier.__file__)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.readlink is os.readlink
