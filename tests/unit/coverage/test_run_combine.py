"""The parts of a run: all of them, of one run and of this code, or an error that names what is wrong."""

from __future__ import annotations

import json
import os
import signal
from typing import TYPE_CHECKING

import pytest

import ci_accel
from ci_accel.coverage import run as coverage_run
from tests.support.coverage_project import FEATURES, STEPS, WHOLE, Shop, change_passport, passport_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TOOLS = ["slipcover", "coverage.py", "coverage.py with arcs"]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """Return a checkout."""
    return Shop(tmp_path / "checkout")


def refusal(coverage: ci_accel.Coverage, **keywords: int | list[str]) -> str:
    """Return why the parts do not combine, and see that nothing was written."""
    with pytest.raises(ci_accel.CoverageDataError) as caught:
        coverage.combine(**keywords)
    return str(caught.value)


@pytest.mark.parametrize("tool", TOOLS)
def test_all_parts_become_one_that_is_sealed(shop: Shop, tool: str) -> None:
    """The whole is the union of its parts, and says so."""
    parts = shop.run(tool=tool, count=3)
    info = shop.coverage().combine(expected=3)
    (artifact,) = [path for path in shop.folder.iterdir() if path.stem == "coverage"]
    assert artifact.name == ("coverage.json" if tool == "slipcover" else "coverage.sqlite")
    assert info.sealed
    assert ci_accel.inspect_coverage(artifact).sealed
    assert ci_accel.inspect_coverage(artifact).digest == info.digest
    union = ci_accel.combine_coverage(parts, into=shop.root / "union", root=shop.root)
    assert (info.files, info.covered_lines, info.missing_lines) == (
        union.files,
        union.covered_lines,
        union.missing_lines,
    )
    assert shop.coverage().explain()


def test_parts_can_be_named(shop: Shop) -> None:
    """`expected` takes the names of the parts' files."""
    parts = shop.run()
    assert shop.coverage().combine(expected=[path.name for path in parts]).sealed
    assert "part-009.json: expected, and not among the parts" in refusal(
        shop.coverage(), expected=[*(path.name for path in parts), "part-009.json"]
    )
    assert "part-002.json: among the parts, and not expected" in refusal(shop.coverage(), expected=[parts[0].name])
    assert "3 parts were expected, and its run had 2" in refusal(shop.coverage(), expected=3)


def lose_all(parts: list[Path]) -> None:
    """Lose data and passport of a part."""
    parts[1].unlink()
    passport_of(parts[1]).unlink()


def lose_data(parts: list[Path]) -> None:
    """Lose the data of a part."""
    parts[1].unlink()


def lose_passport(parts: list[Path]) -> None:
    """Lose the passport of a part: its process was killed before it was sealed."""
    passport_of(parts[1]).unlink()


def tear(parts: list[Path]) -> None:
    """Cut a part's data."""
    parts[1].write_bytes(parts[1].read_bytes()[:-9])


def replace(parts: list[Path]) -> None:
    """Put another part's data in its place."""
    parts[1].write_text(parts[0].read_text().replace("[1, 2, 3]", "[1, 2]"))


def tear_passport(parts: list[Path]) -> None:
    """Cut a part's passport."""
    passport_of(parts[1]).write_bytes(passport_of(parts[1]).read_bytes()[:-9])


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lose_all, "the run is incomplete: part 2 of 2 left no complete data"),
        (lose_data, "part-002.json: there is no such file"),
        (lose_passport, "the run is incomplete: part 2 of 2 left no complete data"),
        (tear, "part-002.json: "),
        (replace, "part-002.json: not the bytes that its passport is for"),
        (tear_passport, "part-002.json.passport.json: not a passport"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_C12_a_part_that_is_missing_or_another_is_named(
    shop: Shop, spoil: Callable[[list[Path]], None], words: str
) -> None:
    """Nothing is written where one part is not what its process left."""
    whole = shop.whole()
    before = whole.read_bytes(), passport_of(whole).read_bytes()
    spoil(shop.run())
    assert words in refusal(shop.coverage())
    assert (whole.read_bytes(), passport_of(whole).read_bytes()) == before


@pytest.mark.parametrize(
    ("exit_code", "words"),
    [
        (1, "the run is incomplete: part 2 of 2 ended with exit code 1"),
        (-signal.SIGKILL, "the run is incomplete: part 2 of 2 was killed by signal 9"),
    ],
)
def test_a_part_whose_process_failed_makes_the_run_incomplete(shop: Shop, exit_code: int, words: str) -> None:
    """A crashed run is no low coverage."""
    shop.run()
    shop.part(2, 2, FEATURES[1::2], exit_code=exit_code)
    assert words in refusal(shop.coverage())


def test_exit_codes_of_failed_tests_can_be_no_failure(shop: Shop) -> None:
    """A run whose tests failed may be whole, where its user says so."""
    shop.run(exit_code=1, exit_codes=(0, 1))
    assert shop.coverage().combine().sealed


def test_C21_a_doubt_about_the_processes_refuses_the_part(shop: Shop) -> None:
    """What the witness of its processes says stands in the passport, and counts."""
    doubt = "forked: run each worker as its own part"
    shop.run()
    shop.part(1, 2, FEATURES[::2], doubts=[doubt])
    assert f"part-001.json: part 1 of 2 {doubt}" in refusal(shop.coverage())


def test_parts_of_another_run_are_foreign(shop: Shop) -> None:
    """A leftover of another run in the folder is not united with it."""
    first, second = shop.run()
    other = shop.part(2, 2, FEATURES[1::2], run="run-2")
    second.write_bytes(other.read_bytes())
    passport_of(second).write_bytes(passport_of(other).read_bytes())
    coverage_run.Run(str(shop.folder), "run-1").begin()
    assert f"{second}: of run run-2, and {passport_of(first)} is of run run-1" in refusal(shop.coverage())


def test_parts_of_two_partitions_are_not_one_run(shop: Shop) -> None:
    """Two of two and one of three are not three parts."""
    shop.run()
    shop.part(3, 3, FEATURES[2:])
    assert "of a run of 3 parts" in refusal(shop.coverage())


def test_parts_of_other_code_are_stale(shop: Shop) -> None:
    """A source that changed between two parts is named."""
    shop.run()
    shop.write("src/shop/cart.py", "def add(cart, item):\n    return [*cart, item]\n")
    shop.part(2, 2, FEATURES[1::2])
    assert "src/shop/cart.py changed" in refusal(shop.coverage())


def test_C23_tests_that_changed_since_are_named(shop: Shop) -> None:
    """A feature, a step, a setting: whatever the run was of."""
    for name, text in [(FEATURES[0], "Feature: other\n"), (STEPS, "STEP = 2\n"), ("src/shop/new.py", "X = 1\n")]:
        shop.run()
        assert shop.coverage().combine().sealed
        shop.write(name, text)
        word = "added" if "new" in name else "changed"
        assert f"{name} {word} since the tests ran" in refusal(shop.coverage())
        (reason,) = shop.coverage().explain().reasons
        assert f"{name} {word} since the tests ran; run the tests again" in reason
    shop.whole()
    shop.write("pyproject.toml", "[tool.coverage.run]\nbranch = true\n[tool.coverage.report]\nfail_under = 80\n")
    (reason,) = shop.coverage().explain().reasons
    assert "[tool.coverage.run] changed since the tests ran" in reason
    assert "omit changed since the tests ran" in shop.coverage(omit=["src/shop/old.py"]).explain().reasons[0]


def test_omit_is_fingerprinted_item_by_item(shop: Shop) -> None:
    """A pattern with a line break and two patterns give different fingerprints of the code."""
    one, two = (shop.coverage(omit=omit).fingerprint().digest for omit in (["old\nnew"], ["old", "new"]))
    assert one != two


def test_a_threshold_that_changed_makes_no_run_stale(shop: Shop) -> None:
    """How the report is made is no matter of the data."""
    shop.whole()
    shop.write("pyproject.toml", "[tool.coverage.report]\nfail_under = 99\n[tool.coverage.xml]\noutput = 'x.xml'\n")
    assert shop.coverage().explain()


def test_sources_that_change_while_a_part_runs_are_told(shop: Shop) -> None:
    """Before and after are not the same code."""
    before = shop.coverage().fingerprint()
    shop.write(STEPS, "STEP = 3\n")
    after = shop.coverage().fingerprint()
    shop.run()
    shop.write(STEPS, "STEP = 1\n")
    shop.part(1, 2, FEATURES[::2], before=before, after=after)
    words = f"part 1 of 2 ran while sources or inputs were changed: {STEPS} changed"
    assert words in refusal(shop.coverage())


def test_C05_parts_of_two_tools_do_not_mix(shop: Shop) -> None:
    """Another tool's part, or one with branches, is told as such."""
    shop.run()
    (shop.folder / "run-1/part-002.json").unlink()
    passport_of(shop.folder / "run-1/part-002.json").unlink()
    shop.part(2, 2, FEATURES[1::2], tool="coverage.py")
    with pytest.raises(ci_accel.MixedMeasurementError, match=r"part-002\.sqlite: not measured as"):
        shop.coverage().combine()


def test_C22_a_run_of_some_items_replaces_no_whole_run(shop: Shop) -> None:
    """It is combined in the folder of its run; the whole one stays what it is."""
    whole = shop.whole()
    before = whole.read_bytes()
    shop.part(1, 1, FEATURES[:1], {"src/shop/cart.py": ([1], [2, 3])}, run="run-2")
    assert shop.coverage().combine().covered_lines == 1
    assert whole.read_bytes() == before
    assert shop.coverage().explain()
    subset = shop.folder / "run-2/coverage.json"
    assert ci_accel.inspect_coverage(subset).sealed
    for path in (subset, passport_of(subset)):
        (shop.folder / path.name).write_bytes(path.read_bytes())
    (reason,) = shop.coverage().explain().reasons
    assert f"a run of some items only: {FEATURES[1]} and 2 more did not run" in reason


def test_C22_what_was_sealed_with_too_few_items_does_not_pass(shop: Shop) -> None:
    """One feature is not the whole list."""
    path = shop.data(shop.folder_for("coverage.json"))
    coverage = shop.coverage()
    coverage.seal(path, exit_code=0, items=[FEATURES[0]], before=coverage.fingerprint())
    assert not coverage.explain()
    coverage.seal(path, exit_code=0, items=["features"], before=coverage.fingerprint())
    assert coverage.explain()


def test_an_artifact_of_one_process_can_be_sealed(shop: Shop) -> None:
    """Its exit code is in the passport; what did not exit well never passes."""
    coverage = shop.coverage()
    before = coverage.fingerprint()
    path = shop.data(shop.folder_for("coverage.json"))
    assert not ci_accel.inspect_coverage(path).sealed
    assert coverage.seal(path, exit_code=0, items=coverage.items, before=before).sealed
    outcome = coverage.explain()
    assert outcome
    assert outcome.digest == ci_accel.inspect_coverage(path).digest
    coverage.seal(path, exit_code=3, items=coverage.items, before=before)
    assert "the run is incomplete: it ended with exit code 3" in coverage.explain().reasons[0]
    shop.write(STEPS, "STEP = 5\n")
    with pytest.raises(ci_accel.CoverageDataError, match=f"{STEPS} changed while the tests ran; run them again"):
        coverage.seal(path, exit_code=0, items=coverage.items, before=before)


def test_only_items_of_the_whole_list_are_sealed(shop: Shop) -> None:
    """A slip of the pen is the caller's mistake."""
    coverage = shop.coverage()
    path = shop.data(shop.folder_for("coverage.json"))
    for item, words in [
        ("features/gone.feature", "no file matches the input"),
        (STEPS, "names nothing of the whole list"),
    ]:
        with pytest.raises(ValueError, match=words):
            coverage.seal(path, exit_code=0, items=[item], before=coverage.fingerprint())


def test_nothing_to_combine_is_told(shop: Shop) -> None:
    """No run, a run without parts."""
    assert "no run is there to combine; run the tests first" in refusal(shop.coverage())
    coverage_run.Run(str(shop.folder), "run-7").begin()
    assert "no part of this run has a passport" in refusal(shop.coverage())
    (shop.folder / "run-7").rmdir()
    assert "there is no such run" in refusal(shop.coverage())


def test_the_run_that_the_environment_names_is_combined(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """CI_ACCEL_RUN, else the forge's id, else the run that began last."""
    shop.run(run="77-2")
    shop.part(1, 1, FEATURES, run="run-9", exit_code=1)
    assert "exit code 1" in refusal(shop.coverage())
    monkeypatch.setenv("GITHUB_RUN_ID", "77")
    monkeypatch.setenv("GITHUB_RUN_ATTEMPT", "2")
    assert shop.coverage().combine().sealed
    monkeypatch.setenv("CI_ACCEL_RUN", "run-9")
    assert "exit code 1" in refusal(shop.coverage())
    monkeypatch.setenv("CI_ACCEL_RUN", "../run-9")
    with pytest.raises(ValueError, match=r"CI_ACCEL_RUN is '\.\./run-9'"):
        shop.coverage().combine()


def test_old_runs_are_forgotten_and_folders_of_others_are_not(shop: Shop) -> None:
    """A laptop does not fill up; what is not ours stays."""
    (shop.folder / "html").mkdir(parents=True)
    (shop.folder / "html/index.html").write_text("<html>")
    for number in range(9):
        shop.part(1, 1, FEATURES, run=f"run-{number}")
    left = {path.name for path in shop.folder.iterdir() if path.is_dir()}
    assert left == {"html", *(f"run-{number}" for number in range(4, 9))}


def test_an_artifact_of_the_other_tool_goes_with_a_new_whole_run(shop: Shop) -> None:
    """Two that could both be meant would be one too many."""
    old = shop.whole(tool="coverage.py")
    shop.whole(run="run-2")
    assert not old.exists()
    assert not passport_of(old).exists()
    assert shop.coverage().explain()


@pytest.mark.parametrize("tool", TOOLS)
def test_an_artifact_is_of_the_same_code_in_another_checkout(shop: Shop, tmp_path: Path, tool: str) -> None:
    """Another path, another user, other times: contents count."""
    shop.whole(tool=tool)
    other = shop.copy(tmp_path / "elsewhere")
    shop.root.rename(tmp_path / "moved away")
    assert other.coverage().explain()
    info = other.coverage().combine()
    assert info.covered_lines == sum(len(executed) for executed, _ in WHOLE.values()) or tool.endswith("arcs")
    if tool != "slipcover":
        assert all(file.startswith(f"{other.root}/") for file in info.files)


def test_a_passport_of_another_version_is_not_guessed_at(shop: Shop) -> None:
    """Nor is a document that is none."""
    path = shop.whole()
    change_passport(path, version=2)
    assert "passport of version 2; this ci-accel reads 1" in shop.coverage().explain().reasons[0]
    change_passport(path, version=1, format="other")
    assert "not a passport but 'other'".replace("'", '"') in shop.coverage().explain().reasons[0]
    change_passport(path, format="ci-accel coverage passport", more=1)
    assert "not a whole passport: unknown field `more`" in shop.coverage().explain().reasons[0]


def test_an_artifact_without_a_passport_says_what_it_lacks(shop: Shop) -> None:
    """Whoever made it by hand learns what to do."""
    path = shop.whole()
    passport_of(path).unlink()
    assert "there is no such passport" in shop.coverage().explain().reasons[0]
    path.unlink()
    assert "coverage.json: there is no such file; see that the tests ran" in shop.coverage().explain().reasons[0]


@pytest.mark.parametrize("name", ["coverage.json", "coverage.json.passport.json"])
def test_explain_never_raises(shop: Shop, name: str) -> None:
    """Whatever lies there is a miss with a reason."""
    shop.whole()
    path = shop.folder / name
    for spoil in [b"", b"\0" * 99, b"{", b'{"meta": NaN}', b"[" * 100_000, "\ud800".encode("utf-8", "surrogatepass")]:
        path.write_bytes(spoil)
        outcome = shop.coverage().explain()
        assert (outcome.status, outcome.digest) == ("miss", "")
        assert str(shop.folder) in outcome.reasons[0]
    path.unlink()
    path.mkdir()
    assert "not a regular file" in shop.coverage().explain().reasons[0]
    path.rmdir()
    os.mkfifo(path)
    assert "not a regular file" in shop.coverage().explain().reasons[0]
    assert not shop.coverage(sources=["gone"]).explain()


def test_a_passport_that_speaks_of_too_many_parts_takes_no_time(shop: Shop) -> None:
    """Nothing in an artifact makes us count for ever."""
    path = shop.whole()
    for count in (0, 10**6, 2**63):
        change_passport(path, count=count)
        assert f"its passport speaks of a run of {count} parts" in shop.coverage().explain().reasons[0]


def test_C08_a_part_that_is_there_twice_is_told(shop: Shop) -> None:
    """Two passports for one part are one too many; so is a part that the run does not have."""
    path = shop.whole()
    shards = json.loads(passport_of(path).read_text())["shards"]
    change_passport(path, shards=[*shards, shards[0]])
    assert "part 1 of 2 is there twice" in shop.coverage().explain().reasons[0]
    change_passport(path, shards=[*shards, shards[0] | {"number": 3}])
    assert "there is a part 3 of 2" in shop.coverage().explain().reasons[0]


def test_C09_a_name_that_is_not_utf_8_is_told(shop: Shop) -> None:
    """Coverage data could not name the file."""
    (shop.root / os.fsdecode(b"src/shop/caf\xe9.py")).write_text("")
    with pytest.raises(ValueError, match="its name is not UTF-8"):
        shop.coverage().fingerprint()
    assert "its name is not UTF-8" in shop.coverage().explain().reasons[0]
