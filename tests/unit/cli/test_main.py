"""The command `ci-accel`: its output for people and programs, and its exit codes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.checkout import SCHEMA, Checkout, dump, interpreters, listing

if TYPE_CHECKING:
    from collections.abc import Mapping

pytestmark = [pytest.mark.every_python, pytest.mark.timeout(600), pytest.mark.measured_children]

SCRIPT = [str(Path(sysconfig.get_path("scripts"), "ci-accel"))]
MODULE = [sys.executable, "-m", "ci_accel"]

PYPROJECT = """
[tool.ci-accel.template]
inputs = ["schema", "build_db.py"]
build = ["python", "-I", "-S", "build_db.py", "{db}"]
trace = false
"""


@pytest.fixture
def project(checkout: Checkout) -> Checkout:
    """Return a project that declares its template in pyproject.toml."""
    checkout.write({"pyproject.toml": PYPROJECT})
    return checkout


def run(
    *arguments: str | Path,
    cwd: Path | None = None,
    environ: Mapping[str, str] | None = None,
    command: list[str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run the command and wait for it."""
    variables = {**os.environ, **(environ or {})}
    whole = [*(command or MODULE), *map(str, arguments)]
    return subprocess.run(
        whole, cwd=cwd, env=variables, capture_output=True, text=True, check=False, errors="surrogateescape"
    )


def printed(*arguments: str | Path, cwd: Path, **others: Any) -> str:
    """Return the output of a command that succeeds."""
    done = run(*arguments, cwd=cwd, **others)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def document(*arguments: str | Path, cwd: Path) -> dict[str, Any]:
    """Return the JSON document that the command prints."""
    found: dict[str, Any] = json.loads(printed(*arguments, "--json", cwd=cwd))
    assert found.pop("version") == 1
    return found


def failed(*arguments: str | Path, cwd: Path, **others: Any) -> str:
    """Return the error of a command that fails and prints nothing else."""
    done = run(*arguments, cwd=cwd, **others)
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    assert done.stderr.startswith("ci-accel: ")
    return done.stderr.removeprefix("ci-accel: ").removesuffix("\n")


# Usage


@pytest.mark.parametrize("command", [SCRIPT, MODULE], ids=["script", "module"])
def test_version(command: list[str]) -> None:
    """The command and the module are the same program."""
    assert run("--version", command=command).stdout == f"ci-accel {version('ci-accel')}\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], ["template", "Inspect and check what ci-accel caches"]),
        (["template"], ["status", "explain", "clone", "commands:"]),
        (["template", "status"], ["--root", "--json"]),
        (["template", "explain"], ["--root", "--json", "--python PATH"]),
        (["template", "clone"], ["--root", "--json", "--replace", "destination"]),
    ],
    ids=" ".join,
)
def test_help(arguments: list[str], words: list[str]) -> None:
    """The help of each level describes the purpose and the arguments, and needs no project."""
    done = run(*arguments, "--help", cwd=Path("/"), environ={"COLUMNS": "120"})
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(" ".join(["usage: ci-accel", *arguments]))
    for word in words:
        assert word in done.stdout
    shown = [line for line in done.stdout.splitlines() if line and not line.startswith(("usage", "options", " "))]
    assert any(line.endswith((".", ":")) for line in shown)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "COMMAND"),
        (["templates"], "templates"),
        (["template"], "COMMAND"),
        (["template", "build"], "build"),
        (["template", "status", "--jsn"], "--jsn"),
        (["template", "status", "more"], "more"),
        (["template", "clone"], "destination"),
        (["template", "explain", "--python"], "--python"),
        (["--what"], "--what|COMMAND"),
    ],
    ids=" ".join,
)
def test_wrong_usage(project: Checkout, arguments: list[str], words: str) -> None:
    """Wrong usage is exit code 64, with the usage and the reason on standard error only."""
    done = run(*arguments, cwd=project.root)
    assert (done.returncode, done.stdout) == (64, "")
    usage, *_, reason = done.stderr.splitlines()
    assert usage.startswith("usage: ci-accel")
    assert any(word in reason for word in words.split("|"))


# Verbs


def test_status(project: Checkout) -> None:
    """`status` lists the stored databases, last used first, and what has changed since each was built."""
    assert printed("template", "status", cwd=project.root) == "nothing stored yet in build/ci-accel/template\n"
    assert document("template", "status", cwd=project.root)["variants"] == []
    template = project.template()
    template.ensure()
    first = template.digest
    project.write({"schema/1.sql": SCHEMA.replace("book", "cook"), "alembic.ini": "[alembic]\nscript_location=x\n"})
    template.ensure()
    text = printed("template", "status", cwd=project.root)
    assert [line.split()[0] for line in text.splitlines() if not line.startswith(" ")] == [
        template.digest[:12],
        first[:12],
    ]
    assert [line for line in text.splitlines() if "since" in line] == [
        "  since     nothing changed",
        "  since     schema/1.sql changed",
    ]
    assert f"cpython {'.'.join(map(str, sys.version_info[:3]))}" in text
    found = document("template", "status", cwd=project.root)
    assert (found["path"], found["store"]) == (template.path, template.store)
    assert [variant["manifest"]["database"]["digest"] for variant in found["variants"]] == [template.digest, first]
    assert [variant["changes"] for variant in found["variants"]] == [[], ["schema/1.sql changed"]]


def test_status_shows_the_alembic_revisions(project: Checkout) -> None:
    """The Alembic revisions of a stored database are listed."""
    heads = "CREATE TABLE alembic_version (version_num); INSERT INTO alembic_version VALUES ('two'), ('one');"
    project.write({"schema/2.sql": heads})
    project.template().ensure()
    assert "  revision  one, two\n" in printed("template", "status", cwd=project.root)


@pytest.mark.parametrize("state", ["nothing", "fresh", "stale", "off", "store"])
def test_explain(project: Checkout, state: str) -> None:
    """`explain` says whether the database would be reused and why, and changes nothing."""
    if state != "nothing":
        project.template().ensure()
    if state == "stale":
        project.write({"schema/2.sql": ""})
    if state == "store":
        project.store.chmod(0o777)
    environ = {"CI_ACCEL": "off"} if state == "off" else {}
    head, reason, status = {
        "nothing": ("stale, would be built", "nothing stored yet in build/ci-accel/template", "miss"),
        "fresh": ("fresh, would be reused", "7 inputs unchanged", "hit"),
        "stale": ("stale, would be built", "schema/2.sql added", "miss"),
        "off": ("cache disabled", "CI_ACCEL=off", "disabled"),
        "store": ("cache disabled", f"{project.store} is writable by everybody (mode 777); chmod o-w it", "disabled"),
    }[state]
    before = listing(project.root)
    first, second, *_ = printed("template", "explain", cwd=project.root, environ=environ).splitlines()
    assert (first, second.split(" inputs")[-1]) == (f"template database: {head}", f"  {reason}".split(" inputs")[-1])
    found = json.loads(printed("template", "explain", "--json", cwd=project.root, environ=environ))
    assert (found["version"], found["status"]) == (1, status)
    assert bool(found["digest"]) == (status == "hit")
    assert listing(project.root) == before


def test_explain_for_another_interpreter(project: Checkout) -> None:
    """`explain --python` answers for the given interpreter."""
    others = interpreters()[1:]
    if not others:
        pytest.skip("there is one interpreter only")
    project.template().ensure()
    found = document("template", "explain", "--python", others[0], cwd=project.root)
    assert found["status"] == "miss"
    assert found["reasons"][0].startswith("python cpython ")
    project.template().ensure(python=others[0])
    assert document("template", "explain", "--python", others[0], cwd=project.root)["status"] == "hit"
    assert document("template", "explain", cwd=project.root)["status"] == "hit"


def test_clone(project: Checkout, tmp_path: Path) -> None:
    """`clone` copies the database of the current inputs, and replaces an existing file only with `--replace`."""
    project.template().ensure()
    copy = tmp_path / "deep" / "copy.db"
    assert printed("template", "clone", copy, cwd=project.root) == f"cloned {project.plain} to {copy}\n"
    assert dump(copy) == project.rebuild()
    assert failed("template", "clone", copy, cwd=project.root) == f"{copy}: File exists"
    copy.write_text("other", encoding="utf-8")
    assert document("template", "clone", copy, "--replace", cwd=project.root) == {"destination": str(copy)}
    assert dump(copy) == project.rebuild()
    printed("template", "clone", "here.db", cwd=project.root)
    assert dump(project.root / "here.db") == project.rebuild()


@pytest.mark.parametrize("store", ["with its store", "without its store"])
def test_clone_refuses_a_stale_database(project: Checkout, store: str, tmp_path: Path) -> None:
    """`clone` refuses a stale database and names the changed inputs, with and without the store."""
    project.template().ensure()
    if store == "without its store":
        shutil.rmtree(project.store)
    printed("template", "clone", tmp_path / "fresh.db", cwd=project.root)
    project.write({"schema/1.sql": "CREATE TABLE other (x);"})
    line = failed("template", "clone", tmp_path / "stale.db", cwd=project.root)
    assert line.startswith(f"{project.plain}: schema/1.sql changed")
    assert "build it with nox" in line
    assert not (tmp_path / "stale.db").exists()
    project.write({"schema/1.sql": SCHEMA})
    printed("template", "clone", tmp_path / "again.db", cwd=project.root)


@pytest.mark.parametrize("damage", ["database", "manifest", "both"])
def test_clone_refuses_a_damaged_database(project: Checkout, damage: str, tmp_path: Path) -> None:
    """`clone` refuses a database that does not match its manifest, and names it."""
    project.template().ensure()
    if damage == "database":
        project.plain.write_bytes(project.plain.read_bytes()[:-1] + b"x")
    if damage in {"manifest", "both"}:
        project.plain_manifest.unlink()
    if damage == "both":
        project.plain.unlink()
    assert failed("template", "clone", tmp_path / "copy.db", cwd=project.root).startswith(f"{project.plain}: ")
    assert not (tmp_path / "copy.db").exists()


def test_clone_refuses_a_stale_database_that_was_not_recorded(project: Checkout, tmp_path: Path) -> None:
    """`clone` refuses a stale database also if its build was used but not recorded."""
    project.store.mkdir(parents=True)
    project.store.chmod(0o777)
    project.template().ensure()
    project.write({"schema/1.sql": "CREATE TABLE other (x);"})
    failed("template", "clone", tmp_path / "copy.db", cwd=project.root)
    assert not (tmp_path / "copy.db").exists()


# The project and its errors


@pytest.mark.parametrize("verb", [["status"], ["explain"], ["clone", "copy.db"]], ids=" ".join)
def test_root(project: Checkout, verb: list[str], tmp_path: Path) -> None:
    """`--root` names another project; the destination of a clone stays relative to the current folder."""
    project.template().ensure()
    here = tmp_path / "here"
    here.mkdir()
    for root in (project.root, Path("..", "shop")):
        document("template", *verb, "--root", root, cwd=here)
        (here / "copy.db").unlink(missing_ok=True)
    line = failed("template", *verb, cwd=here)
    assert line == (
        f"{here / 'pyproject.toml'}: No such file or directory; "
        "run ci-accel in the folder of the project, or name that folder with --root"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x =", "not valid TOML"),
        ("[tool.ci-accel.templates]", "'templates'"),
        ("[tool.ci-accel.template]\nbuild = 3", "build has to be a list of strings"),
        ("", "add it with inputs and build"),
        (PYPROJECT.replace("schema", "no-such"), "no-such"),
        (PYPROJECT.replace("schema", "../x"), "outside the root"),
    ],
    ids=range(6),
)
@pytest.mark.parametrize("verb", ["status", "explain"])
def test_errors_name_file_and_reason(project: Checkout, text: str, words: str, verb: str) -> None:
    """An error in the project names the file and the reason on standard error, with exit code 1."""
    project.template().ensure()
    project.write({"pyproject.toml": text})
    line = failed("template", verb, cwd=project.root)
    assert words in line
    assert str(project.root) in line


def test_wrong_interpreter(project: Checkout) -> None:
    """An interpreter that cannot be run is named."""
    assert "no-such-python" in failed("template", "explain", "--python", "no-such-python", cwd=project.root)


@pytest.mark.parametrize(
    "name", [b"caf\xe9.db", "caf\N{LATIN SMALL LETTER E WITH ACUTE}.db".encode(), b"two\nlines.db"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
@pytest.mark.parametrize("form", [[], ["--json"]], ids=["text", "json"])
def test_odd_names(project: Checkout, name: bytes, encoding: str, form: list[str]) -> None:
    """A clone with an unusual name is created and printed, whichever characters the terminal can show."""
    project.template().ensure()
    target = project.root / os.fsdecode(name)
    done = run("template", "clone", target, *form, cwd=project.root, environ={"PYTHONIOENCODING": encoding})
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout
    assert dump(target) == project.rebuild()


# Streams


@pytest.mark.parametrize(
    "arguments", ["--help", "template --help", "template status", "template status --json", "template explain"]
)
@pytest.mark.parametrize("how", ["| head -c 0", "| true", ">&-", "2>&-", ">&- 2>&-", "<&-"])
def test_closed_streams(project: Checkout, arguments: str, how: str) -> None:
    """A reader that stops early and a closed stream are not errors, and nothing is printed about them."""
    project.template().ensure()
    shell = f"set -o pipefail; '{sys.executable}' -m ci_accel {arguments} {how}"
    done = subprocess.run(["bash", "-c", shell], cwd=project.root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    # Without standard output, argparse shows its help on standard error.
    assert done.stderr == "" or (done.stderr.startswith("usage: ") and arguments.endswith("--help"))


def test_large_output_to_a_closed_pipe(project: Checkout) -> None:
    """A reader that closes the pipe in the middle of a large document is not an error."""
    project.write({f"schema/{'x' * 200}-{number}.sql": "" for number in range(500)})
    project.template().ensure()
    shell = f"set -o pipefail; '{sys.executable}' -m ci_accel template status --json | head -c 10"
    done = subprocess.run(["bash", "-c", shell], cwd=project.root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr, len(done.stdout)) == (0, "", 10)


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_full_disk(project: Checkout, unbuffered: str) -> None:
    """Output that cannot be written is an error, buffered or not."""
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    shell = f"'{sys.executable}' -m ci_accel template status > /dev/full"
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    done = subprocess.run(
        ["bash", "-c", shell], cwd=project.root, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
