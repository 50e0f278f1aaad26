"""Tests of ``ci_accel.template.alembic_heads``: what Alembic itself finds is the reference wherever Alembic finds anything."""

from __future__ import annotations

import builtins
import importlib.util
import os
import sys
import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
import sqlalchemy
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from ci_accel.template import alembic_heads
from ci_accel.template.alembic_heads import ScriptHeads, read_script_heads

if TYPE_CHECKING:
    from collections.abc import Iterator

MARK = "from pathlib import Path\nPath(__file__ + '.executed').touch()\n"
INI = "[alembic]\nscript_location = migrations\n"
TOML = "[tool.alembic]\nscript_location = 'migrations'\n"
ENV = """\
from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
"""
DECOYS = """\
_ = [revision for revision in ()], lambda: (down_revision := 'local')
def upgrade():
    revision = down_revision = 'local'
async def other():
    depends_on = 'local'
class Other:
    branch_labels = 'local'
"""


def version(revision: str, down_revision: object = None, **more: object) -> str:
    """Write a version file that leaves a trace when it is executed."""
    values = {"revision": revision, "down_revision": down_revision, **more}
    return MARK + "".join(f"{name} = {value!r}\n" for name, value in values.items())


def write(root: Path, files: dict[str, str]) -> None:
    """Write files, given by their path in the project, with their folders."""
    for name, source in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")


@contextmanager
def working_directory(path: Path) -> Iterator[None]:
    """Run a block in another working directory."""
    before = Path.cwd()
    os.chdir(path)
    try:
        yield
    finally:
        os.chdir(before)


@contextmanager
def database() -> Iterator[sqlalchemy.Connection]:
    """Open a transaction in an empty database."""
    engine = sqlalchemy.create_engine("sqlite://")
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def heads_by_alembic(root: Path) -> ScriptHeads:
    """Ask Alembic, run from the project's folder as its command line would be."""
    with working_directory(root):
        directory = ScriptDirectory.from_config(Config("alembic.ini", "pyproject.toml"))
        heads = directory.get_heads()
        effective = directory.get_heads(consider_depends_on=True)
    return ScriptHeads(tuple(sorted(heads)), tuple(sorted(effective)), ())


def read(root: Path) -> ScriptHeads:
    """Read a project that has an Alembic configuration, and see that nothing of it is executed, imported or written."""
    files, path = sorted(root.rglob("*")), list(sys.path)
    heads = read_script_heads(str(root))
    assert sorted(root.rglob("*")) == files
    assert sys.path == path
    loaded = [str(getattr(module, "__file__", "")) for module in sys.modules.values()]
    inside = str(root.resolve()) + os.sep
    assert not [file for file in loaded if file.startswith(inside)]
    assert heads is not None
    return heads


def assignment(draw: st.DrawFn, name: str, values: tuple[str, ...]) -> str:
    """Spell the assignment of names to a variable in one of the ways Alembic takes."""
    spellings = [repr(values), repr(list(values)), repr(set(values)) if values else "None"]
    if len(values) == 1:
        spellings.append(repr(values[0]))
    if not values and name != "down_revision":
        spellings.append("")
    value = draw(st.sampled_from(spellings))
    return f"{name}{draw(st.sampled_from(['', ': object']))} = {value}\n" if value else ""


@st.composite
def projects(draw: st.DrawFn) -> dict[str, str]:
    """Generate a project with an acyclic revision graph: branches, merges, several bases, dependencies."""
    names = draw(st.lists(st.text('abc01_é "\\', min_size=1, max_size=6), unique=True, max_size=16))
    revisions, labels = names[: (len(names) + 1) // 2], names[(len(names) + 1) // 2 :]
    files = {"alembic.ini": INI, "migrations/env.py": ENV, "migrations/versions/README": ""}
    numbers = draw(st.permutations(range(len(revisions))))
    for index, (revision, number) in enumerate(zip(revisions, numbers, strict=True)):
        down: tuple[str, ...] = ()
        depends: tuple[str, ...] = ()
        if index:
            earlier = revisions[:index]
            down = tuple(draw(st.lists(st.sampled_from(earlier), unique=True, max_size=3)))
            depends = tuple(draw(st.lists(st.sampled_from(earlier + labels[:index]), unique=True, max_size=2)))
        assignments = [
            f"revision{draw(st.sampled_from(['', ': str']))} = {revision!r}\n",
            assignment(draw, "down_revision", down),
            assignment(draw, "depends_on", depends),
            assignment(draw, "branch_labels", tuple(labels[index : index + 1])),
        ]
        files[f"migrations/versions/{number}.py"] = "".join(
            [
                "'''revision = 'docstring' '''\nrevision: str\n",
                MARK,
                *draw(st.permutations(assignments)),
                DECOYS,
            ]
        )
    return files


@settings(deadline=None)
@given(projects())
def test_heads_are_those_of_alembic(files: dict[str, str]) -> None:
    """Both kinds of heads of any revision graph are those Alembic finds by executing the version files."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write(root, files)
        own = read(root)
        assert own == heads_by_alembic(root)
        assert len(list(root.rglob("*.executed"))) == len(files) - 3


@settings(deadline=None, max_examples=30)
@given(projects())
def test_effective_heads_are_those_of_an_upgraded_database(files: dict[str, str]) -> None:
    """After ``upgrade heads``, ``alembic_version`` holds the effective heads."""
    with tempfile.TemporaryDirectory() as folder, database() as connection:
        root = Path(folder)
        write(root, files)
        own = read(root)
        config = Config("alembic.ini")
        config.attributes["connection"] = connection
        with working_directory(root):
            try:
                command.upgrade(config, "heads")
            except KeyError:
                # Alembic 1.20.1 cannot upgrade along some graphs in which several paths lead to one revision.
                reject()
        rows = connection.execute(sqlalchemy.text("SELECT version_num FROM alembic_version")).scalars()
        assert tuple(sorted(rows)) == own.effective_heads


class Layout(NamedTuple):
    """A project to be laid out, and the heads that tell that all of it was found and no more."""

    files: dict[str, str]
    heads: tuple[str, ...]


FOLDERS = {
    "one/1.py": version("a"),
    "two/2.py": version("b", "a"),
    "two/sub/3.py": version("c", "b"),
    "setup.py": MARK,
}
VERSIONS = {"migrations/versions/1.py": version("a"), "migrations/versions/sub/2.py": version("b", "a")}


def folders(options: str, heads: tuple[str, ...] = ("b",)) -> Layout:
    """Lay out a project whose version folders are named in the ini file."""
    return Layout({"alembic.ini": INI + options, "migrations/env.py": ENV, **FOLDERS}, heads)


LAYOUTS = {
    "default": Layout({"alembic.ini": INI, **VERSIONS}, ("a",)),
    "no versions folder": Layout({"alembic.ini": INI, "migrations/env.py": ENV}, ()),
    "here": Layout({"alembic.ini": "[alembic]\nscript_location = %(here)s/migrations\n", **VERSIONS}, ("a",)),
    "escaped percent": Layout(
        {"alembic.ini": "[alembic]\nscript_location = 1%%\n", "1%/versions/1.py": version("a")}, ("a",)
    ),
    "interpolated": Layout({"alembic.ini": "[alembic]\nx = migr\nscript_location = %(x)sations\n", **VERSIONS}, ("a",)),
    "ini default section": Layout(
        {"alembic.ini": "[DEFAULT]\nscript_location = migrations\n[alembic]\n", **VERSIONS}, ("a",)
    ),
    "recursive": Layout({"alembic.ini": INI + "recursive_version_locations = true\n", **VERSIONS}, ("b",)),
    "recursive in capitals": Layout({"alembic.ini": INI + "recursive_version_locations = True\n", **VERSIONS}, ("a",)),
    "several, os": folders(f"path_separator = os\nversion_locations = one{os.pathsep}%(here)s/two\n"),
    "several, newline": folders("path_separator = newline\nversion_locations =\n  one\n\n  two\n"),
    "several, space": folders("path_separator = space\nversion_locations = one  two\n"),
    "several, colon": folders("path_separator = :\nversion_locations = one: two\n"),
    "several, semicolon": folders("path_separator = ;\nversion_locations = one;two;\n"),
    "several, old option": folders("version_path_separator = ;\nversion_locations = one;two\n"),
    "several, both options": folders("version_path_separator = :\npath_separator = ;\nversion_locations = one;two\n"),
    "several, legacy": folders("version_locations = one, two\n"),
    "several, legacy spaces": folders("version_locations = one   two,missing\n"),
    "several, absolute with colon": Layout(
        {"alembic.ini": INI + "version_locations = %(here)s/a:b\n", "migrations/env.py": ENV, "a:b/1.py": version("a")},
        ("a",),
    ),
    "several, recursive": folders(
        "path_separator = ;\nversion_locations = one;two\nrecursive_version_locations = true\n", ("c",)
    ),
    "same folder twice": folders("path_separator = ;\nversion_locations = one;./one\n", ("a",)),
    "empty version_locations": Layout({"alembic.ini": INI + "version_locations =\n", **VERSIONS}, ("a",)),
    "pyproject": Layout({"pyproject.toml": TOML, **VERSIONS}, ("a",)),
    "pyproject, here": Layout(
        {"pyproject.toml": "tool.alembic.script_location = '%(here)s/migrations'", **VERSIONS}, ("a",)
    ),
    "pyproject, escaped percent": Layout(
        {"pyproject.toml": "tool.alembic.script_location = '1%%'", "1%/versions/1.py": version("a")}, ("a",)
    ),
    "pyproject, recursive": Layout(
        {"pyproject.toml": TOML + "recursive_version_locations = true\n", **VERSIONS}, ("b",)
    ),
    "pyproject, several": Layout(
        {"pyproject.toml": TOML + "version_locations = ['one', '%(here)s/two']\n", "migrations/env.py": ENV, **FOLDERS},
        ("b",),
    ),
    "pyproject, empty list": Layout({"pyproject.toml": TOML + "version_locations = []\n", **VERSIONS}, ("a",)),
    "ini before pyproject": Layout(
        {
            "alembic.ini": INI,
            "pyproject.toml": "tool.alembic.script_location = 'other'",
            "other/versions/9.py": version("z"),
            **VERSIONS,
        },
        ("a",),
    ),
    "option by option": Layout(
        {
            "alembic.ini": "[alembic]\nversion_locations = one\nrecursive_version_locations = false\n",
            "pyproject.toml": TOML + "version_locations = ['one', 'two']\nrecursive_version_locations = true\n",
            "migrations/env.py": ENV,
            **FOLDERS,
        },
        ("a",),
    ),
    "pyproject completes ini": Layout(
        {"alembic.ini": INI, "pyproject.toml": "[tool.alembic]\nrecursive_version_locations = true\n", **VERSIONS},
        ("b",),
    ),
    "file filter": Layout(
        {
            "alembic.ini": INI + "recursive_version_locations = true\n",
            **VERSIONS,
            "migrations/versions/__init__.py": version("init"),
            "migrations/versions/__init__2.py": version("init2"),
            "migrations/versions/.#1.py": version("lock"),
            "migrations/versions/1.pyc": version("bytecode"),
            "migrations/versions/1.py~": version("backup"),
            "migrations/versions/.hidden.py": version("hidden"),
            "migrations/versions/__pycache__/4.py": version("cache"),
            "migrations/versions/__pycache__/sub/5.py": version("subcache"),
        },
        ("b", "hidden", "subcache"),
    ),
}


@pytest.mark.filterwarnings("ignore:.*path_separator:DeprecationWarning", "ignore:.*loaded twice:UserWarning")
@pytest.mark.parametrize("name", LAYOUTS)
def test_version_files_are_found_where_alembic_finds_them(tmp_path: Path, name: str) -> None:
    """Under every way to configure it, the version files are those Alembic finds when run from the project."""
    files, heads = LAYOUTS[name]
    write(tmp_path, files)
    own = read(tmp_path)
    assert own == ScriptHeads(heads, heads, ())
    assert own == heads_by_alembic(tmp_path)


def test_a_relative_root_is_relative_to_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The project may be named by a relative path."""
    write(tmp_path / "project", LAYOUTS["here"].files)
    monkeypatch.chdir(tmp_path)
    assert read(Path("project")) == ScriptHeads(("a",), ("a",), ())


@pytest.mark.filterwarnings("ignore:.*loaded twice:UserWarning")
def test_the_file_a_link_leads_to_counts(tmp_path: Path) -> None:
    """A version file reached twice counts once, and the file filter looks at the name a link leads to."""
    write(tmp_path, {"alembic.ini": INI, "1.py": version("a"), "2.py": version("b"), "3.txt": version("c")})
    versions = tmp_path / "migrations" / "versions"
    versions.mkdir(parents=True)
    for link, target in {"x.py": "1.py", "y.py": "1.py", "z.txt": "2.py", "w.py": "3.txt"}.items():
        (versions / link).symlink_to(tmp_path / target)
    assert read(tmp_path) == ScriptHeads(("a", "b"), ("a", "b"), ()) == heads_by_alembic(tmp_path)


@pytest.mark.parametrize(("prefix", "encoding"), [("# coding: latin-1\n", "latin-1"), ("\ufeff", "utf-8")])
def test_the_encoding_of_a_version_file_is_that_it_declares(tmp_path: Path, prefix: str, encoding: str) -> None:
    """A version file is decoded as Python does: by byte order mark or coding comment."""
    write(tmp_path, {"alembic.ini": INI, "migrations/versions/README": ""})
    (tmp_path / "migrations/versions/1.py").write_bytes((prefix + version("é")).encode(encoding))
    assert read(tmp_path) == ScriptHeads(("é",), ("é",), ()) == heads_by_alembic(tmp_path)


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"pyproject.toml": "[project]\nname = 'x'\ndependencies = ['alembic']\n"},
        {"pyproject.toml": "[tool.ruff]\nline-length = 120\n"},
        {"pyproject.toml": "not = [toml"},
        {"migrations/versions/1.py": version("a"), "setup.cfg": INI},
    ],
)
def test_a_project_without_alembic_configuration_has_no_script_heads(tmp_path: Path, files: dict[str, str]) -> None:
    """Without alembic.ini and without [tool.alembic] the answer is None, whatever else is there."""
    write(tmp_path, files)
    assert read_script_heads(str(tmp_path)) is None


def test_a_missing_folder_has_no_script_heads(tmp_path: Path) -> None:
    """A root that does not exist holds no Alembic configuration."""
    assert read_script_heads(str(tmp_path / "missing")) is None


class Trouble(NamedTuple):
    """A second version file beside ``1.py`` (revision a), the heads read in spite of it, and the problems told."""

    source: str
    heads: tuple[str, ...]
    problems: tuple[str, ...]
    effective: tuple[str, ...] | None = None


NOT_STR = "2.py: revision is not a literal str"
NOT_NAMES = "2.py: {} is not a literal None, str, or tuple, list or set of str"
TROUBLES = {
    "stray helper": Trouble("def helper():\n    revision = 'x'\n", ("a",), ("2.py: no revision is set",)),
    "empty": Trouble("", ("a",), ("2.py: no revision is set",)),
    "declared only": Trouble("revision: str\ndown_revision = 'a'\n", ("a",), ("2.py: no revision is set",)),
    "syntax error": Trouble("revision = 'b'\nimport =\n", ("a",), ("2.py: syntax error: invalid syntax (line 2)",)),
    "computed revision": Trouble("revision = 'b'.lower()\ndown_revision = 'a'\n", ("a",), (NOT_STR,)),
    "number": Trouble("revision = 12\ndown_revision = 'a'\n", ("a",), (NOT_STR,)),
    "none": Trouble("revision = None\ndown_revision = 'a'\n", ("a",), (NOT_STR,)),
    "unpacked": Trouble("revision, down_revision = 'ba'\n", ("a",), (NOT_STR,)),
    "imported": Trouble("from x import rev as revision\ndown_revision = 'a'\n", ("a",), (NOT_STR,)),
    "function": Trouble("def revision(): ...\ndown_revision = 'a'\n", ("a",), (NOT_STR,)),
    "loop": Trouble("for revision in 'b': ...\ndown_revision = 'a'\n", ("a",), (NOT_STR,)),
    "extended": Trouble("revision = 'b'\nrevision += 'c'\ndown_revision = 'a'\n", ("a",), (NOT_STR,)),
    "deleted": Trouble("revision = 'b'\ndown_revision = 'a'\ndel revision\n", ("a",), (NOT_STR,)),
    "walrus": Trouble("print(revision := 'b')\ndown_revision = 'a'\n", ("a",), (NOT_STR,)),
    "conditional": Trouble(
        version("b") + "if print:\n    down_revision = 'a'\n", ("a", "b"), (NOT_NAMES.format("down_revision"),)
    ),
    "name": Trouble(
        "parent = 'a'\nrevision = 'b'\ndown_revision = parent\n", ("a", "b"), (NOT_NAMES.format("down_revision"),)
    ),
    "computed member": Trouble(
        version("b") + "down_revision = ('a', str())\n", ("a", "b"), (NOT_NAMES.format("down_revision"),)
    ),
    "unhashable": Trouble(version("b") + "down_revision = {[]}\n", ("a", "b"), (NOT_NAMES.format("down_revision"),)),
    "number parent": Trouble(version("b", 1), ("a", "b"), (NOT_NAMES.format("down_revision"),)),
    "number member": Trouble(version("b", ("a", 1)), ("a", "b"), (NOT_NAMES.format("down_revision"),)),
    "mapping": Trouble(version("b", {"a": 1}), ("a", "b"), (NOT_NAMES.format("down_revision"),)),
    "computed dependency": Trouble(
        version("b", "a") + "depends_on = print()\n", ("b",), (NOT_NAMES.format("depends_on"),)
    ),
    "computed label": Trouble(
        version("b", "a") + "branch_labels = print()\n", ("b",), (NOT_NAMES.format("branch_labels"),)
    ),
    "no down_revision": Trouble("revision = 'b'\n", ("a", "b"), ("2.py: no down_revision is set",)),
    "missing parent": Trouble(version("b", ("a", "x")), ("b",), ("2.py: down_revision 'x' is in no version file",)),
    "parent by label": Trouble(
        version("b", "label"), ("a", "b"), ("2.py: down_revision 'label' is in no version file",)
    ),
    "empty parent": Trouble(version("b", ""), ("a", "b"), ("2.py: down_revision '' is in no version file",)),
    "missing dependency": Trouble(
        version("b", depends_on="x"), ("a", "b"), ("2.py: depends_on 'x' is in no version file",)
    ),
    "duplicate": Trouble(
        version("a", "a"),
        (),
        ("2.py: revision 'a' is also that of 1.py", "the revisions 'a' (2.py), 'a' (2.py) form a cycle"),
    ),
    "duplicate base": Trouble(version("a"), ("a",), ("2.py: revision 'a' is also that of 1.py",)),
    "own parent": Trouble(version("b", "b"), ("a",), ("the revisions 'b' (2.py), 'b' (2.py) form a cycle",)),
    "own dependency": Trouble(
        version("b", depends_on="own", branch_labels="own"),
        ("a", "b"),
        ("the revisions 'b' (2.py), 'b' (2.py) form a cycle",),
        ("a",),
    ),
    "illegal characters": Trouble(
        version("b@-c", "a"), ("b@-c",), ("2.py: revision 'b@-c' contains - @, which Alembic does not allow",)
    ),
    "label is a revision": Trouble(
        version("b", branch_labels=["a"], depends_on="a"),
        ("a", "b"),
        ("2.py: branch label 'a' is already used by 1.py",),
        ("b",),
    ),
    "label twice": Trouble(
        version("b", branch_labels="label"), ("a", "b"), ("2.py: branch label 'label' is already used by 1.py",)
    ),
}


@pytest.mark.parametrize("name", TROUBLES)
def test_what_a_version_file_does_not_tell_is_a_problem(tmp_path: Path, name: str) -> None:
    """A version file Alembic would reject or have to execute is a problem naming it, and the others are still read."""
    trouble = TROUBLES[name]
    first = version("a", branch_labels="label")
    write(tmp_path, {"alembic.ini": INI, "migrations/versions/1.py": first, "migrations/versions/2.py": trouble.source})
    found = read(tmp_path)
    assert (found.heads, found.effective_heads) == (trouble.heads, trouble.effective or trouble.heads)
    assert tuple(text.replace("migrations/versions/", "") for text in found.problems) == trouble.problems


def test_a_partial_dependency_is_a_problem_as_it_is_an_error_in_alembic(tmp_path: Path) -> None:
    """A partial revision in depends_on, which Alembic resolves on its command line only, is a problem."""
    versions = {
        "migrations/versions/1.py": version("abcdef"),
        "migrations/versions/2.py": version("b", depends_on="abcd"),
    }
    write(tmp_path, {"alembic.ini": INI, **versions})
    message = "migrations/versions/2.py: depends_on 'abcd' is in no version file"
    assert read(tmp_path) == ScriptHeads(("abcdef", "b"), ("abcdef", "b"), (message,))
    with pytest.raises(KeyError, match="abcd"):
        heads_by_alembic(tmp_path)


def test_a_cycle_is_a_problem_naming_its_files(tmp_path: Path) -> None:
    """Revisions that descend from each other are a problem, and the heads outside of the cycle are still read."""
    cycle = {"migrations/versions/2.py": version("b", "c"), "migrations/versions/3.py": version("c", "b")}
    write(tmp_path, {"alembic.ini": INI, "migrations/versions/1.py": version("a"), **cycle})
    found = read(tmp_path)
    (text,) = found.problems
    assert found.heads == ("a",)
    assert all(
        part in text for part in ("'b' (migrations/versions/2.py)", "'c' (migrations/versions/3.py)", "form a cycle")
    )


@pytest.mark.parametrize("link", [True, False])
def test_what_is_no_regular_file_is_a_problem(tmp_path: Path, *, link: bool) -> None:
    """A dangling link or a pipe among the version files is a problem, and is not waited for."""
    write(tmp_path, LAYOUTS["default"].files)
    path = tmp_path / "migrations" / "versions" / "2.py"
    if link:
        path.symlink_to("missing.py")
    else:
        os.mkfifo(path)
    assert read(tmp_path) == ScriptHeads(("a",), ("a",), ("migrations/versions/2.py: not a regular file",))


@pytest.mark.parametrize(
    ("file", "heads"), [("migrations/versions/1.py", ("z",)), ("alembic.ini", ()), ("pyproject.toml", ("a", "z"))]
)
def test_an_unreadable_file_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, heads: tuple[str, ...]
) -> None:
    """A file that may not be opened is a problem with the system's reason, and the others are still read."""
    versions = {"migrations/versions/1.py": version("a"), "migrations/versions/2.py": version("z")}
    write(tmp_path, {"alembic.ini": INI, "pyproject.toml": "", **versions})
    real_open = builtins.open

    def closed(name: str, *args: str, **options: str) -> object:
        if name == str(tmp_path / file):
            raise PermissionError(13, "Permission denied", name)
        return real_open(name, *args, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(builtins, "open", closed)
    assert read(tmp_path) == ScriptHeads(heads, heads, (f"{file}: Permission denied",))


def test_warnings_about_a_version_file_are_not_its_problem(tmp_path: Path) -> None:
    """A doubtful escape sequence does not matter, even where warnings are errors."""
    write(tmp_path, {"alembic.ini": INI, "migrations/versions/1.py": version("a") + "pattern = '\\d'\n"})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read(tmp_path) == ScriptHeads(("a",), ("a",), ())


def test_null_bytes_are_a_problem(tmp_path: Path) -> None:
    """A version file with null bytes, which Python rejects with different errors by version, is a problem."""
    write(tmp_path, {"alembic.ini": INI, "migrations/versions/1.py": "revision = 'a'\0"})
    found = read(tmp_path)
    (text,) = found.problems
    assert found.heads == ()
    assert "null bytes" in text


def test_a_file_name_is_shown_printable(tmp_path: Path) -> None:
    """A line break or escape character in a file's name is escaped in the problem's text."""
    write(tmp_path, {"alembic.ini": INI, "migrations/versions/\x1b[2J\n.py": ""})
    assert read(tmp_path).problems == (r"'migrations/versions/\x1b[2J\n.py': no revision is set",)


CONFIG_TROUBLES = {
    "no section": (
        {"alembic.ini": "[other]\n"},
        "neither alembic.ini nor pyproject.toml has a readable script_location",
    ),
    "no location": (
        {"alembic.ini": "[alembic]\n"},
        "neither alembic.ini nor pyproject.toml has a readable script_location",
    ),
    "pyproject, no location": (
        {"pyproject.toml": "[tool.alembic]\n"},
        "neither alembic.ini nor pyproject.toml has a readable script_location",
    ),
    "no ini": ({"alembic.ini": "script_location = migrations\n"}, "alembic.ini: File contains no section headers."),
    "interpolation": (
        {"alembic.ini": "[alembic]\nscript_location = %(there)s\n"},
        "alembic.ini: Bad value substitution",
    ),
    "not toml": ({"pyproject.toml": TOML + "x ="}, "pyproject.toml: "),
    "deep toml": ({"pyproject.toml": TOML + "x = " + "[" * 10_000}, "pyproject.toml: "),
    "not text": ({"pyproject.toml": TOML}, "pyproject.toml: 'utf-8' codec can't decode"),
    "unknown token": (
        {"pyproject.toml": "tool.alembic.script_location = '%(there)s'"},
        "pyproject.toml: script_location: '%(there)s' cannot be expanded: 'there'",
    ),
    "lone percent": (
        {"pyproject.toml": "tool.alembic.script_location = '1%'"},
        "pyproject.toml: script_location: '1%' cannot be expanded: incomplete format",
    ),
    "number": (
        {"pyproject.toml": "tool.alembic.script_location = 1"},
        "pyproject.toml: script_location: 1 is not a str",
    ),
    "not a list": (
        {"pyproject.toml": TOML + "version_locations = 'one'"},
        "pyproject.toml: version_locations: 'one' is not a list",
    ),
    "not a list of str": (
        {"pyproject.toml": TOML + "version_locations = [1]"},
        "pyproject.toml: version_locations: [1] cannot be expanded: unsupported operand",
    ),
    "not a bool": (
        {"pyproject.toml": TOML + "recursive_version_locations = 'true'"},
        "pyproject.toml: recursive_version_locations: 'true' is not a bool",
    ),
    "separator": (
        {"alembic.ini": INI + "path_separator = ,\nversion_locations = one,two\n"},
        "alembic.ini: path_separator: ',' is none of space, newline, os, :, ;",
    ),
    "package": (
        {
            "alembic.ini": "[alembic]\nscript_location = shop:migrations\n",
            "shop/migrations/versions/1.py": version("a"),
        },
        "script_location: 'shop:migrations' names a package, which would have to be imported",
    ),
    "missing folder": ({"alembic.ini": INI}, "script_location: migrations does not exist"),
}


@pytest.mark.parametrize("name", CONFIG_TROUBLES)
def test_a_configuration_that_names_no_folder_is_a_problem(tmp_path: Path, name: str) -> None:
    """A configuration that cannot be read or does not lead to a folder yields no heads and one problem saying why."""
    files, message = CONFIG_TROUBLES[name]
    write(tmp_path, files)
    if name == "not text":
        (tmp_path / "pyproject.toml").write_bytes(TOML.encode() + b"x = '\xff'")
    found = read(tmp_path)
    (text,) = found.problems
    assert (found.heads, found.effective_heads) == ((), ())
    assert text.startswith(message)


def test_a_broken_pyproject_does_not_hide_the_ini(tmp_path: Path) -> None:
    """With a complete alembic.ini, an unreadable pyproject.toml is a problem only."""
    write(tmp_path, {"alembic.ini": INI, "pyproject.toml": "alembic = [", **VERSIONS})
    found = read(tmp_path)
    assert found.heads == ("a",)
    assert [text.split(":")[0] for text in found.problems] == ["pyproject.toml"]


def test_a_package_among_several_locations_is_a_problem(tmp_path: Path) -> None:
    """Beside a location inside a package, which is a problem, the other locations are read."""
    write(tmp_path, folders("path_separator = ;\nversion_locations = shop:versions;one\n").files)
    message = "version_locations: 'shop:versions' names a package, which would have to be imported"
    assert read(tmp_path) == ScriptHeads(("a",), ("a",), (message,))


def test_a_location_that_is_no_folder_is_a_problem(tmp_path: Path) -> None:
    """A file in place of a version folder is a problem with the system's reason."""
    write(tmp_path, {"alembic.ini": INI, "migrations/versions": ""})
    assert read(tmp_path) == ScriptHeads((), (), ("migrations/versions: Not a directory",))


def test_an_unreadable_folder_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that may not be listed is a problem with the system's reason, and the others are still read."""
    write(tmp_path, LAYOUTS["recursive"].files)
    closed = str(tmp_path / "migrations" / "versions" / "sub")
    real_scandir = os.scandir

    def scandir(path: str) -> object:
        if str(path) == closed:
            raise PermissionError(13, "Permission denied", path)
        return real_scandir(path)

    with monkeypatch.context() as patched:
        patched.setattr(os, "scandir", scandir)
        found = read_script_heads(str(tmp_path))
    assert found == ScriptHeads(("a",), ("a",), ("migrations/versions/sub: Permission denied",))


def test_problems_are_told_in_the_order_of_names(tmp_path: Path) -> None:
    """Whatever order the file system lists them in, files and folders are read in the order of their names."""
    names = [f"{folder}/{file}.py" for folder in "fbdaegc" for file in "zxy"]
    options = INI + "recursive_version_locations = true\n"
    write(tmp_path, {"alembic.ini": options, **{f"migrations/versions/{name}": "" for name in names}})
    expected = [f"migrations/versions/{name}: no revision is set" for name in sorted(names)]
    assert read(tmp_path).problems == tuple(expected)


def test_sourceless_projects_are_read_as_far_as_there_is_source(tmp_path: Path) -> None:
    """Under ``sourceless``, that bytecode is not read is a problem."""
    write(tmp_path, {"alembic.ini": INI + "sourceless = true\n", **VERSIONS})
    message = "sourceless is set: version files that exist as bytecode only are not read"
    assert read(tmp_path) == ScriptHeads(("a",), ("a",), (message,))


FRAGMENTS = st.sampled_from(
    [
        *(
            "[alembic]\n",
            "[tool.alembic]\n",
            "script_location",
            "version_locations",
            "path_separator",
            "%(here)s",
            "%(",
            "%",
        ),
        *(
            " = ",
            "'",
            '"',
            "\n",
            " ",
            "migrations",
            ":",
            ";",
            "[",
            "]",
            "{",
            "}",
            "(",
            ")",
            "true",
            "os",
            "\0",
            "\ufeff",
        ),
        *(
            "revision",
            "down_revision",
            "depends_on",
            "branch_labels",
            "'a'",
            "'b'",
            "1",
            "def ",
            "import ",
            "for ",
            "# coding: rot13\n",
        ),
    ]
)
SOURCES = st.one_of(st.binary(max_size=40), st.lists(FRAGMENTS, max_size=12).map(lambda parts: "".join(parts).encode()))


@settings(deadline=None, max_examples=300)
@given(ini=SOURCES, toml=SOURCES, source=SOURCES)
def test_nothing_in_a_project_makes_reading_it_raise(ini: bytes, toml: bytes, source: bytes) -> None:
    """Whatever its files hold, reading a project returns, and a good version file in it is read."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write(root, {"alembic.ini": INI, "migrations/versions/1.py": version("a")})
        (root / "migrations/versions/2.py").write_bytes(source)
        assert read(root).heads != ()
        (root / "alembic.ini").write_bytes(ini)
        (root / "pyproject.toml").write_bytes(b"alembic = 1\n" + toml)
        assert isinstance(read(root), ScriptHeads)


@pytest.mark.parametrize(
    "source", ["revision = " + "-" * 50_000 + "1", "revision = " + "(" * 50_000, "x = 1" + "+1" * 50_000]
)
def test_deep_nesting_is_a_problem_only(tmp_path: Path, source: str) -> None:
    """An expression too deep for the parser or the evaluation is a problem of its file."""
    write(tmp_path, {"alembic.ini": INI, "migrations/versions/1.py": version("a"), "migrations/versions/2.py": source})
    found = read(tmp_path)
    assert found.heads == ("a",)
    assert [text.split(":")[0] for text in found.problems] == ["migrations/versions/2.py"]


def test_importing_the_module_imports_next_to_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The module's import takes no module but those every interpreter starts with."""
    spec = importlib.util.spec_from_file_location("alembic_heads_again", alembic_heads.__file__)
    assert spec is not None
    assert spec.loader is not None
    imported = []
    real_import = builtins.__import__

    def record(name: str, importer: dict[str, object] | None = None, *args: object) -> object:
        if importer and importer["__name__"] == "alembic_heads_again":
            imported.append(name)
        return real_import(name, importer, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", record)
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
    assert imported == ["__future__", "os"]


def test_script_heads_are_equal_by_value() -> None:
    """Script heads are values: equal, hashed and shown by their three tuples."""
    one = ScriptHeads(("a", "b"), ("b",), ("p",))
    assert one == ScriptHeads(("a", "b"), ("b",), ("p",))
    assert len({one, ScriptHeads(("a", "b"), ("b",), ("p",))}) == 1
    assert all(one != other for other in (ScriptHeads(("a",), ("b",), ("p",)), ScriptHeads(("a", "b"), ("a",), ("p",))))
    assert one != ScriptHeads(("a", "b"), ("b",), ())
    assert one != (("a", "b"), ("b",), ("p",))
    assert repr(one) == "ScriptHeads(heads=('a', 'b'), effective_heads=('b',), problems=('p',))"
