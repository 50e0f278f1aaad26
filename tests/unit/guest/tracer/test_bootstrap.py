"""The bootstrap: whatever an interpreter was told to run, run as CPython runs it."""

from __future__ import annotations

import importlib
import importlib.util
import os
import py_compile
import sys
from importlib.machinery import SourceFileLoader, SourcelessFileLoader
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from ci_accel.guest.tracer import bootstrap, carrying
from tests.support.trace_records import failing

if TYPE_CHECKING:
    from pathlib import Path


pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what an interpreter has one of be put back: __main__, sys.path and the like."""
    importlib.import_module("runpy")  # while sys.path is what it was
    monkeypatch.setattr(sys, "argv", ["bootstrap.py"])
    monkeypatch.setattr(sys, "orig_argv", ["python", "bootstrap.py"], raising=False)
    monkeypatch.setattr(sys, "path", [bootstrap.FOLDER, *sys.path])
    monkeypatch.setattr(sys, "path_importer_cache", dict(sys.path_importer_cache))
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


STAGE = pytest.mark.usefixtures("stage")


def test_part() -> None:
    """A file beside the bootstrap runs under a name that no builder uses."""
    assert bootstrap.part("carrying")["parse"](["python", "x"]) == carrying.parse(["python", "x"])
    assert bootstrap.part("carrying")["__name__"] == "_ci_accel_carrying"


@STAGE
def test_become_main() -> None:
    """A new __main__ that says where it comes from."""
    for script, loader in (("/x.py", SourceFileLoader), ("/x.pyc", SourcelessFileLoader)):
        space = bootstrap.become_main(script)
        assert vars(sys.modules["__main__"]) is space
        assert (space["__file__"], space["__loader__"].path) == (script, script)
        assert type(space["__loader__"]) is loader
    space = bootstrap.become_main()
    assert "__file__" not in space
    assert space["__loader__"].__name__ == "BuiltinImporter"


def test_name_of_a_script(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the root on, from Python 3.9 on."""
    assert bootstrap.absolute("/x.py") == "/x.py"
    assert bootstrap.absolute("x.py") == os.getcwd() + "/x.py"
    with monkeypatch.context() as patch:
        patch.setattr(bootstrap, "sys", SimpleNamespace(version_info=(3, 8)))
        assert bootstrap.absolute("x.py") == "x.py"


@STAGE
def test_scripts_that_are_searched(tmp_path: Path) -> None:
    """A folder is, a file is not; either is remembered, as by CPython."""
    (tmp_path / "x.py").touch()
    assert bootstrap.is_searched(str(tmp_path))
    assert not bootstrap.is_searched(str(tmp_path / "x.py"))
    assert sys.path_importer_cache[str(tmp_path / "x.py")] is None


@STAGE
def test_streams_are_flushed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the code fails, and where a stream cannot be."""
    flushed: list[str] = []
    monkeypatch.setattr(sys, "stderr", SimpleNamespace(flush=failing(OSError("full"))))
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(flush=lambda: flushed.append("out")))
    with pytest.raises(ZeroDivisionError):
        bootstrap.execute(compile("1 / 0", "<x>", "exec"), {})
    monkeypatch.setattr(sys, "stdout", None)
    bootstrap.execute(compile("pass", "<x>", "exec"), {})
    assert flushed == ["out"]


TELLING = "import sys; print(sys.argv, sys.path[0])"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: a program that tells what it sees, in each form that an interpreter runs."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "units_told.py").write_text(TELLING)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "__main__.py").write_text(TELLING)
    py_compile.compile("units_told.py", "told.pyc")
    return tmp_path


WAYS = {
    "code": ("-c", TELLING, "-c", ""),
    "module": ("-m", "units_told", "{project}/units_told.py", "{project}"),
    "script": ("script", "{project}/units_told.py", "{project}/units_told.py", "{project}"),
    "bytecode": ("script", "told.pyc", "told.pyc", "{project}"),
    "folder": ("script", "folder", "folder", "{project}/folder"),
}
"""What is run and how it is named; what it finds first in sys.argv and on sys.path."""


@STAGE
@pytest.mark.parametrize("is_alone", [False, True], ids=["heeding", "isolated"])
@pytest.mark.parametrize("way", WAYS)
def test_ways_to_run(
    project: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], way: str, is_alone: bool
) -> None:
    """Each with its arguments, and its place first on sys.path; when isolated only a folder's."""
    kind, name, argument, first = (text.replace("{project}", str(project)) for text in WAYS[way])
    flags = {flag: getattr(sys.flags, flag) for flag in dir(sys.flags) if flag[0] != "_"}
    monkeypatch.setattr(sys, "flags", SimpleNamespace(**{**flags, "isolated": is_alone, "safe_path": is_alone}))
    # Where it is not isolated, CPython has put the bootstrap's folder there. The module can be found in any case.
    monkeypatch.setattr(sys, "path", [*([] if is_alone else ["bootstrap's"]), "others", str(project), *sys.path])
    bootstrap.run(kind, [name, "a"])
    if is_alone and way != "folder":
        first = "others"
    assert capfd.readouterr().out == f"{[argument, 'a']} {first}\n"


@STAGE
def test_a_module_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """CPython's own words."""
    monkeypatch.setattr(sys, "path", [])
    with pytest.raises(SystemExit, match="No module named units_missing"):
        bootstrap.run_module("units_missing", is_named=True)


@STAGE
def test_a_script_that_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """CPython's own words, and its code."""
    path = str(tmp_path / "none.py")
    with pytest.raises(SystemExit) as caught:
        bootstrap.run_script(path)
    assert caught.value.code == 2
    assert (
        capsys.readouterr().err == f"{sys.executable}: can't open file {path!r}: [Errno 2] No such file or directory\n"
    )


@STAGE
def test_source_of_code_is_kept(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """From Python 3.13 on for tracebacks, from 3.14 on without its indentation; that it cannot be is no error."""
    import linecache

    kept: list[Any] = []
    monkeypatch.setattr(sys, "version_info", (3, 14))
    monkeypatch.setattr(linecache, "_code_key", len, raising=False)
    monkeypatch.setattr(linecache, "_register_code", lambda *arguments: kept.append(arguments), raising=False)
    bootstrap.run_code("  print(1)\n  print(2)")
    monkeypatch.delattr(linecache, "_code_key")
    monkeypatch.setattr(sys, "version_info", (3, 13))
    bootstrap.run_code("print(3)")
    monkeypatch.setattr(sys, "version_info", (3, 12))
    bootstrap.run_code("print(4)")
    assert [(key if isinstance(key, str) else key.co_name, *others) for key, *others in kept] == [
        ("<module>", "print(1)\nprint(2)\n", "<string>"),
        ("<string>", "print(3)\n", "<string>"),
    ]
    monkeypatch.setattr(linecache, "_register_code", failing(RuntimeError()), raising=False)
    monkeypatch.setattr(sys, "version_info", (3, 13))
    bootstrap.run_code("print(5)")
    assert capsys.readouterr().out.split() == ["1", "2", "3", "4", "5"]


@pytest.fixture
def started(stage: None, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the recorder would be started with; it is not."""
    asked: list[Any] = []
    parts: dict[str, dict[str, Any]] = {
        "carrying": {"parse": carrying.parse},
        "sitecustomize": {"start": lambda *arguments: asked.append(arguments)},
    }
    monkeypatch.setattr(bootstrap, "part", parts.__getitem__)
    return asked


def test_main_of_the_bootstrap(
    started: list[Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The recorder, then what the builder can see, then the builder."""
    monkeypatch.setattr(sys, "argv", [carrying.BOOTSTRAP, "-I", "-c", "import sys; print(sys.orig_argv)", "a"])
    monkeypatch.setattr(sys, "path", [bootstrap.FOLDER, "lib", bootstrap.FOLDER])
    monkeypatch.setattr(sys, "orig_argv", ["py", "-I", *sys.argv], raising=False)
    sys.path_importer_cache[bootstrap.__file__] = None
    bootstrap.main()
    assert started == [(bootstrap.FOLDER, bootstrap._MODULES)]
    assert capsys.readouterr().out == "['py', '-I', '-c', 'import sys; print(sys.orig_argv)', 'a']\n"
    assert sys.argv == ["-c", "a"]
    assert sys.path == ["", "lib"]
    assert bootstrap.__file__ not in sys.path_importer_cache


def test_main_before_there_was_orig_argv(started: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Python 3.8 and 3.9 have none."""
    monkeypatch.setattr(sys, "argv", [carrying.BOOTSTRAP, "-c", "pass"])
    monkeypatch.delattr(sys, "orig_argv", raising=False)
    bootstrap.main()
    assert not hasattr(sys, "orig_argv")


@pytest.mark.parametrize("version", [(3, 11), (3, 12)])
def test_an_error_of_the_builder(started: list[Any], monkeypatch: pytest.MonkeyPatch, version: tuple[int, int]) -> None:
    """It is shown as CPython shows it, without the frames of the bootstrap; then the code is 1."""
    shown: list[Any] = []
    with monkeypatch.context() as patch:
        for name in ("last_type", "last_value", "last_traceback", "last_exc"):
            patch.setattr(sys, name, None, raising=False)
        patch.setattr(sys, "version_info", version)
        patch.setattr(sys, "argv", [carrying.BOOTSTRAP, "-c", "1 / 0"])
        patch.setattr(sys, "excepthook", lambda *arguments: shown.append(arguments))
        with pytest.raises(SystemExit) as caught:
            bootstrap.main()
        assert caught.value.code == 1
        ((kind, error, traceback),) = shown
        assert (kind, type(error)) == (ZeroDivisionError, ZeroDivisionError)
        assert traceback.tb_frame.f_code.co_filename == "<string>"
        assert (sys.last_type, sys.last_value, sys.last_traceback) == (kind, error, traceback)
        assert vars(sys)["last_exc"] is (error if version == (3, 12) else None)


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt("stop")], ids=repr)
def test_an_end_of_the_builder(started: list[Any], monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """CPython itself knows what to do with these: they go through as they are."""
    monkeypatch.setattr(sys, "argv", [carrying.BOOTSTRAP, "-c", f"raise {error!r}"])
    with pytest.raises(type(error)) as caught:
        bootstrap.main()
    assert caught.value.args == error.args
