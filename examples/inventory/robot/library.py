"""Keywords: the program `inventory`, run as people run it, each test on its own clone of the template."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from robot.api.deco import keyword, library

try:
    import ci_accel
except ImportError:  # the stored database is one immutable file: a plain copy is as good, only not proved
    ci_accel = None  # type: ignore[assignment]

PROGRAM = Path(sys.executable).with_name("inventory")
SECONDS = 60


@library(scope="TEST")
class Library:
    """One test: its database, the moment at which it plays, and what the program said last."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="inventory-"))
        self._database = self._folder / "inventory.db"
        self._moment = "2026-03-02T09:00:00+00:00"
        self._done: subprocess.CompletedProcess[str] | None = None
        self._server: subprocess.Popen[str] | None = None
        self._address = ""

    @keyword
    def open_clone(self) -> None:
        """Clone the template, which all processes of the run share."""
        template = os.environ["INVENTORY_TEMPLATE_DB"]
        if ci_accel:  # type: ignore[truthy-bool]
            ci_accel.TemplateDB.open(template).clone(self._database)
        else:
            shutil.copyfile(template, self._database)

    @keyword
    def close_clone(self) -> None:
        """Stop what still runs, and remove the clone."""
        if self._server is not None:
            self._server.terminate()
            self._server.wait(SECONDS)
        shutil.rmtree(self._folder)

    @keyword
    def it_is(self, moment: str) -> None:
        """Set the clock for the commands that follow."""
        self._moment = moment

    @keyword
    def do(self, command: str) -> str:
        """Run a command that has to succeed, and return what it says."""
        done = self._run(command)
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        return done.stdout

    @keyword
    def refuse(self, command: str, code: int, reason: str) -> None:
        """Run a command that has to end with an exit code and a reason."""
        done = self._run(command)
        if (done.returncode, done.stderr) != (code, f"inventory: {reason}\n"):
            message = f"{done.returncode}: {done.stderr}{done.stdout}"
            raise AssertionError(message)

    @keyword
    def answer_should_be(self, *lines: str) -> None:
        """Compare everything that the last command said."""
        if self._answer() != list(lines):
            raise AssertionError("\n".join(self._answer()))

    @keyword
    def answer_should_have(self, *lines: str) -> None:
        """Look for lines in what the last command said."""
        missing = [line for line in lines if line not in self._answer()]
        if missing:
            raise AssertionError("\n".join(["missing:", *missing, "among:", *self._answer()]))

    @keyword
    def serve(self) -> None:
        """Start the server in a process of its own, on a port that is free."""
        command = [str(PROGRAM), "--database", str(self._database), "serve", "--port", "0"]
        surroundings = {**os.environ, "PYTHONUNBUFFERED": "1"}
        self._server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=surroundings)
        assert self._server.stdout is not None
        self._address = self._server.stdout.readline().split()[-1]

    @keyword
    def get(self, path: str) -> object:
        """Ask the server, and return the JSON of its answer."""
        request = Request(f"{self._address}{path}")  # noqa: S310 - its own server
        with urlopen(request, timeout=SECONDS) as response:  # noqa: S310
            return json.load(response)

    @keyword
    def get_should_fail(self, path: str, status: int) -> None:
        """Ask the server for what it does not have."""
        try:
            self.get(path)
        except HTTPError as error:
            if error.code != status:
                raise
        else:
            raise AssertionError(path)

    def _run(self, command: str) -> subprocess.CompletedProcess[str]:
        arguments = ["--database", str(self._database), "--at", self._moment, *shlex.split(command)]
        self._done = subprocess.run(
            [str(PROGRAM), *arguments], check=False, capture_output=True, text=True, timeout=SECONDS
        )
        return self._done

    def _answer(self) -> list[str]:
        """Return the lines of the last answer, without empty ones, and columns one space apart."""
        assert self._done is not None, "no command was run"
        return [" ".join(line.split()) for line in self._done.stdout.splitlines() if line.strip()]
