"""What CI checks: bare `nox` runs it all. `nox --list` tells what each session does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nox

try:
    import ci_accel
except ImportError:  # nox from elsewhere than .venv: the wheel is built anew each time
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
# uv takes what the machine's owner told pip: which certificates to trust, and where the packages are.
os.environ.setdefault("UV_SYSTEM_CERTS", "true")
if "PIP_INDEX_URL" in os.environ:
    os.environ.setdefault("UV_DEFAULT_INDEX", os.environ["PIP_INDEX_URL"])
# By itself: it is made of whole sessions, which would spoil each other's proof.
DEMO = "tests/example/test_demo.py"
INTEGRATION = ["tests/faults", "tests/example", "tests/rebuild"]
QUICK = ["-m", "not slow"]
WHEEL_INPUTS = ["Cargo.lock", "Cargo.toml", "LICENSE-*", "README.md", "pyproject.toml", "python", "src"]


def installed_pythons() -> list[str]:
    """Return the supported Python versions that this machine has; those of pyenv are made to answer by name."""
    versions = nox.project.python_versions(PYPROJECT)
    root = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"
    managed = [max(root.glob(f"{version}.*"), default=None) for version in versions]
    names = [path.name for path in managed if path is not None]
    if names and shutil.which("pyenv"):
        # The version in use stays the first: it is what `python` means.
        used = subprocess.run(["pyenv", "version-name"], capture_output=True, text=True, check=False).stdout.strip()
        os.environ["PYENV_VERSION"] = ":".join(dict.fromkeys([*filter(None, used.split(":")), *names]))
    return [version for version in versions if version == OWN_PYTHON or answers(f"python{version}")]


def answers(program: str) -> bool:
    """Tell whether an interpreter can be run by this name."""
    path = shutil.which(program)
    return path is not None and subprocess.run([path, "-c", ""], capture_output=True, check=False).returncode == 0


PYTHONS = installed_pythons()
# What the oldest, our own and the newest agree on is not asked of those between: `nox -s unit_tests` asks them all.
ASKED = [version for version in PYTHONS if version in {PYTHONS[0], OWN_PYTHON, PYTHONS[-1]}]
UNIT_TESTS = [f"unit_tests-{version}" for version in ASKED]
nox.options.sessions = ["lint", "typecheck", "rust", *UNIT_TESTS, "integration_tests", "coverage_report"]


def install_group(session: nox.Session, *groups: str) -> None:
    """Install dependency groups of pyproject.toml."""
    session.install(*nox.project.dependency_groups(PYPROJECT, *groups))


def install_wheel(session: nox.Session) -> None:
    """Install the one debug wheel that all sessions test; it is built only where its sources changed."""
    record = WHEELS / "fingerprint.json"
    built = sorted(WHEELS.glob("*.whl"))
    if HAS_CI_ACCEL:
        rust = subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=True).stdout.strip()
        now = ci_accel.fingerprint(WHEEL_INPUTS, values={"rustc": rust})
        if not (len(built) == 1 and record.exists() and ci_accel.Fingerprint.load(record) == now):
            build_wheel(session, "--profile", "dev", "--out", str(WHEELS))
            now.save(record)
    else:
        build_wheel(session, "--profile", "dev", "--out", str(WHEELS))
    (wheel,) = WHEELS.glob("*.whl")
    session.install("--force-reinstall", "--no-deps", str(wheel))


def demo_variables() -> dict[str, str]:
    """Return what lets the example's features prove their clones: the wheel under test, and none that has its name."""
    (wheel,) = WHEELS.glob("*.whl")
    return {"INVENTORY_CI_ACCEL_WHEEL": str(wheel.absolute())}


def build_wheel(session: nox.Session, *arguments: str) -> None:
    """Build the wheel for every Python from 3.11 on."""
    shutil.rmtree(WHEELS, ignore_errors=True)
    session.run(sys.executable, "-m", "maturin", "build", "--locked", *arguments, external=True, silent=True)


def run_measured(session: nox.Session) -> None:
    """Run all unit tests in shards, each process with coverage of its own; keep what they cover together."""
    run = project.coverage.run(
        shards=os.cpu_count() or 1,
        command=["coverage", "run", "--data-file={part}", "-m", "pytest", "-p", "no:cacheprovider", *QUICK, "{items}"],
        session=session,
    )
    for log in map(Path, run.logs):
        for line in log.read_text(errors="replace").splitlines()[-1:]:  # pytest's own closing line, if it got there
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
    """Check types, strictly, and that the stub tells the truth about the compiled module."""
    install_group(session, "typecheck")
    install_wheel(session)
    session.run("mypy", "python", "tests", "features", "benches", "noxfile.py")
    with session.chdir("examples/inventory"):
        session.run("mypy", "src", "features", "robot", "scripts", "alembic/env.py", "noxfile.py", "../demo.py")
    session.run("python", "-m", "mypy.stubtest", "ci_accel._native", "--mypy-config-file", "pyproject.toml")


@nox.session(venv_backend="none")
def rust(session: nox.Session) -> None:
    """Check formatting and lints of the engine and its bindings; test the engine, without Python."""
    session.run("cargo", "fmt", "--check", external=True)
    session.run("cargo", "clippy", "--locked", "--all-targets", "--", "-D", "warnings", external=True)
    without_python = ["--locked", "--no-default-features"]
    session.run("cargo", "clippy", *without_python, "--all-targets", "--", "-D", "warnings", external=True)
    session.run("cargo", "test", *without_python, external=True)


@nox.session(python=PYTHONS)
def unit_tests(session: nox.Session) -> None:
    """Test the wheel on every supported Python of this machine; on the one that runs nox, measure what is covered."""
    install_group(session, "test")
    install_wheel(session)
    if session.python == OWN_PYTHON and HAS_CI_ACCEL and not session.posargs:
        run_measured(session)
        return
    ignored = [f"--ignore={path}" for path in INTEGRATION]
    # The engine is the same binary for every Python, so most of its tests run on one.
    chosen = QUICK if session.python == OWN_PYTHON else ["-m", "every_python and not slow"]
    session.run("pytest", "--numprocesses=2", *chosen, *ignored, *session.posargs)


@nox.session
def integration_tests(session: nox.Session) -> None:
    """Test crashes, races, faults and real builders, and that every hit equals a rebuild, on one Python."""
    install_group(session, "test")
    install_wheel(session)
    # Without coverage: processes that are killed leave torn data files.
    session.run("pytest", DEMO, *session.posargs, env=demo_variables())
    session.run("behave", "--format", "progress2", "features")
    session.run("pytest", "--numprocesses=2", *QUICK, f"--ignore={DEMO}", *INTEGRATION, *session.posargs)


@nox.session(default=False)
def sweep(session: nox.Session) -> None:
    """Kill and fail at every single system call; trace real projects; run all of the example: slow."""
    install_group(session, "test")
    install_wheel(session)
    session.run("pytest", "-m", "slow", "tests", *session.posargs, env=demo_variables())


@nox.session
def coverage_report(session: nox.Session) -> None:
    """Gate on the lines and branches that unit_tests has covered; no test is run here where they were, or in CI."""
    if not HAS_CI_ACCEL:
        session.error("coverage_report needs ci-accel beside nox: make test")
    install_group(session, "test")
    if not project.coverage.explain() and "CI" not in os.environ:
        install_wheel(session)
        run_measured(session)
    gate = project.coverage.check(session=session)
    project.coverage.report()
    if not gate:
        session.error(gate.message)


@nox.session
def demo(session: nox.Session) -> None:
    """Show what is built and what is reused, step by step, on examples/inventory."""
    install_group(session, "test")
    install_wheel(session)
    session.run("python", "examples/demo.py", *session.posargs, env=demo_variables())


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """Measure against what one would use instead, and against reading the bytes; posargs choose."""
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


def build_release(session: nox.Session, out: Path) -> None:
    """Build an optimised wheel."""
    session.run(sys.executable, "-m", "maturin", "build", "--locked", "--release", "--out", str(out), external=True)
