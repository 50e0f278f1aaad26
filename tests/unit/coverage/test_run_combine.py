"""Combining the parts of a run: all of them, of one run and of this code, or an error that names the cause."""

from __future__ import annotations

import json
import os
import signal
from typing import TYPE_CHECKING

import pytest

import ci_accel
from ci_accel.coverage.run import Run
from tests.support.coverage_project import FEATURES, LINES, STEPS, Shop, change_passport, passport_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.every_python

TOOLS = ["slipcover", "coverage.py", "coverage.py with arcs"]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """Return a checkout."""
    return Shop(tmp_path / "checkout")


def refusal(coverage: ci_accel.Coverage, **keywords: int | list[str]) -> str:
    """Return the error of combining the parts."""
    with pytest.raises(ci_accel.CoverageDataError) as caught:
        coverage.combine(**keywords)
    return str(caught.value)


@pytest.mark.parametrize("tool", TOOLS)
def test_all_parts_become_one_sealed_artifact(shop: Shop, tool: str) -> None:
    """The artifact is the combination of the parts, and is sealed."""
    parts = shop.run(tool=tool, count=3)
    info = shop.coverage().combine(expected=3)
    (artifact,) = [path for path in shop.folder.iterdir() if path.stem == "coverage"]
    assert artifact.name == ("coverage.json" if tool == "slipcover" else "coverage.sqlite")
    assert info.sealed
    assert ci_accel.inspect_coverage(artifact).sealed
    assert ci_accel.inspect_coverage(artifact).digest == info.digest
    combined = ci_accel.combine_coverage(parts, into=shop.root / "combined", root=shop.root)
    assert (info.files, info.covered_lines, info.missing_lines) == (
        combined.files,
        combined.covered_lines,
        combined.missing_lines,
    )
    assert shop.coverage().explain()


def test_expected_parts_can_be_named(shop: Shop) -> None:
    """`expected` takes the number of parts or the names of their files."""
    parts = shop.run()
    assert shop.coverage().combine(expected=[path.name for path in parts]).sealed
    assert "part-009.data: expected, but not among the parts" in refusal(
        shop.coverage(), expected=[*(path.name for path in parts), "part-009.data"]
    )
    assert "part-002.data: among the parts, but not expected" in refusal(shop.coverage(), expected=[parts[0].name])
    assert "3 parts were expected, but the run has 2" in refusal(shop.coverage(), expected=3)


def delete_part(parts: list[Path]) -> None:
    """Delete data and passport of a part."""
    parts[1].unlink()
    passport_of(parts[1]).unlink()


def delete_data(parts: list[Path]) -> None:
    """Delete the data of a part."""
    parts[1].unlink()


def delete_passport(parts: list[Path]) -> None:
    """Delete the passport of a part, as if the run was killed before it was written."""
    passport_of(parts[1]).unlink()


def truncate(parts: list[Path]) -> None:
    """Truncate the data of a part."""
    parts[1].write_bytes(parts[1].read_bytes()[:-9])


def replace(parts: list[Path]) -> None:
    """Replace the data of a part."""
    parts[1].write_text(parts[0].read_text().replace("[1, 2, 3]", "[1, 2]"))


def truncate_passport(parts: list[Path]) -> None:
    """Truncate the passport of a part."""
    passport_of(parts[1]).write_bytes(passport_of(parts[1]).read_bytes()[:-9])


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (delete_part, "the run is incomplete: part 2 of 2 left no complete data"),
        (delete_data, "part-002.data: there is no such file"),
        (delete_passport, "the run is incomplete: part 2 of 2 left no complete data"),
        (truncate, "part-002.data: "),
        (replace, "part-002.data: does not match its passport"),
        (truncate_passport, "part-002.data.passport.json: not a passport"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_C12_missing_or_replaced_part_is_named(shop: Shop, damage: Callable[[list[Path]], None], words: str) -> None:
    """A part that is missing or changed is an error that names it, and the artifact stays unchanged."""
    artifact = shop.artifact()
    before = artifact.read_bytes(), passport_of(artifact).read_bytes()
    damage(shop.run())
    assert words in refusal(shop.coverage())
    assert (artifact.read_bytes(), passport_of(artifact).read_bytes()) == before


@pytest.mark.parametrize(
    ("exit_code", "words"),
    [
        (1, "the run is incomplete: part 2 of 2 ended with exit code 1"),
        (-signal.SIGKILL, "the run is incomplete: part 2 of 2 was killed by signal 9"),
    ],
)
def test_failed_process_makes_the_run_incomplete(shop: Shop, exit_code: int, words: str) -> None:
    """A part whose process failed is an error, not low coverage."""
    shop.run()
    shop.part(2, 2, FEATURES[1::2], exit_code=exit_code)
    assert words in refusal(shop.coverage())


def test_exit_code_of_failed_tests_can_count_as_success(shop: Shop) -> None:
    """A run whose tests failed is complete if `exit_codes` contains the exit code."""
    shop.run(exit_code=1, exit_codes=(0, 1))
    assert shop.coverage().combine().sealed


def test_C21_doubt_in_a_passport_is_an_error(shop: Shop) -> None:
    """A doubt about the processes of a part is recorded in its passport and refuses the part."""
    doubt = "forked: run each worker as its own part"
    shop.run()
    shop.part(1, 2, FEATURES[::2], doubts=[doubt])
    assert f"part-001.data: part 1 of 2 {doubt}" in refusal(shop.coverage())


def test_part_of_another_run_is_an_error(shop: Shop) -> None:
    """A part of another run in the folder is an error that names both runs."""
    first, second = shop.run()
    other = shop.part(2, 2, FEATURES[1::2], run="run-2")
    second.write_bytes(other.read_bytes())
    passport_of(second).write_bytes(passport_of(other).read_bytes())
    Run(str(shop.folder), "run-1").begin()
    assert f"{second}: part of run run-2, but {passport_of(first)} is part of run run-1" in refusal(shop.coverage())


def test_parts_with_different_counts_are_an_error(shop: Shop) -> None:
    """Two parts of two and one part of three are not a run of three parts."""
    shop.run()
    shop.part(3, 3, FEATURES[2:])
    assert "of a run of 3 parts" in refusal(shop.coverage())


def test_part_of_other_code_is_stale(shop: Shop) -> None:
    """A source that changed between two parts is an error that names it."""
    shop.run()
    shop.write("src/shop/cart.py", "def add(cart, item):\n    return [*cart, item]\n")
    shop.part(2, 2, FEATURES[1::2])
    assert "src/shop/cart.py changed" in refusal(shop.coverage())


def test_C23_changed_tests_inputs_and_settings_are_named(shop: Shop) -> None:
    """A feature, step, source or setting that changed after the run is an error that names it."""
    for name, text in [(FEATURES[0], "Feature: other\n"), (STEPS, "STEP = 2\n"), ("src/shop/new.py", "X = 1\n")]:
        shop.run()
        assert shop.coverage().combine().sealed
        shop.write(name, text)
        word = "added" if "new" in name else "changed"
        assert f"{name} {word} since the tests ran" in refusal(shop.coverage())
        (reason,) = shop.coverage().explain().reasons
        assert f"{name} {word} since the tests ran; run the tests again" in reason
    shop.artifact()
    shop.write("pyproject.toml", "[tool.coverage.run]\nbranch = true\n[tool.coverage.report]\nfail_under = 80\n")
    (reason,) = shop.coverage().explain().reasons
    assert "[tool.coverage.run] changed since the tests ran" in reason
    assert "omit changed since the tests ran" in shop.coverage(omit=["src/shop/old.py"]).explain().reasons[0]


def test_omit_is_fingerprinted_item_by_item(shop: Shop) -> None:
    """A pattern with a line break and two patterns give different fingerprints of the code."""
    one, two = (shop.coverage(omit=omit).fingerprint().digest for omit in (["old\nnew"], ["old", "new"]))
    assert one != two


def test_changed_threshold_does_not_make_a_run_stale(shop: Shop) -> None:
    """Settings of reports do not change the measurement."""
    shop.artifact()
    shop.write("pyproject.toml", "[tool.coverage.report]\nfail_under = 99\n[tool.coverage.xml]\noutput = 'x.xml'\n")
    assert shop.coverage().explain()


def test_source_that_changes_while_a_part_runs_is_named(shop: Shop) -> None:
    """A part with different fingerprints before and after is an error that names the change."""
    before = shop.coverage().fingerprint()
    shop.write(STEPS, "STEP = 3\n")
    after = shop.coverage().fingerprint()
    shop.run()
    shop.write(STEPS, "STEP = 1\n")
    shop.part(1, 2, FEATURES[::2], before=before, after=after)
    words = f"part 1 of 2 ran while sources or inputs were changed: {STEPS} changed"
    assert words in refusal(shop.coverage())


def test_C05_parts_of_two_tools_do_not_combine(shop: Shop) -> None:
    """A part of another tool is a MixedMeasurementError that names it."""
    shop.run()
    (shop.folder / "run-1/part-002.data").unlink()
    passport_of(shop.folder / "run-1/part-002.data").unlink()
    shop.part(2, 2, FEATURES[1::2], tool="coverage.py")
    with pytest.raises(ci_accel.MixedMeasurementError, match=r"part-002\.data: measured differently from"):
        shop.coverage().combine()


def test_C22_run_of_some_items_does_not_replace_the_artifact(shop: Shop) -> None:
    """A run of some items is combined in its own folder; as the artifact, it is an error that names the other items."""
    artifact = shop.artifact()
    before = artifact.read_bytes()
    shop.part(1, 1, FEATURES[:1], {"src/shop/cart.py": ([1], [2, 3])}, run="run-2")
    assert shop.coverage().combine().covered_lines == 1
    assert artifact.read_bytes() == before
    assert shop.coverage().explain()
    subset = shop.folder / "run-2/coverage.json"
    assert ci_accel.inspect_coverage(subset).sealed
    for path in (subset, passport_of(subset)):
        (shop.folder / path.name).write_bytes(path.read_bytes())
    (reason,) = shop.coverage().explain().reasons
    assert f"a run of some items only: {FEATURES[1]} and 2 more did not run" in reason


def test_C22_artifact_sealed_with_some_items_does_not_pass(shop: Shop) -> None:
    """An artifact sealed with one of the items does not pass."""
    path = shop.data(shop.folder_for("coverage.json"))
    coverage = shop.coverage()
    coverage.seal(path, exit_code=0, items=[FEATURES[0]], before=coverage.fingerprint())
    assert not coverage.explain()
    coverage.seal(path, exit_code=0, items=["features"], before=coverage.fingerprint())
    assert coverage.explain()


def test_artifact_of_one_process_can_be_sealed(shop: Shop) -> None:
    """`seal` records the exit code, and an artifact of a failed process never passes."""
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


def test_only_declared_items_can_be_sealed(shop: Shop) -> None:
    """An item that matches no file, or no declared item, is a ValueError."""
    coverage = shop.coverage()
    path = shop.data(shop.folder_for("coverage.json"))
    for item, words in [
        ("features/gone.feature", "no file matches the input"),
        (STEPS, "matches no declared item"),
    ]:
        with pytest.raises(ValueError, match=words):
            coverage.seal(path, exit_code=0, items=[item], before=coverage.fingerprint())


def test_combine_without_parts_is_an_error(shop: Shop) -> None:
    """`combine` is an error without a run, without parts and without the folder of the run."""
    assert "there is no run to combine; run the tests first" in refusal(shop.coverage())
    Run(str(shop.folder), "run-7").begin()
    assert "the folder has no passport" in refusal(shop.coverage())
    (shop.folder / "run-7").rmdir()
    assert "there is no such run" in refusal(shop.coverage())


def test_run_named_by_the_environment_is_combined(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """`combine` takes the run that CI_ACCEL_RUN names, else that of the forge, else the latest."""
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


def test_old_runs_are_deleted(shop: Shop) -> None:
    """The five latest runs are kept, and folders with other files are not touched."""
    (shop.folder / "html").mkdir(parents=True)
    (shop.folder / "html/index.html").write_text("<html>")
    for number in range(9):
        shop.part(1, 1, FEATURES, run=f"run-{number}")
    left = {path.name for path in shop.folder.iterdir() if path.is_dir()}
    assert left == {"html", *(f"run-{number}" for number in range(4, 9))}


def test_artifact_of_the_other_tool_is_deleted(shop: Shop) -> None:
    """A new complete run deletes the artifact of the other tool."""
    old = shop.artifact(tool="coverage.py")
    shop.artifact(run="run-2")
    assert not old.exists()
    assert not passport_of(old).exists()
    assert shop.coverage().explain()


@pytest.mark.parametrize("tool", TOOLS)
def test_artifact_is_valid_in_another_checkout(shop: Shop, tmp_path: Path, tool: str) -> None:
    """A copied checkout with the same contents at another path accepts the artifact."""
    shop.artifact(tool=tool)
    other = shop.copy(tmp_path / "elsewhere")
    shop.root.rename(tmp_path / "moved away")
    assert other.coverage().explain()
    info = other.coverage().combine()
    assert info.covered_lines == sum(len(executed) for executed, _ in LINES.values()) or tool.endswith("arcs")
    if tool != "slipcover":
        assert all(file.startswith(f"{other.root}/") for file in info.files)


def test_passport_of_another_version_is_an_error(shop: Shop) -> None:
    """A passport with another version, format or field is an error."""
    path = shop.artifact()
    change_passport(path, version=2)
    assert "passport of version 2; this ci-accel reads 1" in shop.coverage().explain().reasons[0]
    change_passport(path, version=1, format="other")
    assert "not a passport but 'other'".replace("'", '"') in shop.coverage().explain().reasons[0]
    change_passport(path, format="ci-accel coverage passport", more=1)
    assert "not a whole passport: unknown field `more`" in shop.coverage().explain().reasons[0]


def test_missing_passport_or_artifact_is_named(shop: Shop) -> None:
    """A missing passport or artifact is an error that names the file."""
    path = shop.artifact()
    passport_of(path).unlink()
    assert "missing passport" in shop.coverage().explain().reasons[0]
    path.unlink()
    assert "coverage.json: there is no such file; check that the tests ran" in shop.coverage().explain().reasons[0]


@pytest.mark.parametrize("name", ["coverage.json", "coverage.json.passport.json"])
def test_explain_never_raises(shop: Shop, name: str) -> None:
    """`explain` returns a miss with a reason for any damaged or special file."""
    shop.artifact()
    path = shop.folder / name
    for content in [b"", b"\0" * 99, b"{", b'{"meta": NaN}', b"[" * 100_000, "\ud800".encode("utf-8", "surrogatepass")]:
        path.write_bytes(content)
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


def test_passport_with_a_wrong_count_is_an_error(shop: Shop) -> None:
    """A count of parts that is 0 or too large is an error in bounded time."""
    path = shop.artifact()
    for count in (0, 10**6, 2**63):
        change_passport(path, count=count)
        assert f"its passport has an invalid number of parts: {count}" in shop.coverage().explain().reasons[0]


def test_C08_duplicate_part_in_a_passport_is_an_error(shop: Shop) -> None:
    """A passport with a duplicate part, or a part beyond the count, is an error."""
    path = shop.artifact()
    shards = json.loads(passport_of(path).read_text())["shards"]
    change_passport(path, shards=[*shards, shards[0]])
    assert "its passport has part 1 of 2 twice" in shop.coverage().explain().reasons[0]
    change_passport(path, shards=[*shards, shards[0] | {"number": 3}])
    assert "unexpected part 3 of 2" in shop.coverage().explain().reasons[0]


def test_C09_file_name_that_is_not_utf_8_is_an_error(shop: Shop) -> None:
    """A source whose name is not UTF-8 is a ValueError, because coverage data cannot contain the name."""
    (shop.root / os.fsdecode(b"src/shop/caf\xe9.py")).write_text("")
    with pytest.raises(ValueError, match="the file name is not UTF-8"):
        shop.coverage().fingerprint()
    assert "the file name is not UTF-8" in shop.coverage().explain().reasons[0]
