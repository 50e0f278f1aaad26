"""`Project.load`: the keys of `[tool.ci-accel]` in pyproject.toml, and the error for each mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ci_accel import Project
from tests.support.checkout import Checkout, dump

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.every_python, pytest.mark.timeout(600)]

TEMPLATE = """
[tool.ci-accel.template]
inputs = ["schema", "build_db.py"]
build = ["python", "build_db.py", "{db}"]
"""

WHOLE = (
    TEMPLATE
    + """
path = "build/shop.db"
env = { FLAVOUR = "sweet" }
exclude = ["schema/*.bak"]
exclude-env = ["HOME"]
programs = ["sqlite3"]
values = { seed = "1" }
trace = false
env-var = "SHOP_DB"
store = "build/store"
lock-timeout = 5
"""
)


def load(root: Path, text: str | bytes) -> Project:
    """Write pyproject.toml and load the project."""
    (root / "pyproject.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    return Project.load(root)


def test_template(checkout: Checkout) -> None:
    """The template has the defaults of the constructor, and works from any working directory."""
    project = load(checkout.root, TEMPLATE)
    assert project.root == str(checkout.root)
    template = project.template
    assert template is project.template
    assert (template.path, template.store) == ("build/.template-migrated.db", "build/ci-accel/template")
    assert (template.trace, template.env_var, template.lock_timeout, template.root) == (True, None, None, project.root)
    assert [template.ensure().status, project.template.ensure().status] == ["miss", "hit"]
    assert dump(checkout.plain) == checkout.rebuild()
    assert checkout.template(build=["python", "build_db.py", "{db}"], trace=True).ensure()


def test_every_key(checkout: Checkout) -> None:
    """Each argument of TemplateDB has a key, with dashes."""
    template = load(checkout.root, WHOLE).template
    given: dict[str, Any] = {
        "path": "build/shop.db",
        "inputs": ("schema", "build_db.py"),
        "build": ("python", "build_db.py", "{db}"),
        "env": {"FLAVOUR": "sweet"},
        "exclude": ("schema/*.bak",),
        "exclude_env": ("HOME",),
        "programs": ("sqlite3",),
        "values": {"seed": "1"},
        "root": str(checkout.root),
        "trace": False,
        "env_var": "SHOP_DB",
        "store": "build/store",
        "lock_timeout": 5,
    }
    assert {name: getattr(template, name) for name in given} == given
    assert template.ensure().status == "miss"
    assert (checkout.root / "build" / "shop.db").exists()


@pytest.mark.parametrize("root", [".", "shop", "shop/../shop/", "absolute", "path"])
def test_root(checkout: Checkout, root: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The root may have any spelling, and later changes of the working directory do not matter."""
    (checkout.root / "pyproject.toml").write_text(TEMPLATE, encoding="utf-8")
    monkeypatch.chdir(checkout.root if root == "." else checkout.root.parent)
    spellings: dict[str, str | Path] = {"absolute": str(checkout.root), "path": checkout.root}
    project = Project.load(spellings.get(root, root))
    monkeypatch.chdir("/")
    assert project.root == str(checkout.root)
    assert project.template.ensure().status == "miss"
    assert checkout.plain.exists()


def test_tables_of_other_tools_are_ignored(checkout: Checkout) -> None:
    """Only `[tool.ci-accel]` is checked."""
    assert load(checkout.root, f"[project]\nname = 'x'\n[tool.other]\na = 1\n{TEMPLATE}").template.inputs


@pytest.mark.parametrize("name", ["pycache", "install", "workflow"])
@pytest.mark.parametrize("content", ["[tool.ci-accel.{}]", "[tool.ci-accel.{}]\na = 1", "[tool.ci-accel]\n{} = true"])
def test_a_table_of_a_part_that_does_not_exist(checkout: Checkout, name: str, content: str) -> None:
    """A table that this version would ignore is an error, also when it is empty."""
    with pytest.raises(ValueError, match=r"pyproject\.toml: ") as raised:
        load(checkout.root, f"{TEMPLATE}{content.format(name)}" if "= true" not in content else content.format(name))
    problem = f"[tool.ci-accel.{name}]: this version of ci-accel has no {name} part; remove the table"
    assert str(raised.value) == f"{checkout.root / 'pyproject.toml'}: {problem}"


NO_TEMPLATE = ["", "[project]\nname = 'x'", "[tool.other]\na = 1", "[tool.ci-accel]"]


@pytest.mark.parametrize("text", NO_TEMPLATE)
def test_no_template(checkout: Checkout, text: str) -> None:
    """A project without the table can be loaded; using its template is an error with the keys to add."""
    project = load(checkout.root, text)
    with pytest.raises(
        ValueError, match=r"\[tool\.ci-accel\.template\] is missing; add it with inputs and build"
    ) as raised:
        _ = project.template
    assert str(raised.value).startswith(f"{checkout.root / 'pyproject.toml'}: ")


def table(**changes: str) -> str:
    """Return the template's table with some keys changed."""
    keys = {
        "inputs": '["schema"]',
        "build": '["{db}"]',
        **{key.replace("_", "-"): text for key, text in changes.items()},
    }
    return "[tool.ci-accel.template]\n" + "".join(f"{key} = {text}\n" for key, text in keys.items() if text)


WRONG: dict[str, tuple[str | bytes, tuple[str, ...]]] = {
    "not TOML": ("inputs = ", ("not valid TOML",)),
    "duplicate key": (table() + "inputs = []\n", ("not valid TOML",)),
    "not UTF-8": (b"# caf\xe9\n", ("not valid TOML", "UTF-8")),
    "tool is not a table": ("tool = 3", ("tool", "table")),
    "ci-accel is not a table": ("[tool]\nci-accel = 3", ("ci-accel", "table")),
    "template is not a table": ("[tool.ci-accel]\ntemplate = 3", ("template", "table")),
    "template is a list": ("[[tool.ci-accel.template]]", ("template", "table")),
    "unknown table": ("[tool.ci-accel.templates]", ("[tool.ci-accel]", "'templates'", "template, coverage")),
    "unknown key": (table(input='"x"'), ("[tool.ci-accel.template]", "'input'", "inputs, build")),
    "underscore": ("[tool.ci-accel.template]\nenv_var = 'x'", ("'env_var'", "env-var")),
    "root": (table(root='"."'), ("'root'",)),
    **{
        f"{key} of a wrong kind": (table(**{key.replace("-", "_"): text}), (f"{key} has to be {kind}, not ",))
        for key, text, kind in [
            ("path", "1", "a string"),
            ("inputs", '"schema"', "a list of strings"),
            ("inputs", '["schema", 1]', "a list of strings"),
            ("inputs", '[["schema"]]', "a list of strings"),
            ("build", '"python x.py {db}"', "a list of strings"),
            ("env", '["A=1"]', "a table of strings"),
            ("env", "{ A = 1 }", "a table of strings"),
            ("exclude", "{}", "a list of strings"),
            ("exclude-env", '"HOME"', "a list of strings"),
            ("programs", "true", "a list of strings"),
            ("values", '"x"', "a table of strings"),
            ("trace", '"no"', "true or false"),
            ("trace", "0", "true or false"),
            ("env-var", "[]", "a string"),
            ("store", "2026-11-21", "a string"),
            ("lock-timeout", '"5"', "a number"),
            ("lock-timeout", "true", "a number"),
        ]
    },
}
"""Documents that cannot be loaded, by their mistake, with words of the error."""


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_document(checkout: Checkout, wrong: str) -> None:
    """A mistake is a ValueError with the file, the key and the expected type."""
    text, words = WRONG[wrong]
    with pytest.raises(ValueError, match="pyproject") as raised:
        load(checkout.root, text)
    message = str(raised.value)
    assert message.startswith(f"{checkout.root / 'pyproject.toml'}: ")
    for word in words:
        assert word in message


REFUSED: dict[str, tuple[str, str]] = {
    "no inputs": (table(inputs=""), "add the missing inputs"),
    "no build": (table(build=""), "add the missing build"),
    "neither": (table(inputs="", build="", trace="false"), "add the missing inputs and build"),
    "empty inputs": (table(inputs="[]"), "inputs is empty"),
    "no placeholder": (table(build='["make-it"]'), "{db}"),
    "negative timeout": (table(lock_timeout="-1"), "timeout"),
    "endless timeout": (table(lock_timeout="inf"), "timeout"),
    "no timeout": (table(lock_timeout="nan"), "timeout"),
    "huge timeout": (table(lock_timeout="1e300"), "timeout"),
}
"""Tables with values that TemplateDB rejects."""


@pytest.mark.parametrize("refused", REFUSED)
def test_refused_template(checkout: Checkout, refused: str) -> None:
    """The error for a value that TemplateDB rejects has the file and the table."""
    text, words = REFUSED[refused]
    with pytest.raises(ValueError, match="pyproject") as raised:
        _ = load(checkout.root, text).template
    assert str(raised.value).startswith(f"{checkout.root / 'pyproject.toml'}: [tool.ci-accel.template]")
    assert words in str(raised.value)


def test_no_document(tmp_path: Path) -> None:
    """A missing or unreadable pyproject.toml is an OSError that names it."""
    with pytest.raises(FileNotFoundError) as missing:
        Project.load(tmp_path)
    assert missing.value.filename == str(tmp_path / "pyproject.toml")
    (tmp_path / "pyproject.toml").mkdir()
    with pytest.raises(IsADirectoryError):
        Project.load(tmp_path)


COVERAGE = """
[tool.ci-accel.coverage]
directory = "build/measured"
sources = ["src"]
items = ["features/**/*.feature"]
omit = ["src/generated/*"]
inputs = ["features/**/*.py"]
tool = "slipcover"
fail-under = 97.5
"""


def test_coverage(checkout: Checkout) -> None:
    """The coverage has the values of the table, and is the same object each time."""
    coverage = load(checkout.root, COVERAGE).coverage
    declared = (coverage.directory, coverage.sources, coverage.items, coverage.omit, coverage.inputs)
    assert declared == (
        "build/measured",
        ("src",),
        ("features/**/*.feature",),
        ("src/generated/*",),
        ("features/**/*.py",),
    )
    assert (coverage.tool, coverage.fail_under) == ("slipcover", 97.5)
    project = load(checkout.root, COVERAGE)
    assert project.coverage is project.coverage


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "[tool.ci-accel.coverage] is missing; add it with sources"),
        ("[tool.ci-accel.coverage]\nitems = ['a']\n", "[tool.ci-accel.coverage]: add the missing sources"),
        ("[tool.ci-accel.coverage]\nsources = []\n", "[tool.ci-accel.coverage]: sources is empty"),
        ("[tool.ci-accel.coverage]\nsources = ['a']\ntool = 'b'\n", "[tool.ci-accel.coverage]: tool is 'b'"),
    ],
)
def test_coverage_that_is_not_declared(checkout: Checkout, text: str, words: str) -> None:
    """The error names the file, the table and the missing keys."""
    project = load(checkout.root, text)
    with pytest.raises(ValueError) as raised:  # noqa: PT011 - its words are looked at below
        _ = project.coverage
    assert str(raised.value).startswith(f"{checkout.root / 'pyproject.toml'}: ")
    assert words in str(raised.value)


@pytest.mark.parametrize("key", ["source", "fail_under"])
def test_an_unknown_key_of_coverage(checkout: Checkout, key: str) -> None:
    """A slip of the pen is told at once, with the keys that there are."""
    with pytest.raises(
        ValueError, match=rf"\[tool\.ci-accel\.coverage\] has an unknown key '{key}'; it takes directory, sources"
    ):
        load(checkout.root, f"[tool.ci-accel.coverage]\n{key} = 1\n")
