"""The inputs of a traced builder: every file and variable that it used, and no other."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from ci_accel import TemplateDB
from tests.support.checkout import BUILDERS, dump, facts
from tests.support.environments import environment, uv, wheel
from tests.support.file_clock import wait_for_tick

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.every_python, pytest.mark.timeout(600)]


class Shop:
    """A project whose builder imports the project's code, and declares only its own script."""

    def __init__(self, root: Path) -> None:
        """Write the files of the project."""
        self.root = root
        self.write("src/shop/__init__.py", "")
        self.write("src/shop/models.py", "from shop.settings import VERSION\n")
        self.write("src/shop/settings.py", "VERSION = '1'\n")
        self.write("schema/1.sql", "CREATE TABLE book (title TEXT);\n")
        self.write("README.md", "nothing that is built depends on this")
        shutil.copyfile(BUILDERS / "reads_undeclared_inputs.py", root / "migrate.py")
        wait_for_tick(root.parent)

    def write(self, name: str, content: str) -> None:
        """Write a file, with its folders."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)

    def template(self, **changes: Any) -> TemplateDB:
        """Return its template database."""
        arguments: dict[str, Any] = {"inputs": ["migrate.py"], "build": ["python", "migrate.py", "{db}"]}
        return TemplateDB(root=self.root, **{**arguments, **changes})

    def rebuild(self, database: Path) -> list[str]:
        """Return the content that the builder creates now, without ci-accel."""
        subprocess.run([sys.executable, "migrate.py", str(database)], cwd=self.root, check=True)
        return dump(database)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A project whose files are older than the current tick of the clock."""
    return Shop(tmp_path / "shop")


def built(template: TemplateDB) -> None:
    """Build, and check that the result is recorded."""
    outcome = template.ensure()
    assert outcome.status == "miss"
    assert "not recorded" not in str(outcome.reasons), outcome.reasons
    outcome = template.ensure()
    assert outcome.status == "hit", outcome.reasons


def missed(template: TemplateDB, *words: str) -> None:
    """Check that a change is a miss that names it."""
    outcome = template.explain()
    assert outcome.status == "miss"
    assert all(word in " ".join(outcome.reasons) for word in words), outcome.reasons


EDITS = ["src/shop/__init__.py", "src/shop/models.py", "src/shop/settings.py", "schema/1.sql", "migrate.py"]


@pytest.mark.parametrize("name", EDITS)
def test_every_file_that_was_used_counts(shop: Shop, name: str, tmp_path: Path) -> None:
    """An edit that keeps size and times is a miss that names the file, and the new database is that of a rebuild."""
    template = shop.template()
    built(template)
    path = shop.root / name
    before = path.stat()
    path.write_bytes(path.read_bytes() + b"\n")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    missed(template, name, "changed")
    wait_for_tick(shop.root.parent)
    template.ensure()
    assert dump(template.database) == shop.rebuild(tmp_path / "again.db")


@pytest.mark.parametrize("name", ["README.md", "src/shop/unused.py", "notes.txt"])
def test_what_was_not_used_does_not_count(shop: Shop, name: str) -> None:
    """A change, a new file or a removed file that the builder does not use is a hit."""
    template = shop.template()
    built(template)
    shop.write(name, "changed")
    assert template.ensure().status == "hit"


def test_removed_module_is_named(shop: Shop) -> None:
    """A removed module is a miss that names it."""
    template = shop.template()
    built(template)
    (shop.root / "src/shop/settings.py").unlink()
    missed(template, "src/shop/settings.py")


def test_T24_edited_while_the_builder_ran(shop: Shop) -> None:
    """If a source changes after it was loaded, the result is used and not recorded."""
    shop.write("src/shop/models.py", "from shop.settings import VERSION\nopen(__file__, 'a').write('# later')\n")
    wait_for_tick(shop.root.parent)
    outcome = shop.template().ensure()
    assert outcome.status == "miss"
    assert "src/shop/models.py changed while the builder ran" in " ".join(outcome.reasons)
    assert "not recorded" in " ".join(outcome.reasons)
    assert shop.template().explain().status == "miss"


@pytest.mark.parametrize("kind", ["timestamp", "checked-hash", "unchecked-hash"])
def test_T25_stale_bytecode_is_not_recorded(shop: Shop, kind: str) -> None:
    """For each kind of pyc, a build that ran bytecode of another source is not recorded, and any other is."""
    settings = shop.root / "src/shop/settings.py"
    modes = {"timestamp": "TIMESTAMP", "checked-hash": "CHECKED_HASH", "unchecked-hash": "UNCHECKED_HASH"}
    mode = f"py_compile.PycInvalidationMode.{modes[kind]}"
    script = f"import py_compile; py_compile.compile({str(settings)!r}, invalidation_mode={mode})"
    subprocess.run([sys.executable, "-c", script], check=True)
    wait_for_tick(shop.root.parent)
    template = shop.template(env={"PYTHONDONTWRITEBYTECODE": "1"})
    built(template)
    before = settings.stat()
    settings.write_text("VERSION = '2'\n")
    os.utime(settings, ns=(before.st_atime_ns, before.st_mtime_ns))
    wait_for_tick(shop.root.parent)
    outcome = template.ensure()
    assert outcome.status == "miss"
    is_stale = facts(template.database)["code"] == "1"
    assert is_stale == (kind != "checked-hash")
    reasons = " ".join(outcome.reasons)
    assert ("not recorded" in reasons) == ("remove src/shop/__pycache__/settings" in reasons) == is_stale, reasons
    assert template.explain().status == ("miss" if is_stale else "hit")


def test_T27_a_file_that_was_looked_for_appears(shop: Shop) -> None:
    """A new file that the builder looked for earlier is a miss that names it."""
    template = shop.template()
    built(template)
    shop.write(".env", "debug")
    missed(template, ".env appeared")


def test_T27_a_missing_path_that_now_leads_through_a_file(shop: Shop) -> None:
    """A path through a file is a miss, because it raises another error (ENOTDIR) than a missing path."""
    code = "try: open('optional/settings.toml')\nexcept OSError as error: VERSION = type(error).__name__\n"
    shop.write("src/shop/models.py", code)
    wait_for_tick(shop.root.parent)
    template = shop.template()
    built(template)
    assert facts(template.database)["code"] == "FileNotFoundError"
    shop.write("optional", "")
    missed(template, "optional/settings.toml is unreachable")
    wait_for_tick(shop.root.parent)
    built(template)
    assert facts(template.database)["code"] == "NotADirectoryError"
    (shop.root / "optional").unlink()
    assert template.ensure().status == "hit"
    assert facts(template.database)["code"] == "FileNotFoundError"


def test_T28_a_variable_that_was_read(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new or changed variable is a miss that names it without its value, unless it is unused or excluded."""
    template = shop.template()
    built(template)
    monkeypatch.setenv("UNRELATED", "x")
    assert template.ensure().status == "hit"
    monkeypatch.setenv("SHOP_PREFIX", "secret-one")
    missed(template, "SHOP_PREFIX was set")
    template.ensure()
    monkeypatch.setenv("SHOP_PREFIX", "secret-two")
    missed(template, "SHOP_PREFIX changed")
    assert "secret" not in " ".join(template.explain().reasons)
    excluding = shop.template(exclude_env=["SHOP_PREFIX"])
    missed(excluding, "exclude_env SHOP_PREFIX added")
    built(excluding)
    monkeypatch.setenv("SHOP_PREFIX", "secret-three")
    assert excluding.ensure().status == "hit"


def test_T28_a_variable_that_is_unset(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that was set when the database was built, and is unset now, is a miss that names it."""
    monkeypatch.setenv("SHOP_PREFIX", "secret")
    template = shop.template()
    built(template)
    monkeypatch.delenv("SHOP_PREFIX")
    missed(template, "SHOP_PREFIX is no longer set")


@pytest.mark.parametrize("taking", ["dict(os.environ)", "os.environ.copy()", "list(os.environ.items())"])
def test_T28_the_whole_environment(shop: Shop, monkeypatch: pytest.MonkeyPatch, taking: str) -> None:
    """If the builder reads the whole environment, all variables count but those of shell, terminal and CI runner."""
    shop.write("src/shop/models.py", f"import os\nfrom shop.settings import VERSION\n{taking}\n")
    wait_for_tick(shop.root.parent)
    template = shop.template()
    built(template)
    for name in ("TERM", "GITHUB_SHA", "SHLVL", "NOX_CURRENT_SESSION"):
        monkeypatch.setenv(name, "other")
    assert template.ensure().status == "hit", template.explain().reasons
    monkeypatch.setenv("ANYTHING", "x")
    missed(template, "ANYTHING was set")
    excluding = shop.template(exclude_env=["ANYTHING"])
    missed(excluding, "exclude_env ANYTHING added")
    built(excluding)
    monkeypatch.setenv("ANYTHING", "y")
    assert excluding.ensure().status == "hit"


@pytest.mark.parametrize("name", [".coverage", "build/run.log", "schema/run.log", "src/shop/__pycache__/x.pyc"])
def test_T31_an_unrelated_file_in_a_listed_folder(shop: Shop, name: str) -> None:
    """A new file that development tools create is a hit."""
    template = shop.template()
    built(template)
    shop.write(name, "left")
    assert template.ensure().status == "hit"


def test_T31_a_related_file_in_a_listed_folder(shop: Shop) -> None:
    """Another new name in a folder that the builder lists is a miss that names it."""
    template = shop.template()
    built(template)
    shop.write("schema/2.sql", "CREATE TABLE shelf (x);")
    missed(template, "schema/2.sql added")


def test_T32_another_checkout_user_and_time(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database and its manifest are a hit at another path, with other file times and another home folder."""
    monkeypatch.setenv("SHOP_PREFIX", str(shop.root / "data"))
    built(shop.template())
    other = tmp_path / "else" / "where"
    shutil.copytree(shop.root, other)
    for path in other.rglob("*"):
        os.utime(path, (1, 1))
    shutil.rmtree(shop.root)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    # Coverage.py, which measures the builder, looks for this file in the home folder.
    (tmp_path / "home" / ".local").mkdir(parents=True)
    monkeypatch.setenv("USER", "somebody")
    monkeypatch.setenv("SHOP_PREFIX", str(other / "data"))
    outcome = TemplateDB(root=other, inputs=["migrate.py"], build=["python", "migrate.py", "{db}"]).ensure()
    assert outcome.status == "hit", outcome.reasons


def test_T33_a_script_that_becomes_a_link(shop: Shop) -> None:
    """A script that is replaced by a link is a miss, because Python imports from the folder of the link's target."""
    shop.write("run.py", "exec(open('migrate.py').read(), {'__file__': 'migrate.py', '__name__': '__main__'})\n")
    wait_for_tick(shop.root.parent)
    template = shop.template(build=["python", "run.py", "{db}"])
    built(template)
    shop.write("else/run.py", (shop.root / "run.py").read_text())
    (shop.root / "run.py").unlink()
    (shop.root / "run.py").symlink_to("else/run.py")
    missed(template, "run.py changed its kind")


@pytest.mark.parametrize("name", ["src/shop.py", "src/shop/models/__init__.py", "colorsys/__init__.py"])
def test_T33_a_module_that_would_shadow_a_loaded_one(shop: Shop, name: str) -> None:
    """A new file that an import would find first is a miss; `shop.py` beside `shop/` would be found second."""
    template = shop.template()
    built(template)
    shop.write(name, "VERSION = 'other'\n")
    if name == "src/shop.py":
        assert template.ensure().status == "hit"
    else:
        missed(template, name)


CHILDREN = {
    "fork": "pid = os.fork()\nif pid == 0:\n    import shop.child\n    os._exit(0)\nos.waitpid(pid, 0)\n",
    "subprocess": "subprocess.run([sys.executable, '-c', 'import shop.child'], check=True)\n",
    "no environment": "subprocess.run([sys.executable, '-c', CHILD], env={}, check=True)\n",
    "script": "subprocess.run([sys.executable, os.path.join(SRC, 'shop/child.py')], check=True)\n",
    "spawn": "os.waitpid(os.posix_spawn(sys.executable, [sys.executable, '-c', CHILD], os.environ), 0)\n",
    "shell": "subprocess.run(['sh', '-c', f'{sys.executable} -c \"import shop.child\"'], check=True)\n",
    "thread": "t = threading.Thread(target=__import__, args=('shop.child',))\nt.start()\nt.join()\n",
}
PREPARE = """
import os, subprocess, sys, threading
SRC = os.path.dirname(os.path.dirname(__file__))
os.environ["PYTHONPATH"] = SRC
CHILD = f"import sys; sys.path.insert(0, {SRC!r}); import shop.child"
from shop.settings import VERSION
"""


@pytest.mark.parametrize("how", CHILDREN)
def test_T26_what_a_child_reads_counts(shop: Shop, how: str) -> None:
    """The imports of a child process are inputs, however it is started."""
    shop.write("src/shop/child.py", "READ = 1\n")
    shop.write("src/shop/models.py", PREPARE + CHILDREN[how])
    wait_for_tick(shop.root.parent)
    template = shop.template(programs=["sh"] if how == "shell" else [])
    built(template)
    shop.write("src/shop/child.py", "READ = 2\n")
    missed(template, "src/shop/child.py changed")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("subprocess.run(['sh', '-c', 'true'], check=True)\n", "sh cannot be traced"),
        ("os.system('true')\n", "in a shell"),
        (
            "p = subprocess.Popen([sys.executable, '-c', 'import os; os.kill(os.getpid(), 9)'])\np.wait()\n",
            "did not log its end",
        ),
        ("subprocess.run([sys.executable, '-I', '-c', 'pass'], check=True)\n", "started with -I"),
        ("subprocess.run([sys.executable, '-c', 'pass'], env={}, preexec_fn=None, check=True)\n", ""),
    ],
    ids=["another program", "a shell", "a killed child", "an isolated child", "a traced child"],
)
def test_T26_an_incomplete_trace_is_not_recorded(shop: Shop, code: str, reason: str) -> None:
    """With an incomplete trace, the result is used with that reason, and the next call builds."""
    shop.write("src/shop/models.py", PREPARE + code)
    wait_for_tick(shop.root.parent)
    outcome = shop.template().ensure()
    assert outcome.status == "miss"
    reasons = " ".join(outcome.reasons)
    assert ("trace incomplete" in reasons and reason in reasons) == bool(reason), reasons
    assert shop.template().explain().status == ("miss" if reason else "hit")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["-I"], "started with -I, which ignores PYTHONPATH, so nothing was recorded: start it without -I, -E and -S"),
        (["-u", "-S"], "started with -S, which does not import site, so nothing was recorded"),
    ],
)
def test_T26_an_interpreter_that_keeps_the_tracer_out(shop: Shop, options: list[str], reason: str) -> None:
    """The database is used and not recorded; the reason names the option and what to change."""
    build = ["python", *options, "migrate.py", "{db}"]
    shop.write("migrate.py", "import sqlite3, sys\nsqlite3.connect(sys.argv[1]).execute('CREATE TABLE book (x)')\n")
    for _ in range(2):
        outcome = shop.template(build=build).ensure()
        assert outcome.status == "miss"
        (given,) = [text for text in outcome.reasons if "-I" in text]
        assert reason in given
        assert "set trace = false" in given
    assert shop.template(build=build, trace=False).ensure().status == "miss"
    assert shop.template(build=build, trace=False).ensure().status == "hit"


PACKAGE = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "rates"
version = "1.0"
"""

BACKEND = """
import zipfile

def build_wheel(folder, config_settings=None, metadata_directory=None):
    name = "rates-1.0-py3-none-any.whl"
    info = "rates-1.0.dist-info/"
    files = {
        "rates.py": open("rates.py").read(),
        info + "METADATA": "Metadata-Version: 2.1\\nName: rates\\nVersion: 1.0\\n",
        info + "WHEEL": "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    }
    files[info + "RECORD"] = "".join(f"{file},,\\n" for file in [*files, info + "RECORD"])
    with zipfile.ZipFile(f"{folder}/{name}", "w") as wheel:
        for file, content in files.items():
            wheel.writestr(file, content)
    return name
"""


def test_T29_a_distribution_reinstalled_with_the_same_version(shop: Shop, tmp_path: Path) -> None:
    """A distribution that is installed from a path is compared by the files that were used, not by its version."""
    source = tmp_path / "rates"
    source.mkdir()
    for name, content in {"pyproject.toml": PACKAGE, "backend.py": BACKEND, "rates.py": "RATE = 1\n"}.items():
        (source / name).write_text(content)
    python = environment(tmp_path / "venv", "--offline", source)
    shop.write("src/shop/models.py", "import rates\nfrom shop.settings import VERSION\n")
    wait_for_tick(shop.root.parent)
    template = shop.template()
    assert "not recorded" not in str(template.ensure(python=python).reasons)
    assert template.ensure(python=python).status == "hit", template.explain(python=python).reasons
    (source / "rates.py").write_text("RATE = 2\n")
    uv("pip", "install", "--offline", "--reinstall", "--python", python, source)
    outcome = template.explain(python=python)
    assert outcome.status == "miss"
    assert "rates.py changed" in " ".join(outcome.reasons)


LOOKING = {
    "asked": "os.path.exists(os.path.join(SITE, 'rates', 'table.py'))",
    "found": "importlib.util.find_spec('rates') is not None",
    "listed": "'rates' in os.listdir(SITE)",
    "listed inside": "'table.py' in os.listdir(os.path.join(SITE, 'rates'))",
}


@pytest.mark.parametrize("how", LOOKING)
def test_T29_a_distribution_that_was_looked_at_and_not_used(shop: Shop, tmp_path: Path, how: str) -> None:
    """A distribution whose presence the builder only checked is an input."""
    python = environment(tmp_path / "venv", wheel(tmp_path, "rates", rates__table="RATE = 1\n"))
    code = (
        f"import importlib.util, os, sysconfig\nSITE = sysconfig.get_path('purelib')\nVERSION = str({LOOKING[how]})\n"
    )
    shop.write("src/shop/models.py", code)
    wait_for_tick(shop.root.parent)
    template = shop.template()
    assert "not recorded" not in str(template.ensure(python=python).reasons)
    assert template.ensure(python=python).status == "hit", template.explain(python=python).reasons
    uv("pip", "uninstall", "--python", python, "rates")
    outcome = template.explain(python=python)
    assert outcome.status == "miss"
    assert "rates" in " ".join(outcome.reasons)


def test_T33_a_distribution_that_adds_to_a_namespace(shop: Shop, tmp_path: Path) -> None:
    """A distribution that adds a module to a listed namespace package is a miss that names the module."""
    python = environment(tmp_path / "venv", wheel(tmp_path, "rates", rates__table="RATE = 1\n"))
    code = "import pkgutil, rates\nVERSION = str([found.name for found in pkgutil.iter_modules(rates.__path__)])\n"
    shop.write("src/shop/models.py", code)
    wait_for_tick(shop.root.parent)
    template = shop.template()
    assert "not recorded" not in str(template.ensure(python=python).reasons)
    assert template.ensure(python=python).status == "hit", template.explain(python=python).reasons
    more = wheel(tmp_path, "more", rates__more="RATE = 2\n")
    uv("pip", "install", "--offline", "--python", python, more)
    outcome = template.explain(python=python)
    assert outcome.status == "miss"
    assert "rates/more.py" in " ".join(outcome.reasons)


TURNING = {
    "installed": ("pathlib.Path(SITE, 'late-1.0.dist-info').mkdir()", "the environment changed"),
    "path configuration": ("pathlib.Path(SITE, 'late.pth').write_text('')", "the environment changed"),
    "settings": ("pathlib.Path(sys.prefix, 'pyvenv.cfg').touch()", "pyvenv.cfg changed"),
    "record": ("next(pathlib.Path(SITE).glob('rates*/RECORD')).touch()", "rates was installed"),
}


@pytest.mark.parametrize("what", TURNING)
def test_T24_an_environment_that_changes_while_the_builder_runs(shop: Shop, tmp_path: Path, what: str) -> None:
    """If a distribution is installed or removed while the builder runs, the result is not recorded."""
    python = environment(tmp_path / "venv", wheel(tmp_path, "rates", rates="RATE = 1\n"))
    code, reason = TURNING[what]
    before = "import pathlib, rates, sys, sysconfig\nSITE = sysconfig.get_path('purelib')\n"
    shop.write("src/shop/models.py", f"{before}open(sys.prefix + '/pyvenv.cfg').close()\n{code}\nVERSION = '1'\n")
    wait_for_tick(shop.root.parent)
    outcome = shop.template().ensure(python=python)
    assert outcome.status == "miss"
    assert f"{reason} while the builder ran" in " ".join(outcome.reasons)
    assert "not recorded" in " ".join(outcome.reasons)


def test_T30_environments_alternate(shop: Shop, tmp_path: Path) -> None:
    """Two environments that import different files have one database each, and both are hits from then on."""
    first, second = environment(tmp_path / "one"), environment(tmp_path / "two")
    site = next((tmp_path / "two").glob("lib/python*/site-packages"))
    (site / "extra.pth").write_text("import sys; sys.extra = True\n")
    template = shop.template()
    for python in (first, second):
        assert template.ensure(python=python).status == "miss"
    for python in (first, second, first):
        outcome = template.ensure(python=python)
        assert outcome.status == "hit", outcome.reasons
