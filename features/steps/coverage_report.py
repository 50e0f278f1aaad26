"""Steps for the coverage job."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any, Protocol

from behave import given, then, when
from inventory_checkout import ARTIFACT, BEHAVE_RAN, PASSPORT, Checkout, Job

import ci_accel

if TYPE_CHECKING:

    class Stage(Protocol):
        """The attributes of a scenario."""

        checkout: Checkout
        job: Job


VERDICT = "ci-accel coverage: "


def verdict(context: Stage) -> dict[str, Any]:
    """Return the machine-readable line at the end of the report."""
    (line,) = [line for line in context.job.output.splitlines() if line.startswith(VERDICT)]
    document: dict[str, Any] = json.loads(line.removeprefix(VERDICT))
    return document


@given("a checkout of the inventory whose unit tests have run")
def checkout(context: Stage) -> None:
    """Run the unit tests, or restore the files of their run."""
    context.checkout.prepare()


@given("the coverage is missing")
def missing(context: Stage) -> None:
    """Remove the stored coverage."""
    shutil.rmtree(context.checkout.root / "build/coverage")


@given('a line was added to "{name}"')
def edited(context: Stage, name: str) -> None:
    """Append a comment to a file."""
    with (context.checkout.root / name).open("a") as file:
        file.write("\n# one line more\n")


@given('the coverage is that of "{feature}" alone')
def subset(context: Stage, feature: str) -> None:
    """Replace the combined coverage with that of one feature."""
    context.checkout.artifact_of(feature)


@given("the data of one part was lost before the parts were combined")
def lost(context: Stage) -> None:
    """Remove the data of one process. The combination of the parts fails."""
    for name in (ARTIFACT, PASSPORT):
        (context.checkout.root / name).unlink()
    (context.checkout.parts() / "part-002.data").unlink()
    refused = ""
    try:
        context.checkout.coverage().combine()
    except ci_accel.CoverageDataError as error:
        refused = str(error)
    assert "part-002.data: there is no such file" in refused, refused


@given("the coverage lost its last bytes")
def cut(context: Stage) -> None:
    """Truncate the combined coverage."""
    path = context.checkout.root / ARTIFACT
    path.write_bytes(path.read_bytes()[:-100])


@given("the checkout has other sources")
def foreign(context: Stage) -> None:
    """Rename a source file."""
    source = context.checkout.root / "src/inventory"
    (source / "pricing.py").rename(source / "prices.py")


@given("{fault} coverage file is beside it")
def beside(context: Stage, fault: str) -> None:
    """Create a second coverage file, at the default path of coverage.py data."""
    root = context.checkout.root
    passport = json.loads((root / PASSPORT).read_text())
    if fault == "a stale":
        passport["code"]["digest"] = "0" * 64
    elif fault == "a partial":
        passport["shards"] = passport["shards"][:1]
    content = (root / ARTIFACT).read_bytes()
    (root / "build/coverage/coverage.sqlite").write_bytes(content[:-100] if fault == "a torn" else content)
    (root / "build/coverage/coverage.sqlite.passport.json").write_text(json.dumps(passport))


@when("the coverage job runs")
def run_job(context: Stage) -> None:
    """Run the session with CI in the environment."""
    context.job = context.checkout.nox("coverage_report", is_ci=True)


@when("the coverage report runs on a developer's machine")
def run_on_machine(context: Stage) -> None:
    """Run the session without CI in the environment."""
    context.job = context.checkout.nox("coverage_report", is_ci=False)


@then("it succeeds")
def succeeds(context: Stage) -> None:
    """Check the exit code of nox."""
    assert context.job.exit_code == 0, context.job.output


@then('it fails with "{words}"')
def fails(context: Stage, words: str) -> None:
    """Check that nox fails, that its output has the reason, and that it has no verdict."""
    assert context.job.exit_code != 0, context.job.output
    assert words in context.job.output, context.job.output
    assert VERDICT not in context.job.output, context.job.output


@then('its message has "{words}"')
def has_words(context: Stage, words: str) -> None:
    """Check the output of nox."""
    assert words in context.job.output, context.job.output


@then("no feature was run")
def nothing_ran(context: Stage) -> None:
    """Check that no shard started."""
    assert "part 1 of" not in context.job.output, context.job.output
    assert BEHAVE_RAN not in context.job.output, context.job.output


@then("the features were run")
def all_ran(context: Stage) -> None:
    """Check that the shards started."""
    assert "part 1 of" in context.job.output, context.job.output


@then("its report ends with a verdict that passes")
def passes(context: Stage) -> None:
    """Check the machine-readable line at the end of the report."""
    assert verdict(context)["passed"] is True, context.job.output


@then("its totals are those of a sequential run under slipcover, file by file")
def same_totals(context: Stage) -> None:
    """Compare the executed and missing lines of each file with those of one process that runs all features."""
    theirs = context.checkout.sequential()
    ours = json.loads((context.checkout.root / ARTIFACT).read_text())
    assert set(ours["files"]) == set(theirs["files"])
    for name, file in theirs["files"].items():
        assert ours["files"][name] == file, name
    found, summary = verdict(context), theirs["summary"]
    assert found["covered"] == summary["covered_lines"], found
    assert found["total"] == summary["covered_lines"] + summary["missing_lines"], found


@then("its report is that of the valid coverage alone")
def same_report(context: Stage) -> None:
    """Compare the report with one that is made without the other file."""
    found = verdict(context)
    shutil.rmtree(context.checkout.root / "build/coverage")
    context.checkout.prepare()
    alone = context.checkout.nox("coverage_report", is_ci=True)
    context.job = alone
    assert verdict(context) == found
