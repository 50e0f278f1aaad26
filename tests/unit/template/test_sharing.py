"""Fault rows about a template database that is shared between processes, users, interpreters and checkouts."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from blake3 import blake3

from ci_accel import TemplateDatabaseError, TemplateDB
from tests.support.checkout import FACTS, Checkout, dump, interpreters, listing
from tests.support.piped_process import running

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.timeout(600)

OTHER_USER = 65534
"""The id of a user without files."""

is_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to another user")

RANDOM = "CREATE TABLE seed (x); INSERT INTO seed VALUES (hex(randomblob(16)));"
"""A builder whose database differs each time."""


def own(user: int, *paths: Path) -> None:
    """Change the owner of files and folders, recursively."""
    for top in paths:
        for path in (top, *top.rglob("*")):
            os.chown(path, user, user)


# Builders that race


def test_T18_non_deterministic_builder(checkout: Checkout) -> None:
    """Processes that build different databases at once all get the database that was published first."""
    checkout.write({"schema/1.sql": RANDOM})
    with ExitStack() as stack:
        clients = [stack.enter_context(running(checkout.client("ensure"))) for _ in range(6)]
        answers = [json.loads(client.communicate()[0]) for client in clients]
    assert sorted(answer["status"] for answer in answers) == [*["hit"] * 5, "miss"]
    assert len({answer["digest"] for answer in answers}) == 1
    assert len(checkout.databases()) == 1
    assert {answer["database"] for answer in answers} == {str(checkout.databases()[0])}


def test_T18_two_stores_of_one_plain_path(checkout: Checkout, tmp_path: Path) -> None:
    """While two versions are copied to one plain path in turn, a reader gets one complete version or an error."""
    checkout.write({"schema/1.sql": RANDOM})
    steps, known, seen = ["ensure"] * 60, set(), set()
    commands = [checkout.client(*steps, store=f"build/{name}", values={"name": name}) for name in ("one", "two")]
    with running(commands[0]) as one, running(commands[1]) as two:
        known = {json.loads(one.line())["digest"], json.loads(two.line())["digest"]}
        while one.poll() is None or two.poll() is None:
            try:
                opened = TemplateDB.open(checkout.plain)
            except TemplateDatabaseError:
                continue
            clone = Path(opened.clone(tmp_path / "clone.db", replace=True))
            assert blake3(clone.read_bytes()).hexdigest() == opened.digest
            seen.add(opened.digest)
        for client in (one, two):
            statuses = {json.loads(line)["status"] for line in client.rest()}
            assert statuses == {"hit"}
    assert len(known) == 2
    assert seen
    assert seen <= known
    for name in ("one", "two"):
        template = checkout.template(store=f"build/{name}", values={"name": name})
        assert template.ensure()
        assert TemplateDB.open(checkout.plain).digest == template.digest


def test_T19_private_database_of_a_neighbour(tmp_path: Path) -> None:
    """A later build does not remove the unrecorded database that another process uses."""
    checkout = Checkout(tmp_path / "shop", "edits_input_before_slow_copy.py")
    command = checkout.client("ensure", "wait")
    with running(command) as one, running(command) as other:
        for client in (one, other):
            line = client.line()
            assert line, client.communicate()[1]
            answer = json.loads(line)
            assert answer["reasons"][-1] == "schema/1.sql changed while the builder ran: used, not recorded"
            assert blake3(Path(answer["database"]).read_bytes()).hexdigest() == answer["digest"]


@pytest.mark.timeout(1800)  # 400 builds, beside two processes that never wait
def test_T19_hits_beside_builds(checkout: Checkout) -> None:
    """Hits in other processes do not remove the folder of a running build."""
    build = ["cp", "prepared.db", "{db}"]
    checkout.template().ensure()
    shutil.copyfile(checkout.plain, checkout.root / "prepared.db")
    checkout.template(build=build, store="build/store").ensure()
    steps = [step for number in range(400) for step in (f"value={number}", "ensure")]
    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(running(checkout.client("endless", build=build, store="build/store")))
        answers = checkout.ask(*steps, build=build, store="build/store")[1::2]
    unwanted = [answer["reasons"] for answer in answers if answer["status"] != "miss"]
    assert unwanted == []


# Clocks


TEN_YEARS = 10 * 365 * 86400


@pytest.mark.parametrize(
    "seconds",
    [-TEN_YEARS, TEN_YEARS, -time.time(), 2.0**33 - time.time(), -3.0, 0.5],
    ids=["ten years back", "ten years on", "1970", "2242", "just before", "just now"],
)
@pytest.mark.parametrize("what", ["everything", "inputs", "store", "plain path"])
def test_T21_times(checkout: Checkout, what: str, seconds: float) -> None:
    """File times in the past or the future turn neither a hit into a miss nor an edit into a hit."""
    template = checkout.template()
    template.ensure()
    chosen = {"everything": ".", "inputs": "schema", "store": "build/ci-accel", "plain path": "build"}[what]
    paths = [checkout.root / chosen, *(checkout.root / chosen).rglob("*")]

    def set_times() -> None:
        """Set the times of the chosen files."""
        then = time.time() + seconds
        for path in paths:
            os.utime(path, (then, then))

    set_times()
    assert template.explain()
    assert template.ensure()
    checkout.write({"schema/1.sql": "CREATE TABLE cook (id INTEGER PRIMARY KEY, title TEXT NOT NULL);\n"})
    set_times()
    assert not template.ensure()
    assert dump(template.database) == checkout.rebuild()


# Owners


@pytest.mark.parametrize("mode", [0o777, 0o757, 0o1777], ids=oct)
def test_T22_store_that_all_can_write(checkout: Checkout, mode: int) -> None:
    """A world-writable store is neither used nor changed, and the reason says how to change its mode."""
    template = checkout.template()
    template.ensure()
    checkout.store.chmod(mode)
    before = listing(checkout.store)
    for status in (template.explain().status, template.ensure().status):
        assert status == "disabled"
    assert template.ensure().reasons == (f"{checkout.store} is writable by everybody (mode {mode:o}); chmod o-w it",)
    assert listing(checkout.store) == before
    assert dump(template.database) == dump(checkout.plain) == checkout.rebuild()
    assert not Path(template.database).is_relative_to(checkout.store)
    checkout.store.chmod(0o755)
    assert template.ensure()


def test_T22_planted_database(checkout: Checkout, tmp_path: Path) -> None:
    """A consistent database that was planted in a world-writable store is not used."""
    hostile = Checkout(tmp_path / "hostile")
    template = hostile.template()
    template.ensure()
    planted = b"planted" + hostile.databases()[0].read_bytes()[7:]
    digest = blake3(planted).hexdigest()
    manifest = hostile.manifests()[0]
    checkout.store.mkdir(parents=True)
    (checkout.store / f"{digest}.db").write_bytes(planted)
    text = manifest.read_text(encoding="utf-8").replace(template.digest, digest)
    (checkout.store / manifest.name).write_text(text, encoding="utf-8")
    assert checkout.template().explain(), "the planted pair has to be one that would be taken"
    checkout.store.chmod(0o777)
    own_template = checkout.template()
    assert own_template.ensure().status == "disabled"
    assert dump(own_template.database) == checkout.rebuild()


@is_root
@pytest.mark.parametrize("is_link", [False, True], ids=["folder", "link"])
def test_T22_store_of_another_user(checkout: Checkout, is_link: bool, tmp_path: Path) -> None:
    """A store of another user is not used, and the reason names the user; a store of the root's owner is used."""
    template = checkout.template()
    template.ensure()
    if is_link:
        checkout.store.rename(tmp_path / "moved")
        checkout.store.symlink_to(tmp_path / "moved")
        assert template.ensure()
    own(OTHER_USER, checkout.store.resolve())
    outcome = template.ensure()
    assert outcome.status == "disabled"
    assert f"{checkout.store} belongs to uid {OTHER_USER}" in outcome.reasons[0]
    assert dump(template.database) == checkout.rebuild()
    own(OTHER_USER, checkout.root)
    assert template.ensure()


# Nox


def test_T23_install_only(checkout: Checkout) -> None:
    """``nox --install-only`` does not run the builder, publishes nothing and is not an error."""
    done, answers = checkout.nox("--install-only", "-s", "bare")
    assert done.returncode == 0, done.stderr
    assert answers[0]["status"] == "disabled"
    assert answers[0]["reasons"][-1] == "nothing was run"
    assert (checkout.databases(), checkout.manifests(), checkout.plain.exists()) == ([], [], False)
    assert checkout.nox("-s", "bare")[1][0]["status"] == "miss"
    _, answers = checkout.nox("--install-only", "-s", "bare")
    assert answers[0]["status"] == "hit"


@pytest.fixture(scope="module")
def two_interpreters() -> list[str]:
    """Two interpreters of different versions."""
    found = interpreters()
    if len(found) < 2:
        pytest.skip("there is only one interpreter")
    return [found[0], found[-1]]


VERSION = f"{FACTS} INSERT INTO fact VALUES ('python', python_version());"


def test_T30_interpreters_alternate(checkout: Checkout, two_interpreters: list[str]) -> None:
    """Each interpreter has its own database, a hit from the second round on; the plain path is the last one."""
    checkout.write({"schema/1.sql": VERSION})
    handed_out: dict[str, list[tuple[str, str]]] = {python: [] for python in two_interpreters}
    template = checkout.template()
    for _ in range(3):
        for python in two_interpreters:
            outcome = template.ensure(python=python)
            handed_out[python].append((outcome.status, template.database))
            assert dump(template.database) == dump(checkout.plain) == checkout.rebuild(python)
    databases = {python: {database for _, database in answers} for python, answers in handed_out.items()}
    for python in two_interpreters:
        assert [status for status, _ in handed_out[python]] == ["miss", "hit", "hit"]
        assert len(databases[python]) == 1
    assert len(set.union(*databases.values())) == 2
    one, other = two_interpreters
    with pytest.raises(ValueError, match="not an executable Python interpreter"):
        template.ensure(python=f"{one}-{other}")


def test_T30_sessions_in_parallel(checkout: Checkout, two_interpreters: list[str]) -> None:
    """Parallel sessions (``nox -j 2``) with two interpreters build one database each, a hit the next time."""
    checkout.write({"schema/1.sql": VERSION})
    environ = {"PYTHONS": os.pathsep.join(two_interpreters)}
    expected = {json.dumps(checkout.rebuild(python)) for python in two_interpreters}
    for status in ("miss", "hit"):
        done, answers = checkout.nox("-j", "2", "-s", "tests", environ=environ)
        assert done.returncode == 0, done.stdout + done.stderr
        assert [answer["status"] for answer in answers] == [status, status]
        assert {json.dumps(dump(answer["seen"])) for answer in answers} == expected
    assert len(checkout.databases()) == 2


# Other checkouts


PARTS: dict[str, Callable[[Checkout], list[Path]]] = {
    "everything": lambda checkout: [checkout.root / "build"],
    "store": lambda checkout: [checkout.root / "build" / "ci-accel"],
    "plain path and manifest": lambda checkout: [checkout.plain, checkout.plain_manifest],
}
"""The files that a CI cache may restore in another checkout."""


def move(checkout: Checkout, root: Path, part: str) -> Checkout:
    """Create a second checkout with other file times, and a part of the first one's state."""
    second = Checkout(root)
    for path in checkout.root.rglob("*"):
        target = root / path.relative_to(checkout.root)
        if path.is_file() and any(path == kept or kept in path.parents for kept in PARTS[part](checkout)):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    for path in root.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    return second


@pytest.mark.parametrize("inputs", [["schema", "build_db.py"], ["."]], ids=["named", "all"])
@pytest.mark.parametrize("part", PARTS)
def test_T32_other_checkout(checkout: Checkout, part: str, inputs: list[str], tmp_path: Path) -> None:
    """A database and its manifest are a hit in another checkout with other file times, and are stored there."""
    checkout.template(inputs=inputs).ensure()
    second = move(checkout, tmp_path / "deep" / "second", part)
    template = second.template(inputs=inputs)
    outcome = template.ensure()
    assert outcome.status == "hit", outcome.reasons
    assert dump(template.database) == dump(second.plain) == second.rebuild()
    assert Path(template.database).parent == second.store
    second.plain.unlink()
    assert second.template(inputs=inputs).ensure()
    second.write({"schema/1.sql": "CREATE TABLE other (x);"})
    assert not second.template(inputs=inputs).ensure()


def reachable_interpreter() -> str:
    """Return an interpreter that another user can run."""
    for place in (sys.executable, shutil.which("python3", path=os.defpath)):
        if place is not None:
            try:
                subprocess.run(
                    [place, "-I", "-S", "-c", "import sqlite3"], user=OTHER_USER, group=OTHER_USER, check=True
                )
            except (OSError, subprocess.CalledProcessError):
                continue
            return place
    pytest.skip("another user can run none of the interpreters")


@is_root
@pytest.mark.parametrize(
    ("part", "owner"),
    # To create a missing plain path, the user must be able to write to its folder.
    [(part, owner) for part in PARTS for owner in (OTHER_USER, 0) if (part, owner) != ("store", 0)],
)
def test_T32_other_user(checkout: Checkout, part: str, owner: int, tmp_path: Path) -> None:
    """A database is a hit for another user, with or without permission to write to its files."""
    python, package = reachable_interpreter(), Path(sys.modules["ci_accel"].__path__[0], "guest", "probe.py")
    if subprocess.run(
        ["cat", package], user=OTHER_USER, group=OTHER_USER, stdout=subprocess.DEVNULL, check=False
    ).returncode:
        pytest.skip("another user cannot read the installed package")
    answer: dict[str, Any]
    (answer,) = checkout.ask(f"ensure={python}")
    assert answer["status"] == "miss"
    second = move(checkout, tmp_path / "second", part)
    own(owner, second.root)
    for folder in (tmp_path, *tmp_path.parents):
        if not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode | 0o011)
    # One call before the change of user imports every module that is needed later.
    steps = [f"explain={python}", f"uid={OTHER_USER}", f"ensure={python}"]
    explained, _, ensured = second.ask(*steps)
    assert (explained["status"], ensured["status"]) == ("hit", "hit")
    assert dump(ensured["database"]) == checkout.rebuild(python)
