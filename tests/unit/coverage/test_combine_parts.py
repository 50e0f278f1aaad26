"""The arguments of `combine_coverage`: parts, expected parts and the file to write."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import ci_accel
from ci_accel.coverage.paths import compiled_pattern
from tests.support.coverage_files import entry, report, snapshot, write_lines, write_report

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def parts(tmp_path: Path) -> list[Path]:
    """Return three parts of a run."""
    return [write_report(tmp_path / f"part-{number}.json", report({"a.py": entry({number})})) for number in (1, 2, 3)]


def test_C12_missing_part_is_named(tmp_path: Path, parts: list[Path]) -> None:
    """A missing or unexpected part is an error, by number or by name, and nothing is written."""
    before = snapshot(tmp_path)
    out = tmp_path / "out"
    with pytest.raises(ci_accel.CoverageDataError, match="4 parts were expected, but there are 3"):
        ci_accel.combine_coverage(parts, into=out, expected=4)
    with pytest.raises(ci_accel.CoverageDataError, match="3 parts were expected, but there are 2"):
        ci_accel.combine_coverage([parts[0], parts[0], parts[1]], into=out, expected=3)
    with pytest.raises(ci_accel.CoverageDataError, match="expected part is missing") as caught:
        ci_accel.combine_coverage(parts, into=out, expected=["part-1.json", "part-7.json"])
    assert caught.value.path == "part-7.json"
    with pytest.raises(ci_accel.CoverageDataError, match="unexpected part") as caught:
        ci_accel.combine_coverage(parts, into=out, expected=["part-1.json", str(parts[1])])
    assert caught.value.path == str(parts[2])
    assert snapshot(tmp_path) == before
    info = ci_accel.combine_coverage(parts, into=out, expected=[part.name for part in parts])
    assert info.covered_lines == ci_accel.combine_coverage(parts, into=out, expected=3).covered_lines == 3


def test_invalid_arguments(tmp_path: Path, parts: list[Path]) -> None:
    """An empty list of parts is a ValueError, a string instead of a list a TypeError."""
    with pytest.raises(ValueError, match="no parts"):
        ci_accel.combine_coverage([], into=tmp_path / "out")
    with pytest.raises(TypeError, match="parts takes a list"):
        ci_accel.combine_coverage(str(parts[0]), into=tmp_path / "out")
    with pytest.raises(TypeError, match="expected takes a list"):
        ci_accel.combine_coverage(parts, into=tmp_path / "out", expected="part-1.json")


def test_C17_part_is_never_overwritten(tmp_path: Path, parts: list[Path]) -> None:
    """`into` cannot be one of the parts, whether by its path, another path of it, or a link."""
    (tmp_path / "link").symlink_to(parts[1])
    before = snapshot(tmp_path)
    for into in (parts[1], f"{tmp_path}/./part-2.json", tmp_path / "link"):
        with pytest.raises(FileExistsError, match="one of the parts") as caught:
            ci_accel.combine_coverage(parts, into=into)
        assert caught.value.filename == str(into)
    assert snapshot(tmp_path) == before


def test_C17_failed_write_leaves_no_file(tmp_path: Path, parts: list[Path]) -> None:
    """A folder at `into`, or a file instead of its folder, is an OSError that names it."""
    (tmp_path / "folder").mkdir()
    before = snapshot(tmp_path)
    with pytest.raises(IsADirectoryError) as caught:
        ci_accel.combine_coverage(parts, into=tmp_path / "folder")
    assert caught.value.filename == str(tmp_path / "folder")
    with pytest.raises(OSError, match=r"part-1\.json/out"):
        ci_accel.combine_coverage(parts, into=parts[0] / "out")
    assert snapshot(tmp_path) == before


def test_C17_full_disk_keeps_the_previous_file(tmp_path: Path) -> None:
    """If the write fails, the previous file is unchanged, and no temporary file is left."""
    files = {f"/code/{number}.py": set(range(200)) for number in range(500)}
    part = write_lines(tmp_path / "part", files)
    (tmp_path / "out").write_text("the previous file")
    before = snapshot(tmp_path)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))

    code = "import ci_accel, sys; ci_accel.combine_coverage([sys.argv[1]], into=sys.argv[2])"
    command = [sys.executable, "-B", "-c", code, str(part), str(tmp_path / "out")]
    answer = subprocess.run(command, preexec_fn=limit, capture_output=True, text=True, check=False)
    assert f"OSError: [Errno 27] File too large: '{tmp_path}/out'" in answer.stderr
    assert snapshot(tmp_path) == before


def test_folders_are_created_and_an_existing_file_is_replaced(tmp_path: Path, parts: list[Path]) -> None:
    """Missing folders are created, an existing file is replaced, and its permissions follow the umask."""
    out = tmp_path / "build/coverage/coverage.json"
    for _ in range(2):
        ci_accel.combine_coverage(parts, into=out)
    assert os.listdir(out.parent) == ["coverage.json"]
    mask = os.umask(0)
    os.umask(mask)
    assert out.stat().st_mode & 0o777 == 0o666 & ~mask


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted in /proc")
def test_no_thread_is_left(tmp_path: Path, parts: list[Path]) -> None:
    """No thread is left when the call returns, because the test runner forks afterwards."""
    before = set(os.listdir("/proc/self/task"))
    many = [write_report(tmp_path / f"more-{number}", report({"a.py": entry({number})})) for number in range(1, 90)]
    ci_accel.combine_coverage([*parts, *many], into=tmp_path / "out")
    assert set(os.listdir("/proc/self/task")) == before


def test_C13_number_of_parts_is_limited(tmp_path: Path) -> None:
    """Two thousand parts are combined, 100,001 parts are a ValueError."""
    part = write_report(tmp_path / "part", report({"a.py": entry({1})}))
    others = []
    for number in range(2000):
        others.append(tmp_path / f"part-{number}")
        os.link(part, others[-1])
    assert ci_accel.combine_coverage(others, into=tmp_path / "out").covered_lines == 1
    with pytest.raises(ValueError, match="more than 100000 parts"):
        ci_accel.combine_coverage([part] * 100_001, into=tmp_path / "out")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[tool.coverage.paths]\nsource = ["src", "build/*"]\n', "must not end with a wildcard"),
        ('[tool.coverage.paths]\nsource = ["src", "a**/b"]\n', r"\*\* must be a whole folder name"),
        ('[tool.coverage.paths]\nsource = "src"\n', "is not a list of paths"),
        ("[tool.coverage", r"pyproject\.toml: "),
    ],
)
def test_invalid_rules_are_an_error(tmp_path: Path, text: str, words: str) -> None:
    """Rules that coverage.py rejects are a ValueError, and nothing is written."""
    (tmp_path / "pyproject.toml").write_text(text)
    part = write_lines(tmp_path / "part")
    with pytest.raises(ValueError, match=words):
        ci_accel.combine_coverage([part], into=tmp_path / "out", root=tmp_path)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("*/src", "/a/b/src/x.py", True),
        ("*/src", "src/x.py", True),
        ("**/src/", "/a/SRC/x.py", True),
        ("/a/*/src", "/a/b/src/x", True),
        ("/a/*/src", "/a/b/c/src/x", False),
        ("/a/?/src", "/a/b/src/x", True),
        ("/a/[bc]/src", "/a/c/src/x", True),
        ("/a/[bc]/src", "/a/d/src/x", False),
        ("c:\\ci", "C:/ci/x.py", True),
        ("/a.b", "/axb/x.py", False),
    ],
)
def test_patterns_match_folders(pattern: str, path: str, matches: bool) -> None:
    """Patterns ignore case and the kind of separator."""
    assert bool(compiled_pattern(pattern).match(path)) == matches
