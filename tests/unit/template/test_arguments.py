"""The arguments of ``TemplateDB``: unusual names, wrong values, and interpreters that do not answer."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ci_accel import TemplateDB
from tests.support.checkout import ISOLATED, Checkout, dump

pytestmark = [pytest.mark.every_python, pytest.mark.timeout(600)]


# Unusual names


ODD_NAMES = [
    b"with space.sql",
    b"quote'\".sql",
    b"percent%20.sql",
    b"hash#.sql",
    b"question?.sql",
    b"star*[a]{b}.sql",
    b"line\nbreak.sql",
    b"-leading.sql",
    b"latin\xe9.sql",
    "\N{SNOWMAN}.sql".encode(),
    b"file:x?mode=rwc",
]


@pytest.mark.parametrize("place", ["inputs", "root"])
@pytest.mark.parametrize("name", [os.fsdecode(name) for name in ODD_NAMES], ids=[repr(name) for name in ODD_NAMES])
def test_odd_names(tmp_path: Path, place: str, name: str) -> None:
    """With any bytes in the path of an input or of the root, the database is built, reused, cloned and rebuilt."""
    checkout = Checkout(tmp_path / (name if place == "root" else "shop"))
    file = f"schema/{name}" if place == "inputs" else "schema/2.sql"
    checkout.write({file: "CREATE TABLE odd (x);"})
    template = checkout.template(inputs=["schema", file, "build_db.py"])
    assert [template.ensure().status, template.ensure().status] == ["miss", "hit"]
    expected = checkout.rebuild()
    assert "CREATE TABLE odd (x);" in expected
    assert dump(template.database) == dump(template.clone(checkout.root / "a" / name)) == expected
    assert TemplateDB.open(checkout.plain).digest == template.digest
    checkout.write({file: "CREATE TABLE even (x);"})
    outcome = template.ensure()
    assert outcome.status == "miss"
    assert outcome.reasons[0].endswith(" changed")
    assert dump(template.database) == checkout.rebuild()
    assert "\n" not in str(outcome)


@pytest.mark.parametrize("where", ["build", "values", "env"])
def test_names_that_are_not_utf8_in_arguments(checkout: Checkout, where: str) -> None:
    """A path that is not UTF-8 is accepted in every argument."""
    odd = os.fsdecode(b"b\xff.py")
    shutil.copyfile(checkout.root / "build_db.py", checkout.root / odd)
    arguments: dict[str, Any] = {"build": [*ISOLATED, odd, "{db}"], "values": {"at": odd}, "env": {"FLAVOUR": odd}}
    template = checkout.template(**{where: arguments[where]})
    assert [template.ensure().status, template.ensure().status] == ["miss", "hit"]


@pytest.mark.parametrize("where", ["build", "values", "env"])
def test_names_that_are_not_utf8_are_distinct(checkout: Checkout, where: str) -> None:
    """An argument that is not UTF-8 differs from every text that looks like its escaped form."""
    texts = [
        os.fsdecode(b"a\xff"),
        repr(b"a\xff"),
        "a\\udcff",
        "a\\xff",
        os.fsdecode(b"a\xfe"),
        "a\N{REPLACEMENT CHARACTER}",
    ]
    arguments: dict[str, dict[str, Any]] = {}
    for text in texts:
        build = [*ISOLATED, "-X", text, "build_db.py", "{db}"]
        arguments[text] = {"build": {"build": build}, "values": {"values": {"at": text}}, "env": {"env": {"AT": text}}}
    statuses = [checkout.template(**arguments[text][where]).ensure().status for text in texts]
    assert statuses == ["miss"] * len(texts)


def test_command_line_that_is_not_utf8(checkout: Checkout, tmp_path: Path) -> None:
    """A program whose own path is not UTF-8 can build, although waiting processes are shown its command line."""
    script = tmp_path / os.fsdecode(b"\xff.py")
    shutil.copyfile(Path(__file__).parents[2] / "support" / "template_client.py", script)
    command = checkout.client("ensure")
    answer = subprocess.run([command[0], script, *command[2:]], capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stderr.count("Traceback")) == (0, 0), answer.stderr


@pytest.mark.parametrize("which", ["root", "build", "store", "temporary folder"])
def test_links_on_the_way(checkout: Checkout, tmp_path: Path, which: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A symbolic link in the path of the root, the store, the plain path or the temporary folder changes nothing."""
    place = {"root": checkout.root, "build": checkout.root / "build", "store": checkout.store}.get(
        which, tmp_path / "t"
    )
    real = tmp_path / "real"
    real.mkdir()
    if which == "root":
        checkout.root.rename(real / "shop")
        place.symlink_to(real / "shop")
    else:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(real)
    if which == "temporary folder":
        monkeypatch.setenv("TMPDIR", str(place))
        checkout.store.mkdir(parents=True)
        checkout.store.chmod(0o777)
    template = checkout.template()
    statuses = [template.ensure().status, template.ensure().status]
    assert statuses == (["disabled", "disabled"] if which == "temporary folder" else ["miss", "hit"])
    assert dump(template.clone(tmp_path / "clone.db")) == dump(checkout.plain) == checkout.rebuild()


# The constructor


def test_arguments_can_be_read() -> None:
    """Every argument is an attribute of the same name; no file is read or created."""
    given: dict[str, Any] = {
        "path": "a/template.db",
        "inputs": ("schema", "*.ini"),
        "build": ("make-it", "{db}"),
        "env": {"URL": "sqlite:///{db}"},
        "exclude": ("*.bak",),
        "exclude_env": ("HOME",),
        "programs": ("sqlite3",),
        "values": {"a": "b"},
        "root": "no/such/folder",
        "trace": False,
        "env_var": "SHOP_DB",
        "store": "a/store",
        "lock_timeout": 1.5,
    }
    template = TemplateDB(**given)
    assert {name: getattr(template, name) for name in given} == given
    paths = {name: Path(given[name]) for name in ("path", "root", "store")}
    again = TemplateDB(**{**given, **paths, "inputs": [Path("schema"), "*.ini"], "build": iter(given["build"])})
    assert {name: getattr(again, name) for name in given} == given


def test_defaults() -> None:
    """The defaults are those of the documentation."""
    template = TemplateDB(inputs=["schema"], build=["make-it", "{db}"])
    assert (template.path, template.store) == ("build/.template-migrated.db", "build/ci-accel/template")
    assert (template.root, template.trace, template.env_var, template.lock_timeout) == (".", True, None, None)


@pytest.mark.parametrize("argument", ["inputs", "build", "exclude", "exclude_env", "programs"])
@pytest.mark.parametrize("value", ["{db}", Path("{db}"), b"{db}", [b"{db}"], ["{db}", 1], None], ids=repr)
def test_lists_are_lists(argument: str, value: object) -> None:
    """A string or path in place of a list, and an item of another type, is a TypeError."""
    given: dict[str, Any] = {"inputs": ["schema"], "build": ["{db}"], argument: value}
    with pytest.raises(TypeError):
        TemplateDB(**given)


@pytest.mark.parametrize(("argument", "noun"), [("build", "arguments"), ("programs", "names"), ("inputs", "paths")])
def test_string_in_place_of_a_list(argument: str, noun: str) -> None:
    """The error says which kind of list the argument takes, with an example."""
    given: dict[str, Any] = {"inputs": ["schema"], "build": ["{db}"], argument: "make"}
    with pytest.raises(TypeError, match=f"""^{argument} takes a list of {noun}, such as .*make.*, not 'make'$"""):
        TemplateDB(**given)


@pytest.mark.parametrize(
    "wrong",
    [
        {"env": {"A": 1}},
        {"env": {1: "A"}},
        {"values": {"A": None}},
        {"values": "abc"},
        {"path": b"x"},
        {"root": 3},
        {"store": b"x"},
    ],
    ids=repr,
)
def test_wrong_kinds(wrong: dict[str, Any]) -> None:
    """An argument of the wrong type is a TypeError of the constructor."""
    given: dict[str, Any] = {"inputs": ["schema"], "build": ["{db}"], **wrong}
    with pytest.raises(TypeError):
        TemplateDB(**given)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"inputs": []}, "inputs is empty"),
        ({"build": ["make-it"]}, "{db}"),
        ({"build": ["make-it", "{DB}"], "env": {"{db}": "x"}}, "{db}"),
        ({"build": [], "env": {"URL": "{db}"}}, "build"),
        ({"lock_timeout": -1}, "lock_timeout"),
        ({"lock_timeout": float("nan")}, "lock_timeout"),
        ({"lock_timeout": float("inf")}, "lock_timeout"),
        ({"lock_timeout": 1e300}, "lock_timeout"),
    ],
    ids=repr,
)
def test_wrong_values(wrong: dict[str, Any], words: str) -> None:
    """An argument with an invalid value is a ValueError of the constructor, with its name."""
    given: dict[str, Any] = {"inputs": ["schema"], "build": ["make-it", "{db}"], **wrong}
    with pytest.raises(ValueError, match=words):
        TemplateDB(**given)


def test_wrong_interpreter(checkout: Checkout) -> None:
    """An interpreter that is not found is a ValueError with its name."""
    with pytest.raises(ValueError, match="no-such-python"):
        checkout.template().ensure(python="no-such-python")


# Interpreters that do not answer


WRAPPERS = {
    "prints first": "echo hello; exec '{python}' \"$@\"",
    "prints last": "'{python}' \"$@\" && echo bye",
    "prints an error": "echo careful >&2; exec '{python}' \"$@\"",
    "runs nothing else": 'case "$1" in *build_db.py) exec \'{python}\' "$@";; *) exit 3;; esac',
    "prints another answer": "case \"$1\" in *build_db.py) exec '{python}' \"$@\";; *) echo '[{{}}]';; esac",
}
"""Interpreters that can run the builder, and print unexpected output when they are asked for their version."""


@pytest.mark.parametrize("wrapper", WRAPPERS)
def test_interpreter_with_unexpected_output(checkout: Checkout, tmp_path: Path, wrapper: str) -> None:
    """An interpreter that does not report its version builds without the cache, and is not an error."""
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\n{WRAPPERS[wrapper].format(python=sys.executable)}\n", encoding="utf-8")
    python.chmod(0o755)
    template = checkout.template(build=["python", "build_db.py", "{db}"])
    assert template.explain(python=python).status == template.ensure(python=python).status != "hit"
    assert dump(template.database) == checkout.rebuild()


@pytest.mark.parametrize("how", ["env", "safe path"])
def test_tools_on_the_search_path_count(checkout: Checkout, how: str, tmp_path: Path) -> None:
    """Another version of a migration tool that the builder finds through PYTHONPATH is a miss."""
    vendor = checkout.root / "vendor"
    tool = vendor / "yoyo_migrations-1.0.dist-info"
    tool.mkdir(parents=True)
    env, changes = {"PYTHONPATH": str(vendor)}, {"build": ["python", "build_db.py", "{db}"], "lock_timeout": 9}
    python = tmp_path / "python"
    python.symlink_to(sys.executable)
    if how == "env":
        env, changes = {}, {**changes, "env": env}
    else:
        env["PYTHONSAFEPATH"] = "1"
    asked = checkout.ask(f"ensure={python}", f"ensure={python}", environ=env, **changes)
    assert [answer["status"] for answer in asked] == ["miss", "hit"]
    tool.rename(vendor / "yoyo_migrations-2.0.dist-info")
    (answer,) = checkout.ask(f"ensure={python}", environ=env, **changes)
    assert answer["status"] == "miss"
    assert answer["reasons"][0] == "yoyo-migrations 1.0 -> 2.0"
