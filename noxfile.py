"""The checks that CI runs. `nox` runs them all; `nox --list` describes the sessions."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nox

try:
    import ci_accel
except ImportError:  # nox outside .venv: the wheel is built in each session
    HAS_CI_ACCEL = False
else:
    HAS_CI_ACCEL = ci_accel.HAS_NATIVE
    project = ci_accel.Project.load()

nox.needs_version = ">=2026.10.20"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_existing_virtualenvs = True

PYPROJECT = nox.project.load_toml("pyproject.toml")
SOURCES = ["python", "tests", "features", "benches", "examples", "noxfile.py"]
OWN_PYTHON = f"{sys.version_info[0]}.{sys.version_info[1]}"
WHEELS = Path("build/wheel")
# uv uses the machine's certificates and the package index that is configured for pip.
os.environ.setdefault("UV_SYSTEM_CERTS", "true")
if "PIP_INDEX_URL" in os.environ:
    os.environ.setdefault("UV_DEFAULT_INDEX", os.environ["PIP_INDEX_URL"])
# The demo runs alone: it runs whole sessions of the example, which other tests of the example use as well.
DEMO = "tests/example/test_demo.py"
INTEGRATION = ["tests/faults", "tests/example", "tests/rebuild"]
QUICK = ["-m", "not slow"]
WHEEL_INPUTS = ["Cargo.lock", "Cargo.toml", "LICENSE-*", "README.md", "pyproject.toml", "python", "src"]


def installed_pythons() -> list[str]:
    """Return the supported Python versions on this machine, after making those of pyenv available by name."""
    versions = nox.project.python_versions(PYPROJECT)
    root = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"
    managed = [max(root.glob(f"{version}.*"), default=None) for version in versions]
    names = [path.name for path in managed if path is not None]
    if names and shutil.which("pyenv"):
        # The version in use stays first: `python` runs it.
        used = subprocess.run(["pyenv", "version-name"], capture_output=True, text=True, check=False).stdout.strip()
        os.environ["PYENV_VERSION"] = ":".join(dict.fromkeys([*filter(None, used.split(":")), *names]))
    return [version for version in versions if version == OWN_PYTHON or is_interpreter(f"python{version}")]


def is_interpreter(program: str) -> bool:
    """Return whether a program exists and runs Python."""
    path = shutil.which(program)
    return path is not None and subprocess.run([path, "-c", ""], capture_output=True, check=False).returncode == 0


PYTHONS = installed_pythons()
# By default the oldest, the current and the newest Python are tested; `nox -s unit_tests` tests all of them.
DEFAULT_PYTHONS = [version for version in PYTHONS if version in {PYTHONS[0], OWN_PYTHON, PYTHONS[-1]}]
UNIT_TESTS = [f"unit_tests-{version}" for version in DEFAULT_PYTHONS]
nox.options.sessions = ["lint", "typecheck", "rust", *UNIT_TESTS, "integration_tests", "features", "coverage_report"]


def install_group(session: nox.Session, *groups: str) -> None:
    """Install dependency groups of pyproject.toml."""
    session.install(*nox.project.dependency_groups(PYPROJECT, *groups))


def install_wheel(session: nox.Session) -> None:
    """Install the debug wheel that all sessions share. It is rebuilt only if its sources have changed."""
    record = WHEELS / "fingerprint.json"
    built = sorted(WHEELS.glob("*.whl"))
    if HAS_CI_ACCEL:
        rust = subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=True).stdout.strip()
        now = ci_accel.fingerprint(WHEEL_INPUTS, values={"rustc": rust})
        if not (len(built) == 1 and record.exists() and ci_accel.Fingerprint.load(record) == now):
            build_wheel(session)
            now.save(record)
    else:
        build_wheel(session)
    (wheel,) = WHEELS.glob("*.whl")
    session.install("--force-reinstall", "--no-deps", str(wheel))


def build_wheel(session: nox.Session) -> None:
    """Build the debug wheel."""
    shutil.rmtree(WHEELS, ignore_errors=True)
    run_maturin(session, "--profile", "dev", "--out", str(WHEELS))


def build_release(session: nox.Session, out: Path) -> None:
    """Build an optimised wheel."""
    run_maturin(session, "--release", "--out", str(out))


def run_maturin(session: nox.Session, *arguments: str) -> None:
    """Run `maturin build`."""
    session.run(sys.executable, "-m", "maturin", "build", "--locked", *arguments, external=True)


def example_environment() -> dict[str, str]:
    """Return the variable that makes the example's sessions install the wheel under test."""
    (wheel,) = WHEELS.glob("*.whl")
    return {"INVENTORY_CI_ACCEL_WHEEL": str(wheel.absolute())}


def run_measured(session: nox.Session) -> None:
    """Run all unit tests in shards under coverage.py and combine their data."""
    run = project.coverage.run(
        shards=os.cpu_count() or 1,
        command=["coverage", "run", "--data-file={part}", "-m", "pytest", "-p", "no:cacheprovider", *QUICK, "{items}"],
        session=session,
    )
    for log in map(Path, run.logs):
        for line in log.read_text(errors="replace").splitlines()[-1:]:  # the closing line of pytest
            session.log(line)
    if not run:
        session.error(str(run))
    project.coverage.combine()


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and formatting of the Python sources."""
    install_group(session, "lint")
    session.run("ruff", "check", *SOURCES)
    session.run("ruff", "format", "--check", *SOURCES)


@nox.session
def typecheck(session: nox.Session) -> None:
    """Check types with mypy, and the stub against the compiled module."""
    install_group(session, "typecheck")
    install_wheel(session)
    session.run("mypy", "python", "tests", "features", "benches", "noxfile.py")
    with session.chdir("examples/inventory"):
        session.run("mypy", "src", "features", "robot", "scripts", "alembic/env.py", "noxfile.py", "../demo.py")
    session.run("python", "-m", "mypy.stubtest", "ci_accel._native", "--mypy-config-file", "pyproject.toml")


@nox.session(venv_backend="none")
def rust(session: nox.Session) -> None:
    """Check formatting and lints of the Rust code, and test the engine without Python."""
    session.run("cargo", "fmt", "--check", external=True)
    session.run("cargo", "clippy", "--locked", "--all-targets", "--", "-D", "warnings", external=True)
    without_python = ["--locked", "--no-default-features"]
    session.run("cargo", "clippy", *without_python, "--all-targets", "--", "-D", "warnings", external=True)
    session.run("cargo", "test", *without_python, external=True)


@nox.session(python=PYTHONS)
def unit_tests(session: nox.Session) -> None:
    """Run all unit tests, measured, on the Python that runs nox; on others those marked `every_python`."""
    install_group(session, "test")
    install_wheel(session)
    if session.python == OWN_PYTHON and HAS_CI_ACCEL and not session.posargs:
        run_measured(session)
        return
    ignored = [f"--ignore={path}" for path in INTEGRATION]
    # The engine is the same binary for every Python, so most of its tests run on one.
    selected = QUICK if session.python == OWN_PYTHON else ["-m", "every_python and not slow"]
    session.run("pytest", "--numprocesses=2", *selected, *ignored, *session.posargs)


@nox.session
def integration_tests(session: nox.Session) -> None:
    """Test crashes, races, full disks, real builders, rebuilds and the example; posargs choose tests instead."""
    install_group(session, "test")
    install_wheel(session)
    if session.posargs:
        session.run("pytest", *session.posargs, env=example_environment())
        return
    session.run("pytest", DEMO, env=example_environment())
    session.run("pytest", "--numprocesses=2", *QUICK, f"--ignore={DEMO}", *INTEGRATION)


@nox.session
def features(session: nox.Session) -> None:
    """Run the Behave features on the example's coverage job; posargs choose features instead."""
    install_group(session, "test")
    install_wheel(session)
    session.run("behave", "--format", "progress2", *(session.posargs or ["features"]))


@nox.session(default=False)
def sweep(session: nox.Session) -> None:
    """Run the slow tests: a fault at every system call, published projects, the whole example."""
    install_group(session, "test")
    install_wheel(session)
    session.run("pytest", "-m", "slow", "tests", *session.posargs, env=example_environment())


@nox.session
def coverage_report(session: nox.Session) -> None:
    """Report the coverage that unit_tests measured; outside CI, measure it first if it is missing."""
    if not HAS_CI_ACCEL:
        session.error("coverage_report needs ci-accel in the environment of nox; run make test")
    install_group(session, "test")
    if not project.coverage.explain() and "CI" not in os.environ:
        install_wheel(session)
        run_measured(session)
    project.coverage.report(session=session)


@nox.session
def demo(session: nox.Session) -> None:
    """Show on examples/inventory what is built, what is reused, and why."""
    install_group(session, "test")
    install_wheel(session)
    session.run("python", "examples/demo.py", *session.posargs, env=example_environment())


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """Measure against the alternatives and against reading the same bytes; posargs choose benchmarks."""
    install_group(session, "test", "bench")
    out = Path(session.create_tmp()) / "release"
    shutil.rmtree(out, ignore_errors=True)
    build_release(session, out)
    session.install("--force-reinstall", "--no-deps", *map(str, out.glob("*.whl")))
    session.run("python", "-m", "benches.run", *session.posargs)


@nox.session(default=False, venv_backend="none")
def wheel(session: nox.Session) -> None:
    """Build the release wheel into dist/."""
    build_release(session, Path("dist"))
