"""The files that inputs and excludes select, in any spelling, and the errors of inputs that select none."""

from __future__ import annotations

import logging
import os
import posixpath
import re
from pathlib import Path

import pytest

from tests.support.file_trees import RAW, require_names, write
from tests.support.fingerprint_engines import Engine, accelerated, both, outcome

# Selection


@both
@pytest.mark.parametrize(
    "name", ["a[1", "[", "[!", "[a", "{", "a{b", "{a,", "x]y", "}", "[1]", "{a}", "a,b", "!a", "^", "\\"]
)
def test_name_with_glob_letters(engine: Engine, name: str, tmp_path: Path) -> None:
    """A file or folder that exists can be declared and excluded by its name, even if the name is not a valid glob."""
    write(tmp_path, {f"file/{name}": "1", f"folder/{name}/x.sql": "2", "other.sql": "3"})
    assert engine([f"file/{name}"], root=tmp_path).files.keys() == {f"file/{name}"}
    assert engine([f"folder/{name}"], root=tmp_path).files.keys() == {f"folder/{name}/x.sql"}
    assert engine([f"folder/{name}/x.sql"], root=tmp_path).files.keys() == {f"folder/{name}/x.sql"}
    rest = engine(["."], root=tmp_path, exclude=[f"file/{name}", f"folder/{name}"])
    assert rest.files.keys() == {"other.sql"}


@both
def test_a_glob_matches_although_its_own_name_is_excluded(engine: Engine, tmp_path: Path) -> None:
    """A pattern that also names an excluded file still selects the other files it matches."""
    for name in ("a", "[a]"):
        (tmp_path / name).write_text(name)
    (tmp_path / "link").symlink_to(".")
    assert set(engine(["link/[a]"], root=tmp_path, exclude=["link/**"]).files) == {"a", "link"}


@both
@pytest.mark.parametrize("pattern", [".", "app", "**", "*", "app/x.pyc", "app/x.pyc/**", "**/*.txt"])
def test_folder_named_like_bytecode(engine: Engine, pattern: str, tmp_path: Path) -> None:
    """A folder whose name ends in .pyc is not a bytecode file, so the files in it count."""
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
    """A question mark matches one byte of a name, which is one character in ASCII only."""
    require_names(tmp_path, "\u00e91")
    write(tmp_path, {"\u00e91": "1", "\u00ea2": "2", "f3": "3"})
    assert set(outcome(engine, [pattern], root=tmp_path).files) == expected


@both
@pytest.mark.parametrize(
    ("pattern", "exclude"), [("*", "?"), ("*.sql", "?.sql"), ("**", "[*]*"), ("{ab,x}.sql", "{[{]*,x}")]
)
def test_excludes_are_about_files(engine: Engine, pattern: str, exclude: str, tmp_path: Path) -> None:
    """An exclude that matches the text of an input, but not a file, excludes nothing."""
    write(tmp_path, {"ab.sql": "1"})
    assert engine([pattern], root=tmp_path, exclude=[exclude]).files.keys() == {"ab.sql"}


# Fault 3, inputs that select no file


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
    """An input that selects no file is a ValueError with the pattern and the root, also beside other inputs."""
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
    """An input that cannot be a file name is a ValueError, as any other that selects no file."""
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
    """An input of which every file is excluded is a ValueError with the pattern and the root."""
    write(tmp_path, {"db/a.sql": "1"})
    with pytest.raises(ValueError, match=re.escape(pattern)) as caught:
        engine([pattern], root=tmp_path, exclude=[exclude])
    assert str(tmp_path.resolve()) in str(caught.value)


@both
@pytest.mark.parametrize("pattern", ["..", "../a.sql", "db/../../a.sql", "/", "/a.sql", "../*", "db/../../**"])
def test_F03_input_outside_the_root(engine: Engine, pattern: str, tmp_path: Path) -> None:
    """An input outside of the root is a ValueError that names it, even if it exists."""
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
    """A link on the way is not a selected file: an input behind it that selects no file is a ValueError."""
    write(tmp_path, {"db/a.sql": "1"})
    (tmp_path / "db" / "empty").mkdir()
    (tmp_path / "link").symlink_to("db")
    (tmp_path / "file-link").symlink_to("db/a.sql")
    with pytest.raises(ValueError, match=re.escape(pattern)):
        engine([pattern], root=tmp_path, exclude=[exclude])


@both
def test_F03_a_used_input_is_not_an_error(engine: Engine, tmp_path: Path) -> None:
    """An input may select files that another input has selected already."""
    write(tmp_path, {"db/a.sql": "1"})
    assert engine(["db", "db/a.sql", "**/*.sql"], root=tmp_path).digest == engine(["db"], root=tmp_path).digest


# Fault 8, names that are not UTF-8


@both
@pytest.mark.parametrize("pattern", [".", "**/*.sql", "q", "q/*.sql"])
def test_F08_names_that_are_not_utf8(engine: Engine, pattern: str, tmp_path: Path) -> None:
    """Names that a lossy conversion would merge stay distinct, are spelled as by os.fsdecode, and count."""
    names = [os.fsdecode(name) for name in (b"\xff.sql", b"\xfe.sql", b"\xc3.sql")]
    require_names(tmp_path, *names)
    write(tmp_path, {f"q/{name}": str(index) for index, name in enumerate([*names, "\ufffd.sql"])})
    before = outcome(engine, [pattern], root=tmp_path)
    assert before.files.keys() == {f"q/{name}" for name in (*names, "\ufffd.sql")}
    assert len(set(before.files.values())) == len(before.files)
    (tmp_path / "q" / names[0]).rename(tmp_path / "q" / os.fsdecode(b"\xfd.sql"))
    assert outcome(engine, [pattern], root=tmp_path).digest != before.digest


@both
def test_F08_inputs_that_are_not_utf8(engine: Engine, tmp_path: Path) -> None:
    """A name that is not UTF-8 can be declared and excluded, and is named if it is missing."""
    name = os.fsdecode(b"q/\xff.sql")
    require_names(tmp_path, posixpath.basename(name))
    write(tmp_path, {name: "1", "q/b.sql": "2"})
    assert engine([name], root=tmp_path).files.keys() == {name}
    assert engine([Path(name)], root=tmp_path).files.keys() == {name}
    assert engine(["q"], root=tmp_path, exclude=[name]).files.keys() == {"q/b.sql"}
    with pytest.raises(ValueError, match="gone"):
        engine([f"{name}-gone"], root=tmp_path)


@both
def test_F08_glob_letters_in_names_that_are_not_utf8(engine: Engine, tmp_path: Path) -> None:
    """A name that is not UTF-8 and has glob characters can be declared and excluded."""
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
def test_F09_twins_give_a_warning(names: tuple[str, str], tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Names that would collide on other file systems give a warning; other names do not."""
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
    """Every spelling of an input or exclude, as string or path, gives the same paths and the same digest."""
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
