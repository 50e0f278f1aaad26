"""Steps about the job that reports coverage."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any, Protocol

from behave import given, then, when
from inventory_checkout import ARTIFACT, BEHAVE_RAN, PASSPORT, Checkout, Job

import ci_accel

if TYPE_CHECKING:

    class Stage(Protocol):
        """What a scenario has."""

        checkout: Checkout
        job: Job


VERDICT = "ci-accel coverage: "


def verdict(context: Stage) -> dict[str, Any]:
    """Return the line for programs that the report ends with."""
    (line,) = [line for line in context.job.output.splitlines() if line.startswith(VERDICT)]
    document: dict[str, Any] = json.loads(line.removeprefix(VERDICT))
    return document


@given("a checkout of the inventory whose unit tests have run")
def checkout(context: Stage) -> None:
    """Begin with what the unit tests have left."""
    context.checkout.prepare()


@given("the artifact is gone")
def gone(context: Stage) -> None:
    """Hand nothing over."""
    shutil.rmtree(context.checkout.root / "build/coverage")


@given('a line was added to "{name}"')
def edited(context: Stage, name: str) -> None:
    """Edit a file, harmlessly."""
    with (context.checkout.root / name).open("a") as file:
        file.write("\n# one line more\n")


@given('the artifact is one of "{feature}" alone')
def subset(context: Stage, feature: str) -> None:
    """Offer a run of one feature as the whole."""
    context.checkout.artifact_of(feature)


@given("the data of one part was lost before the parts were combined")
def lost(context: Stage) -> None:
    """Lose what one process measured; what is combined then is nothing."""
    for name in (ARTIFACT, PASSPORT):
        (context.checkout.root / name).unlink()
    (context.checkout.parts() / "part-002.json").unlink()
    refused = ""
    try:
        context.checkout.coverage().combine()
    except ci_accel.CoverageDataError as error:
        refused = str(error)
    assert "part-002.json: there is no such file" in refused, refused


@given("the artifact lost its last bytes")
def cut(context: Stage) -> None:
    """Cut the artifact."""
    path = context.checkout.root / ARTIFACT
    path.write_bytes(path.read_bytes()[:-100])


@given("the artifact is one of a checkout with other sources")
def foreign(context: Stage) -> None:
    """Hand over what another branch has measured: here it is this checkout that has other sources."""
    source = context.checkout.root / "src/inventory/common"
    (source / "clock.py").rename(source / "calendar.py")


@given("{fault} artifact lies beside it")
def beside(context: Stage, fault: str) -> None:
    """Leave another artifact where coverage.py's would stand."""
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
    """Run the session as CI does."""
    context.job = context.checkout.nox("coverage_report", is_ci=True)


@when("the coverage report is made on a laptop")
def run_on_laptop(context: Stage) -> None:
    """Run the session without CI in the environment."""
    context.job = context.checkout.nox("coverage_report", is_ci=False)


@then("it is green")
def green(context: Stage) -> None:
    """Nox says so."""
    assert context.job.exit_code == 0, context.job.output


@then('it fails and says "{words}"')
def fails(context: Stage, words: str) -> None:
    """Nox fails, and the reason can be read."""
    assert context.job.exit_code != 0, context.job.output
    assert words in context.job.output, context.job.output
    assert VERDICT not in context.job.output, context.job.output


@then("no feature was run")
def nothing_ran(context: Stage) -> None:
    """No shard was started."""
    assert "part 1 of" not in context.job.output, context.job.output
    assert BEHAVE_RAN not in context.job.output, context.job.output


@then("the features were run")
def all_ran(context: Stage) -> None:
    """The shards were."""
    assert "part 1 of" in context.job.output, context.job.output


@then("its report ends with a verdict that passes")
def passes(context: Stage) -> None:
    """The last line of the report is for programs."""
    assert verdict(context)["passed"] is True, context.job.output


@then("its totals are those of a sequential run under slipcover, file by file")
def same_totals(context: Stage) -> None:
    """The artifact has the same executed and missing lines in each file as one process has that runs all features."""
    theirs = context.checkout.sequential()
    ours = json.loads((context.checkout.root / ARTIFACT).read_text())
    assert set(ours["files"]) == set(theirs["files"])
    for name, file in theirs["files"].items():
        assert ours["files"][name] == file, name
    told = verdict(context)
    assert told["covered"] == theirs["summary"]["covered_lines"], told
    assert told["total"] == theirs["summary"]["covered_lines"] + theirs["summary"]["missing_lines"], told


@then("its report is that of the good one alone")
def same_report(context: Stage) -> None:
    """Nothing of the other is in it."""
    told = verdict(context)
    shutil.rmtree(context.checkout.root / "build/coverage")
    context.checkout.prepare()
    alone = context.checkout.nox("coverage_report", is_ci=True)
    context.job = alone
    assert verdict(context) == told
