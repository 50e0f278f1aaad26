"""Inspecting data files of coverage.py: their contents in short, and which files are invalid."""

from __future__ import annotations

import os
import random
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import blake3
import coverage
import pytest
from coverage import CoverageData
from coverage.sqldata import SCHEMA_VERSION
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ci_accel
from tests.support.coverage_files import ARCS, LINES, change, refusal, snapshot, write_arcs, write_lines

if TYPE_CHECKING:
    from pathlib import Path

LINE = st.integers(0, 3000)
FILES = st.dictionaries(st.text("ab/.é", min_size=1, max_size=8), st.sets(LINE, max_size=30), max_size=5)
ENDS = st.tuples(st.integers(-40, 40), st.integers(-40, 40)).filter(lambda arc: arc[0] >= 0 or arc[1] >= 0)
CONTEXTS = st.lists(st.text("xyz|", max_size=4), min_size=1, max_size=3, unique=True)


def test_data_file_with_lines(tmp_path: Path) -> None:
    """Format, version, files, lines and digest are those of the file; missing lines are not in it."""
    path = write_lines(tmp_path / "part-001.sqlite")
    info = ci_accel.inspect_coverage(path)
    assert (info.format, info.version, info.has_branches) == ("coverage.py", coverage.__version__, False)
    assert info.files == tuple(sorted(LINES))
    assert (info.covered_lines, info.missing_lines) == (8, None)
    assert info.contexts == ("",)
    assert info.digest == blake3.blake3(path.read_bytes()).hexdigest()
    assert info.sealed is False
    assert repr(info).startswith("CoverageInfo('coverage.py', '7.")


def test_installed_coverage_py_writes_schema_7() -> None:
    """The installed version of coverage.py writes the schema that is supported."""
    assert SCHEMA_VERSION == 7


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(measured=st.lists(FILES, min_size=1, max_size=3), contexts=CONTEXTS)
def test_lines_are_counted_as_by_coverage_py(
    tmp_path: Path, measured: list[dict[str, set[int]]], contexts: list[str]
) -> None:
    """In generated data, a line in several contexts counts once, as in coverage.py."""
    path = tmp_path / "lines"
    path.unlink(missing_ok=True)
    for number, files in enumerate(measured):
        write_lines(path, files, context=contexts[number % len(contexts)])
    info = ci_accel.inspect_coverage(path)
    with closing(Reader(path)) as data:
        assert info.files == tuple(sorted(data.measured_files()))
        assert info.contexts == tuple(sorted(data.measured_contexts()))
        assert info.covered_lines == sum(len(set(data.lines(file) or ())) for file in data.measured_files())
    assert not info.has_branches


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    measured=st.lists(
        st.dictionaries(st.text("ab/", min_size=1, max_size=4), st.sets(ENDS, min_size=1, max_size=20), max_size=4),
        min_size=1,
        max_size=3,
    ),
    contexts=CONTEXTS,
)
def test_arcs_are_counted_as_by_coverage_py(
    tmp_path: Path, measured: list[dict[str, set[tuple[int, int]]]], contexts: list[str]
) -> None:
    """In generated data, the lines of arcs are their positive ends, as in coverage.py."""
    path = tmp_path / "arcs"
    path.unlink(missing_ok=True)
    for number, files in enumerate(measured):
        write_arcs(path, files, context=contexts[number % len(contexts)])
    info = ci_accel.inspect_coverage(path)
    with closing(Reader(path)) as data:
        assert info.files == tuple(sorted(data.measured_files()))
        assert info.covered_lines == sum(len(set(data.lines(file) or ())) for file in data.measured_files())
    assert info.has_branches


class Reader(CoverageData):
    """Reads a copy of a data file with coverage.py, which may write to the file."""

    def __init__(self, path: Path) -> None:
        """Read the file."""
        copy = path.with_name(path.name + ".copy")
        copy.write_bytes(path.read_bytes())
        super().__init__(str(copy))
        self.read()


def test_path_that_looks_like_a_uri_is_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path that starts with `file:` is a plain path, although SQLite would read parameters from it."""
    monkeypatch.chdir(tmp_path)
    write_lines(tmp_path / "part").rename(tmp_path / "file:evil.db?mode=rwc")
    assert ci_accel.inspect_coverage("file:evil.db?mode=rwc").covered_lines == 8
    assert os.listdir(tmp_path) == ["file:evil.db?mode=rwc"]


def test_C01_incomplete_or_other_file_is_refused(tmp_path: Path) -> None:
    """An empty file, another format, a truncated file and appended bytes are errors."""
    valid = write_lines(tmp_path / "valid").read_bytes()
    path = tmp_path / "part-001.sqlite"
    reasons = {}
    samples = {
        "empty": b"",
        "text": b"hello, world",
        "version 4": b"!coverage.py: This is a private format, don't read it directly!{}",
        "header only": valid[:60],
        "odd": valid[:-7],
        "page more": valid + bytes(4096),
        "bytes more": valid + b"x",
    }
    samples |= {f"{length} bytes": valid[:length] for length in range(4096, len(valid), 4096)}
    for name, content in samples.items():
        path.write_bytes(content)
        reasons[name] = refusal(path)
    assert reasons["empty"] == "empty: its writer did not finish"
    assert reasons["text"] == "neither coverage.py's database nor slipcover's JSON"
    assert "coverage.py 4" in reasons["version 4"]
    assert all("truncated" in reason for name, reason in reasons.items() if "bytes" in name or name == "header only")


def test_C02_zeroed_page_is_refused(tmp_path: Path) -> None:
    """A data file with any page zeroed is an error; coverage.py silently loses lines."""
    path = write_arcs(tmp_path / "part", {f"/code/{number}.py": {(1, 2), (2, 3)} for number in range(300)})
    valid = path.read_bytes()
    for page in range(len(valid) // 4096):
        path.write_bytes(valid[: page * 4096] + bytes(4096) + valid[(page + 1) * 4096 :])
        assert refusal(path)


def test_C02_file_with_changed_bytes_is_refused_or_read(tmp_path: Path) -> None:
    """A file with random bytes changed is an error or other data; nothing else is raised or written."""
    numbers = random.Random(7)
    path = write_lines(tmp_path / "part", LINES, context="tests")
    valid = path.read_bytes()
    refused = 0
    for _ in range(600):
        content = bytearray(valid)
        for _ in range(numbers.choice((1, 1, 2, 8))):
            content[numbers.randrange(len(content))] = numbers.randrange(256)
        path.write_bytes(content)
        before = snapshot(tmp_path)
        try:
            ci_accel.inspect_coverage(path)
        except ci_accel.CoverageDataError:
            refused += 1
        assert snapshot(tmp_path) == before
    assert refused > 50


UNEXPECTED = {
    "view": ["DROP TABLE tracer", "CREATE VIEW tracer AS SELECT 1 AS file_id, 'x' AS tracer"],
    "trigger": ["CREATE TRIGGER t AFTER INSERT ON arc BEGIN DELETE FROM line_bits; END"],
    "table": ["CREATE TABLE more (x)"],
    "index": ["CREATE INDEX i ON arc (tono)"],
    "expression": ["CREATE INDEX i ON arc (abs(tono))"],
    "virtual": ["CREATE VIRTUAL TABLE words USING fts5(x)"],
    "column": ["ALTER TABLE meta ADD COLUMN more"],
    "generated": ["ALTER TABLE meta ADD COLUMN more AS (upper(key))"],
    "renamed": ["ALTER TABLE file RENAME COLUMN path TO name"],
    "type": ["DROP TABLE tracer", "CREATE TABLE tracer (file_id integer primary key, tracer blob)"],
    "dropped": ["DROP TABLE tracer"],
}


@pytest.mark.parametrize("name", UNEXPECTED)
def test_C03_unexpected_objects_are_refused(tmp_path: Path, name: str) -> None:
    """A schema that is not coverage.py's own is an error that names the unexpected object."""
    reason = refusal(change(write_lines(tmp_path / "part"), *UNEXPECTED[name]))
    assert "not what coverage.py writes" in reason
    expected = {"column": "more", "dropped": "no table tracer", "renamed": "name text", "type": "tracer blob"}
    assert expected.get(name, "more" if name == "generated" else "has an unexpected") in reason


def test_C04_another_schema_is_an_error(tmp_path: Path) -> None:
    """The error of another schema names its version and the supported one."""
    path = change(write_lines(tmp_path / "six"), "UPDATE coverage_schema SET version = 6")
    assert refusal(path, ci_accel.UnsupportedSchemaError) == "coverage.py's schema 6 is not supported, only 7"
    path = change(write_lines(tmp_path / "none"), "DELETE FROM coverage_schema")
    assert "coverage_schema is empty" in refusal(path)
    path = change(write_lines(tmp_path / "two"), "INSERT INTO coverage_schema VALUES (7)")
    assert "duplicate version" in refusal(path)
    with closing(sqlite3.connect(tmp_path / "other")) as connection:
        connection.execute("CREATE TABLE orders (id)")
    assert refusal(tmp_path / "other") == "an SQLite database, but not coverage.py's: it has no table coverage_schema"


@pytest.mark.parametrize("value", ["zzz", "2", "", "01"])
def test_C05_has_arcs_is_zero_or_one(tmp_path: Path, value: str) -> None:
    """Any value of has_arcs other than 0 and 1 is an error."""
    path = change(write_lines(tmp_path / "part"), f"UPDATE meta SET value = '{value}' WHERE key = 'has_arcs'")
    assert refusal(path) == f'meta.has_arcs is "{value}", not 0 or 1'


def test_C05_data_that_contradicts_has_arcs_is_refused(tmp_path: Path) -> None:
    """Lines in a file with has_arcs 1, arcs in one with 0, and missing rows of `meta` are errors."""
    path = change(write_lines(tmp_path / "lines"), "UPDATE meta SET value = '1' WHERE key = 'has_arcs'")
    assert refusal(path) == "table line_bits, row 1: lines, but meta.has_arcs is 1"
    path = change(write_arcs(tmp_path / "arcs"), "UPDATE meta SET value = '0' WHERE key = 'has_arcs'")
    assert refusal(path) == "table arc, row 1: arcs, but meta.has_arcs is 0"
    path = change(write_lines(tmp_path / "none"), "DELETE FROM meta WHERE key = 'has_arcs'")
    assert "meta has no has_arcs" in refusal(path)
    path = change(write_lines(tmp_path / "new"), "DELETE FROM meta WHERE key = 'version'")
    assert "meta has no version" in refusal(path)


def test_C06_numbits_must_be_a_blob_of_limited_length(tmp_path: Path) -> None:
    """Text, NULL and huge values are errors that name the table and the row."""
    path = change(write_lines(tmp_path / "text"), "UPDATE line_bits SET numbits = 'abc' WHERE file_id = 2")
    assert refusal(path) == "table line_bits, row 2: numbits is Text, not a blob"
    path = change(write_lines(tmp_path / "null"), "UPDATE line_bits SET numbits = NULL")
    assert refusal(path) == "table line_bits, row 1: numbits is Null, not a blob"
    path = change(write_lines(tmp_path / "huge"), "UPDATE line_bits SET numbits = zeroblob(3000000)")
    assert refusal(path) == "table line_bits: a value is longer than 1000000 bytes"


@pytest.mark.parametrize("arc", ["2147483648, 1", "1, -2147483649", "-3, -7", "1, 99999999", "1, 'x'", "1, 1.5"])
def test_C07_invalid_arc_is_refused(tmp_path: Path, arc: str) -> None:
    """Ends that are not line numbers, or belong to two code objects, are errors."""
    path = change(write_arcs(tmp_path / "part"), f"INSERT INTO arc VALUES (1, 1, {arc})")
    assert refusal(path).startswith("table arc, row 6: ")


def test_C07_unusual_arcs_of_coverage_py_are_read(tmp_path: Path) -> None:
    """Line 0 of an empty module, and an arc from start to exit of one code object, are read."""
    path = write_arcs(tmp_path / "part", {"/code/empty.py": {(-1, 0), (0, -1)}, "/code/thrown.py": {(-7, -7)}})
    assert ci_accel.inspect_coverage(path).covered_lines == 0


def test_C08_dangling_ids_are_refused(tmp_path: Path) -> None:
    """A row with the id of a missing file or context is an error."""
    path = change(write_lines(tmp_path / "file"), "UPDATE line_bits SET file_id = 77 WHERE file_id = 2")
    assert refusal(path) == "table line_bits, row 2: file 77 is missing in table file"
    path = change(write_lines(tmp_path / "context"), "UPDATE line_bits SET context_id = 5")
    assert "context 5 is missing in table context" in refusal(path)
    path = change(write_arcs(tmp_path / "arc"), "UPDATE arc SET file_id = NULL")
    assert "file_id is Null" in refusal(path)
    path = change(write_lines(tmp_path / "tracer"), "INSERT INTO tracer VALUES (9, 'plugin')")
    assert "file 9 is missing in table file" in refusal(path)


@pytest.mark.parametrize(
    ("table", "columns", "more", "reason"),
    [
        ("file", "id integer, path text", "id, 'more' || path", "table file, row 3: duplicate id 1"),
        ("file", "id integer, path text", "id + 9, path", 'table file, row 3: duplicate "/code/shop/cart.py"'),
        ("context", "id integer, context text", "id, 'more'", "table context, row 2: duplicate id 1"),
        (
            "line_bits",
            "file_id integer, context_id integer, numbits blob",
            "*",
            "table line_bits, row 3: duplicate file and context",
        ),
        ("meta", "key text, value text", "key, '1'", 'table meta, row 3: duplicate key "version"'),
    ],
)
def test_C08_duplicate_rows_are_refused(tmp_path: Path, table: str, columns: str, more: str, reason: str) -> None:
    """Duplicate rows in a table without coverage.py's constraints are errors."""
    path = change(
        write_lines(tmp_path / "part"),
        f"CREATE TABLE kept AS SELECT * FROM {table}",
        f"DROP TABLE {table}",
        f"CREATE TABLE {table} ({columns})",
        f"INSERT INTO {table} SELECT * FROM kept",
        f"INSERT INTO {table} SELECT {more} FROM kept",
        "DROP TABLE kept",
    )
    assert refusal(path) == reason


@pytest.mark.parametrize("name", ["../up.py", "C:\\work\\cart.py", "/code/a b.py", "/code/ünï.py", "é/é", "a\nb"])
def test_C09_paths_are_unchanged(tmp_path: Path, name: str) -> None:
    """Paths of other folders and systems are returned unchanged."""
    assert ci_accel.inspect_coverage(write_lines(tmp_path / "part", {name: {1}})).files == (name,)


def test_C09_invalid_paths_are_refused(tmp_path: Path) -> None:
    """A path with NUL, a path that is not UTF-8, and NULL are errors with the path escaped."""
    path = change(write_lines(tmp_path / "nul"), "UPDATE file SET path = 'a' || char(0) || 'b' WHERE id = 1")
    assert refusal(path) == 'table file, row 1: path contains a NUL: "a\\0b"'
    path = change(write_lines(tmp_path / "raw"), "UPDATE file SET path = cast(x'61ff62' AS text) WHERE id = 1")
    assert refusal(path) == "table file, row 1: path is not UTF-8: a\\xffb"
    path = change(write_lines(tmp_path / "null"), "UPDATE file SET path = NULL WHERE id = 1")
    assert refusal(path) == "table file, row 1: path is Null, not a text"


@pytest.mark.parametrize("ending", ["-journal", "-wal"])
def test_C10_side_file_with_content_is_refused(tmp_path: Path, ending: str) -> None:
    """A side file with content is an error; an empty one is ignored."""
    path = write_lines(tmp_path / "part")
    side = tmp_path / f"part{ending}"
    side.write_bytes(b"")
    assert ci_accel.inspect_coverage(path).covered_lines == 8
    side.write_bytes(b"hot")
    assert refusal(path) == f"its writer did not finish: {side} exists"


def test_database_in_wal_mode_is_read_without_side_files(tmp_path: Path) -> None:
    """A database in WAL mode without a WAL file is read, and no side file is created."""
    path = write_lines(tmp_path / "part")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("UPDATE meta SET value = '7.0' WHERE key = 'version'")
        connection.commit()
    assert path.read_bytes()[18:20] == b"\2\2"
    before = snapshot(tmp_path)
    assert ci_accel.inspect_coverage(path).version == "7.0"
    assert snapshot(tmp_path) == before == {"part": path.read_bytes()}


def test_C13_file_above_the_size_limit_is_refused(tmp_path: Path) -> None:
    """A file of a gigabyte is an error that names the limit."""
    path = write_lines(tmp_path / "part")
    os.truncate(path, 1 << 30)
    with pytest.raises(ci_accel.CoverageDataError, match="longer than 268435456 bytes"):
        ci_accel.inspect_coverage(path)


def test_C13_number_of_rows_is_limited(tmp_path: Path) -> None:
    """More than a million files are an error that names the limit."""
    numbers = "WITH RECURSIVE n(x) AS (SELECT 3 UNION ALL SELECT x + 1 FROM n WHERE x < 1000001) SELECT x, x FROM n"
    path = change(write_lines(tmp_path / "part"), f"INSERT INTO file {numbers}")
    # On a loaded machine, the engine's time limit may be reached first.
    with pytest.raises(ci_accel.CoverageDataError, match=r"row 1000001: more than 1000000 rows|reading took more than"):
        ci_accel.inspect_coverage(path)


def test_C14_endless_view_is_not_run(tmp_path: Path) -> None:
    """A view instead of a table is an error and is not run; coverage.py hangs on an endless view."""
    view = (
        "CREATE VIEW line_bits AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)"
        " SELECT 1 AS file_id, 1 AS context_id, x'02' AS numbits FROM n"
    )
    path = change(write_lines(tmp_path / "part"), "DROP TABLE line_bits", view)
    assert refusal(path) == 'not what coverage.py writes: it has an unexpected view: "line_bits"'


def test_tables_are_read_instead_of_indexes(tmp_path: Path) -> None:
    """The table is read if its index differs, which quick_check does not notice."""
    path = write_lines(tmp_path / "part", {"/code/aaaa.py": {1}})
    content = path.read_bytes()
    first, last = content.find(b"/code/aaaa.py"), content.rfind(b"/code/aaaa.py")
    assert first != last
    found = set()
    for place in (first, last):
        path.write_bytes(content[:place] + b"/code/bbbb.py" + content[place + 13 :])
        found.add(ci_accel.inspect_coverage(path).files)
    assert found == {("/code/aaaa.py",), ("/code/bbbb.py",)}


def test_data_file_with_arcs(tmp_path: Path) -> None:
    """A data file with arcs has branches, and the lines of the arcs."""
    info = ci_accel.inspect_coverage(write_arcs(tmp_path / "part"))
    assert (info.has_branches, info.files, info.covered_lines) == (True, tuple(sorted(ARCS)), 2)
    assert "lines and branches" in repr(info)
