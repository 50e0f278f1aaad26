"""Fingerprints: the engine against the plain definition, and what both must keep.

A test that takes ``engine`` runs twice, for the plain definition and for the extension module. The first half needs
no extension module: ``pytest tests/test_fingerprint.py -k "reference and not ci_accel"``.
"""

# The names carry the number of the fault that they cover, in capitals.
# ruff: noqa: N802

from __future__ import annotations

import contextlib
import importlib
import json
import logging
import os
import pickle
import posixpath
import re
import socket
import stat
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from hypothesis import assume, event, example, given, settings
from hypothesis import strategies as st

from tests.reference.fingerprint import fingerprint as plain_definition
from tests.vectors.make_fingerprint import VECTORS, Case, entries_of, lay_out, render

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from types import ModuleType


# The engines


class Print(Protocol):
    """What both engines return."""

    @property
    def digest(self) -> str:
        """The digest over everything."""

    @property
    def files(self) -> dict[str, str]:
        """The content digest of every entry."""

    @property
    def values(self) -> dict[str, str]:
        """The values."""


class Engine(Protocol):
    """What computes fingerprints."""

    def __call__(
        self,
        inputs: Iterable[str | os.PathLike[str]],
        *,
        root: str | os.PathLike[str] = ".",
        exclude: Iterable[str | os.PathLike[str]] = (),
        values: Mapping[str, str] | None = None,
    ) -> Print:
        """Compute a fingerprint."""


def accel() -> ModuleType:
    """Return the extension module; only the tests that need it fail without it."""
    return importlib.import_module("ci_accel")


def accelerated(
    inputs: Iterable[str | os.PathLike[str]],
    *,
    root: str | os.PathLike[str] = ".",
    exclude: Iterable[str | os.PathLike[str]] = (),
    values: Mapping[str, str] | None = None,
) -> Print:
    """Compute a fingerprint with the extension module."""
    result: Print = accel().fingerprint(inputs, root=root, exclude=exclude, values=values)
    return result


both = pytest.mark.parametrize("engine", [plain_definition, accelerated], ids=["reference", "ci_accel"])


@dataclass(frozen=True)
class Outcome:
    """What a call gave: a fingerprint, or the kind of its error."""

    error: str = ""
    digest: str = ""
    files: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)


def outcome(
    engine: Engine,
    inputs: Sequence[str | os.PathLike[str]],
    *,
    root: Path,
    exclude: Sequence[str] = (),
    values: Mapping[str, str] | None = None,
) -> Outcome:
    """Call an engine, and take the errors that it may raise as a result."""
    try:
        result = engine(inputs, root=root, exclude=exclude, values=values)
    except ValueError:
        return Outcome(error="ValueError")
    except OSError as error:
        return Outcome(error=type(error).__name__)
    return Outcome(digest=result.digest, files=dict(result.files), values=dict(result.values))


CHILD = """
import json, logging, os, sys
job = json.loads(sys.stdin.read())
sys.path[:] = job["sys_path"]
if job["engine"] == "reference":
    from tests.reference.fingerprint import fingerprint
else:
    from ci_accel import fingerprint
if job["locked"] and os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
refused = False
if job["locked"]:
    try:
        if os.path.isdir(job["locked"]):
            with os.scandir(job["locked"]) as entries:
                [entry.stat() for entry in entries]
        else:
            open(job["locked"], "rb").close()
    except PermissionError:
        refused = True
try:
    result = fingerprint(job["inputs"], root=job["root"], exclude=job["exclude"])
    answer = {"error": "", "files": result.files}
except (OSError, ValueError) as error:
    kind = "ValueError" if isinstance(error, ValueError) else type(error).__name__
    answer = {"error": kind, "text": str(error), "filename": os.fspath(getattr(error, "filename", None) or "")}
print(json.dumps({**answer, "refused": refused}))
"""


def in_child(
    engine: Engine, inputs: Sequence[str], *, root: Path, exclude: Sequence[str] = (), locked: Path | None = None
) -> dict[str, Any]:
    """Call an engine in a child process that is given a minute.

    Args:
        engine: Either engine.
        inputs: The inputs.
        root: The root.
        exclude: What does not count.
        locked: A file or folder without permissions. The child gives up the privileges that would open it all the same
            (after its imports, which may lie where only the present user reads), and tells whether it was refused.

    Returns:
        The ``files``, or the ``error`` with its ``text`` and ``filename``.
    """
    job = {
        "sys_path": [str(Path(entry).resolve()) for entry in sys.path],
        "engine": "reference" if engine is plain_definition else "ci_accel",
        "inputs": list(inputs),
        "root": str(root),
        "exclude": list(exclude),
        "locked": str(locked) if locked else "",
    }
    done = subprocess.run(
        [sys.executable, "-c", CHILD], input=json.dumps(job), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


# Trees


@contextlib.contextmanager
def new_folder() -> Iterator[Path]:
    """Make a folder for one example, and remove it afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder).resolve()


@contextlib.contextmanager
def working_in(folder: Path) -> Iterator[None]:
    """Work in another folder for a while."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def write(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files below a root, and return the root."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def require_names(root: Path, *names: str) -> None:
    """Skip the test if the file system changes, merges or refuses the names."""
    probe = root / "probe"
    probe.mkdir()
    try:
        for name in names:
            (probe / name).write_bytes(b"")
    except OSError:
        pytest.skip("this file system refuses the names")
    if {path.name for path in probe.iterdir()} != set(names):
        pytest.skip("this file system changes or merges the names")
    for path in list(probe.iterdir()):
        path.unlink()
    probe.rmdir()


ROOT = "<root>"  # in a generated input or link text: where the tree is
RAW = os.fsdecode(b"\xff")
FOLDERS = ("a", "b", "A", "\u00e9", "d.sql", ".h", RAW, "[a]", "__pycache__")
FILES = (
    "a",
    "b",
    "A",
    "a.sql",
    "b.sql",
    ".h",
    "\u00e9",
    "e\u0301",
    RAW,
    "[a]",
    "x{1}",
    "x1",
    "a b",
    "m.pyc",
    "\U0001f600",
)
LINKS = ("a", "b", "l", "l.sql", "\u00e9")
CONTENTS = (b"", b"a", b"b", b"ab", b"a\n", b"a\r\n", b"\xef\xbb\xbfa")


@dataclass(frozen=True)
class Tree:
    """A random tree."""

    folders: tuple[str, ...]
    files: dict[str, bytes]
    links: dict[str, str]
    through: tuple[str, ...]  # existing paths that pass through a link

    def build(self, root: Path, *, backwards: bool = False) -> None:
        """Make the tree below an empty folder."""
        for folder in self.folders:
            (root / folder).mkdir(exist_ok=True)
        names = [*self.files, *self.links]
        for name in reversed(names) if backwards else names:
            if name in self.files:
                (root / name).write_bytes(self.files[name])
            else:
                (root / name).symlink_to(self.links[name].replace(ROOT, str(root)))


def join(folder: str, name: str) -> str:
    """Join two relative paths, either of which may be empty."""
    return f"{folder}/{name}" if folder and name else folder or name


@st.composite
def trees(draw: st.DrawFn, *, links: bool = True) -> Tree:
    """Generate small trees with names and contents that often coincide."""
    folders = [""]
    for _ in range(draw(st.integers(0, 4))):
        path = join(draw(st.sampled_from(folders)), draw(st.sampled_from(FOLDERS)))
        if path not in folders:
            folders.append(path)
    files: dict[str, bytes] = {}
    for _ in range(draw(st.integers(1, 6))):
        path = join(draw(st.sampled_from(folders)), draw(st.sampled_from(FILES)))
        if path not in folders:
            files[path] = draw(st.sampled_from(CONTENTS))
    texts: dict[str, str] = {}
    through: list[str] = []
    for _ in range(draw(st.integers(0, 3)) if links else 0):
        parent = draw(st.sampled_from(folders))
        path = join(parent, draw(st.sampled_from(LINKS)))
        if path in folders or path in files or path in texts:
            continue
        target = draw(st.sampled_from([*folders, *files, *texts, *through]))
        usual = posixpath.relpath(target or ".", parent or ".")
        outside = "../" * (path.count("/") + 1)
        bad = ("gone", posixpath.basename(path), outside, outside + "gone", "/")
        texts[path] = draw(st.sampled_from((usual,) * 17 + (f"{ROOT}/{target}",) * 3 + bad))
        if target in folders:
            inside = [name for name in (*folders, *files) if name and posixpath.dirname(name) == target]
            through += [join(path, posixpath.basename(name)) for name in inside]
    return Tree(tuple(folders), files, texts, tuple(through))


COMPONENTS = (
    "*",
    "**",
    "a*",
    "?",
    "?.sql",
    "*.sql",
    "[ab]*",
    "[!a]*",
    "{a,b}*",
    "*.{sql,pyc}",
    ".*",
    "[a-b].sql",
    "[[]a]",
)


@st.composite
def globs(draw: st.DrawFn, paths: Sequence[str]) -> str:
    """Generate globs, many of which match one of the paths; none is malformed, and all are UTF-8."""
    kind = draw(st.sampled_from(("free", "below", "across", "parts", "parts")))
    if kind == "free":
        return "/".join(draw(st.lists(st.sampled_from(COMPONENTS), min_size=1, max_size=3)))
    path = draw(st.sampled_from([path for path in paths if RAW not in path] or ["a"]))
    if kind == "below":
        return path + draw(st.sampled_from(("/**", "/*", "/**/*", "*/**", "/*/*")))
    if kind == "across":
        components = path.split("/")
        start = draw(st.integers(0, len(components)))
        end = draw(st.integers(start, len(components)))
        return "/".join([*components[:start], "**", *components[end:]])
    parts = []
    for part in path.split("/"):
        variants = (
            part,
            "*",
            "**",
            f"**/{part}",
            "?" * len(part),
            f"{part[0]}*" if part[0] != "[" else "[[]*",
            f"*{part[-1]}" if part[-1] != "}" else "*[}]",
            f"[{part[0]}z]{part[1:]}",
            f"[!z]{part[1:]}",
            f"{{zz,{part}}}",
        )
        parts.append(draw(st.sampled_from(variants)))
    return "/".join(parts)


@st.composite
def patterns(draw: st.DrawFn, tree: Tree, *, through: bool) -> str:
    """Generate inputs or excludes for a tree: paths in many spellings, globs, and a few that are wrong."""
    paths = [path for path in (*tree.folders, *tree.files, *tree.links) if path]
    kind = draw(st.sampled_from(("path",) * 6 + ("glob",) * 6 + ("root", "wrong")))
    if kind == "root":
        return draw(st.sampled_from((".", "./", "a/..", ROOT, ROOT + "/", "*", "**", "**/*")))
    if kind == "wrong":
        return draw(st.sampled_from(("gone", "gone/*", "..", "../a", "/", "a/../../a", "gone/../a", "a/gone")))
    if kind == "glob":
        return draw(globs(paths))
    path = draw(st.sampled_from([*paths, *(tree.through if through else ())]))
    spellings: tuple[str, ...] = (path,) * 4
    spellings += (f"./{path}", f"{path}/", f"gone/../{path}", path.replace("/", "//"), f"{ROOT}/{path}")
    return draw(st.sampled_from(spellings))


VALUES = st.dictionaries(
    st.sampled_from(("", "a", "A", "ab", "\u00e9", "e\u0301")),
    st.sampled_from(("", "a", "b", "\u00e9", "1\n")),
    max_size=3,
)


@dataclass(frozen=True)
class Scene:
    """A random tree with random arguments."""

    tree: Tree
    inputs: list[str]
    exclude: list[str]
    values: dict[str, str]


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """Generate trees with arguments, most of which yield a fingerprint."""
    tree = draw(trees())
    inputs = draw(st.lists(patterns(tree, through=True), min_size=1, max_size=3))
    exclude = draw(st.lists(patterns(tree, through=False), max_size=draw(st.sampled_from((0, 0, 1, 2)))))
    return Scene(tree, inputs, exclude, draw(VALUES))


def some(examples: int) -> settings:
    """Return the settings of a property."""
    return settings(max_examples=examples, deadline=None)


# The vectors

CASES: list[Case] = json.loads(VECTORS.read_text(encoding="ascii"))


@both
@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_vector(engine: Engine, case: Case, tmp_path: Path) -> None:
    """Every golden case gives its digest, its entries and its values."""
    names = [Path(os.fsdecode(bytes.fromhex(file["path_hex"]))).name for file in case["files"] if "path_hex" in file]
    names += [Path(file["path"]).name for file in case["files"] if "path" in file]
    require_names(tmp_path, *set(names))
    root = tmp_path / "root"
    root.mkdir()
    lay_out(case, root)
    result = engine(case["inputs"], root=root, exclude=case["exclude"], values=case["values"])
    assert result.digest == case["digest"]
    assert entries_of(result.files) == case["entries"]
    assert result.values == case["values"]


def test_vectors_are_what_reference_gives() -> None:
    """The file of golden cases is byte for byte what its script writes."""
    assert VECTORS.read_text(encoding="ascii") == render()


# The engine against the plain definition


@some(1000)
@given(scene=scenes())
def test_engine_agrees_with_plain_definition(scene: Scene) -> None:
    """On random trees and arguments both engines give the same digest, files and values, or the same kind of error."""
    with new_folder() as root:
        scene.tree.build(root)
        inputs = [pattern.replace(ROOT, str(root)) for pattern in scene.inputs]
        exclude = [pattern.replace(ROOT, str(root)) for pattern in scene.exclude]
        expected = outcome(plain_definition, inputs, root=root, exclude=exclude, values=scene.values)
        event(expected.error or "fingerprint")
        assert outcome(accelerated, inputs, root=root, exclude=exclude, values=scene.values) == expected


# What is selected


@both
@pytest.mark.parametrize(
    "name", ["a[1", "[", "[!", "[a", "{", "a{b", "{a,", "x]y", "}", "[1]", "{a}", "a,b", "!a", "^", "\\"]
)
def test_name_with_glob_letters(engine: Engine, name: str, tmp_path: Path) -> None:
    """A file or folder that exists can be declared and excluded by its name, even if that is no valid glob."""
    write(tmp_path, {f"file/{name}": "1", f"folder/{name}/x.sql": "2", "other.sql": "3"})
    assert engine([f"file/{name}"], root=tmp_path).files.keys() == {f"file/{name}"}
    assert engine([f"folder/{name}"], root=tmp_path).files.keys() == {f"folder/{name}/x.sql"}
    assert engine([f"folder/{name}/x.sql"], root=tmp_path).files.keys() == {f"folder/{name}/x.sql"}
    rest = engine(["."], root=tmp_path, exclude=[f"file/{name}", f"folder/{name}"])
    assert rest.files.keys() == {"other.sql"}


@both
@pytest.mark.parametrize("pattern", [".", "app", "**", "*", "app/x.pyc", "app/x.pyc/**", "**/*.txt"])
def test_folder_named_like_bytecode(engine: Engine, pattern: str, tmp_path: Path) -> None:
    """A folder whose name ends in .pyc is no bytecode file, so what is in it counts."""
    write(tmp_path, {"app/x.pyc/a.txt": "1", "app/x.pyc/b.pyc": "2", "app/c.pyc": "3"})
    assert engine([pattern], root=tmp_path).files.keys() == {"app/x.pyc/a.txt"}


@both
@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("?1", set[str]()),
        ("??", {"f3"}),
        ("???", {"\u00e91", "\u00ea2"}),
        ("\u00e9*", {"\u00e91"}),
        ("{\u00e9,f}?", {"\u00e91", "f3"}),
    ],
)
def test_globs_match_bytes(engine: Engine, pattern: str, expected: set[str], tmp_path: Path) -> None:
    """A question mark stands for one byte of a name, so for one letter in ASCII only."""
    require_names(tmp_path, "\u00e91")
    write(tmp_path, {"\u00e91": "1", "\u00ea2": "2", "f3": "3"})
    assert set(outcome(engine, [pattern], root=tmp_path).files) == expected


@both
@pytest.mark.parametrize(
    ("pattern", "exclude"), [("*", "?"), ("*.sql", "?.sql"), ("**", "[*]*"), ("{ab,x}.sql", "{[{]*,x}")]
)
def test_excludes_are_about_files(engine: Engine, pattern: str, exclude: str, tmp_path: Path) -> None:
    """An exclude that would match the text of an input, but no file, excludes nothing."""
    write(tmp_path, {"ab.sql": "1"})
    assert engine([pattern], root=tmp_path, exclude=[exclude]).files.keys() == {"ab.sql"}


# What changes the digest


def free_paths(tree: Tree) -> list[str]:
    """Return the counted paths at which there is nothing yet."""
    folders = [folder for folder in tree.folders if "__pycache__" not in folder.split("/")]
    paths = [join(folder, name) for folder in folders for name in FILES if not name.endswith(".pyc")]
    return [path for path in paths if path not in tree.files and path not in tree.folders]


@both
@pytest.mark.parametrize("pattern", [".", "**", "*"])
@some(100)
@given(tree=trees(links=False), data=st.data())
def test_every_change_changes_the_digest(engine: Engine, pattern: str, tree: Tree, data: st.DataObject) -> None:
    """Any single edit, rename, addition, removal or swap of counted files changes the digest."""
    with new_folder() as root:
        tree.build(root)
        before = outcome(engine, [pattern], root=root)
        assume(not before.error)
        path = data.draw(st.sampled_from(sorted(before.files)), label="path")
        content = tree.files[path]
        kind = data.draw(st.sampled_from(("edit", "rename", "add", "remove", "swap")), label="kind")
        if kind == "edit":
            (root / path).write_bytes(data.draw(st.sampled_from([other for other in CONTENTS if other != content])))
        elif kind == "rename":
            (root / path).rename(root / data.draw(st.sampled_from(free_paths(tree))))
        elif kind == "add":
            (root / data.draw(st.sampled_from(free_paths(tree)))).write_bytes(data.draw(st.sampled_from(CONTENTS)))
        elif kind == "remove":
            assume(len(before.files) > 1)
            (root / path).unlink()
        else:
            others = [other for other in sorted(before.files) if tree.files[other] != content]
            assume(others)
            other = data.draw(st.sampled_from(others))
            (root / path).write_bytes(tree.files[other])
            (root / other).write_bytes(content)
        after = outcome(engine, [pattern], root=root)
        assert not after.error
        assert after.digest != before.digest
        assert (after.files == before.files) is False


# What does not change the digest


@both
@some(100)
@given(tree=trees(), times=st.lists(st.integers(0, 2**33), min_size=1))
def test_place_time_and_creation_order_do_not_count(engine: Engine, tree: Tree, times: list[int]) -> None:
    """The same tree made elsewhere, in another order and with other times has the same fingerprint."""
    assume(not any(ROOT in text for text in tree.links.values()))
    with new_folder() as first, new_folder() as second:
        tree.build(first)
        (second / "deeper").mkdir()
        tree.build(second / "deeper", backwards=True)
        for index, path in enumerate((*tree.files, *tree.folders)):
            time = times[index % len(times)]
            os.utime(second / "deeper" / path, (time, time))
        assert outcome(engine, ["."], root=second / "deeper") == outcome(engine, ["."], root=first)


@both
@some(40)
@given(tree=trees())
def test_spelling_of_the_root_and_working_folder_do_not_count(engine: Engine, tree: Tree) -> None:
    """The root may be absolute, relative, roundabout or behind a link, seen from any working folder."""
    with new_folder() as top:
        root = top / "x" / "root"
        root.mkdir(parents=True)
        tree.build(root)
        (top / "link").symlink_to("x/root")
        expected = outcome(engine, ["."], root=root)
        spellings = {
            top: ("x/root", "./x/../x/root/", "x//root", "link", str(root), f"{top}/link/.", f"{root}/../root"),
            top / "x": ("root", "../x/root", "./root/.", "../link"),
            root: (".", "", "./", "../root", str(root)),
        }
        for place, roots in spellings.items():
            with working_in(place):
                for spelling in filter(None, roots):
                    assert outcome(engine, ["."], root=Path(spelling)) == expected
                    if not expected.error:
                        assert engine(["."], root=spelling).digest == expected.digest
                if place == root and not expected.error:
                    assert engine(["."]).digest == expected.digest


@both
@some(100)
@given(scene=scenes(), data=st.data())
def test_order_and_repetition_of_inputs_do_not_count(engine: Engine, scene: Scene, data: st.DataObject) -> None:
    """Inputs, excludes and values in another order, and repeated, give the same fingerprint."""
    with new_folder() as root:
        scene.tree.build(root)
        inputs = [pattern.replace(ROOT, str(root)) for pattern in scene.inputs]
        exclude = [pattern.replace(ROOT, str(root)) for pattern in scene.exclude]
        expected = outcome(engine, inputs, root=root, exclude=exclude, values=scene.values)
        again = outcome(
            engine,
            data.draw(st.permutations(inputs + inputs[:1])),
            root=root,
            exclude=data.draw(st.permutations(exclude + exclude[:1])),
            values=dict(data.draw(st.permutations(list(scene.values.items())))),
        )
        assert again == expected


# Changes, saving, loading


def named(lines: Sequence[str], name: str) -> bool:
    """Tell whether one of the lines names something."""
    return any(name in line for line in lines)


SOME_FILES = st.dictionaries(st.sampled_from(("one.sql", "two.sql", "f/six.sql", "ten.sql")), st.sampled_from("xyz"))
SOME_VALUES = st.dictionaries(st.sampled_from(("postgres", "arch", "image")), st.sampled_from(("1", "2", "")))


@some(100)
@given(old=SOME_FILES, new=SOME_FILES, old_values=SOME_VALUES, new_values=SOME_VALUES)
def test_changes_name_everything_that_changed(
    old: dict[str, str], new: dict[str, str], old_values: dict[str, str], new_values: dict[str, str]
) -> None:
    """Every path and value that differs is named, and equal fingerprints have no changes."""
    with new_folder() as first, new_folder() as second:
        older = accel().fingerprint(["."] if old else [], root=write(first, old), values=old_values)
        newer = accel().fingerprint(["."] if new else [], root=write(second, new), values=new_values)
    lines = newer.changes(older)
    assert all(isinstance(line, str) for line in lines)
    for name in sorted({*old, *new}):
        assert old.get(name) == new.get(name) or named(lines, name), name
    for name in sorted({*old_values, *new_values}):
        assert old_values.get(name) == new_values.get(name) or named(lines, name), name
    assert bool(lines) == ((old, old_values) != (new, new_values))
    assert newer.changes(newer) == []
    assert older.changes(older) == []


def odd_fingerprint(root: Path) -> Any:
    """Return a fingerprint with all that is hard to write to a file."""
    require_names(root, "\u00e9.sql", "e\u0301.sql", f"{RAW}.sql")
    write(root, {"plain.sql": "1", "\u00e9.sql": "2", "e\u0301.sql": "3", f"{RAW}.sql": "4", 'q"\\\n.sql': "5"})
    (root / "link").symlink_to(f"{RAW}.sql")
    return accel().fingerprint(["."], root=root, values={"\u00e9": "a\nb", "": '"', "\U0001f600": "\x00\x7f\u2028"})


def test_save_and_load_round_trip(tmp_path: Path) -> None:
    """A saved fingerprint comes back with the same digest, files and values, whatever the names."""
    root = tmp_path / "root"
    root.mkdir()
    saved = odd_fingerprint(root)
    assert f"{RAW}.sql" in saved.files
    for path in (tmp_path / "print.json", str(tmp_path / "again.json"), tmp_path / f"{RAW}.json"):
        saved.save(path)
        loaded = accel().Fingerprint.load(path)
        assert (loaded.digest, loaded.files, loaded.values) == (saved.digest, saved.files, saved.values)
        assert loaded.changes(saved) == []
        assert saved.changes(loaded) == []


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_pickle_round_trip(protocol: int, tmp_path: Path) -> None:
    """A pickled fingerprint comes back with the same digest, files and values, whatever the names."""
    before = odd_fingerprint(tmp_path)
    after = pickle.loads(pickle.dumps(before, protocol))
    assert type(after) is type(before)
    assert (after.digest, after.files, after.values) == (before.digest, before.files, before.values)
    assert after.changes(before) == []


def saved_text(folder: Path) -> str:
    """Return what a saved fingerprint looks like."""
    write(folder / "tree", {"a.sql": "1", "b/c.sql": "2"})
    path = folder / "saved.json"
    accel().fingerprint(["."], root=folder / "tree", values={"v": "1"}).save(path)
    return path.read_text(encoding="utf-8")


def load_error(folder: Path, content: bytes) -> str:
    """Return the text of the ValueError that loading the content raises."""
    path = folder / "broken-print.json"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="broken-print\\.json") as caught:
        accel().Fingerprint.load(path)
    return str(caught.value)


@some(100)
@given(data=st.data())
def test_load_of_a_truncated_file(data: st.DataObject) -> None:
    """A saved fingerprint that is cut anywhere is a ValueError that names the file."""
    with new_folder() as folder:
        content = saved_text(folder).rstrip().encode()
        load_error(folder, content[: data.draw(st.integers(0, len(content) - 1))])


def test_load_of_another_version(tmp_path: Path) -> None:
    """A saved fingerprint of another version is a ValueError that names the file."""
    saved = json.loads(saved_text(tmp_path))
    keys = [key for key in saved if key in {"version", "format"}]
    assert keys
    for key in keys:
        for other in (999, "999", None, [saved[key]]):
            load_error(tmp_path, json.dumps({**saved, key: other}).encode())
        load_error(tmp_path, json.dumps({name: value for name, value in saved.items() if name != key}).encode())


@pytest.mark.parametrize(
    "content",
    [b"", b"not json", b"\x00\xff\xfe", b"null", b"1", b"[]", b"{}", b'"text"', b"[" * 100_000, b"{}{}"],
    ids=["empty", "words", "binary", "null", "number", "list", "object", "string", "deep", "two"],
)
def test_load_of_something_else(content: bytes, tmp_path: Path) -> None:
    """A file that is no saved fingerprint is a ValueError that names the file."""
    load_error(tmp_path, content)


# Fault 1, framing

SMALL = st.dictionaries(st.text("ab", min_size=1, max_size=3), st.text("ab", max_size=3), max_size=3)


@both
@some(100)
@example(one=({"a": "bc"}, {}), two=({"ab": "c"}, {}))
@example(one=({"a": ""}, {}), two=({}, {"a": ""}))
@given(one=st.tuples(SMALL, SMALL), two=st.tuples(SMALL, SMALL))
def test_F01_framing(
    engine: Engine, one: tuple[dict[str, str], dict[str, str]], two: tuple[dict[str, str], dict[str, str]]
) -> None:
    """Two sets of files and values have the same digest exactly if they are equal, however names and contents meet."""
    digests = []
    for files, values in (one, two):
        with new_folder() as root:
            digests.append(engine(["."] if files else [], root=write(root, files), values=values).digest)
    assert (digests[0] == digests[1]) == (one == two)


# Fault 2, the set of paths counts, permissions do not


@both
def test_F02_swap_rename_delete_and_add(engine: Engine, tmp_path: Path) -> None:
    """Swapped contents, a rename, a removal and an added empty file each give another digest."""
    base = {"a.sql": "1", "b.sql": "2", "c.sql": ""}
    variants = {
        "base": base,
        "swapped": {"a.sql": "2", "b.sql": "1", "c.sql": ""},
        "renamed": {"a.sql": "1", "b2.sql": "2", "c.sql": ""},
        "moved": {"a.sql": "1", "d/b.sql": "2", "c.sql": ""},
        "removed": {"a.sql": "1", "b.sql": "2"},
        "added": {**base, "d.sql": ""},
        "added below": {**base, "d/d.sql": ""},
    }
    digests = {name: engine(["."], root=write(tmp_path / name, files)).digest for name, files in variants.items()}
    assert len(set(digests.values())) == len(variants)


@both
@pytest.mark.parametrize("mode", [0o755, 0o600, 0o444])
def test_F02_permissions_do_not_count(engine: Engine, mode: int, tmp_path: Path) -> None:
    """A file that is made executable or read-only keeps its fingerprint."""
    before = outcome(engine, ["."], root=write(tmp_path, {"a.sh": "true\n"}))
    (tmp_path / "a.sh").chmod(mode)
    assert outcome(engine, ["."], root=tmp_path) == before


@both
def test_F02_empty_folders_do_not_count(engine: Engine, tmp_path: Path) -> None:
    """A folder without files, and bytecode that an import leaves, do not change the digest of what is around them."""
    before = outcome(engine, ["."], root=write(tmp_path, {"app/a.py": "1"}))
    (tmp_path / "app" / "empty").mkdir()
    write(tmp_path, {"app/__pycache__/a.cpython-312.pyc": "x", "app/a.pyc": "y"})
    assert outcome(engine, ["."], root=tmp_path) == before


# Fault 3, an input that yields nothing


@both
@pytest.mark.parametrize(
    "pattern",
    [
        "missing.sql",
        "missing/folder",
        "missing/folder/",
        "db/a.sql/below",
        "db/a.sql/**",
        "**/a.sql/**",
        "empty",
        "nothing-but-folders",
        "*.none",
        "db/?.none",
        "missing/**",
        "db/[x-z].sql",
        "{left,right}",
        "A.sql*",
        "n" * 300,
        "skipped/__pycache__",
        "skipped/__pycache__/below",
        "skipped/__pycache__/**",
        "skipped/__pycache__/*.txt",
        "skipped/*.pyc",
        "**/*.pyc",
        "**/__pycache__/**",
    ],
)
def test_F03_input_without_files(engine: Engine, pattern: str, tmp_path: Path) -> None:
    """An input that yields no file is a ValueError that names the pattern and the root, next to inputs that do."""
    write(tmp_path, {"db/a.sql": "1", "skipped/__pycache__/a.pyc": "2", "skipped/b.pyc": "3"})
    write(tmp_path, {"skipped/__pycache__/a.txt": "4", "skipped/__pycache__/below/b.txt": "5"})
    (tmp_path / "empty").mkdir()
    (tmp_path / "nothing-but-folders" / "x" / "y").mkdir(parents=True)
    for inputs in ([pattern], ["db", pattern], [pattern, "db"]):
        with pytest.raises(ValueError, match=re.escape(pattern.rstrip("/"))) as caught:
            engine(inputs, root=tmp_path)
        assert str(tmp_path.resolve()) in str(caught.value)


@both
@pytest.mark.parametrize("pattern", ["pre\0post", "pre\0post/*", "db/pre\0post"])
def test_F03_input_with_a_nul(engine: Engine, pattern: str, tmp_path: Path) -> None:
    """An input that no file can be called is a ValueError like any other that yields nothing."""
    write(tmp_path, {"db/a.sql": "1"})
    with pytest.raises(ValueError, match=r"pre.*post"):
        engine([pattern], root=tmp_path)
    assert engine(["db"], root=tmp_path, exclude=[pattern]).files.keys() == {"db/a.sql"}


@both
@pytest.mark.parametrize(
    "exclude", ["db", "db/", "db/a.sql", "db/*", "**", "**/a.sql", "d?", "{x,db}", "./db/../db", "."]
)
@pytest.mark.parametrize("pattern", ["db", "db/a.sql", "d*", "**/*.sql"])
def test_F03_everything_excluded(engine: Engine, pattern: str, exclude: str, tmp_path: Path) -> None:
    """An input of which nothing is left is a ValueError that names the pattern and the root."""
    write(tmp_path, {"db/a.sql": "1"})
    with pytest.raises(ValueError, match=re.escape(pattern)) as caught:
        engine([pattern], root=tmp_path, exclude=[exclude])
    assert str(tmp_path.resolve()) in str(caught.value)


@both
@pytest.mark.parametrize("pattern", ["..", "../a.sql", "db/../../a.sql", "/", "/a.sql", "../*", "db/../../**"])
def test_F03_input_outside_the_root(engine: Engine, pattern: str, tmp_path: Path) -> None:
    """An input that leaves the root is a ValueError that names it, even if there is something."""
    root = write(tmp_path, {"a.sql": "1", "root/db/a.sql": "2"}) / "root"
    for inputs in ([pattern], [str(tmp_path)], [str(tmp_path / "a.sql")], [f"{root}-not"]):
        with pytest.raises(ValueError, match=re.escape(inputs[0])):
            engine(inputs, root=root)


@both
@pytest.mark.parametrize(
    ("pattern", "exclude"),
    [
        ("link/empty", "none"),
        ("link/empty/**", "none"),
        ("link/*.none", "none"),
        ("link/**/*.none", "none"),
        ("link/a.sql", "db/a.sql"),
        ("link/*.sql", "db"),
        ("link/a.sql", "link"),
        ("file-link/**", "none"),
        ("file-link/*", "none"),
        ("file-link/below", "none"),
    ],
)
def test_F03_nothing_behind_a_link(engine: Engine, pattern: str, exclude: str, tmp_path: Path) -> None:
    """A link on the way to an empty folder, or to no match, is not what the input was meant to yield: a ValueError."""
    write(tmp_path, {"db/a.sql": "1"})
    (tmp_path / "db" / "empty").mkdir()
    (tmp_path / "link").symlink_to("db")
    (tmp_path / "file-link").symlink_to("db/a.sql")
    with pytest.raises(ValueError, match=re.escape(pattern)):
        engine([pattern], root=tmp_path, exclude=[exclude])


@both
def test_F03_a_used_input_is_not_an_error(engine: Engine, tmp_path: Path) -> None:
    """An input that only yields what another one has yielded already is fine."""
    write(tmp_path, {"db/a.sql": "1"})
    assert engine(["db", "db/a.sql", "**/*.sql"], root=tmp_path).digest == engine(["db"], root=tmp_path).digest


# Fault 4, no permission


@contextlib.contextmanager
def locked_tree(name: str, mode: int) -> Iterator[tuple[Path, Path]]:
    """Make a tree that other users may read, but for one path in it.

    Yields:
        The root and the locked path.
    """
    with new_folder() as top:
        top.chmod(0o755)
        write(top, {"db/a.sql": "1", "db/locked/b.sql": "2", "db/secret.sql": "3", "other/c.sql": "4"})
        locked = top / name
        before = stat.S_IMODE(locked.stat().st_mode)
        locked.chmod(mode)
        try:
            yield top, locked
        finally:
            locked.chmod(before)


def require_refusal(answer: dict[str, Any]) -> None:
    """Skip the test where permissions mean something else; a child that gave up its privileges must be refused."""
    if not answer["refused"]:
        assert os.geteuid() != 0, "the child was not refused"
        pytest.skip("this file system opens files without permission")


@both
@pytest.mark.parametrize("pattern", [".", "db", "db/secret.sql", "db/*.sql", "**/secret.sql", "db/[s]*"])
def test_F04_unreadable_file(engine: Engine, pattern: str) -> None:
    """A counted file that must not be read is a PermissionError with its name, however it was declared."""
    with locked_tree("db/secret.sql", 0o000) as (root, locked):
        answer = in_child(engine, [pattern], root=root, locked=locked)
        require_refusal(answer)
        assert answer["error"] == "PermissionError", answer
        assert answer["filename"].endswith("db/secret.sql")


@both
@pytest.mark.parametrize("mode", [0o000, 0o444, 0o111], ids=["closed", "list-only", "search-only"])
@pytest.mark.parametrize("pattern", [".", "db", "db/locked", "**", "**/b.sql", "db/*/*.sql"])
def test_F04_unreadable_folder(engine: Engine, pattern: str, mode: int) -> None:
    """A counted folder that must not be listed or entered is a PermissionError with its name, never left out."""
    with locked_tree("db/locked", mode) as (root, locked):
        answer = in_child(engine, [pattern], root=root, locked=locked)
        require_refusal(answer)
        assert answer["error"] == "PermissionError", answer
        assert "db/locked" in answer["filename"]


@both
@pytest.mark.parametrize("pattern", ["db/locked/b.sql", "db/locked/gone.sql", "db/locked/*.sql", "link/b.sql", "link"])
def test_F04_path_in_a_closed_folder(engine: Engine, pattern: str) -> None:
    """What is declared in a closed folder may be there or not: that is a PermissionError, not a missing file."""
    with locked_tree("db/locked", 0o000) as (root, locked):
        (root / "link").symlink_to("db/locked")
        answer = in_child(engine, [pattern], root=root, locked=locked)
        require_refusal(answer)
        assert answer["error"] == "PermissionError", answer
        assert "locked" in answer["filename"] or "link" in answer["filename"]


@both
def test_F04_folder_that_only_lets_through(engine: Engine) -> None:
    """A file in a folder that must not be listed can still be declared by its name."""
    with locked_tree("db/locked", 0o111) as (root, locked):
        answer = in_child(engine, ["db/locked/b.sql"], root=root, locked=locked)
        require_refusal(answer)
        assert answer["error"] == "", answer
        assert answer["files"].keys() == {"db/locked/b.sql"}


@both
@pytest.mark.parametrize(
    ("pattern", "exclude"), [("db", "db/locked"), (".", "**/lo*"), ("db/*.sql", ""), ("other", ""), ("*/c.sql", "")]
)
def test_F04_what_does_not_count_needs_no_permission(engine: Engine, pattern: str, exclude: str) -> None:
    """A closed folder that is excluded, or in which no glob can match, does not disturb the rest."""
    with locked_tree("db/locked", 0o000) as (root, locked):
        answer = in_child(engine, [pattern], root=root, exclude=[exclude] if exclude else [], locked=locked)
        require_refusal(answer)
        assert answer["error"] == "", answer
        assert answer["files"]


# Fault 6, symbolic links


@both
@pytest.mark.parametrize("pattern", [".", "link", "l*", "**/link"])
@pytest.mark.parametrize(
    "target", ["gone", "link", "other-link", "..", "../outside.sql", "/", "db/gone", "db/a.sql/x"], ids=str
)
def test_F06_bad_links(engine: Engine, target: str, pattern: str, tmp_path: Path) -> None:
    """A link that is dangling, its own target, or out of the root is a ValueError that names the link."""
    root = write(tmp_path, {"outside.sql": "1", "root/db/a.sql": "2"}) / "root"
    (root / "link").symlink_to(target)
    (root / "other-link").symlink_to("link")
    with pytest.raises(ValueError, match="link"):
        engine([pattern], root=root)
    assert engine(["."], root=root, exclude=["link", "other-link"]).files.keys() == {"db/a.sql"}


@both
@pytest.mark.parametrize("text", [".", "..", "../db", "sub/..", "./sub/here/sub"])
def test_F06_loops_end(engine: Engine, text: str, tmp_path: Path) -> None:
    """A link to a folder that it lies in ends the walk, and every path counts once."""
    write(tmp_path, {"db/a.sql": "1", "db/sub/b.sql": "2"})
    (tmp_path / "db" / "again").symlink_to(text)
    (tmp_path / "db" / "sub" / "here").symlink_to("..")
    files = engine(["db"], root=tmp_path).files
    assert files.keys() == {"db/a.sql", "db/sub/b.sql", "db/again", "db/sub/here"}


@both
@pytest.mark.parametrize(
    "pattern",
    [
        "current",
        "current/versions",
        "current/versions/a.sql",
        "current/versions/*.sql",
        "current/**/a.sql",
        "latest.sql",
        "c*",
    ],
)
def test_F06_the_target_counts(engine: Engine, pattern: str, tmp_path: Path) -> None:
    """What a link leads to counts: an edit of the target changes the digest."""
    write(tmp_path, {"db/versions/a.sql": "1", "else/x.sql": "2"})
    (tmp_path / "current").symlink_to("db")
    (tmp_path / "latest.sql").symlink_to("current/versions/a.sql")
    before = outcome(engine, [pattern], root=tmp_path)
    assert {"db/versions/a.sql", "current"} <= before.files.keys()
    assert "else/x.sql" not in before.files
    write(tmp_path, {"db/versions/a.sql": "other"})
    after = outcome(engine, [pattern], root=tmp_path)
    assert after.digest != before.digest
    assert {name for name in after.files if after.files[name] != before.files[name]} == {"db/versions/a.sql"}


@both
def test_F06_excluded_links(engine: Engine, tmp_path: Path) -> None:
    """An excluded link does not count: not when declared, not on the way, and a target behind it counts without it."""
    write(tmp_path, {"db/versions/a.sql": "1"})
    (tmp_path / "link").symlink_to("db")
    (tmp_path / "latest").symlink_to("link/versions")
    (tmp_path / "chain").symlink_to("link")
    assert engine(["."], root=tmp_path, exclude=["latest", "chain", "db"]).files.keys() == {"link"}
    assert engine(["chain"], root=tmp_path, exclude=["link"]).files.keys() == {"chain", "db/versions/a.sql"}
    assert engine(["latest"], root=tmp_path, exclude=["link"]).files.keys() == {"latest", "db/versions/a.sql"}
    for pattern in ("link", "link/versions", "l*k", "link/**"):
        with pytest.raises(ValueError, match=re.escape(pattern)):
            engine([pattern], root=tmp_path, exclude=["link"])


@both
def test_F06_the_text_of_a_link_counts(engine: Engine, tmp_path: Path) -> None:
    """A link that says the same in other words, or leads to an equal copy, or is a file, gives another digest."""
    write(tmp_path, {"a.sql": "1", "b.sql": "1"})
    digests = set()
    texts = ("a.sql", "./a.sql", ".//a.sql", "b.sql", str(tmp_path / "a.sql"))
    for text in texts:
        (tmp_path / "link").symlink_to("placeholder")
        (tmp_path / "link").unlink()
        os.symlink(text, tmp_path / "link")  # a Path would normalise the text
        digests.add(engine(["."], root=tmp_path).digest)
        (tmp_path / "link").unlink()
    write(tmp_path, {"link": "a.sql"})
    digests.add(engine(["."], root=tmp_path).digest)
    assert len(digests) == len(texts) + 1


# Fault 7, what is no file


@both
@pytest.mark.parametrize("kind", ["fifo", "socket"])
@pytest.mark.parametrize("pattern", [".", "db", "db/odd", "**", "db/o*", "link"])
def test_F07_fifo_and_socket(engine: Engine, kind: str, pattern: str) -> None:
    """A FIFO or a socket is a ValueError that names it, at once."""
    with new_folder() as root, contextlib.ExitStack() as stack:
        write(root, {"db/a.sql": "1"})
        if kind == "fifo":
            os.mkfifo(root / "db" / "odd")
        else:
            listener = stack.enter_context(socket.socket(socket.AF_UNIX))
            listener.bind(str(root / "db" / "odd"))
        (root / "link").symlink_to("db/odd")
        answer = in_child(engine, [pattern], root=root)
        assert answer["error"] == "ValueError", answer
        assert "not a regular file" in answer["text"]
        assert "db/odd" in answer["text"]
        assert in_child(engine, ["."], root=root, exclude=["**/odd", "link"])["files"].keys() == {"db/a.sql"}


# Fault 8, names that are no UTF-8


@both
@pytest.mark.parametrize("pattern", [".", "**/*.sql", "q", "q/*.sql"])
def test_F08_names_that_are_no_utf8(engine: Engine, pattern: str, tmp_path: Path) -> None:
    """Names that a lossy conversion would merge stay apart, come back as os.fsdecode gives them, and count."""
    names = [os.fsdecode(name) for name in (b"\xff.sql", b"\xfe.sql", b"\xc3.sql")]
    require_names(tmp_path, *names)
    write(tmp_path, {f"q/{name}": str(index) for index, name in enumerate([*names, "\ufffd.sql"])})
    before = outcome(engine, [pattern], root=tmp_path)
    assert before.files.keys() == {f"q/{name}" for name in (*names, "\ufffd.sql")}
    assert len(set(before.files.values())) == len(before.files)
    (tmp_path / "q" / names[0]).rename(tmp_path / "q" / os.fsdecode(b"\xfd.sql"))
    assert outcome(engine, [pattern], root=tmp_path).digest != before.digest


@both
def test_F08_inputs_that_are_no_utf8(engine: Engine, tmp_path: Path) -> None:
    """A name that is no UTF-8 can be declared, excluded and missed."""
    name = os.fsdecode(b"q/\xff.sql")
    require_names(tmp_path, posixpath.basename(name))
    write(tmp_path, {name: "1", "q/b.sql": "2"})
    assert engine([name], root=tmp_path).files.keys() == {name}
    assert engine([Path(name)], root=tmp_path).files.keys() == {name}
    assert engine(["q"], root=tmp_path, exclude=[name]).files.keys() == {"q/b.sql"}
    with pytest.raises(ValueError, match="gone"):
        engine([f"{name}-gone"], root=tmp_path)


@both
def test_F08_glob_letters_in_names_that_are_no_utf8(engine: Engine, tmp_path: Path) -> None:
    """A name that is no UTF-8 and has glob letters can be declared and excluded like any that exists."""
    name = f"[a]{RAW}.sql"
    require_names(tmp_path, name)
    write(tmp_path, {f"q/{name}": "1", "q/b.sql": "2"})
    assert engine([f"q/{name}"], root=tmp_path).files.keys() == {f"q/{name}"}
    assert engine(["q"], root=tmp_path, exclude=[f"q/{name}"]).files.keys() == {"q/b.sql"}


# Fault 9, names that another file system would merge

TWINS = [("A.sql", "a.sql"), ("caf\u00e9.sql", "cafe\u0301.sql")]


@both
@pytest.mark.parametrize("names", TWINS, ids=["case", "normal form"])
def test_F09_twins_are_distinct(engine: Engine, names: tuple[str, str], tmp_path: Path) -> None:
    """Names that differ in case or normal form are different files, and either can be declared alone."""
    require_names(tmp_path, *names)
    write(tmp_path, {names[0]: "1", names[1]: "2"})
    before = outcome(engine, ["."], root=tmp_path)
    assert before.files.keys() == set(names)
    for name in names:
        assert engine([name], root=tmp_path).files == {name: before.files[name]}
        assert engine([f"{name}*"], root=tmp_path).files == {name: before.files[name]}
        assert engine(["."], root=tmp_path, exclude=[name]).files.keys() == set(names) - {name}
    write(tmp_path, {names[0]: "2", names[1]: "1"})
    assert outcome(engine, ["."], root=tmp_path).digest != before.digest


@pytest.mark.parametrize("names", TWINS, ids=["case", "normal form"])
def test_F09_twins_are_warned_of(names: tuple[str, str], tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Names that would collide elsewhere give a warning, and names that would not give none."""
    require_names(tmp_path, *names)
    write(tmp_path, {names[0]: "1", names[1]: "1", "other.sql": "1"})
    with caplog.at_level(logging.WARNING, logger="ci_accel"):
        accelerated([names[0], "other.sql"], root=tmp_path)
        assert not caplog.records
        accelerated(["."], root=tmp_path)
    records = [record for record in caplog.records if record.name == "ci_accel"]
    assert any("would collide" in record.getMessage() and record.levelno == logging.WARNING for record in records)


# Fault 10, canonical forms


@both
@pytest.mark.parametrize("target", ["db/versions", "db/versions/a.sql", "db/*/a.sql", "**/a.sql"])
def test_F10_spellings_of_an_input(engine: Engine, target: str, tmp_path: Path) -> None:
    """Every spelling of an input or exclude, as text or path, gives the same paths and the same digest."""
    write(tmp_path, {"db/versions/a.sql": "1", "db/b.sql": "2"})
    expected = engine([target], root=tmp_path)
    rest = engine(["."], root=tmp_path, exclude=[target])
    assert expected.files.keys() == {"db/versions/a.sql"}
    assert rest.files.keys() == {"db/b.sql"}
    spellings: list[str | Path] = [
        f"./{target}",
        f"{target}/",
        f"{target}//",
        f"{target}/.",
        f".//./{target}",
        target.replace("/", "//"),
        target.replace("/", "/./"),
        f"gone/../{target}",
        f"gone/../db/./../{target}",
        f"{tmp_path.resolve()}/{target}",
        f"{tmp_path.resolve()}/gone/..//{target}/",
        Path(target),
        tmp_path.resolve() / target,
    ]
    for spelling in spellings:
        result = engine([spelling], root=tmp_path)
        assert (result.digest, result.files) == (expected.digest, expected.files), spelling
        without = engine(["."], root=tmp_path, exclude=[spelling])
        assert (without.digest, without.files) == (rest.digest, rest.files), spelling


# Fault 11, large and deep


def remove_chain(folders: Sequence[Path], leaf: Path) -> None:
    """Remove one file and the folders above it, without the recursion that a general removal needs."""
    leaf.unlink(missing_ok=True)
    for folder in reversed(folders):
        folder.rmdir()


def make_chain(root: Path, name: str, levels: int) -> tuple[list[Path], Path]:
    """Make folders in folders and a file in the last one."""
    folders = [root]
    for _ in range(levels):
        folders.append(folders[-1] / name)
        folders[-1].mkdir()
    leaf = folders[-1] / "leaf.sql"
    leaf.write_bytes(b"1")
    return folders[1:], leaf


@both
@pytest.mark.parametrize("pattern", [".", "a", "**/leaf.sql", "a/**/*.sql"])
def test_F11_deep_folders(engine: Engine, pattern: str, tmp_path: Path) -> None:
    """A file below 400 folders counts like any other."""
    folders, leaf = make_chain(tmp_path, "a", 400)
    try:
        before = engine([pattern], root=tmp_path)
        assert before.files.keys() == {"a/" * 400 + "leaf.sql"}
        leaf.write_bytes(b"2")
        assert engine([pattern], root=tmp_path).digest != before.digest
    finally:
        remove_chain(folders, leaf)


@both
def test_F11_long_path(engine: Engine, tmp_path: Path) -> None:
    """A path of nearly 4,000 bytes counts like any other."""
    levels = (3900 - len(os.fsencode(tmp_path))) // 150
    folders, leaf = make_chain(tmp_path, "n" * 149, levels)
    name = str(leaf.relative_to(tmp_path))
    assert 3700 < len(os.fsencode(leaf)) < 4000
    try:
        for pattern in (".", name, "**/leaf.sql", f"{'n' * 149}/**"):
            assert engine([pattern], root=tmp_path).files.keys() == {name}
    finally:
        remove_chain(folders, leaf)


@pytest.fixture(scope="module")
def many_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with 20,000 files."""
    root = tmp_path_factory.mktemp("many")
    for folder in range(200):
        (root / f"f{folder}").mkdir()
        for number in range(100):
            (root / f"f{folder}" / f"{number}.sql").write_bytes(b"%d %d" % (folder, number))
    return root


def test_F11_many_files(many_files: Path) -> None:
    """The fingerprint of 20,000 files is that of the plain definition, and one edit among them changes it."""
    before = accelerated(["."], root=many_files)
    assert len(before.files) == 20_000
    assert before.digest == plain_definition(["."], root=many_files).digest
    assert accelerated(["**/*.sql"], root=many_files).digest == before.digest
    write(many_files, {"f77/77.sql": "other"})
    assert accelerated(["."], root=many_files).digest != before.digest


# Fault 13, order


@both
def test_F13_order_is_that_of_the_raw_bytes(engine: Engine, tmp_path: Path) -> None:
    """Neither creation nor inputs nor folders set the order: the files are listed by the bytes of their paths."""
    names = ["a/b", "a-b", "a.b", "a0b", "B", "\uffff", "\U00010000", "a/b.c", "ab"]
    first, second = tmp_path / "first", tmp_path / "second"
    for root, order in ((first, names), (second, names[::-1])):
        root.mkdir()
        for name in order:
            path = root / name.replace("a/b", "a/b/x")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(name.encode())
    expected = engine(["."], root=first)
    assert engine(["."], root=second).digest == expected.digest
    assert engine(sorted(expected.files), root=first).digest == expected.digest
    assert engine(sorted(expected.files, reverse=True), root=second).digest == expected.digest
    assert list(expected.files) == sorted(expected.files, key=os.fsencode)


# Fault 14, values


@both
@some(100)
@given(one=VALUES, two=VALUES)
def test_F14_values_are_in_the_digest(engine: Engine, one: dict[str, str], two: dict[str, str]) -> None:
    """Two fingerprints of the same files are equal exactly if their values are."""
    with new_folder() as root:
        write(root, {"a.sql": "1"})
        results = [engine(["."], root=root, values=values) for values in (one, two)]
    assert (results[0].digest == results[1].digest) == (one == two)
    assert results[0].files == results[1].files
    assert [result.values for result in results] == [one, two]


@both
def test_F14_no_values(engine: Engine, tmp_path: Path) -> None:
    """No values, and an empty set of values, are the same."""
    write(tmp_path, {"a.sql": "1"})
    assert engine(["."], root=tmp_path, values={}).digest == engine(["."], root=tmp_path).digest
    assert engine(["."], root=tmp_path, values=None).values == {}


def test_F14_changes_name_values(tmp_path: Path) -> None:
    """A value that is new, gone or different is named, and nothing else is."""
    write(tmp_path, {"a.sql": "1"})
    older = accel().fingerprint(["."], root=tmp_path, values={"postgres": "16.4", "gone": "g", "same": "s"})
    newer = accel().fingerprint(["."], root=tmp_path, values={"postgres": "17.2", "fresh": "f", "same": "s"})
    lines = newer.changes(older)
    for name in ("postgres", "gone", "fresh"):
        assert named(lines, name)
    for name in ("same", "a.sql"):
        assert not named(lines, name)


# Fault 15, no text conversion


@both
def test_F15_line_ends_and_byte_order_mark_count(engine: Engine, tmp_path: Path) -> None:
    """CRLF, LF, CR, a last line end and a byte order mark each make another content."""
    contents = [b"a\n", b"a\r\n", b"a\r", b"a", b"\xef\xbb\xbfa\n", b"a\n\n", b"a\n\x1a", b"a\n\x00"]
    results = [engine(["a.sql"], root=write(tmp_path, {"a.sql": content})) for content in contents]
    assert len({result.digest for result in results}) == len(contents)
    assert len({result.files["a.sql"] for result in results}) == len(contents)


# Fault 16, no shortcut by size and time


@both
@pytest.mark.parametrize("size", [1, 1000, 70_000, 3_000_000])
def test_F16_same_size_and_time_other_content(engine: Engine, size: int, tmp_path: Path) -> None:
    """One other byte is seen although size and time of the file and its folder are as before."""
    path = write(tmp_path, {"db/a.sql": bytes(size)}) / "db" / "a.sql"
    times = {place: place.stat() for place in (path, path.parent)}
    digests = {engine(["."], root=tmp_path).digest}
    for position in sorted({0, size // 2, size - 1}):
        content = bytearray(size)
        content[position] = 1
        path.write_bytes(content)
        for place, before in times.items():
            os.utime(place, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert path.stat().st_mtime_ns == times[path].st_mtime_ns
        digests.add(engine(["."], root=tmp_path).digest)
    assert len(digests) == len({0, size // 2, size - 1}) + 1


# Fault 17, whole digests


@both
@some(40)
@given(tree=trees())
def test_F17_digests_are_whole(engine: Engine, tree: Tree) -> None:
    """The digest and every content digest are 64 hex digits."""
    with new_folder() as root:
        tree.build(root)
        result = outcome(engine, ["."], root=root)
    assume(not result.error)
    for digest in (result.digest, *result.files.values()):
        assert re.fullmatch("[0-9a-f]{64}", digest)
