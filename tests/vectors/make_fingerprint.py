"""Write the golden fingerprints of ``fingerprint.json``.

Run it from the checkout, as ``python -m tests.vectors.make_fingerprint`` or by its path. The digests come from the
plain definition in ``tests/oracles/fingerprint.py``, and the same cases always give the same bytes.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.oracles.fingerprint import Reference, fingerprint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

VECTORS = Path(__file__).with_name("fingerprint.json")


class Repeat(TypedDict):
    """A text, and how often it is repeated."""

    text: str
    times: int


class File(TypedDict, total=False):
    """A regular file: a path in one of two forms, a content in one of three."""

    path: str
    path_hex: str
    content: str
    content_hex: str
    content_repeat: Repeat


class Link(TypedDict):
    """A symbolic link."""

    path: str
    target: str


class Case(TypedDict):
    """A golden case: a tree, the arguments, and the expected digests."""

    name: str
    files: list[File]
    links: list[Link]
    inputs: list[str]
    exclude: list[str]
    values: dict[str, str]
    digest: str
    entries: dict[str, str]


def path_of(file: File) -> bytes:
    """Return the raw path of a file."""
    return file["path"].encode() if "path" in file else bytes.fromhex(file["path_hex"])


def content_of(file: File) -> bytes:
    """Return the bytes of a file."""
    if "content" in file:
        return file["content"].encode()
    if "content_hex" in file:
        return bytes.fromhex(file["content_hex"])
    return file["content_repeat"]["text"].encode() * file["content_repeat"]["times"]


def lay_out(case: Case, root: Path) -> None:
    """Make the tree of a case below an empty folder."""
    for file in case["files"]:
        path = root / os.fsdecode(path_of(file))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content_of(file))
    for link in case["links"]:
        path = root / link["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(link["target"])


def entries_of(files: dict[str, str]) -> dict[str, str]:
    """Return the digests by path, with paths that are not UTF-8 in hex."""
    entries = {}
    for name, digest in files.items():
        raw = os.fsencode(name)
        try:
            entries[raw.decode()] = digest
        except UnicodeDecodeError:
            entries["hex:" + raw.hex()] = digest
    return entries


def compute(case: Case) -> Reference:
    """Return the fingerprint of a case by the plain definition."""
    with tempfile.TemporaryDirectory() as folder:
        lay_out(case, Path(folder))
        return fingerprint(case["inputs"], root=folder, exclude=case["exclude"], values=case["values"])


def make_file(name: str, content: str | bytes | Repeat) -> File:
    """Return a file in the form that the vectors have; the name is what ``os.fsdecode`` makes of the path."""
    try:
        name.encode()
    except UnicodeEncodeError:
        file: File = {"path_hex": os.fsencode(name).hex()}
    else:
        file = {"path": name}
    if isinstance(content, str):
        file["content"] = content
    elif isinstance(content, bytes):
        file["content_hex"] = content.hex()
    else:
        file["content_repeat"] = content
    return file


def make_case(
    name: str,
    files: Mapping[str, str | bytes | Repeat],
    inputs: Sequence[str],
    *,
    links: Mapping[str, str] | None = None,
    exclude: Sequence[str] = (),
    values: Mapping[str, str] | None = None,
) -> Case:
    """Return a case with its digests."""
    case: Case = {
        "name": name,
        "files": [make_file(path, content) for path, content in files.items()],
        "links": [{"path": path, "target": target} for path, target in (links or {}).items()],
        "inputs": list(inputs),
        "exclude": list(exclude),
        "values": dict(values or {}),
        "digest": "",
        "entries": {},
    }
    result = compute(case)
    case["digest"] = result.digest
    case["entries"] = entries_of(result.files)
    return case


MIGRATIONS = {
    "db/migrations/001_init.sql": "create table a (id int);\n",
    "db/migrations/002_more.sql": "alter table a add b int;\n",
    "db/migrations/10_late.sql": "drop table a;\n",
    "db/migrations/notes.md": "# Notes\n",
    "db/migrations/old/000.sql": "select 0;\n",
    "db/migrations/old/deep/00.sql": "select 00;\n",
    "db/seed/001_init.sql": "insert into a values (1);\n",
    "db/.hidden.sql": "select 'hidden';\n",
    "top.sql": "select 1;\n",
}

BYTECODE = {
    "app/__init__.py": "",
    "app/__init__.pyc": "old bytecode",
    "app/__pycache__/models.cpython-312.pyc": "bytecode",
    "app/__pycache__/note.txt": "no bytecode, but in the folder",
    "app/models.py": "X = 1\n",
    "app/sub/__pycache__/deep/x.txt": "deeper",
    "app/sub/x.py": "Y = 2\n",
}


def framing_cases() -> list[Case]:
    """Return cases that have equal digests if lengths, names or counts are not hashed."""
    order = {"a/b": "1", "a-b": "2", "a.b": "3", "a0b": "4", "B": "5", "\uffff": "6", "\U00010000": "7"}
    return [
        make_case("one file", {"a.sql": "select 1;\n"}, ["a.sql"]),
        make_case("empty file", {"a.sql": ""}, ["a.sql"]),
        make_case("framing: a holds bc", {"a": "bc"}, ["."]),
        make_case("framing: ab holds c", {"ab": "c"}, ["."]),
        make_case("framing: contents split early", {"a": "x", "b": "yz"}, ["."]),
        make_case("framing: contents split late", {"a": "xy", "b": "z"}, ["."]),
        make_case("swap: before", {"a.sql": "one\n", "b.sql": "two\n"}, ["."]),
        make_case("swap: after", {"a.sql": "two\n", "b.sql": "one\n"}, ["."]),
        make_case("raw byte order of paths", order, ["."]),
        make_case("over 1 MiB", {"big.sql": {"text": "insert into t values (1);\n", "times": 50_000}}, ["big.sql"]),
        make_case(
            "around one chunk of the hash",
            {str(times): {"text": "x", "times": times} for times in (1023, 1024, 1025, 2048, 2049)},
            ["."],
        ),
        make_case(
            "line ends and byte order mark",
            {"bom.sql": "\ufeffselect 1;\n", "crlf.sql": "select 1;\r\n", "lf.sql": "select 1;\n"},
            ["."],
        ),
        make_case("content that is not UTF-8", {"a.bin": bytes(range(256))}, ["a.bin"]),
    ]


def name_cases() -> list[Case]:
    """Return cases with names that some file systems treat as equal."""
    raw = {
        os.fsdecode(b"q/\xff.sql"): "ff",
        os.fsdecode(b"q/\xfe.sql"): "fe",
        os.fsdecode(b"q/\xc3\xa9\xc3.sql"): "a letter and half of one",
        "q/\ufffd.sql": "replacement",
        "q/\U0001f600.sql": "astral",
    }
    return [
        make_case("NFC and NFD names", {"caf\u00e9.sql": "nfc", "cafe\u0301.sql": "nfd"}, ["."]),
        make_case("case twins", {"A.sql": "upper", "a.sql": "lower"}, ["."]),
        make_case("names that are not UTF-8", raw, ["q"]),
        make_case("odd but plain names", {" ": "1", "a\nb": "2", "-r": "3", "a\\b": "4", "...": "5"}, ["."]),
    ]


def selection_cases() -> list[Case]:
    """Return cases for literal inputs, globs, bytecode and excludes."""
    brackets = {"a[1].sql": "literal", "a1.sql": "glob", "a2.sql": "neither"}
    return [
        make_case("folder, hidden files too", MIGRATIONS, ["db"]),
        make_case("folder without bytecode", BYTECODE, ["app"]),
        make_case("bytecode declared by name", BYTECODE, ["app/__init__.pyc", "app/__pycache__/note.txt"]),
        make_case("glob: bytecode never matches", BYTECODE, ["**/*", "app/*.p*"]),
        make_case(
            "spelling, order, repetition and overlap of inputs",
            MIGRATIONS,
            ["top.sql", "./db//seed/", "x/../db/seed/001_init.sql", "top.sql", "db/seed"],
        ),
        make_case("glob: star stays in its folder", MIGRATIONS, ["db/migrations/*.sql"]),
        make_case("glob: star matches hidden names", MIGRATIONS, ["db/*.sql"]),
        make_case("glob: question mark", MIGRATIONS, ["db/migrations/00?_*.sql"]),
        make_case("glob: leading double star", MIGRATIONS, ["**/*.sql"]),
        make_case("glob: trailing double star", MIGRATIONS, ["db/migrations/**"]),
        make_case("glob: double star in the middle", MIGRATIONS, ["db/migrations/**/*0.sql"]),
        make_case("glob: class", MIGRATIONS, ["db/migrations/00[13]_*.sql"]),
        make_case("glob: range", MIGRATIONS, ["**/0[0-9].sql"]),
        make_case("glob: negated class", MIGRATIONS, ["db/migrations/[!0]*"]),
        make_case("glob: braces", MIGRATIONS, ["db/{seed,migrations}/{001,10}_*.sql"]),
        make_case("glob: a folder counts whole", MIGRATIONS, ["db/m*"]),
        make_case("glob: one letter is one byte", {"\u00e9.sql": "two bytes", "a.sql": "no"}, ["??.sql"]),
        make_case("glob: case counts", {"A1.sql": "upper", "a1.sql": "lower", "a2.SQL": "tail"}, ["a?.sq[l]"]),
        make_case("name with glob letters, and the glob", brackets, ["a[1].sql"]),
        make_case("exclude: file, folder and glob", MIGRATIONS, ["."], exclude=["top.sql", "db/seed/", "**/*.md"]),
        make_case("exclude: a folder, from a glob", MIGRATIONS, ["**/*.sql"], exclude=["db/migrations/old"]),
        make_case("exclude: a folder by glob", MIGRATIONS, ["db"], exclude=["**/o*", "no/such/thing"]),
    ]


def link_cases() -> list[Case]:
    """Return cases with symbolic links."""
    tree = {"db/versions/a.sql": "a\n", "db/versions/b.sql": "b\n", "db/c.sql": "c\n", "other/d.sql": "d\n"}
    return [
        make_case("link to a file", tree, ["latest.sql"], links={"latest.sql": "db/versions/b.sql"}),
        make_case("link to a folder", tree, ["current"], links={"current": "db"}),
        make_case("link on the way", tree, ["current/versions"], links={"current": "db"}),
        make_case(
            "links on the way, nested",
            tree,
            ["other/up/now/a.sql"],
            links={"other/up": "../db", "db/now": "./versions"},
        ),
        make_case("links in a chain", tree, ["x"], links={"x": "y", "y": "other/z", "other/z": "../db/c.sql"}),
        make_case("link through a link", tree, ["x"], links={"x": "current/c.sql", "current": "db"}),
        make_case("links in a loop", tree, ["db"], links={"db/here": ".", "db/versions/up": "../../db"}),
        make_case("link met by a glob", tree, ["oth*/*"], links={"other/link": "../db/c.sql"}),
        make_case(
            "exclude behind a link", tree, ["current"], links={"current": "db"}, exclude=["db/versions", "**/none"]
        ),
        make_case("link next to a file that holds its text", {"f": "g", "g": ""}, ["."], links={"l": "g"}),
    ]


def value_cases() -> list[Case]:
    """Return cases with values."""
    one = {"a.sql": "select 1;\n"}
    return [
        make_case("values", one, ["a.sql"], values={"postgres": "17.2", "Arch": "x86_64", "extensions": ""}),
        make_case("values in Unicode", one, ["a.sql"], values={"\u00e9": "\u00e8", "\uffff": "1", "\U00010000": "2"}),
        make_case("framing: value a is bc", one, ["a.sql"], values={"a": "bc"}),
        make_case("framing: value ab is c", one, ["a.sql"], values={"ab": "c"}),
        make_case("values only", {}, [], values={"a": "b"}),
    ]


def render() -> str:
    """Return the text of ``fingerprint.json``."""
    cases = [*framing_cases(), *name_cases(), *selection_cases(), *link_cases(), *value_cases()]
    return json.dumps(cases, indent=1) + "\n"


if __name__ == "__main__":
    VECTORS.write_text(render(), encoding="ascii")
