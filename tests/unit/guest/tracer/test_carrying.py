"""What carries the tracer: PYTHONPATH, and arguments of interpreters."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from typing import TYPE_CHECKING, Any, cast

import pytest

from ci_accel.guest.tracer import carrying
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
    assert carrying.with_tracer(plain) == carried
    assert carrying.with_tracer(carried) == carried
    assert carrying.without_tracer(carried) == plain
    assert carrying.without_tracer(plain) == plain


def test_interpreters(tmp_path: Path) -> None:
    """By name, or as a link to one."""
    names = ["python", "python3", "/usr/bin/python3.12", "pypy3", "python3.13t", "python3.8d"]
    assert all(carrying.is_interpreter(name) for name in names)
    assert not any(carrying.is_interpreter(name) for name in ("sh", "python-config", "/python/tool", "nu\0ll"))
    (tmp_path / "tool").symlink_to("/usr/bin/python3")
    assert carrying.is_interpreter(str(tmp_path / "tool"))


@pytest.mark.parametrize(
    ("words", "letters", "options", "kind", "command"),
    [
        ("", "", "", "", ""),
        ("x.py -c 1", "", "", "script", "x.py -c 1"),
        ("-I -S x.py", "IS", "-I -S", "script", "x.py"),
        ("-ISOO -m mod a", "ISOO", "-ISOO", "-m", "mod a"),
        ("-Icpass a", "I", "-I", "-c", "pass a"),
        ("-c", "", "", "-c", ""),
        ("-cpass", "", "", "-c", "pass"),
        ("-W error -Xdev x.py", "WX", "-W error -Xdev", "script", "x.py"),
        ("-IWerror x.py", "IW", "-IWerror", "script", "x.py"),
        ("-W", "W", "-W", "", ""),
        ("--check-hash-based-pycs always -I x.py", "I", "--check-hash-based-pycs always -I", "script", "x.py"),
        ("--check-hash-based-pycs", "", "--check-hash-based-pycs", "", ""),
        ("-I --version", "I", "-I", "", ""),
        ("-I - a", "I", "-I", "", ""),
        ("-Vc pass", "V", "-V", "", "pass"),
        ("-i x.py", "i", "-i", "", "x.py"),
        ("-Eix -m mod", "Eix", "-Eix", "", "mod"),
    ],
)
def test_parse(words: str, letters: str, options: str, kind: str, command: str) -> None:
    """Options, what is to be run and its arguments, as CPython reads them."""
    assert carrying.parse(["python", *words.split()]) == (letters, options.split(), kind, command.split())


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("x.py", "x.py"),
        ("-O -m mod", "-O -m mod"),
        ("-I x.py a", "-I BOOT -I x.py a"),
        ("-Ec pass", "-E BOOT -Ec pass"),
        ("-S -W error -m mod", "-S -W error BOOT -S -W error -m mod"),
        ("-I", None),
        ("-I -i x.py", None),
        ("-I -c", None),
    ],
)
def test_bootstrapped(words: str, expected: str | None) -> None:
    """Where the variables are heeded nothing changes; where there is nothing to run, nothing can be done."""
    argv = ["python", *words.split()]
    changed = carrying.bootstrapped(argv)
    if expected is None:
        assert changed is None
    else:
        assert changed == ["python", *expected.replace("BOOT", carrying.BOOTSTRAP).split()]
        assert (changed is argv) == ("BOOT" not in expected)


def test_carrying_where_there_is_no_posix(monkeypatch: pytest.MonkeyPatch) -> None:
    """The package can be imported on Windows."""
    monkeypatch.setitem(sys.modules, "posix", cast("Any", None))
    spec = importlib.util.spec_from_file_location("units_carrying", carrying.__file__)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.readlink is os.readlink
    assert module.parse(["python", "x"]) == carrying.parse(["python", "x"])
