"""Show when ci-accel reuses or rebuilds a template database, on a temporary copy of examples/inventory.

Usage: python examples/demo.py [--keep]

The Python that runs it needs nox, uv (or virtualenv) and ci_accel. Each step checks its own result. The exit code is 0
if all steps succeed; otherwise it is 1, and the last line names the step that failed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

try:
    import ci_accel
except ImportError:
    sys.exit("demo: this Python cannot import ci_accel; run `make demo`, which builds and installs it")

if TYPE_CHECKING:
    from collections.abc import Callable

INVENTORY = Path(__file__).resolve().parent / "inventory"
REVISION = "alembic/versions/0001_catalogue.py"
MODEL = "src/inventory/models/catalogue.py"
TEST = "features/orders/numbering.feature"
# A wheel of ci-accel for the environments of the example, whose features then verify each copy of the template.
WHEEL = "INVENTORY_CI_ACCEL_WHEEL"
# scripts/create_template_db.py prints this line: a session with it in its output ran the builder.
BUILDER_RAN = "create_template_db: all migrations applied"
HIT_WITHOUT_REASON = "inputs unchanged"
WHY_WIDTH = 70
WORDS = {"hit": "reused", "miss": "built", "disabled": "built without cache"}


class UnexpectedError(Exception):
    """The result of a step is not the expected one."""


class Result(NamedTuple):
    """The result of a step: one row of the table."""

    template: str
    why: str
    seconds: float


class Step(NamedTuple):
    """A step: its name in the table, a description, and the function that runs it."""

    name: str
    description: str
    run: Callable[[], Result]


def say(text: str = "") -> None:
    """Print a line without buffering, so that it precedes the output of child processes."""
    print(text, flush=True)


def expect(condition: object, message: str) -> None:
    """Check a condition.

    Raises:
        UnexpectedError: The condition is false.
    """
    if not condition:
        raise UnexpectedError(message)


class Demo:
    """The two checkouts and the steps in them."""

    def __init__(self, directory: Path) -> None:
        """Copy the example to a first checkout."""
        self.checkout = directory / "checkout"
        self.second = directory / "second" / "checkout"
        self.clones = directory / "clones"
        self.clones.mkdir()
        # Without generated files: step 1 needs a checkout without environment and template.
        generated = shutil.ignore_patterns(".nox", ".venv", ".*_cache", "__pycache__", "build", "*.db")
        shutil.copytree(INVENTORY, self.checkout, ignore=generated)

    def steps(self) -> list[Step]:
        """Return the steps in order. Each starts with the files of the step before."""
        return [
            Step("cold", "The first `nox -s unit_tests` builds the template: nothing is stored yet.", self.cold),
            Step("warm", "The second `nox -s unit_tests` verifies and reuses the stored template.", self.warm),
            Step("all files touched", "All files get new modification times, as in a fresh checkout.", self.touch),
            Step("a revision edited", f"A column in {REVISION} gets wider.", self.edit),
            Step("a revision restored", "The edit is undone. The first template is still stored.", self.take_back),
            Step(
                "a model edited",
                f"{MODEL} gets a new line. No pattern names it, but the builder imports it.",
                self.edit_model,
            ),
            Step("a test edited", f"{TEST} gets a new line. The builder does not read it.", self.edit_test),
            Step(
                "second checkout",
                "A copy, with build/, has another path, other times and a new environment.",
                self.copy,
            ),
            Step("one byte flipped", "One bit of the stored database is changed.", self.damage),
            Step("CI_ACCEL=off", "With this variable, the template is built and the cache is not used.", self.off),
        ]

    @property
    def python(self) -> Path:
        """The interpreter that runs the builder, in the environment that step 1 creates."""
        scripts, name = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
        return self.checkout / ".nox" / "unit_tests" / scripts / name

    def template(self, checkout: Path | None = None) -> ci_accel.TemplateDB:
        """Return a new object for the template database of a checkout, as a new nox process creates one."""
        return ci_accel.Project.load(checkout or self.checkout).template

    # The steps

    def cold(self) -> Result:
        """Run the session without a stored template."""
        # The environment of the session does not exist yet. This Python gives the same answer: nothing is stored.
        before = self.template().explain(python=sys.executable)
        expect(before.status == "miss", f"expected a miss, because nothing is stored: {before}")
        output, seconds = self.session()
        expect(BUILDER_RAN in output, "the session succeeded, but the builder did not run")
        after = self.template().explain(python=self.python)
        expect(after.status == "hit", f"the next session cannot use the template: {after}")
        return Result("built", before.reasons[0], seconds)

    def warm(self) -> Result:
        """Run the same session again."""
        before = self.template().explain(python=self.python)
        output, seconds = self.session()
        expect(before.status == "hit", f"expected a hit: {before}")
        expect(BUILDER_RAN not in output, "expected a reused template, but the builder ran")
        return Result("reused", "".join(before.reasons[:1]) or HIT_WITHOUT_REASON, seconds)

    def touch(self) -> Result:
        """Set new modification times on all files."""
        touched = 0
        for path in self.checkout.rglob("*"):
            if path.is_file() and path.relative_to(self.checkout).parts[0] != ".nox":
                os.utime(path)
                touched += 1
        expect(touched, "found no file to touch")
        say(f"    touched {touched} files")
        return self.ensure(self.template(), "hit")

    def edit(self) -> Result:
        """Widen a column in the first revision."""
        # The new text has another length, so that Python does not use the bytecode of the old one.
        self.replace("sa.String(80)", "sa.String(800)")
        template = self.template()
        result = self.ensure(template, "miss", built="rebuilt")
        expect(REVISION in result.why, f"the reason does not name {REVISION}: {result.why}")
        expect("VARCHAR(800)" in self.schema(template), "the rebuilt template does not have the edited column")
        return result

    def take_back(self) -> Result:
        """Undo the edit."""
        self.replace("sa.String(800)", "sa.String(80)")
        template = self.template()
        result = self.ensure(template, "hit")
        expect("VARCHAR(800)" not in self.schema(template), "the reused template has the edited column")
        return result

    def edit_model(self) -> Result:
        """Add a line to a module that the migrations import, and remove it again."""
        model = self.checkout / MODEL
        text = model.read_text(encoding="utf-8")
        model.write_text(text + "# edited\n", encoding="utf-8")
        result = self.ensure(self.template(), "miss", built="rebuilt")
        expect(MODEL in result.why, f"the reason does not name {MODEL}: {result.why}")
        model.write_text(text, encoding="utf-8")
        self.ensure(self.template(), "hit")
        return result

    def edit_test(self) -> Result:
        """Add a line to a file that the builder does not read."""
        with (self.checkout / TEST).open("a", encoding="utf-8") as test:
            test.write("# edited\n")
        return self.ensure(self.template(), "hit")

    def copy(self) -> Result:
        """Copy the checkout without its environment, and run the session in the copy."""
        # copyfile keeps neither times nor modes, as a cache of another machine.
        shutil.copytree(
            self.checkout, self.second, ignore=shutil.ignore_patterns(".nox"), copy_function=shutil.copyfile
        )
        output, seconds = self.session(self.second)
        expect(BUILDER_RAN not in output, "expected a reused template, but the builder ran")
        (line,) = [line for line in output.splitlines() if "template database: hit" in line]
        return Result("reused", line.partition("saved: ")[2].partition(" [")[0], seconds)

    def damage(self) -> Result:
        """Change one bit in the middle of the stored database."""
        template = self.template()
        before = template.ensure(python=self.python)
        expect(before.status == "hit", f"expected a hit before the change: {before}")
        database = Path(template.database)
        database.chmod(0o644)  # a stored database may be read-only
        damaged = bytearray(database.read_bytes())
        damaged[len(damaged) // 2] ^= 1
        database.write_bytes(damaged)
        result = self.ensure(template := self.template(), "miss", built="rebuilt")
        expect(REVISION not in result.why, f"the reason names a file that did not change: {result.why}")
        expect(Path(template.database).read_bytes() != damaged, "the damaged database is still stored")
        after = self.template().explain(python=self.python)
        expect(after.status == "hit", f"the next session cannot use the rebuilt template: {after}")
        return result

    def off(self) -> Result:
        """Build with the cache disabled."""
        os.environ["CI_ACCEL"] = "off"
        try:
            template = self.template()
            result = self.ensure(template, "disabled")
            expect("customer_order" in self.schema(template), "the database has no tables")
        finally:
            del os.environ["CI_ACCEL"]
        return result

    # Functions of the steps

    def session(self, checkout: Path | None = None) -> tuple[str, float]:
        """Run `nox -s unit_tests`, print its output line by line, and return the output and the seconds."""
        say("    $ nox -s unit_tests")
        lines = []
        start = time.perf_counter()
        with subprocess.Popen(
            [sys.executable, "-m", "nox", "-s", "unit_tests"],
            cwd=checkout or self.checkout,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        ) as nox:
            for line in nox.stdout or ():
                lines.append(line)
                say(f"    | {line.rstrip()}")
        seconds = time.perf_counter() - start
        expect(nox.returncode == 0, f"nox ended with exit code {nox.returncode}")
        return "".join(lines), seconds

    def ensure(self, template: ci_accel.TemplateDB, status: str, *, built: str = WORDS["miss"]) -> Result:
        """Run `ensure` as a noxfile does, and check the status of its outcome."""
        start = time.perf_counter()
        outcome = template.ensure(python=self.python)
        seconds = time.perf_counter() - start
        say(f"    {outcome}")
        expect(outcome.status == status, f"expected a {status}: {outcome}")
        expect(outcome.reasons or outcome.status == "hit", "the outcome has no reason")
        word = built if status == "miss" else WORDS[status]
        return Result(word, "; ".join(outcome.reasons) or HIT_WITHOUT_REASON, seconds)

    def replace(self, old: str, new: str) -> None:
        """Replace a text in the revision that the demo edits."""
        revision = self.checkout / REVISION
        text = revision.read_text(encoding="utf-8")
        expect(old in text, f"{REVISION} has no {old}")
        revision.write_text(text.replace(old, new), encoding="utf-8")

    def schema(self, template: ci_accel.TemplateDB) -> str:
        """Return the schema as SQL. It is read from a clone, as a test does: the template is never opened."""
        clone = template.clone(self.clones / "clone.db", replace=True)
        with closing(sqlite3.connect(clone)) as connection:
            return "\n".join(str(sql) for (sql,) in connection.execute("SELECT sql FROM sqlite_master"))


def print_table(rows: list[tuple[str, Result]]) -> None:
    """Print one line for each step. Long reasons are truncated: the output of the step has the full text."""
    cells = [("step", "template", "why", "seconds")]
    for name, result in rows:
        why = result.why if len(result.why) <= WHY_WIDTH else result.why[: WHY_WIDTH - 3] + "..."
        cells.append((name, result.template, why, f"{result.seconds:.3f}"))
    widths = [max(len(row[column]) for row in cells) for column in range(4)]
    for step, template, why, seconds in cells:
        say(f"{step:<{widths[0]}} | {template:<{widths[1]}} | {why:<{widths[2]}} | {seconds:>{widths[3]}}")


def play(directory: Path) -> bool:
    """Run the steps until one fails, print the table, and return whether all succeeded."""
    rows: list[tuple[str, Result]] = []
    failure = ""
    for number, step in enumerate(Demo(directory).steps(), start=1):
        name = f"{number}. {step.name}"
        say(f"{name}: {step.description}")
        try:
            result = step.run()
        except UnexpectedError as error:
            failure = f"step {name}: {error}"
        except Exception as error:  # noqa: BLE001 - any error is reported with its step
            failure = f"step {name}: {type(error).__name__}: {error}"
        if failure:
            break
        rows.append((name, result))
        say(f"    -> {result.template} in {result.seconds:.3f} s\n")
    print_table(rows)
    say()
    if failure:
        say(f"demo: FAILED in {failure}")
    else:
        say("Steps 1, 2 and 8 time a whole nox session (environment, template, tests), the others only the template.")
        say("demo: all steps succeeded")
    return not failure


def main() -> int:
    """Run the demo in a temporary directory and return the exit code."""
    parser = argparse.ArgumentParser(description="Show when ci-accel reuses or rebuilds a template database.")
    parser.add_argument("--keep", action="store_true", help="keep the temporary checkouts and print their folder")
    keep = parser.parse_args().keep
    if not ci_accel.HAS_NATIVE:
        say("demo: ci_accel is installed without its compiled module and cannot store a template; run `make demo`")
        return 1
    # The settings of the shell, or of a nox session around this one, would change the results of the steps.
    for name in [name for name in os.environ if name.startswith(("CI_ACCEL", "INVENTORY_", "NOX"))]:
        if name != WHEEL:
            del os.environ[name]
    directory = Path(tempfile.mkdtemp(prefix="ci-accel-demo-"))
    say(f"demo: ten steps on a copy of examples/inventory in {directory}; the whole demo takes a few minutes\n")
    try:
        return 0 if play(directory) else 1
    finally:
        if keep:
            say(f"demo: the checkouts are in {directory}")
        else:
            shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
