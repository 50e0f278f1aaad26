"""The store and the plain path, beside the project's own files."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from ci_accel import TemplateDB
from tests.support.piped_process import running

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.checkout import Checkout

pytestmark = [pytest.mark.every_python, pytest.mark.timeout(600)]


# Files of ci-accel among the inputs


@pytest.mark.parametrize("inputs", [["."], ["**/*"], ["*"]])
def test_own_files_are_not_inputs(checkout: Checkout, inputs: list[str]) -> None:
    """The plain path, its manifest and the store are not inputs, even if a declared folder contains them."""
    template = checkout.template(inputs=inputs, store="build/store")
    assert [template.ensure().status for _ in range(3)] == ["miss", "hit", "hit"]
    checkout.write({"schema/1.sql": "CREATE TABLE other (x);"})
    assert template.explain().reasons[0] == "schema/1.sql changed"


def test_state_folder_is_not_an_input(checkout: Checkout) -> None:
    """Files below ``build/ci-accel`` are never inputs."""
    template = checkout.template(inputs=["."])
    template.ensure()
    checkout.write({"build/ci-accel/ledger.sqlite": "x"})
    assert template.explain()
    shutil.rmtree(checkout.root / "build" / "ci-accel")
    assert template.explain()


def test_own_names_are_not_patterns(checkout: Checkout) -> None:
    """A plain path with a wildcard in its name excludes no other file from the inputs."""
    checkout.write({"seed/t1.db": "1", "seed/other": "x"})
    template = checkout.template(path="seed/t[12].db", inputs=["schema", "build_db.py", "seed"])
    template.ensure()
    checkout.write({"seed/t1.db": "2"})
    assert not template.ensure()


@pytest.mark.parametrize("spelling", ["as the root", "the other way"])
@pytest.mark.parametrize("is_root_a_link", [False, True], ids=["plain root", "linked root"])
def test_own_files_in_another_spelling(checkout: Checkout, tmp_path: Path, spelling: str, is_root_a_link: bool) -> None:
    """The plain path and the store are not inputs, whether their paths go through a link to the root or not."""
    link = tmp_path / "link"
    link.symlink_to(checkout.root)
    root = link if is_root_a_link else checkout.root
    own = root if spelling == "as the root" else ({link, checkout.root} - {root}).pop()
    template = checkout.template(inputs=["."], root=root, path=own / "build" / "shop.db", store=own / "build" / "store")
    assert [template.ensure().status, template.ensure().status] == ["miss", "hit"]


@pytest.mark.parametrize("argument", ["path", "store"])
def test_own_names_may_be_broken_patterns(checkout: Checkout, argument: str) -> None:
    """The name of a plain path or of a store may be an invalid glob."""
    template = checkout.template(**{argument: "build/[x"})
    assert [template.ensure().status, template.ensure().status] == ["miss", "hit"]


def test_store_with_files_of_the_user(checkout: Checkout) -> None:
    """Other files in the folder of the store are kept."""
    others = (
        "build/app.db",
        "build/.template-migrated.db.backup.tmp",
        "build/seed.db.manifest.json",
        "build/my.private.notes/template.db",
        "build/generated.sql",
    )
    mine = dict.fromkeys(others, b"mine")
    checkout.write(mine)
    template = checkout.template(inputs=["."], store="build")
    template.ensure()
    kept = {name: path.read_bytes() for name in others if (path := checkout.root / name).exists()}
    assert kept == mine


def test_plain_path_in_the_store(checkout: Checkout) -> None:
    """A plain path in the folder of the store is kept, and is not counted as a stored database."""
    template = checkout.template(store="build")
    for table in ("one", "two"):
        checkout.write({"schema/1.sql": f"CREATE TABLE {table} (x);"})
        assert template.ensure().status == "miss"
        assert TemplateDB.open(checkout.plain).digest == template.digest
    assert len(template.variants()) == 2


@pytest.mark.parametrize("damage", ["deleted", "edited", "replaced by a link", "manifest deleted", "manifest edited"])
def test_plain_path_is_repaired(checkout: Checkout, damage: str, tmp_path: Path) -> None:
    """A hit repairs the plain path and its manifest; the target of a link there is not changed."""
    template = checkout.template()
    template.ensure()
    path = checkout.plain_manifest if damage.startswith("manifest") else checkout.plain
    good = {kept: kept.read_bytes() for kept in (checkout.plain, checkout.plain_manifest)}
    path.unlink()
    if damage.endswith("edited"):
        path.write_bytes(good[path][:-1] + b"x")
    if damage.endswith("link"):
        (tmp_path / "other").write_text("kept", encoding="utf-8")
        path.symlink_to(tmp_path / "other")
    assert template.ensure()
    assert {kept: kept.read_bytes() for kept in good} == good
    assert not path.is_symlink()
    assert not damage.endswith("link") or (tmp_path / "other").read_text(encoding="utf-8") == "kept"


def test_correct_plain_path_is_not_written(checkout: Checkout) -> None:
    """A hit does not replace a correct plain path, so that processes which have it open keep the current file."""
    template = checkout.template()
    template.ensure()
    before = [path.stat() for path in (checkout.plain, checkout.plain_manifest)]
    assert template.ensure()
    assert [path.stat() for path in (checkout.plain, checkout.plain_manifest)] == before


def test_plain_path_that_cannot_be_written(checkout: Checkout) -> None:
    """A plain path that cannot be written is an OSError with its path."""
    checkout.write({"occupied/1": ""})
    for path in ("occupied", "schema/1.sql/below.db"):
        with pytest.raises(OSError, match=r"occupied|1\.sql") as raised:
            checkout.template(path=path).ensure()
        assert raised.value.filename is not None


# Pruning


def build_variants(checkout: Checkout, numbers: range, **changes: Any) -> None:
    """Build a database for each number, in a child process."""
    for number in numbers:
        checkout.write({"schema/2.sql": f"CREATE TABLE number_{number} (x);"})
        assert checkout.ask("ensure", **changes)[0]["status"] == "miss"


def test_prune_keeps_eight(checkout: Checkout) -> None:
    """The eight most recently used databases are kept, each with its manifest."""
    build_variants(checkout, range(6))
    checkout.write({"schema/2.sql": "CREATE TABLE number_0 (x);"})
    assert checkout.ask("ensure")[0]["status"] == "hit"
    build_variants(checkout, range(6, 13))
    assert len(checkout.databases()) == len(checkout.manifests()) == 8
    for number, status in ((0, "hit"), (12, "hit"), (1, "miss")):
        checkout.write({"schema/2.sql": f"CREATE TABLE number_{number} (x);"})
        assert checkout.template().explain().status == status


def test_prune_spares_what_is_held(checkout: Checkout) -> None:
    """A database is kept until the process that ``ensure`` returned it to exits."""
    with running(checkout.client("ensure", "wait")) as holder:
        assert json.loads(holder.line())["status"] == "miss"
        (held,) = checkout.databases()
        build_variants(checkout, range(10))
        assert held in checkout.databases()
        assert TemplateDB.open(held).digest == held.stem
        holder.communicate("go on\n")
    build_variants(checkout, range(10, 12))
    assert held not in checkout.databases()
    assert len(checkout.databases()) == 8
