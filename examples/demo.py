"""Show what ci-accel's template database does, on a temporary copy of examples/inventory, and check every step.

Usage: python examples/demo.py [--keep]

It needs nox, uv (or virtualenv) and ci_accel in the Python that runs it. The exit code is 0 where every step went as
described here, and 1, naming the step, where one did not.
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
    sys.exit("demo: ci_accel cannot be imported here; build and install it first")

if TYPE_CHECKING:
    from collections.abc import Callable

INVENTORY = Path(__file__).resolve().parent / "inventory"
REVISION = "alembic/versions/0001_catalogue.py"
MODEL = "src/inventory/models/catalogue.py"
TEST = "features/orders/cart.feature"
# What the example's own sessions install to prove their clones; without it they copy the template plainly.
WHEEL = "INVENTORY_CI_ACCEL_WHEEL"
# What scripts/create_template_db.py prints. In the output of a session it proves that the builder ran.
BUILDER_RAN = "create_template_db: all migrations applied"
HIT_WITHOUT_REASON = "proved unchanged"
WHY_WIDTH = 70
WORDS = {"hit": "reused", "miss": "built", "disabled": "built the plain way"}


class UnexpectedError(Exception):
    """A step did not go as described."""


class Result(NamedTuple):
    """What a step came to: one row of the table."""

    template: str
    why: str
    seconds: float


class Step(NamedTuple):
    """One step: its name in the table, what it shows, and the function that does it."""

    name: str
    lesson: str
    run: Callable[[], Result]


def say(text: str = "") -> None:
    """Print a line at once, so that it stands before the output of the program started next."""
    print(text, flush=True)


def expect(condition: object, message: str) -> None:
    """Go on if the condition holds.

    Raises:
        UnexpectedError: It does not.
    """
    if not condition:
        raise UnexpectedError(message)


class Demo:
    """The two checkouts and what is done in them."""

    def __init__(self, directory: Path) -> None:
        """Copy the example to a first checkout."""
        self.checkout = directory / "checkout"
        self.second = directory / "second" / "checkout"
        self.clones = directory / "clones"
        self.clones.mkdir()
        # Only what a checkout has: an environment or a template made in examples/inventory would spoil step 1.
        made = shutil.ignore_patterns(".nox", ".venv", ".*_cache", "__pycache__", "build", "*.db")
        shutil.copytree(INVENTORY, self.checkout, ignore=made)

    def steps(self) -> list[Step]:
        """Return the steps in their order: each starts from what the one before left."""
        return [
            Step("cold", "A first `nox -s unit_tests`: nothing is stored, so the template is built.", self.cold),
            Step("warm", "The same again: the stored template is proved and reused.", self.warm),
            Step("all files touched", "New times on every file, as after a fresh checkout.", self.touch),
            Step("a revision edited", f"A wider column in {REVISION}.", self.edit),
            Step("the edit taken back", "The older template is still stored.", self.take_back),
            Step(
                "a model edited", f"A line in {MODEL}, which no pattern names: the builder imports it.", self.edit_model
            ),
            Step("a test edited", f"A line in {TEST}: the builder does not read it.", self.edit_test),
            Step("second checkout", "A copy with build/: other path, times and environment.", self.copy),
            Step("one byte flipped", "The stored database is damaged, at one bit of one byte.", self.damage),
            Step("CI_ACCEL=off", "The switch for doubters: all the work is done, nothing stored is used.", self.off),
        ]

    @property
    def python(self) -> Path:
        """The interpreter of the session's environment, which step 1 makes and the builder needs."""
        scripts, name = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
        return self.checkout / ".nox" / "unit_tests" / scripts / name

    def template(self, checkout: Path | None = None) -> ci_accel.TemplateDB:
        """Return the template database as a noxfile in the checkout would, made anew as in a new process."""
        return ci_accel.Project.load(checkout or self.checkout).template

    # The steps

    def cold(self) -> Result:
        """Run the session where nothing is stored yet."""
        # Asked with this Python, as the session's own does not exist yet: where nothing is stored, that is the same.
        before = self.template().explain(python=sys.executable)
        expect(before.status == "miss", f"nothing is stored yet, but: {before}")
        output, seconds = self.session()
        expect(BUILDER_RAN in output, "the session was green, but the builder did not run")
        after = self.template().explain(python=self.python)
        expect(after.status == "hit", f"the session built a template that is of no use to the next one: {after}")
        return Result("built", before.reasons[0], seconds)

    def warm(self) -> Result:
        """Run the same session again."""
        before = self.template().explain(python=self.python)
        output, seconds = self.session()
        expect(before.status == "hit", f"expected a hit: {before}")
        expect(BUILDER_RAN not in output, "the template was to be reused, but the builder ran")
        return Result("reused", "".join(before.reasons[:1]) or HIT_WITHOUT_REASON, seconds)

    def touch(self) -> Result:
        """Give every file a new time."""
        touched = 0
        for path in self.checkout.rglob("*"):
            if path.is_file() and path.relative_to(self.checkout).parts[0] != ".nox":
                os.utime(path)
                touched += 1
        expect(touched, "there was no file to touch")
        say(f"    touched {touched} files")
        return self.ensure(self.template(), "hit")

    def edit(self) -> Result:
        """Make a column of the first revision wider."""
        # Another length, so that Python takes no bytecode of the one text for that of the other.
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
        """Add a line to application code that the migrations import, and take it away again."""
        model = self.checkout / MODEL
        text = model.read_text(encoding="utf-8")
        model.write_text(text + "# edited\n", encoding="utf-8")
        result = self.ensure(self.template(), "miss", built="rebuilt")
        expect(MODEL in result.why, f"the reason does not name {MODEL}: {result.why}")
        model.write_text(text, encoding="utf-8")
        self.ensure(self.template(), "hit")
        return result

    def edit_test(self) -> Result:
        """Add a line to a file that the builder has no use for."""
        with (self.checkout / TEST).open("a", encoding="utf-8") as test:
            test.write("# edited\n")
        return self.ensure(self.template(), "hit")

    def copy(self) -> Result:
        """Copy the tree without its environment, and run the session there."""
        # copyfile keeps neither times nor modes, like a cache that is restored by somebody else.
        shutil.copytree(
            self.checkout, self.second, ignore=shutil.ignore_patterns(".nox"), copy_function=shutil.copyfile
        )
        output, seconds = self.session(self.second)
        expect(BUILDER_RAN not in output, "the template was to be reused, but the builder ran")
        (line,) = [line for line in output.splitlines() if "template database: hit" in line]
        return Result("reused", line.partition("saved: ")[2].partition(" [")[0], seconds)

    def damage(self) -> Result:
        """Flip one bit in the middle of the database that is in use."""
        template = self.template()
        before = template.ensure(python=self.python)
        expect(before.status == "hit", f"nothing is damaged yet, but: {before}")
        database = Path(template.database)
        database.chmod(0o644)  # a stored database may be read-only
        damaged = bytearray(database.read_bytes())
        damaged[len(damaged) // 2] ^= 1
        database.write_bytes(damaged)
        result = self.ensure(template := self.template(), "miss", built="rebuilt")
        expect(REVISION not in result.why, f"the reason blames a file that did not change: {result.why}")
        expect(Path(template.database).read_bytes() != damaged, "the damaged database is still in use")
        after = self.template().explain(python=self.python)
        expect(after.status == "hit", f"the rebuilt template is of no use to the next session: {after}")
        return result

    def off(self) -> Result:
        """Build with the cache switched off."""
        os.environ["CI_ACCEL"] = "off"
        try:
            template = self.template()
            result = self.ensure(template, "disabled")
            expect("customer_order" in self.schema(template), "the plain build has no tables")
        finally:
            del os.environ["CI_ACCEL"]
        return result

    # What the steps are made of

    def session(self, checkout: Path | None = None) -> tuple[str, float]:
        """Run `nox -s unit_tests`, its output shown as it comes, and return that and the seconds."""
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
        """Do what `project.template.ensure(session)` does in a noxfile, and expect its outcome."""
        start = time.perf_counter()
        outcome = template.ensure(python=self.python)
        seconds = time.perf_counter() - start
        say(f"    {outcome}")
        expect(outcome.status == status, f"expected a {status}: {outcome}")
        expect(outcome.reasons or outcome.status == "hit", "work was done, and no reason given")
        word = built if status == "miss" else WORDS[status]
        return Result(word, "; ".join(outcome.reasons) or HIT_WITHOUT_REASON, seconds)

    def replace(self, old: str, new: str) -> None:
        """Replace a text in the revision that the demo edits."""
        revision = self.checkout / REVISION
        text = revision.read_text(encoding="utf-8")
        expect(old in text, f"{REVISION} has no {old}")
        revision.write_text(text.replace(old, new), encoding="utf-8")

    def schema(self, template: ci_accel.TemplateDB) -> str:
        """Return the tables as SQL, read from a clone as a test would: the template itself is never opened."""
        clone = template.clone(self.clones / "clone.db", replace=True)
        with closing(sqlite3.connect(clone)) as connection:
            return "\n".join(str(sql) for (sql,) in connection.execute("SELECT sql FROM sqlite_master"))


def print_table(rows: list[tuple[str, Result]]) -> None:
    """Print one line a step. Long reasons are cut here: they stand in full where the step ran."""
    cells = [("step", "template", "why", "seconds")]
    for name, result in rows:
        why = result.why if len(result.why) <= WHY_WIDTH else result.why[: WHY_WIDTH - 3] + "..."
        cells.append((name, result.template, why, f"{result.seconds:.3f}"))
    widths = [max(len(row[column]) for row in cells) for column in range(4)]
    for step, template, why, seconds in cells:
        say(f"{step:<{widths[0]}} | {template:<{widths[1]}} | {why:<{widths[2]}} | {seconds:>{widths[3]}}")


def play(directory: Path) -> bool:
    """Run all steps, print the table of those that were run, and return whether all went as described."""
    rows: list[tuple[str, Result]] = []
    failure = ""
    for number, step in enumerate(Demo(directory).steps(), start=1):
        name = f"{number}. {step.name}"
        say(f"{name}: {step.lesson}")
        try:
            result = step.run()
        except UnexpectedError as error:
            failure = f"step {name}: {error}"
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the step that it went wrong in is named
            failure = f"step {name}: {type(error).__name__}: {error}"
        if failure:
            break
        rows.append((name, result))
        say(f"    -> {result.template} in {result.seconds:.3f} s\n")
    print_table(rows)
    say()
    if failure:
        say(f"demo: NOT as expected: {failure}")
    else:
        say(
            "Steps 1, 2 and 8 are whole nox sessions (environment, template, tests); the others are the template alone."
        )
        say("demo: every step went as expected")
    return not failure


def main() -> int:
    """Play the demo in a temporary directory and return the exit code."""
    parser = argparse.ArgumentParser(description="Show what ci-accel's template database does, and check every step.")
    parser.add_argument("--keep", action="store_true", help="keep the temporary checkouts and say where they are")
    keep = parser.parse_args().keep
    if not ci_accel.HAS_NATIVE:
        say("demo: ci_accel is installed without its compiled module, and would store nothing: nothing to show")
        return 1
    # A setting of the caller's shell would change what the steps show, and a session around this one what nox does.
    for name in [name for name in os.environ if name.startswith(("CI_ACCEL", "INVENTORY_", "NOX"))]:
        if name != WHEEL:
            del os.environ[name]
    os.environ["NOX_SCRIPT_MODE"] = "none"  # nox runs in this Python, where ci_accel is
    directory = Path(tempfile.mkdtemp(prefix="ci-accel-demo-"))
    try:
        return 0 if play(directory) else 1
    finally:
        if keep:
            say(f"demo: the checkouts are kept in {directory}")
        else:
            shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
