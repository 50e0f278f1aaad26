"""The tracer: what it records, how it gets into children, and that no builder can tell."""

from __future__ import annotations

import json
import os
import signal
import sys
import zipfile
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from tests.tracing.trace import FOLDER, OWN, VERSIONS, Trace, interpreter, plain, run, traced

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="paths of file descriptors are read from /proc")


@pytest.fixture(params=VERSIONS)
def python(request: pytest.FixtureRequest) -> str:
    """An interpreter of each version that this machine has."""
    path = interpreter(request.param)
    if path is None:
        pytest.skip(f"there is no Python {request.param}")
    return path


@pytest.fixture
def trace(tmp_path_factory: pytest.TempPathFactory) -> Trace:
    """An empty log, outside the builder's folder."""
    return Trace(tmp_path_factory.mktemp("trace"))


def version(python: str) -> tuple[int, ...]:
    """Return the version of an interpreter."""
    answer = run([python, "-c", "import sys; print(*sys.version_info[:2])"], plain(), Path("/"))
    return tuple(map(int, answer.stdout.split()))


def build(python: str, trace: Trace, folder: Path, script: str, *options: str, code: int = 0, **more: str) -> str:
    """Run a script with the tracer and return what it prints."""
    path = folder / "build.py"
    path.write_text(dedent(script))
    return run([python, *options, str(path)], traced(trace, **more), folder, code).stdout


def state(path: Path) -> str:
    """Return what the log says of a file's state."""
    status = path.stat()
    fields = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    return ":".join(map(str, fields))


# What is recorded


def test_start_says_what_runs(python: str, trace: Trace, tmp_path: Path) -> None:
    """Version of the log, parent, how it came, interpreter and what shapes its bytecode; then the end."""
    script = """
        import sys, os, _imp
        print(os.getpid(), os.getppid(), sys.executable, sys.implementation.cache_tag, sys.prefix, sep="|")
    """
    pid, parent, executable, tag, prefix = build(python, trace, tmp_path, script, "-O").strip().split("|")
    assert trace.said("start") == [("start", "1", parent, "exec", executable, tag, "1", "default", prefix, "1")]
    assert trace.records()[0].kind == "start"
    assert trace.records()[-1] == (int(pid), "end", ())


def test_files_by_intent(python: str, trace: Trace, tmp_path: Path) -> None:
    """Each way to open a file is the kind of record that it means for a later build."""
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
    """The state is part of the record, so that a change between two reads is seen."""
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
    """Paths looked for are recorded with what was there, or was not; in capitals where no link was followed."""
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
    """`dir_fd` and folders given as file descriptors are resolved to the path they were opened by."""
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
    """Folders made, and names given to files, are outputs."""
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


def test_databases(python: str, trace: Trace, tmp_path: Path) -> None:
    """Files that SQLite opens, by name and by URI; not what it keeps in memory."""
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
    """Folders listed by anybody, apart from those listed to import and to look for distributions."""
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
    """Every name looked for in a folder, found there or not; and folders of sys.path that are not there."""
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
    """Names that are read, whether they are set or not."""
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
    """Taken whole, it is one record, and not one for each name."""
    build(sys.executable, trace, tmp_path, f"import os\n{code}\nos.getenv('AFTER')", SET="1")
    assert trace.said("env", "environ") == [("environ",), ("env", "AFTER")]


def test_environment_read_for_presentation(python: str, trace: Trace, tmp_path: Path) -> None:
    """What the standard library reads for scratch space, terminals and programs is nobody's input."""
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
    """Names may hold any byte but the null byte."""
    name = b"a\tb\nc%d\x7f\xff\xc3\xa4"
    script = f"import os; os.path.exists({os.fsencode(tmp_path) + b'/' + name!r})"
    build(python, trace, tmp_path, script)
    assert ("stat", f"{tmp_path}/{os.fsdecode(name)}", "-") in trace.said("stat")
    assert b"/a%09b%0Ac%25d%7F\xff\xc3\xa4\t-" in trace.path.read_bytes()


# Programs


@pytest.mark.parametrize("how", ["run", "run_as", "posix_spawn", "posix_spawnp"])
def test_programs_started(python: str, trace: Trace, tmp_path: Path, how: str) -> None:
    """A program with its process, the file that is run, and its arguments."""
    script = f"""
        import os, subprocess
        if {how!r} == "run":
            process = subprocess.Popen(["true", "an argument", b"\\xff"]); print(process.pid); process.wait()
        elif {how!r} == "run_as":
            process = subprocess.Popen(["true", "an argument", b"\\xff"], preexec_fn=os.setsid, env=dict(os.environ))
            print(process.pid); process.wait()
        else:
            program = "true" if {how!r} == "posix_spawnp" else {"/usr/bin/true"!r}
            pid = os.{how if how.startswith("p") else "getpid"}(program, ["true", "an argument", b"\\xff"], os.environ)
            print(pid); os.waitpid(pid, 0)
    """
    pid = build(python, trace, tmp_path, script).strip()
    (record,) = trace.said("spawn")
    assert record[1] == pid
    assert os.path.basename(record[2]) == "true"
    assert os.path.isfile(record[2])
    assert record[3:] == ("true", "an argument", "\udcff")
    if how == "run_as":
        assert ("exec", *record[2:]) in trace.said("exec")
    assert not trace.said("doubt")


def test_programs_that_are_not_there(python: str, trace: Trace, tmp_path: Path) -> None:
    """No process, no record of one; where it was looked for is recorded, since it could come."""
    script = """
        import os, subprocess
        for start in (lambda: subprocess.run(["./none"]), lambda: os.posix_spawn("./none", ["none"], {}),
                      lambda: os.execv("./none", ["none"])):
            try: start()
            except FileNotFoundError: pass
            else: raise AssertionError
    """
    build(python, trace, tmp_path, script)
    assert trace.said("spawn", "exec") == []
    assert ("stat", f"{tmp_path}/none", "-") in trace.said("stat")


def test_a_shell(python: str, trace: Trace, tmp_path: Path) -> None:
    """The command of a shell, and what Python runs in it."""
    (tmp_path / "input").touch()
    (tmp_path / "inner.py").write_text("import os; open('input').close(); print(os.environ.get('PYTHONPATH'))")
    script = """
        import os, sys
        os.system(sys.executable + " inner.py")
        os.environ["PYTHONPATH"] = "mine"
        os.system(sys.executable + " inner.py")
        os.environ.clear()
        os.system(sys.executable + " inner.py")
        print(os.popen(sys.executable + " inner.py").read())
    """
    out = build(python, trace, tmp_path, script)
    assert out.split() == ["None", "mine", "None", "None"]
    assert len(trace.readers(tmp_path / "input")) == 4
    (command,) = {command for _, command in trace.said("system")}
    assert command.endswith(" inner.py")
    began, ended = trace.processes()
    assert began == ended


# Children

CHILDREN = {
    "fork": "fork(lambda: os._exit(child()))",
    "forked and returning": "fork(lambda: sys.exit(child()))",
    "forkpty": "fork(lambda: os._exit(child()), lambda: os.forkpty()[0])",
    "thread": "thread(child)",
    "thread that forks": "thread(lambda: fork(lambda: os._exit(child())))",
    "subprocess": "subprocess.run(argv(), check=True)",
    "no environment": "subprocess.run(argv(), check=True, env={})",
    "copied environment": "subprocess.run(argv(), check=True, env=os.environ.copy())",
    "no file descriptors closed": "subprocess.run(argv(), check=True, close_fds=False)",
    "preexec_fn": "subprocess.run(argv(), check=True, preexec_fn=os.setsid)",
    "isolated": "subprocess.run(argv('-I'), check=True)",
    "isolated with options": "subprocess.run(argv('-BWignore', '-X', 'utf8', '-sI'), check=True)",
    "without site": "subprocess.run(argv('-S'), check=True)",
    "without environment": "subprocess.run(argv('-E'), check=True)",
    "module": "subprocess.run([sys.executable, '-m', 'child'], check=True)",
    "module without site": "subprocess.run([sys.executable, '-Sm', 'child'], check=True)",
    "code": "subprocess.run([sys.executable, '-c', 'import child'], check=True)",
    "isolated code": "subprocess.run([sys.executable, '-Ic', code], check=True)",
    "bytes": "subprocess.run([os.fsencode(word) for word in argv('-I')], check=True, env={b'A': b'1'})",
    "posix_spawn": "os.waitpid(os.posix_spawn(sys.executable, argv(), {}), 0)",
    "posix_spawnp": "os.waitpid(os.posix_spawnp(sys.executable, argv('-I'), os.environ), 0)",
    "spawnv": "os.spawnv(os.P_WAIT, sys.executable, argv())",
    "spawnve": "os.spawnve(os.P_WAIT, sys.executable, argv('-E'), {})",
    "exec": "os.execl(sys.executable, *argv('-I'))",
    "execve": "os.execve(sys.executable, argv(), env={})",
    "execvp": "os.execvp(sys.executable, argv())",
    "asyncio": "in_loop()",
    "grandchild": "subprocess.run([sys.executable, '-I', '-c', generation], check=True, env={})",
    "pool by fork": "pool('fork')",
    "pool by spawn": "pool('spawn')",
    "pool by forkserver": "pool('forkserver')",
    "process pool": "executor()",
}

PREAMBLE = """
import os, subprocess, sys

code = "open('input').close()"
generation = "import subprocess, sys; subprocess.run([sys.executable, 'child.py'], env={}, check=True)"

def argv(*options):
    return [sys.executable, *options, "child.py"]

def child():
    open("input").close()
    return 0

def fork(leave, start=os.fork):
    pid = start()
    if not pid:
        leave()
    os.waitpid(pid, 0)

def thread(work):
    import threading
    worker = threading.Thread(target=work)
    worker.start()
    worker.join()

def pool(how):
    import multiprocessing
    with multiprocessing.get_context(how).Pool(1) as workers:
        workers.apply(child)
        workers.close()
        workers.join()

def executor():
    from concurrent.futures import ProcessPoolExecutor
    with ProcessPoolExecutor(1) as workers:
        workers.submit(child).result()

def in_loop():
    import asyncio
    async def work():
        process = await asyncio.create_subprocess_exec(*argv())
        await process.wait()
    asyncio.run(work())

if __name__ == "__main__":
    """


@pytest.mark.parametrize("how", CHILDREN)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_t26_children_are_traced(python: str, trace: Trace, tmp_path: Path, how: str) -> None:
    """However Python gets into a child, what it reads is recorded; each process has its start and its end."""
    (tmp_path / "input").touch()
    (tmp_path / "child.py").write_text("open('input').close()")
    (tmp_path / "build.py").write_text(PREAMBLE + CHILDREN[how])
    run([python, "build.py"], traced(trace), tmp_path)
    assert trace.readers(tmp_path / "input")
    began, ended = trace.processes()
    assert began == ended
    assert not trace.said("doubt")
    told = {int(record.fields[0]) for record in trace.records("spawn")}
    assert told <= began
    (root,) = {trace.records("start")[0].process}
    assert trace.readers(tmp_path / "input") - {root} or how in {"thread", "exec", "execve", "execvp"}


@pytest.mark.parametrize("options", [["-I"], ["-E"], ["-S"], ["-I", "-S"], ["-P"], []], ids=" ".join)
@pytest.mark.parametrize("form", ["script", "-m", "-c", "folder", "zip", "pyc"])
def test_forms_of_a_builder(trace: Trace, tmp_path: Path, options: list[str], form: str) -> None:
    """`traced_argv` gets the recorder into any form of command, and the command sees its own."""
    from ci_accel import tracer

    if sys.version_info < (3, 11) and "-P" in options:
        pytest.skip("-P came with Python 3.11")
    if form == "-m" and {"-I", "-P"} & set(options):
        pytest.skip("such an interpreter does not look for modules here")
    argv = [sys.executable, *options, *command(tmp_path, form, "import sys; print(sys.argv, sys.path); open('input')")]
    (tmp_path / "input").touch()
    expected = run(argv, plain(), tmp_path).stdout
    variables = {**plain(), **tracer.tracing_variables(plain(), trace.path)}
    answer = run(tracer.traced_argv(argv, variables), variables, tmp_path)
    assert answer.stdout == expected
    assert trace.readers(tmp_path / "input")
    assert trace.said("end")


def command(folder: Path, form: str, code: str) -> list[str]:
    """Write code down in some form, and return the arguments that run it."""
    import py_compile

    (folder / "module.py").write_text(code)
    if form == "script":
        return ["module.py", "an argument"]
    if form == "folder":
        (folder / "program").mkdir()
        (folder / "program" / "__main__.py").write_text(code)
        return ["program", "an argument"]
    if form == "zip":
        with zipfile.ZipFile(folder / "program.zip", "w") as archive:
            archive.writestr("__main__.py", code)
        return ["program.zip", "an argument"]
    if form == "pyc":
        py_compile.compile(str(folder / "module.py"), str(folder / "module.pyc"))
        (folder / "module.py").unlink()
        return ["module.pyc", "an argument"]
    return [form, code if form == "-c" else "module", "an argument"]


def test_killed_and_hasty_children(python: str, trace: Trace, tmp_path: Path) -> None:
    """A child that leaves by os._exit has its end; one that is killed has none."""
    script = """
        import os, signal
        def child(leave):
            pid = os.fork()
            if not pid:
                os.getenv("CHILD")
                leave()
            os.waitpid(pid, 0)
            return pid
        print(child(lambda: os._exit(3)), child(lambda: os.kill(os.getpid(), signal.SIGKILL)), child(os.abort))
    """
    hasty, *killed = map(int, build(python, trace, tmp_path, script).split())
    began, ended = trace.processes()
    assert hasty in ended
    assert began - ended == set(killed)
    (start,) = [record for record in trace.records("start") if record.process == hasty]
    assert start.fields[1:3] == (str(trace.records("start")[0].process), "fork")


@pytest.mark.parametrize("setting", [None, "", "mine", "mine:", ":mine:other"])
@pytest.mark.parametrize("options", [[], ["-S"]], ids=" ".join)
def test_pythonpath_is_as_it_was(
    python: str, trace: Trace, tmp_path: Path, setting: str | None, options: list[str]
) -> None:
    """The builder, its children and theirs see the PYTHONPATH, and the sys.path, that they would have seen."""
    (tmp_path / "show.py").write_text(
        "import os, sys; print(os.environ.get('PYTHONPATH'), os.environ.get('CI_ACCEL_TRACE'), sys.path, flush=True)"
    )
    script = """
        import os, subprocess, sys
        import show
        code = "import subprocess, sys; subprocess.run([sys.executable, 'show.py'])"
        subprocess.run([sys.executable, *sys.argv[1:], "show.py"])
        subprocess.run([sys.executable, "show.py"], env={})
        subprocess.run([sys.executable, "show.py"], env={**os.environ, "PYTHONPATH": "other"})
        subprocess.run([sys.executable, "-c", code])
        subprocess.run([sys.executable, "-I", "-c", code])
        os.environ["PYTHONPATH"] = "changed"
        subprocess.run([sys.executable, "-c", code])
        del os.environ["PYTHONPATH"]
        subprocess.run([sys.executable, "-c", code])
    """
    (tmp_path / "build.py").write_text(dedent(script))
    more = {} if setting is None else {"PYTHONPATH": setting}
    expected = run([python, "build.py", *options], plain(**more), tmp_path).stdout
    variables = traced(trace, **more)
    if setting == "":
        variables["PYTHONPATH"] = f"{FOLDER}:{FOLDER}"
    elif setting is not None:
        variables["PYTHONPATH"] = f"{FOLDER}:{setting}"
    assert run([python, "build.py", *options], variables, tmp_path).stdout == expected
    began, ended = trace.processes()
    assert len(began) == 12
    assert began == ended


def test_an_environment_that_is_read_again(trace: Trace, monkeypatch: pytest.MonkeyPatch) -> None:
    """os.reload_environ, which comes with Python 3.14, does not bring the tracer to light."""
    from ci_accel.tracer import children
    from ci_accel.tracer.log import Log

    mapping = type("Environ", (dict,), {"_data": {}})()
    mapping._data.update({b"CI_ACCEL_TRACE": b"log", b"PYTHONPATH": os.fsencode(FOLDER), b"A": b"1"})
    monkeypatch.setattr(os, "environ", mapping)
    log = Log(os.fsencode(trace.path))
    carriage = children.Carriage(log)
    assert mapping._data == {b"A": b"1"}

    def again() -> int:
        mapping._data.update({b"CI_ACCEL_TRACE": b"log", b"PYTHONPATH": os.fsencode(FOLDER) + b":mine"})
        return 5

    assert children.Reload(again, log, carriage)() == 5
    assert mapping._data == {b"A": b"1", b"PYTHONPATH": b"mine"}
    assert carriage.in_list([])[-1] == b"PYTHONPATH=" + os.fsencode(FOLDER)


@pytest.mark.parametrize(
    "how", ["subprocess.run(child)", "os.posix_spawn(child[0], child, {})", "os.system(' '.join(child))"]
)
def test_parents_write_before_their_children_read(trace: Trace, tmp_path: Path, how: str) -> None:
    """What a child reads stands behind what its parent wrote before."""
    (tmp_path / "child.py").write_text("open('made').close()")
    script = f"""
        import os, subprocess, sys
        child = [sys.executable, "child.py"]
        open("made", "w").close()
        {how}
        if "posix_spawn" in {how!r}:
            os.wait()
    """
    build(sys.executable, trace, tmp_path, script)
    kinds = [kind for kind, *fields in trace.said("write", "read") if fields[0] == str(tmp_path / "made")]
    assert kinds == ["write", "read"]


def test_a_tracer_in_a_traced_builder(python: str, trace: Trace, tmp_path: Path) -> None:
    """A builder that has builders of its own traced keeps its own log for them."""
    inner = tmp_path / "inner.log"
    inner.touch()
    script = f"""
        import subprocess, sys
        environment = {{"CI_ACCEL_TRACE": {str(inner)!r}, "PYTHONPATH": {str(FOLDER)!r}}}
        subprocess.run([sys.executable, "-c", ""], env=environment)
    """
    build(python, trace, tmp_path, script)
    assert b"\tend\n" in inner.read_bytes()
    (spawned,) = trace.records("spawn")
    assert int(spawned.fields[0]) not in trace.processes()[0]


def test_what_an_interpreter_alone_can_do(python: str, trace: Trace, tmp_path: Path) -> None:
    """An isolated interpreter that reads its program from standard input is left alone, and doubted."""
    script = """
        import subprocess, sys
        subprocess.run([sys.executable, "-I", "-"], input=b"print(1)", check=True)
        subprocess.run([sys.executable, "-I", "--version"], check=True)
    """
    build(python, trace, tmp_path, script)
    assert len(trace.said("doubt")) == 2
    assert len(trace.said("start")) == 1


# What the builder sees

LOOK = """
import sys
modules = sorted(set(sys.modules) - {"_ci_accel_recorder"})
main = sorted(vars(sys.modules["__main__"]))
import json, os, pickle, inspect

def attempt(call, *arguments, **keywords):
    try:
        return repr(call(*arguments, **keywords))
    except BaseException as error:
        return [type(error).__name__, [str(argument) for argument in error.args], repr(error.__context__), str(error)]

own = os.path.realpath("/dev/fd") if not os.path.isdir("/proc/self/fd") else "/proc/self/fd"
seen = {
    "modules": modules,
    "main": [name for name in main if name not in ("modules",)],
    "path": sys.path,
    "argv": sys.argv,
    "orig_argv": getattr(sys, "orig_argv", None),
    "flags": repr(sys.flags),
    "environ": dict(os.environ),
    "environb": len(os.environb),
    "environ again": repr(type(os.environ)),
    "descriptors": sorted(os.listdir(own)),
    "importers": sorted(sys.path_importer_cache),
    "dont_write_bytecode": sys.dont_write_bytecode,
    "meta_path": repr([finder for finder in sys.meta_path if isinstance(finder, type)]),
    "file": [globals().get(name) for name in ("__file__", "__cached__", "__name__", "__package__", "__doc__")],
    "spec": globals().get("__spec__") and __spec__.name,
    "loader": type(__loader__).__name__,
    "modules after": sorted(set(sys.modules) - {"_ci_accel_recorder"}),
}
for name in ("stat", "lstat", "access", "readlink", "open", "execv", "execve", "posix_spawn", "posix_spawnp", "_exit"):
    function = getattr(os, name)
    seen[name] = [
        function.__name__, function.__doc__, attempt(inspect.signature, function), repr(function),
        pickle.loads(pickle.dumps(function)) is function, [function in able for able in (
            os.supports_dir_fd, os.supports_effective_ids, os.supports_fd, os.supports_follow_symlinks)],
        attempt(function), attempt(function, 1.5, 2.5, 3.5, 4.5, 5.5), attempt(function, nonsense=1),
        attempt(function, "absent/x", *[[], {}][:("exec" in name) + name.endswith("e") + 2 * ("spawn" in name)])
        if name not in ("access", "open", "_exit") else None,
        attempt(function, "nu\\0ll", 0) if name != "_exit" else None,
    ]
class Holder:
    stat = os.stat
seen["holder"] = attempt(Holder().stat, "absent")
seen["more"] = [
    attempt(os.stat, "/", dir_fd="x"), attempt(os.access, "/", 4, follow_symlinks=False), attempt(os.stat, 99999),
    attempt(os.open, "absent", os.O_RDONLY, 0o777, dir_fd=0), attempt(open, "absent"), attempt(os.listdir, "absent"),
    attempt(os.environ.__getitem__, 5), attempt(os.environ.__getitem__, "ABSENT"), attempt(os.getenv, "ABSENT", 7),
    attempt(os.rename, "absent", "other"), attempt(os.mkdir, "/"), attempt(os.readlink, "/"),
    attempt(os.execv, "/x", ()),
    attempt(__import__, "absent"), attempt(__import__, "os.absent"), attempt(os.execve, "/x", ["x"], 5),
    attempt(os.execve, "/x", ["x"], {"a=b": "c"}), attempt(os.posix_spawn, "/x", ["x"], {"a": 1}),
]
print(json.dumps(seen))
"""


@pytest.mark.parametrize("options", [[], ["-I"], ["-S"], ["-E"], ["-I", "-S", "-B"], ["-P"]], ids=" ".join)
@pytest.mark.parametrize("form", ["script", "-m", "-c"])
def test_no_builder_can_tell(python: str, trace: Trace, tmp_path: Path, options: list[str], form: str) -> None:
    """What a builder sees of itself and of the functions that are watched is the same with and without the tracer."""
    if "-P" in options and version(python) < (3, 11):
        pytest.skip("-P came with Python 3.11")
    if form == "-m" and {"-I", "-P"} & set(options):
        pytest.skip("such an interpreter does not look for modules here")
    inner = [python, *options, *command(tmp_path, form, LOOK)]
    # The one in between rewrites the arguments where that has to be; it starts with what `plain` has, and no more.
    outer = [python, "-c", f"import subprocess; subprocess.run({inner!r}, check=True)"]
    expected = json.loads(run(outer, plain(SOME="1"), tmp_path).stdout)
    answer = json.loads(run(outer, traced(trace, SOME="1"), tmp_path).stdout)
    for name, value in expected.items():
        assert comparable(answer[name]) == comparable(value), name
    assert len(trace.processes()[1]) == 2


def comparable(value: Any) -> Any:
    """Return a value without what differs between any two runs."""
    import re

    return json.loads(re.sub(r"0x[0-9a-f]+", "", json.dumps(value)))


@pytest.mark.parametrize(
    "code",
    [
        "1/0",
        "import sys; sys.exit(3)",
        "import sys; sys.exit('words')",
        "raise KeyboardInterrupt",
        "import os; os._exit(4)",
        "1 +* 2",
        "import nothing",
    ],
)
@pytest.mark.parametrize("options", [[], ["-I"], ["-S"]], ids=" ".join)
def test_the_end_of_a_builder(python: str, trace: Trace, tmp_path: Path, code: str, options: list[str]) -> None:
    """Exit code and traceback are the builder's own."""
    inner = [python, *options, *command(tmp_path, "script", code)]
    outer = [python, "-c", f"import subprocess, sys; sys.exit(subprocess.run({inner!r}).returncode)"]
    expected = run(outer, plain(), tmp_path, None)
    answer = run(outer, traced(trace), tmp_path, None)
    assert answer.returncode == expected.returncode
    if "Keyboard" not in code:
        assert answer.stderr == expected.stderr


@pytest.mark.parametrize("fails", [False, True])
def test_other_customisations(python: str, trace: Trace, tmp_path: Path, fails: bool) -> None:
    """An existing sitecustomize is run after ours, and usercustomize by site; their errors are what they were."""
    folder = tmp_path / "customised"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text("import sys\nsys.site = __file__, __name__\n" + "1/0" * fails)
    (folder / "usercustomize.py").write_text("import sys\nsys.user = __file__\n")
    script = "import sys; print(sys.site, sys.user, 'sitecustomize' in sys.modules, sys.path)"
    environment = {"PYTHONPATH": str(folder), "HOME": str(tmp_path)}
    argv = [python, "-c", script]
    expected = run(argv, plain(**environment), tmp_path, None)
    answer = run(argv, traced(trace, **environment), tmp_path, None)
    assert (answer.stdout, answer.stderr) == (expected.stdout, expected.stderr)
    assert trace.said("end")
    # Without a log it does nothing but let the other one run.
    idle = {**plain(**environment), "PYTHONPATH": f"{FOLDER}:{folder}"}
    idle_answer = run(argv, idle, tmp_path, None)
    assert (idle_answer.stdout, idle_answer.stderr) == (expected.stdout, expected.stderr)


LIBRARY = """
import asyncio, glob, importlib.metadata, multiprocessing, os, pathlib, shutil, subprocess, sys, tempfile, threading

def size(path):
    return os.path.getsize(path)

if __name__ == "__main__":
    root = pathlib.Path("work"); (root / "a" / "b").mkdir(parents=True)
    (root / "a" / "f.txt").write_text("text"); (root / "a" / "l").symlink_to("f.txt")
    shutil.copytree(root / "a", root / "c", symlinks=True)
    print(sorted(str(path) for path in root.rglob("*")), sorted(glob.glob("work/**", recursive=True)))
    print([(top, sorted(folders), sorted(files)) for top, folders, files, fd in os.fwalk("work/a")])
    print(sorted(entry.name for entry in os.scandir("work/c")), (root / "a" / "l").resolve().name)
    with tempfile.TemporaryDirectory() as folder, tempfile.NamedTemporaryFile(dir=folder) as file:
        file.write(b"x"); file.flush(); print(os.path.getsize(file.name))
    with tempfile.TemporaryFile() as file:
        file.write(b"x")
    shutil.rmtree("work/c"); print(os.path.exists("work/c"), (root / "a" / "l").is_symlink())
    print((root / "a").stat().st_mode)
    print(subprocess.run(["echo", "hello"], stdout=subprocess.PIPE).stdout, shutil.which("sh") is not None)
    with multiprocessing.Pool(2) as workers:
        print(workers.map(size, ["work/a/f.txt"] * 4), workers.map(os.path.exists, ["work", "none"]),
              [status.st_size for status in workers.map(os.stat, ["work/a/f.txt"])])
    print(sorted(d.metadata["Name"] for d in importlib.metadata.distributions(path=[sys.argv[1]])))
    if sys.version_info >= (3, 9):
        import importlib.resources
        print(sorted(p.name for p in importlib.resources.files("pack").iterdir() if p.name != "__pycache__"))
    print(importlib.metadata.version("thing"), pathlib.Path("work/none").exists())
    with open("work/a/f.txt", opener=lambda path, flags: os.open("f.txt", flags, dir_fd=os.open("work/a", 0))) as file:
        print(file.read())
"""


@pytest.mark.filterwarnings("ignore")
def test_the_library_works(python: str, trace: Trace, tmp_path: Path) -> None:
    """What builders use of the standard library does what it did."""
    answers = []
    for name, variables in (("without", plain()), ("with", traced(trace))):
        folder = tmp_path / name
        (folder / "pack").mkdir(parents=True)
        (folder / "pack" / "__init__.py").touch()
        (folder / "pack" / "data.txt").touch()
        (folder / "thing-1.0.dist-info").mkdir()
        (folder / "thing-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n")
        (folder / "build.py").write_text(LIBRARY)
        answers.append(run([python, "build.py", "."], variables, folder).stdout)
    assert answers[0] == answers[1]
    assert not trace.said("doubt")
    began, ended = trace.processes()
    # Workers of a pool that is terminated are killed by SIGTERM.
    assert len(began - ended) <= 2


# Faults of the tracer


def test_errors_become_doubts(python: str, trace: Trace, tmp_path: Path) -> None:
    """What the recorder cannot do is said in the log, and not to the builder."""
    script = """
        import os
        class Odd:
            asked = 0
            def __fspath__(self):
                self.asked += 1
                if self.asked > 1:
                    raise RuntimeError("asked too often")
                return "absent"
        try: os.stat(Odd())
        except FileNotFoundError: print("as it was")
    """
    assert build(python, trace, tmp_path, script) == "as it was\n"
    assert trace.said("doubt") == [("doubt", "RuntimeError: asked too often")]
    assert trace.said("end")


def test_sub_interpreters_are_doubted(trace: Trace, tmp_path: Path) -> None:
    """Nothing sees what a sub-interpreter does."""
    module = "_interpreters" if sys.version_info >= (3, 13) else "_xxsubinterpreters"
    build(sys.executable, trace, tmp_path, f"import {module} as i; i.create()")
    assert any("sub-interpreter" in words for _, words in trace.said("doubt"))


@pytest.mark.parametrize("log", ["none/there", "folder"])
def test_a_log_that_cannot_be_written(python: str, tmp_path: Path, log: str) -> None:
    """The builder does not notice."""
    (tmp_path / "folder").mkdir()
    variables = {**plain(), "CI_ACCEL_TRACE": str(tmp_path / log), "PYTHONPATH": str(FOLDER)}
    answer = run([python, "-c", "import json; print(json.dumps(1))"], variables, tmp_path)
    assert (answer.stdout, answer.stderr) == ("1\n", "")


def test_a_recorder_that_does_not_start(python: str, trace: Trace, tmp_path: Path) -> None:
    """Without its parts it does nothing: that there is no `start` makes the trace incomplete."""
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "sitecustomize.py").write_text((FOLDER / "sitecustomize.py").read_text())
    (broken / "recorder.py").write_text("1/0")
    variables = {**plain(), "CI_ACCEL_TRACE": str(trace.path), "PYTHONPATH": str(broken)}
    assert run([python, "-c", "print(1)"], variables, tmp_path).stdout == "1\n"
    assert trace.records() == []


def test_lines_are_whole_with_many_writers(trace: Trace, tmp_path: Path) -> None:
    """Eight processes, with threads, that write at once: no line is torn, and none is lost."""
    script = """
        import os, threading
        def look(name):
            for number in range(2000):
                os.path.exists("/none/%s/%d/%s" % (name, number, "x" * 50))
        pids = []
        for worker in range(8):
            pid = os.fork()
            if not pid:
                threads = [threading.Thread(target=look, args=("%d-%d" % (worker, n),)) for n in range(2)]
                [thread.start() for thread in threads]
                [thread.join() for thread in threads]
                os._exit(0)
            pids.append(pid)
        for pid in pids:
            os.waitpid(pid, 0)
    """
    build(sys.executable, trace, tmp_path, script)
    looked = [record for record in trace.said("stat") if record[1].startswith("/none/")]
    assert all(len(record) == 3 and record[1].endswith("x" * 50) and record[2] == "-" for record in looked)
    assert len(looked) == len(set(looked)) == 8 * 2 * 2000
    began, ended = trace.processes()
    assert began == ended
    assert len(began) == 9


def test_records_after_the_end(python: str, trace: Trace, tmp_path: Path) -> None:
    """What happens while the interpreter goes down is written at once."""
    script = """
        import os
        class Late:
            def __del__(self, exists=os.path.exists):
                exists("/none/late")
        keep = Late()
    """
    build(python, trace, tmp_path, script)
    kinds = [record[:2] for record in trace.said("end", "stat") if record[0] == "end" or record[1] == "/none/late"]
    assert kinds == [("end",), ("stat", "/none/late")]


def test_records_come_before_a_kill(trace: Trace, tmp_path: Path) -> None:
    """Of a killed process there is what filled the buffer, and its start in any case."""
    script = """
        import os, signal
        for number in range(2000):
            os.path.exists("/none/%d" % number)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    build(sys.executable, trace, tmp_path, script, code=-signal.SIGKILL)
    assert trace.said("start")
    assert not trace.said("end")
    assert len(trace.said("stat")) > 1000


# What the noxfile's side asks for


def test_environment(tmp_path: Path) -> None:
    """The log and the way to sitecustomize.py, before what there was."""
    from ci_accel import tracer

    log = tmp_path / "log"
    assert tracer.tracing_variables({}, log) == {"CI_ACCEL_TRACE": str(log), "PYTHONPATH": str(FOLDER)}
    assert tracer.tracing_variables({"PYTHONPATH": "a:b"}, log)["PYTHONPATH"] == f"{FOLDER}:a:b"
    assert tracer.tracing_variables({"PYTHONPATH": ""}, log)["PYTHONPATH"] == f"{FOLDER}:{FOLDER}"
    carried = tracer.tracing_variables({"PYTHONPATH": "a"}, log)
    assert tracer.tracing_variables(carried, log) == carried
    assert tracer.tracing_variables({}, "log")["CI_ACCEL_TRACE"] == os.path.abspath("log")


CHECKED = "--check-hash-based-pycs never "


@pytest.mark.parametrize(
    ("options", "rewritten"),
    [
        ("-I x.py a", "-I BOOT -I x.py a"),
        ("-BSE x.py", "-BSE BOOT -BSE x.py"),
        ("-I -m x", "-I BOOT -I -m x"),
        ("-Im x", "-I BOOT -Im x"),
        ("-Icpass a", "-I BOOT -Icpass a"),
        ("-W ignore -Xutf8 -I x.py", "-W ignore -Xutf8 -I BOOT -W ignore -Xutf8 -I x.py"),
        ("-IWignore x.py", "-IWignore BOOT -IWignore x.py"),
        (CHECKED + "-I x.py", CHECKED + "-I BOOT " + CHECKED + "-I x.py"),
        ("x.py -I", None),
        ("-c pass -I", None),
        ("-m x -S", None),
        ("-X importtime -B x.py", None),
        ("-W error::ImportWarning x.py", None),
        ("-I", None),
        ("-I -", None),
        ("-IV", None),
        ("-I --help", None),
        ("-Ix x.py", None),
        ("-iI -c pass", None),
        ("-Im", None),
    ],
)  # fmt: skip
def test_traced_argv(options: str, rewritten: str | None) -> None:
    """Only what runs a script, a module or code with -I, -S or -E is rewritten."""
    from ci_accel import tracer

    argv = [sys.executable, *options.split()]
    bootstrap = str(FOLDER / "bootstrap.py")
    expected = argv if rewritten is None else [argv[0], *rewritten.replace("BOOT", bootstrap).split()]
    assert tracer.traced_argv(argv, {}) == expected
    assert argv == [sys.executable, *options.split()]


def test_traced_argv_of_other_programs(tmp_path: Path) -> None:
    """Programs are known by their names, also behind a link on the PATH; others keep their arguments."""
    from ci_accel import tracer

    assert tracer.traced_argv([], {}) == []
    assert tracer.traced_argv(["grep", "-I", "x", "y"], {"PATH": os.environ["PATH"]}) == ["grep", "-I", "x", "y"]
    (tmp_path / "snake").symlink_to(sys.executable)
    variables = {"PATH": str(tmp_path)}
    assert tracer.traced_argv(["snake", "-I", "x.py"], variables)[2] == str(FOLDER / "bootstrap.py")
    assert tracer.traced_argv(["snake", "-I", "x.py"], {"PATH": "/none"}) == ["snake", "-I", "x.py"]


def test_own_version_is_tested() -> None:
    """At least the running interpreter takes part."""
    assert interpreter(OWN) == sys.executable
