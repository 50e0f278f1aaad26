"""A traced builder runs as it would without the tracer."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from tests.every_python.trace import FOLDER, Trace, command, plain, run, traced

LOOK = """
import sys
modules = sorted(set(sys.modules) - {"_ci_accel_guest"})
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
    "modules after": sorted(set(sys.modules) - {"_ci_accel_guest"}),
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


@pytest.mark.parametrize("options", [[], ["-B", "-O"], ["-P"]], ids=" ".join)
@pytest.mark.parametrize("form", ["script", "-m", "-c"])
def test_the_builder_sees_no_tracer(python: str, trace: Trace, tmp_path: Path, options: list[str], form: str) -> None:
    """The interpreter and the functions that are replaced look the same with and without the tracer."""
    if "-P" in options and version(python) < (3, 11):
        pytest.skip("-P came with Python 3.11")
    if form == "-m" and "-P" in options:
        pytest.skip("such an interpreter does not look for modules here")
    inner = [python, *options, *command(tmp_path, form, LOOK)]
    # The interpreter in between starts the other with what `plain` has, and no more.
    outer = [python, "-c", f"import subprocess; subprocess.run({inner!r}, check=True)"]
    expected = json.loads(run(outer, plain(SOME="1"), tmp_path).stdout)
    answer = json.loads(run(outer, traced(trace, SOME="1"), tmp_path).stdout)
    for name, value in expected.items():
        assert comparable(answer[name]) == comparable(value), name
    assert len(trace.processes()[1]) == 2


def comparable(value: Any) -> Any:
    """Return a value without addresses, which differ between any two runs."""
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
def test_the_end_of_a_builder(python: str, trace: Trace, tmp_path: Path, code: str) -> None:
    """Exit code and traceback are the same with and without the tracer."""
    inner = [python, *command(tmp_path, "script", code)]
    outer = [python, "-c", f"import subprocess, sys; sys.exit(subprocess.run({inner!r}).returncode)"]
    expected = run(outer, plain(), tmp_path, None)
    answer = run(outer, traced(trace), tmp_path, None)
    assert answer.returncode == expected.returncode
    if "Keyboard" not in code:
        assert answer.stderr == expected.stderr


@pytest.mark.parametrize("fails", [False, True])
def test_other_customisations(python: str, trace: Trace, tmp_path: Path, fails: bool) -> None:
    """Other sitecustomize and usercustomize modules run after ours, with the same errors."""
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
    import importlib.resources
    print(sorted(p.name for p in importlib.resources.files("pack").iterdir() if p.name != "__pycache__"))
    print(importlib.metadata.version("thing"), pathlib.Path("work/none").exists())
    with open("work/a/f.txt", opener=lambda path, flags: os.open("f.txt", flags, dir_fd=os.open("work/a", 0))) as file:
        print(file.read())
"""


@pytest.mark.filterwarnings("ignore")
def test_the_library_works(python: str, trace: Trace, tmp_path: Path) -> None:
    """The standard library works as without the tracer."""
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


def version(python: str) -> tuple[int, ...]:
    """Return major and minor version of an interpreter."""
    answer = run([python, "-c", "import sys; print(*sys.version_info[:2])"], plain(), Path("/"))
    return tuple(map(int, answer.stdout.split()))


@pytest.mark.parametrize("setting", [None, "", "mine", "mine:", ":mine:other"])
def test_pythonpath_is_as_it_was(python: str, trace: Trace, tmp_path: Path, setting: str | None) -> None:
    """The builder and its descendants see the PYTHONPATH and sys.path that they see without the tracer."""
    (tmp_path / "show.py").write_text(
        "import os, sys; print(os.environ.get('PYTHONPATH'), os.environ.get('CI_ACCEL_TRACE'), sys.path, flush=True)"
    )
    script = """
        import os, subprocess, sys
        import show
        code = "import subprocess, sys; subprocess.run([sys.executable, 'show.py'])"
        subprocess.run([sys.executable, "show.py"])
        subprocess.run([sys.executable, "show.py"], env={})
        subprocess.run([sys.executable, "show.py"], env={**os.environ, "PYTHONPATH": "other"})
        subprocess.run([sys.executable, "-c", code])
        os.environ["PYTHONPATH"] = "changed"
        subprocess.run([sys.executable, "-c", code])
        del os.environ["PYTHONPATH"]
        subprocess.run([sys.executable, "-c", code])
    """
    (tmp_path / "build.py").write_text(dedent(script))
    more = {} if setting is None else {"PYTHONPATH": setting}
    expected = run([python, "build.py"], plain(**more), tmp_path).stdout
    variables = traced(trace, **more)
    if setting == "":
        variables["PYTHONPATH"] = f"{FOLDER}:{FOLDER}"
    elif setting is not None:
        variables["PYTHONPATH"] = f"{FOLDER}:{setting}"
    assert run([python, "build.py"], variables, tmp_path).stdout == expected
    began, ended = trace.processes()
    assert len(began) == 10
    assert began == ended
