"""The records of a traced builder."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from tests.every_python.trace import FOLDER, LINUX, OWN, VERSIONS, Trace, build, state

if TYPE_CHECKING:
    from pathlib import Path


def test_start(python: str, trace: Trace, tmp_path: Path) -> None:
    """The first record has the version of the log, the parent and the interpreter; the last is `end`."""
    script = """
        import sys, os, _imp
        print(os.getpid(), os.getppid(), sys.executable, sys.implementation.cache_tag, sys.prefix, sep="|")
    """
    pid, parent, executable, tag, prefix = build(python, trace, tmp_path, script, "-O").strip().split("|")
    assert trace.said("start") == [("start", "1", parent, "exec", executable, tag, "1", "default", prefix, "1")]
    assert trace.records()[0].kind == "start"
    assert trace.records()[-1] == (int(pid), "end", ())


def test_files_by_intent(python: str, trace: Trace, tmp_path: Path) -> None:
    """The kind of a record depends on how a file is opened."""
    (tmp_path / "there").write_text("x")
    (tmp_path / "changed").write_text("x")
    (tmp_path / "folder").mkdir()
    read, changed = state(tmp_path / "there"), state(tmp_path / "changed")
    script = """
        import os
        os.chdir(os.path.dirname(__file__))
        open("there").close(); open("./there", "rb").close(); open("folder/../there").close()
        for name, mode in (("w", "w"), ("x", "x"), ("a", "a"), ("w+", "w+"), ("x+", "x+"), ("a+", "a+")):
            open(name, mode).close()
        open("changed", "r+").close()
        os.close(os.open("locked", os.O_RDONLY | os.O_CREAT))
        os.close(os.open("folder", os.O_RDONLY))
        os.truncate("changed", 0)
        for absent in ("absent", "there/below"):
            try: open(absent)
            except OSError: pass
    """
    build(python, trace, tmp_path, script)
    place = str(tmp_path)
    said = [record for record in trace.said("read", "write", "update", "absent") if record[1].startswith(place)]
    assert [record for record in said if not record[1].endswith(".py")] == [
        ("read", f"{place}/there", read),
        ("read", f"{place}/folder/../there", read),
        *(("write", f"{place}/{name}") for name in ("w", "x", "a", "w+", "x+")),
        ("update", f"{place}/a+", "-"),
        ("update", f"{place}/changed", changed),
        ("write", f"{place}/locked"),
        *([("update", f"{place}/changed", changed)] if state(tmp_path / "changed") == changed else []),
        ("absent", f"{place}/absent"),
        ("absent", f"{place}/there/below"),
    ]
    assert ("stat", f"{place}/folder", "d") in trace.said("stat")
    assert ("read", f"{place}/build.py", state(tmp_path / "build.py")) in said


def test_a_file_that_changes_is_read_twice(python: str, trace: Trace, tmp_path: Path) -> None:
    """The state of the file is part of the record, so a change between two reads is visible."""
    script = """
        import os
        for text in ("a", "a", "bb"):
            if not os.path.exists("f") or open("f").read() != text:
                open("f", "w").write(text)
            open("f").close()
    """
    build(python, trace, tmp_path, script)
    assert len({record for record in trace.said("read") if record[1] == str(tmp_path / "f")}) >= 2
    assert len(trace.said()) == len(set(trace.said()))


def test_lookups(python: str, trace: Trace, tmp_path: Path) -> None:
    """Paths that are looked for are recorded with a letter for what is there, a capital if links were not followed."""
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to("file")
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "way").symlink_to(".")
    os.mkfifo(tmp_path / "pipe")
    script = """
        import os, pathlib
        os.path.exists("file"); os.path.isdir("."); os.path.exists("none"); os.path.lexists("link")
        os.path.lexists("unlinked"); os.chdir("way")
        os.path.exists("pipe")
        os.path.exists("dangling"); os.path.exists(b"file"); os.access("link", os.R_OK); os.access("gone", os.R_OK)
        os.readlink("link"); pathlib.Path("by_pathlib").exists(); os.stat("link", follow_symlinks=False)
        os.stat(path=".")
    """
    build(python, trace, tmp_path, script)
    said = [record[1:] for record in trace.said("stat") if record[1].startswith(str(tmp_path))]
    expected = {"file": "f", "": "d", "way": "d", "none": "-", "link": "L", "pipe": "o", "dangling": "-", "gone": "-"}
    expected |= {"by_pathlib": "-", "unlinked": "_"}
    wanted = {(str(tmp_path / name), kind) for name, kind in expected.items()} | {(str(tmp_path / "link"), "f")}
    assert {(path, kind) for path, kind in said if not path.endswith("build.py")} == wanted
    assert {("link", str(tmp_path / "link")), ("link", str(tmp_path / "way"))} <= set(trace.said("link"))


@LINUX
def test_paths_that_start_from_a_descriptor(python: str, trace: Trace, tmp_path: Path) -> None:
    """`dir_fd` and folders given as file descriptors are resolved to the path with which they were opened."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "file").write_text("x")
    (folder / "link").symlink_to("file")
    script = """
        import os
        fd = os.open("folder", os.O_RDONLY)
        os.close(os.open("file", os.O_RDONLY, dir_fd=fd))
        os.stat("file", dir_fd=fd); os.lstat("link", dir_fd=fd); os.access("none", os.R_OK, dir_fd=fd)
        os.readlink("link", dir_fd=fd); os.listdir(fd); os.rename("file", "new", src_dir_fd=fd, dst_dir_fd=fd)
        os.mkdir("made", dir_fd=fd); os.symlink("new", "other", dir_fd=fd); os.stat(fd)
    """
    status = state(folder / "file")
    build(python, trace, tmp_path, script)
    said = trace.said()
    for record in (
        ("read", "file", status),
        ("stat", "file", "f"),
        ("stat", "link", "L"),
        ("stat", "none", "-"),
        ("link", "link"),
        ("write", "made"),
    ):
        assert (record[0], str(folder / record[1]), *record[2:]) in said
    assert ("list", str(folder), "Ffile/Llink") in said
    assert ("rename", str(folder / "file"), str(folder / "new")) in said
    assert ("rename", str(folder / "new"), str(folder / "other")) in said
    assert not trace.said("doubt")


def test_what_is_made_and_named(python: str, trace: Trace, tmp_path: Path) -> None:
    """Folders that are made and files that are renamed or linked are recorded."""
    script = """
        import os, shutil
        os.makedirs("a/b"); os.makedirs("a", exist_ok=True)
        open("one", "w").close()
        os.rename("one", "two"); os.replace("two", "three"); os.link("three", "four"); os.symlink("three", "a/five")
        shutil.move("four", "six")
    """
    build(python, trace, tmp_path, script)
    place = str(tmp_path)
    assert ("write", f"{place}/a") in trace.said()
    assert ("write", f"{place}/a/b") in trace.said()
    names = [("one", "two"), ("two", "three"), ("three", "four"), ("a/three", "a/five"), ("four", "six")]
    assert trace.said("rename") == [("rename", f"{place}/{old}", f"{place}/{new}") for old, new in names]


def test_calls_that_fail(python: str, trace: Trace, tmp_path: Path) -> None:
    """A call that fails records the missing path, and nothing that it would have made."""
    script = """
        import os
        calls = [
            lambda: os.remove("gone"), lambda: os.rmdir("gone folder"), lambda: os.mkdir("nowhere/below"),
            lambda: os.rename("gone too", "there"), lambda: os.chdir("no folder"),
        ]
        for call in calls:
            try: call()
            except OSError: pass
            else: raise SystemExit("it did not fail")
    """
    build(python, trace, tmp_path, script)
    nothing = {"gone": "_", "gone folder": "_", "gone too": "_", "nowhere": "-", "no folder": "-"}
    said = trace.said()
    for name, answer in nothing.items():
        assert ("stat", str(tmp_path / name), answer) in said, name
    assert ("write", str(tmp_path / "there")) not in said
    assert not trace.said("rename", "doubt")


def test_slash_at_the_end(python: str, trace: Trace, tmp_path: Path) -> None:
    """For a path with a slash at its end, only whether it leads to a folder is recorded."""
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("folder")
    script = """
        import os
        for name in ("file/", "folder/", "link/", "link/.", "gone/"):
            os.path.exists(name); os.path.lexists(name); os.path.islink(name); os.access(name, os.R_OK)
            try: open(name)
            except OSError: pass
    """
    build(python, trace, tmp_path, script)
    asked = {record for record in trace.said("stat", "read", "absent") if record[1].startswith(f"{tmp_path}/")}
    answers = {"file": "f", "folder": "d", "link": "d", "gone": "-"}
    expected = {("stat", str(tmp_path / name), answer) for name, answer in answers.items()}
    assert {record for record in asked if not record[1].endswith("build.py")} == expected
    assert ("link", str(tmp_path / "link")) in trace.said("link")


def test_a_listing_that_fails(python: str, trace: Trace, tmp_path: Path) -> None:
    """A path that cannot be listed because it is missing, a file or a cyclic link is recorded as such."""
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to("loop")
    script = """
        import os
        for name in ("gone", "file", "loop"):
            try: os.listdir(name)
            except OSError: pass
    """
    build(python, trace, tmp_path, script)
    for name, answer in {"gone": "-", "file": "f", "loop": "-"}.items():
        assert ("stat", str(tmp_path / name), answer) in trace.said("stat")
    assert not trace.said("doubt")


def test_modules_that_the_interpreter_imports_first(python: str, trace: Trace, tmp_path: Path) -> None:
    """They are looked for in the folders of PYTHONPATH as well."""
    build(python, trace, tmp_path, "pass", PYTHONPATH=str(tmp_path))
    early = {name for _, folder, name, found in trace.said("find") if folder == str(tmp_path) and not found}
    assert {"codecs", "encodings", "io", "os", "site"} <= early


def test_databases(python: str, trace: Trace, tmp_path: Path) -> None:
    """Files that SQLite opens by name or URI are recorded; databases in memory are not."""
    (tmp_path / "old.db").touch()
    status = state(tmp_path / "old.db")
    script = """
        import sqlite3, pathlib
        for name in ("new.db", "old.db", ":memory:", "", pathlib.Path("path.db"), b"bytes.db"):
            sqlite3.connect(name).close()
        for name in ("old.db?mode=ro", "with%20space.db#x", "//localhost" + str(pathlib.Path("abs.db").absolute()),
                     "one?mode=memory&cache=shared", ":memory:"):
            sqlite3.connect("file:" + name, uri=True).close()
    """
    build(python, trace, tmp_path, script)
    names = ["path.db", "bytes.db", "with space.db", "abs.db"]
    assert trace.said("database") == [
        ("database", str(tmp_path / "new.db"), "-"),
        ("database", str(tmp_path / "old.db"), status),
        *(("database", str(tmp_path / name), "-") for name in names),
    ]


def test_listings(python: str, trace: Trace, tmp_path: Path) -> None:
    """Listed folders are recorded; those listed to find distributions have a kind of their own."""
    for name in ("listed", "scanned", "walked/below", "globbed", "iterated", "imported", "distributed"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "imported" / "module.py").touch()
    script = """
        import glob, os, pathlib, sys
        os.listdir(); os.listdir("listed"); os.scandir(b"scanned").close(); list(os.walk("walked"))
        glob.glob("globbed/*"); list(pathlib.Path("iterated").iterdir())
        sys.path.append("imported"); import module
        sys.path.append(os.path.abspath("distributed"))
        import importlib.metadata
        list(importlib.metadata.distributions())
    """
    build(python, trace, tmp_path, script)
    place = str(tmp_path)
    own = "Ddistributed/Dglobbed/Dimported/Diterated/Dlisted/Dscanned/Dwalked/Fbuild.py"
    listed = {"": own, "/listed": "", "/scanned": "", "/walked": "Dbelow", "/walked/below": "", "/globbed": ""}
    assert [record for record in trace.said("list") if record[1].startswith(place)] == [
        *(("list", place + name, names) for name, names in listed.items()),
        ("list", f"{place}/iterated", ""),
    ]
    assert ("metadata", f"{place}/distributed") in trace.said("metadata")


def test_imports(python: str, trace: Trace, tmp_path: Path) -> None:
    """Each name that importlib looks for in a folder is recorded, and each missing folder of sys.path."""
    for name in ("first", "second/package", "second/space/deep"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "second" / "package" / "__init__.py").touch()
    (tmp_path / "second" / "space" / "deep" / "leaf.py").touch()
    script = """
        import sys
        sys.path[:0] = ["first", "second", "third"]
        import package, space.deep.leaf
        for name in ("nothing", "package.nothing"):
            try: __import__(name)
            except ImportError: pass
    """
    build(python, trace, tmp_path, script)
    place = str(tmp_path)
    said = trace.said("find")
    for folder, name, found in (
        ("first", "package", "-"),
        ("second", "package", f"{place}/second/package/__init__.py"),
        ("first", "space", "-"),
        ("second", "space", "/"),
        ("second/space", "deep", "/"),
        ("second/space/deep", "leaf", f"{place}/second/space/deep/leaf.py"),
        ("first", "nothing", "-"),
        ("second", "nothing", "-"),
        ("second/package", "nothing", "-"),
    ):
        assert ("find", f"{place}/{folder}", name, found) in said
    assert ("stat", f"{place}/third", "-") in trace.said("stat")
    assert not [record for record in said if record[1] == str(FOLDER)]


def test_environment_names(python: str, trace: Trace, tmp_path: Path) -> None:
    """Variables that are read are recorded, whether they are set or not."""
    script = """
        import os
        os.getenv("A"); os.environ.get("B"); "C" in os.environ; os.environb.get(b"D"); os.environ["SET"]
        os.environ.pop("F", None); os.environ.setdefault("G", "1"); os.environ["WRITTEN"] = "1"; len(os.environ)
        try: os.environ["H"]
        except KeyError as error: assert error.args == ("H",)
        os.getenv("PATH")
    """
    build(python, trace, tmp_path, script, SET="1")
    assert [name for _, name in trace.said("env")] == ["A", "B", "C", "D", "SET", "F", "G", "H", "PATH"]
    assert not trace.said("environ")


@pytest.mark.parametrize(
    "code",
    ["dict(os.environ)", "os.environ.copy()", "list(os.environ)", "list(os.environ.items())", "repr(os.environ)",
     "{**os.environ}", "[*os.environ.values()]", "dict(os.environb)"],
)  # fmt: skip
def test_environment_as_a_whole(trace: Trace, tmp_path: Path, code: str) -> None:
    """An environment that is copied, listed or shown is one record."""
    build(sys.executable, trace, tmp_path, f"import os\n{code}\nos.getenv('AFTER')", SET="1")
    assert trace.said("env", "environ") == [("environ",), ("env", "AFTER")]


def test_environment_read_for_presentation(python: str, trace: Trace, tmp_path: Path) -> None:
    """Variables that the standard library reads for temporary files, terminals and programs are not recorded."""
    script = """
        import os, shutil, subprocess, tempfile
        tempfile.gettempdir(); shutil.get_terminal_size(); shutil.which("true"); subprocess.run(["true"])
        if not os.fork():
            os.execvp("true", ["true"])
        os.wait()
    """
    build(python, trace, tmp_path, script)
    assert not {name for _, name in trace.said("env")} & {"PATH", "TMPDIR", "TEMP", "TMP", "COLUMNS", "LINES"}


def test_fields_are_escaped(python: str, trace: Trace, tmp_path: Path) -> None:
    """Names may have any byte but the null byte."""
    name = b"a\tb\nc%d\x7f\xff\xc3\xa4"
    script = f"import os; os.path.exists({os.fsencode(tmp_path) + b'/' + name!r})"
    build(python, trace, tmp_path, script)
    assert ("stat", f"{tmp_path}/{os.fsdecode(name)}", "-") in trace.said("stat")
    assert b"/a%09b%0Ac%25d%7F\xff\xc3\xa4\t-" in trace.path.read_bytes()


def test_own_version_is_tested() -> None:
    """The interpreter that runs the tests is among those that are tested."""
    assert OWN in VERSIONS
