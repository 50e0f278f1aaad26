"""Programs that a traced builder starts are recorded, and traced if they run Python."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from tests.every_python.trace import FOLDER, Trace, build, run, traced

if TYPE_CHECKING:
    from pathlib import Path

# Programs


PROGRAMS = {
    "subprocess": "popen()",
    "preexec_fn": "popen(preexec_fn=os.setsid, env=dict(os.environ))",
    "posix_spawn": "spawn(os.posix_spawn, shutil.which('true'))",
    "posix_spawnp": "spawn(os.posix_spawnp, 'true')",
}


@pytest.mark.parametrize("how", PROGRAMS)
def test_programs_started(python: str, trace: Trace, tmp_path: Path, how: str) -> None:
    """A program is recorded with its process, its file and its arguments."""
    script = f"""
        import os, shutil, subprocess
        argv = ["true", "an argument", b"\\xff"]
        def popen(**keywords):
            process = subprocess.Popen(argv, **keywords)
            process.wait()
            return process.pid
        def spawn(function, program):
            pid = function(program, argv, os.environ)
            os.waitpid(pid, 0)
            return pid
        print({PROGRAMS[how]})
    """
    pid = build(python, trace, tmp_path, script).strip()
    (record,) = trace.said("spawn")
    assert record[1] == pid
    assert os.path.basename(record[2]) == "true"
    assert os.path.isfile(record[2])
    assert record[3:] == ("true", "an argument", "\udcff")
    if how == "preexec_fn":
        assert ("exec", *record[2:]) in trace.said("exec")
    assert not trace.said("doubt")


def test_programs_that_do_not_exist(python: str, trace: Trace, tmp_path: Path) -> None:
    """Only the places where the program was looked for are recorded; it could be there the next time."""
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


def test_a_working_directory_that_does_not_exist(python: str, trace: Trace, tmp_path: Path) -> None:
    """The missing folder is recorded, and no process."""
    script = """
        import subprocess, sys
        try: subprocess.run([sys.executable, "-c", "pass"], cwd="gone")
        except FileNotFoundError: pass
    """
    build(python, trace, tmp_path, script)
    assert ("stat", str(tmp_path / "gone"), "-") in trace.said("stat")
    assert not trace.said("spawn", "doubt")


def test_a_shell(python: str, trace: Trace, tmp_path: Path) -> None:
    """The command of a shell is recorded, and Python programs that it runs are traced."""
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
    "options": "subprocess.run(argv('-BWignore', '-X', 'utf8', '-s'), check=True)",
    "preexec_fn": "subprocess.run(argv(), check=True, preexec_fn=os.setsid)",
    "module": "subprocess.run([sys.executable, '-m', 'child'], check=True)",
    "code": "subprocess.run([sys.executable, '-c', 'import child'], check=True)",
    "bytes": "subprocess.run([os.fsencode(word) for word in argv()], check=True, env={b'A': b'1'})",
    "posix_spawn": "os.waitpid(os.posix_spawn(sys.executable, argv(), {}), 0)",
    "posix_spawnp": "os.waitpid(os.posix_spawnp(sys.executable, argv(), os.environ), 0)",
    "spawnv": "os.spawnv(os.P_WAIT, sys.executable, argv())",
    "spawnve": "os.spawnve(os.P_WAIT, sys.executable, argv(), {})",
    "exec": "os.execl(sys.executable, *argv())",
    "execve": "os.execve(sys.executable, argv(), env={})",
    "execvp": "os.execvp(sys.executable, argv())",
    "asyncio": "in_loop()",
    "grandchild": "subprocess.run([sys.executable, '-c', generation], check=True, env={})",
    "pool by fork": "pool('fork')",
    "pool by spawn": "pool('spawn')",
    "pool by forkserver": "pool('forkserver')",
    "process pool": "executor()",
}

PREAMBLE = """
import os, subprocess, sys

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
def test_T26_children_are_traced(python: str, trace: Trace, tmp_path: Path, how: str) -> None:
    """A Python child is traced however it is started; each process has its start and its end."""
    (tmp_path / "input").touch()
    (tmp_path / "child.py").write_text("open('input').close()")
    (tmp_path / "build.py").write_text(PREAMBLE + CHILDREN[how])
    run([python, "build.py"], traced(trace), tmp_path)
    assert trace.readers(tmp_path / "input")
    began, ended = trace.processes()
    assert began == ended
    assert not trace.said("doubt")
    started = {int(record.fields[0]) for record in trace.records("spawn")}
    assert started <= began
    (root,) = {trace.records("start")[0].process}
    assert trace.readers(tmp_path / "input") - {root} or how in {"thread", "exec", "execve", "execvp"}


def test_children_that_leave_early(python: str, trace: Trace, tmp_path: Path) -> None:
    """A child that calls os._exit has an end in the log; one that is killed does not."""
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


@pytest.mark.parametrize(
    "how",
    ["subprocess.run(child)", "os.waitpid(os.posix_spawn(child[0], child, {}), 0)", "os.system(' '.join(child))"],
    ids=["subprocess", "posix_spawn", "shell"],
)
def test_parents_write_before_their_children_read(trace: Trace, tmp_path: Path, how: str) -> None:
    """The records of a child come after what its parent recorded before it."""
    (tmp_path / "child.py").write_text("open('made').close()")
    script = f"""
        import os, subprocess, sys
        child = [sys.executable, "child.py"]
        open("made", "w").close()
        {how}
    """
    build(sys.executable, trace, tmp_path, script)
    kinds = [kind for kind, *fields in trace.said("write", "read") if fields[0] == str(tmp_path / "made")]
    assert kinds == ["write", "read"]


def test_a_tracer_in_a_traced_builder(python: str, trace: Trace, tmp_path: Path) -> None:
    """A builder that traces other programs keeps its own log for them."""
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


def test_interpreters_that_keep_the_tracer_out(python: str, trace: Trace, tmp_path: Path) -> None:
    """A child that is started with -I, -E or -S makes the trace incomplete, and the reason names the option."""
    script = """
        import subprocess, sys
        for option in ("-I", "-E", "-S"):
            subprocess.run([sys.executable, option, "-c", "pass"], check=True)
    """
    build(python, trace, tmp_path, script)
    said = [words for _, words in trace.said("doubt")]
    assert [option in words for option, words in zip(("-I", "-E", "-S"), said, strict=True)] == [True] * 3
