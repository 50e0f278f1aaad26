"""Modules that are looked for, and modules that are hidden."""

from __future__ import annotations

import _frozen_importlib_external as finders
from importlib.machinery import SourceFileLoader
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from ci_accel.guest.tracer import modules
from tests.support.trace_records import doubts, said

if TYPE_CHECKING:
    from pathlib import Path

    from ci_accel.guest.tracer.log import Log


pytestmark = [pytest.mark.every_python, pytest.mark.timeout(600)]


@pytest.fixture
def imports(log: Log, monkeypatch: pytest.MonkeyPatch) -> tuple[modules.Imports, Any]:
    """Return the handler of imports, and the class of finders that it changes in the place of importlib's."""

    class Finder(finders.FileFinder):
        pass

    monkeypatch.setattr(modules, "finders", SimpleNamespace(FileFinder=Finder))
    return modules.Imports(log), Finder


def test_imports(log: Log, imports: tuple[modules.Imports, Any], tmp_path: Path) -> None:
    """Each name that is looked for in a folder is recorded: found, not found, or a namespace package."""
    (tmp_path / "module.py").touch()
    (tmp_path / "space").mkdir()
    _, finder_type = imports
    finder = finder_type(str(tmp_path), (SourceFileLoader, [".py"]))
    assert finder.find_spec("package.module").origin == str(tmp_path / "module.py")
    assert finder.find_spec("space").loader is None
    assert finder.find_spec("nothing") is None
    place = str(tmp_path)
    assert said(log) == [
        ("find", place, "module", f"{place}/module.py"),
        ("find", place, "space", "/"),
        ("find", place, "nothing", "-"),
    ]
    original = finders.FileFinder.find_spec
    new = finder_type.find_spec
    assert (new.__qualname__, new.__module__, new.__doc__) == (
        original.__qualname__,
        original.__module__,
        original.__doc__,
    )


def test_an_import_that_cannot_be_recorded(log: Log, imports: tuple[modules.Imports, Any]) -> None:
    """The trace is incomplete, and the builder does not see the error."""
    imports[0]._found("/folder", cast("Any", None), None)
    assert doubts(log, "AttributeError")


def test_unsearched_folders(
    log: Log, imports: tuple[modules.Imports, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Missing entries of sys.path are recorded, also those that are only in the cache of finders."""
    cache: dict[Any, Any] = {str(tmp_path): None, str(tmp_path / "gone"): None, b"x": None, "/found": object()}
    path: list[Any] = ["", str(tmp_path), str(tmp_path / "none"), str(tmp_path / "gone"), tmp_path]
    monkeypatch.setattr(modules, "sys", SimpleNamespace(path_importer_cache=cache, path=path))
    imports[0].unsearched()
    assert sorted(said(log)) == [("stat", str(tmp_path / name), "-") for name in ("gone", "none")]


def test_hidden_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    """A module that the builder has not imported comes back when it imports it, unless another is there by then."""
    present = {name: ModuleType(name) for name in ("builtins", "abc", "ours")}
    imported = dict(present)
    monkeypatch.setattr(modules, "sys", SimpleNamespace(modules=imported))
    replaced: list[bool] = []
    hidden = modules.Hidden(cast("Any", SimpleNamespace(replace_fork_exec=lambda: replaced.append(True))))
    hidden.hide({"builtins"})
    assert list(imported) == ["builtins"]
    hidden.imported("ours", "/file", [], [], [])
    hidden.imported("unknown")
    assert set(imported) == {"builtins", "ours"}
    other = imported["abc"] = ModuleType("abc")
    hidden.imported("abc")
    assert imported == {**present, "abc": other}
    assert not replaced
    hidden.imported("_posixsubprocess")
    assert replaced == [True]
