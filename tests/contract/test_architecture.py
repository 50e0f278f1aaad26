"""The architecture: imports point down, each third-party crate has one module, files stay short."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import ci_accel
from tests.support.import_graphs import python_imports, rust_imports, shipped, unlisted, violations

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.import_graphs import Graph, Layers

REPOSITORY = Path(__file__).resolve().parents[2]
ENGINE = REPOSITORY / "src" / "engine"
BINDINGS = REPOSITORY / "src" / "bindings"

# The modules of each package, a line for each layer, the highest first. A module imports only modules in lower lines.
# "mod" is the package's own file.
PYTHON_LAYERS = {
    "": """
        ci_accel
    """,
    "ci_accel": """
        __main__
        cli mod
        project
        coverage
        processes template
        foundation
        _native exceptions guest
    """,
    "ci_accel.template": """
        template_db
        request
        declaration fallback surroundings
        builder descriptions held_databases outcomes side_files
    """,
    "ci_accel.coverage": """
        coverage
        parts proof
        checkout data report
        paths process_log run totals
        durations gate info passport settings shards
    """,
    "ci_accel.guest": """
        tracer witness
        carrier compare probe records spawn statements
    """,
    "ci_accel.guest.tracer": """
        recorder
        modules
        children
        calls environment
        log sitecustomize
    """,
    "ci_accel.processes": """
        group
        foreground progress
        child process_state signals
    """,
    "ci_accel.foundation": """
        fingerprint
        log
        environment_variables
        arguments files interpreter native outcome pyproject
    """,
    "ci_accel.guest.witness": """
        recorder
        programs sitecustomize
    """,
    "ci_accel.cli": """
        main
        coverage template
        parser
    """,
}
RUST_LAYERS = {
    "": """
        bindings
        engine
    """,
    "engine": """
        coverage template
        changes cpython fingerprint sqlite
        files
        foundation
    """,
    "engine.sqlite": """
        untrusted
        finish guards header new number_rows snapshot
        connection schema
    """,
    "engine.cpython": """
        bytecode distributions importable
    """,
    "engine.files": """
        own_folder
        atomic
        lock walk
        parallel path pattern regular_file
    """,
    "engine.coverage": """
        convert sealed
        combine
        summary
        read
        datafile passport slipcover
        limits lines sorted
    """,
    "engine.coverage.datafile": """
        combined new
        mod numbits
    """,
    "engine.coverage.slipcover": """
        read
        report
    """,
    "engine.foundation": """
        interrupt
        digest document error
    """,
    "engine.template": """
        begin
        build opened
        look
        differences watch
        request
        traced variants
        database trace
        manifest surroundings
        inputs
        traced_input
        mod state
    """,
    "engine.template.trace": """
        end
        program
        log
        aliases fields untraced_programs
    """,
    "engine.template.surroundings": """
        mod
        variables
        places
    """,
    "engine.template.traced": """
        contents folders
        fresh observe
    """,
    "bindings": """
        coverage fingerprint template
        outcome
    """,
    "bindings.coverage": """
        parts sealed
        data
    """,
    "bindings.template": """
        template
        build
        state surroundings
    """,
}
GRAPHS: dict[str, tuple[Callable[[], Graph], Layers]] = {
    "Python": (lambda: python_imports("ci_accel"), PYTHON_LAYERS),
    "Rust": (lambda: rust_imports(REPOSITORY / "src"), RUST_LAYERS),
}

# The only modules of the engine that name a third-party crate.
CRATES = {
    "blake3": {"foundation/digest.rs"},
    "globset": {"files/pattern.rs"},
    "jiter": {"coverage/slipcover/read.rs"},
    "rusqlite": {
        "sqlite/connection.rs",
        "sqlite/finish.rs",
        "sqlite/guards.rs",
        "sqlite/new.rs",
        "sqlite/snapshot.rs",
        "sqlite/untrusted.rs",
    },
    "tempfile": {"files/atomic.rs", "files/own_folder.rs"},
    "unicode_normalization": {"fingerprint.rs"},
    "walkdir": {"files/walk.rs"},
}
ENGINE_LINES = 340
BINDING_LINES = 300


@pytest.mark.parametrize("language", GRAPHS)
def test_every_module_has_a_layer(language: str) -> None:
    """The layers list every module, and nothing that does not exist."""
    read, layers = GRAPHS[language]
    assert unlisted(read(), layers) == []


@pytest.mark.parametrize("language", GRAPHS)
def test_imports_point_down(language: str) -> None:
    """A module imports only modules of lower layers, so there is no upward import and no cycle."""
    read, layers = GRAPHS[language]
    assert violations(read(), layers) == []


def test_violations_are_found() -> None:
    """An upward import, an import between neighbours, a cycle, and an import of the package itself are reported."""
    layers = {"": "a\nb c", "a": "x\ny"}
    assert violations({"a": set(), "a.x": {"a.y", "b"}, "a.y": {"c"}, "b": set(), "c": set()}, layers) == []
    graph = {"a": set(), "a.x": {"a"}, "a.y": {"a.x"}, "b": {"c", "a.y"}, "c": {"c2"}}
    assert violations(graph, layers) == ["a.x -> a", "a.y -> a.x", "b -> a.y", "b -> c", "c -> c2"]


def test_unlisted_modules_are_found() -> None:
    """A module without a layer, and a layer's name without a module, are reported."""
    assert unlisted({"a": set(), "a.x": set(), "b": set()}, {"": "a", "a": "x\ny"}) == ["a.y", "b"]


def test_rust_paths_are_found(tmp_path: Path) -> None:
    """Braces, `super`, `self` and full paths in expressions count; comments and unit tests do not."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "mod.rs").write_text("pub mod x;\npub use self::x::Thing;\n")
    (tmp_path / "a" / "x.rs").write_text("use super::y::{self, One};\nfn f() { crate::b::g(); }\n// crate::c\n")
    (tmp_path / "a" / "y.rs").write_text(
        "use crate::{b, c::{deep, Deeper}};\n#[cfg(test)]\nmod tests { use super::x; }\n"
    )
    (tmp_path / "b.rs").write_text("")
    (tmp_path / "c.rs").write_text("pub fn deep() {}\n")
    assert rust_imports(tmp_path) == {
        "a": {"a.x"},
        "a.x": {"a.y", "b"},
        "a.y": {"b", "c"},
        "b": set(),
        "c": set(),
    }


def test_guests_import_nothing_of_ci_accel() -> None:
    """Code that runs in other interpreters imports only the standard library and its neighbours."""
    for path in sorted((REPOSITORY / "python" / "ci_accel" / "guest").rglob("*.py")):
        assert not re.search(r"^\s*(from|import) ci_accel", path.read_text(), flags=re.MULTILINE), path.name


@pytest.mark.parametrize(("crate", "modules"), CRATES.items(), ids=list(CRATES))
def test_third_party_crates_have_one_module(crate: str, modules: set[str]) -> None:
    """A third-party crate is named only by the modules that own it."""
    sources = [path for path in ENGINE.rglob("*.rs") if re.search(rf"\b{crate}::", shipped(path))]
    assert {path.relative_to(ENGINE).as_posix() for path in sources} == modules


def test_the_engine_does_not_name_python() -> None:
    """The engine names neither pyo3 nor the bindings."""
    for path in sorted(ENGINE.rglob("*.rs")):
        assert not re.search(r"\bpyo3\b|crate::bindings", shipped(path)), path.name


def test_bindings_name_no_third_party_crate() -> None:
    """The bindings use pyo3 and the engine, and rustix for error numbers."""
    for path in sorted(BINDINGS.rglob("*.rs")):
        crates = set(re.findall(r"^use (\w+)", shipped(path), flags=re.MULTILINE)) - {"std", "crate", "super", "pyo3"}
        assert crates <= {"rustix"}, path.name


def test_files_stay_short() -> None:
    """A file that outgrows its noun is cut along one."""
    for path in ENGINE.rglob("*.rs"):
        assert len(shipped(path).splitlines()) <= ENGINE_LINES, path.name
    for path in BINDINGS.rglob("*.rs"):
        assert len(path.read_text().splitlines()) <= BINDING_LINES, path.name


def test_file_names_are_nouns_of_the_domain() -> None:
    """No file is called util, misc or the like."""
    forbidden = {"util", "utils", "misc", "helpers", "common", "manager", "base"}
    sources = [path for folder in ("src", "python", "tests") for path in (REPOSITORY / folder).rglob("*.*")]
    assert not {path.stem for path in sources} & forbidden


def test_import_is_light() -> None:
    """Importing every public name of ci_accel imports neither nox, sqlite3, subprocess, tempfile nor xml."""
    folder = str(Path(ci_accel.__file__).parent.parent)
    # Without site, whose *.pth files may import anything.
    code = f"import sys; sys.path.insert(0, {folder!r}); before = set(sys.modules); from ci_accel import *; "
    command = [sys.executable, "-I", "-S", "-c", code + "print(*set(sys.modules) - before)"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (answer.stderr, answer.returncode) == ("", 0)
    imported = set(answer.stdout.split())
    assert "ci_accel" in imported
    assert not {"nox", "sqlite3", "subprocess", "tempfile", "xml"} & imported
