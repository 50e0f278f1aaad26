"""Trees of files, fixed or generated, with inputs, excludes and values for them."""

from __future__ import annotations

import contextlib
import os
import posixpath
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


@contextlib.contextmanager
def new_folder() -> Iterator[Path]:
    """Make a folder for the block, and remove it at the end."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder).resolve()


@contextlib.contextmanager
def working_in(folder: Path) -> Iterator[None]:
    """Change the working directory for the block."""
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
    through: tuple[str, ...]  # existing paths through a link

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
