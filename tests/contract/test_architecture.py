"""The house: arrows run one way down, doors to foreign crates are few, and files stay what their noun says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
ENGINE = REPOSITORY / "src" / "engine"
PYTHON = REPOSITORY / "python" / "ci_accel"

# From the foundation up. A room may use those before it, and never one of its own floor or above.
FLOORS = [
    {"foundation"},
    {"files"},
    {"changes", "cpython", "fingerprint", "sqlite"},
    {"coverage", "template"},
]
DOORS = {
    "blake3": {"foundation/digest.rs"},
    "globset": {"files/pattern.rs"},
    "jiter": {"coverage/slipcover/read.rs"},
    "rusqlite": {f"sqlite/{name}.rs" for name in ("connection", "finish", "guards", "new", "snapshot", "untrusted")},
    "tempfile": {"files/atomic.rs", "files/own_folder.rs"},
    "walkdir": {"files/walk.rs"},
}
ENGINE_LINES = 340
BINDING_LINES = 300


def shipped(path: Path) -> str:
    """Return a Rust source without its tests and comments."""
    text = path.read_text().split("#[cfg(test)]")[0]
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("//"))


def room(path: Path) -> str:
    """Return the room that an engine source belongs to."""
    return path.relative_to(ENGINE).parts[0].removesuffix(".rs")


def engine_sources() -> list[Path]:
    """Return the engine's sources, the contents page aside."""
    return [path for path in sorted(ENGINE.rglob("*.rs")) if path != ENGINE / "mod.rs"]


def test_every_room_has_a_floor() -> None:
    """A new room of the engine has to be given its floor here."""
    assert {room(path) for path in engine_sources()} == set().union(*FLOORS)


@pytest.mark.parametrize("path", engine_sources(), ids=lambda path: str(path.relative_to(ENGINE)))
def test_arrows_run_down(path: Path) -> None:
    """A room of the engine names only itself and rooms of lower floors, and nothing of Python."""
    own = room(path)
    (floor,) = [number for number, rooms in enumerate(FLOORS) if own in rooms]
    below = set().union(*FLOORS[:floor]) | {own}
    text = shipped(path)
    used = set(re.findall(r"crate::engine::(\w+)", text))
    if path.parent == ENGINE:
        used |= set(re.findall(r"\bsuper::(\w+)", text))
    assert used <= below
    assert "pyo3" not in text
    assert "crate::bindings" not in text


@pytest.mark.parametrize(("crate", "rooms"), DOORS.items(), ids=list(DOORS))
def test_foreign_crates_have_one_door(crate: str, rooms: set[str]) -> None:
    """A foreign crate is named by its own room only."""
    named = {str(path.relative_to(ENGINE)) for path in engine_sources() if re.search(rf"\b{crate}::", shipped(path))}
    assert named == rooms


def test_bindings_name_the_engine_and_nothing_foreign() -> None:
    """The staircase speaks to Python and to the engine, to no other crate but rustix for error numbers."""
    for path in sorted((REPOSITORY / "src" / "bindings").rglob("*.rs")):
        crates = set(re.findall(r"^use (\w+)", shipped(path), flags=re.MULTILINE)) - {"std", "crate", "super", "pyo3"}
        assert crates <= {"rustix"}, path.name


def test_files_stay_small() -> None:
    """A file that outgrows its noun is cut along one."""
    for path in engine_sources():
        assert len(shipped(path).splitlines()) <= ENGINE_LINES, path.name
    for path in (REPOSITORY / "src" / "bindings").rglob("*.rs"):
        assert len(path.read_text().splitlines()) <= BINDING_LINES, path.name


def test_no_forbidden_names() -> None:
    """Files are named by nouns of the domain."""
    forbidden = {"util", "utils", "misc", "helpers", "common", "manager", "base"}
    sources = [*ENGINE.rglob("*.rs"), *PYTHON.rglob("*.py"), *(REPOSITORY / "tests").rglob("*.py")]
    assert not {path.stem for path in sources} & forbidden


def test_import_brings_nothing_heavy() -> None:
    """Importing every public name imports neither nox, sqlite3, subprocess, tempfile nor xml."""
    heavy = {"nox", "sqlite3", "subprocess", "tempfile", "xml"}
    code = path_of_package() + "before = set(sys.modules); from ci_accel import *; print(*set(sys.modules) - before)"
    command = [sys.executable, "-I", "-S", "-c", code]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (answer.stderr, answer.returncode) == ("", 0)
    assert "ci_accel" in answer.stdout.split()
    assert not heavy & set(answer.stdout.split())


def path_of_package() -> str:
    """Return code that finds the installed package without `site`, which imports things itself."""
    import ci_accel

    return f"import sys; sys.path.insert(0, {str(Path(ci_accel.__file__).parent.parent)!r}); "
