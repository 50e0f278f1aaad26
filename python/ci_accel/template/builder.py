"""Who builds: the session's environment, or an interpreter by itself. Runs the argv and says what it runs with."""

from __future__ import annotations

import os
import sys

from ci_accel.exceptions import CiAccelError

TYPE_CHECKING = False  # the name that type checkers know; importing typing would cost 7 ms
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from nox import Session

PLACEHOLDER = "{db}"
"""What the path to build into replaces in argv and environment."""

INTERPRETER_NAMES = frozenset({"python", "python3"})
"""Programs that mean the environment's own interpreter."""


class InterpreterError(CiAccelError):
    """An interpreter that does not say what it is: it may build all the same, but nothing can be proved."""


class Builder:
    """A command with the environment that will run it.

    Attributes:
        python: Path of the interpreter whose version, SQLite and distributions count.
    """

    __slots__ = ("_argv", "_environment", "_root", "_session", "python")

    def __init__(
        self,
        argv: Sequence[str],
        environment: Mapping[str, str],
        *,
        root: str,
        session: Session | None,
        python: str | os.PathLike[str] | None,
    ) -> None:
        """Find the interpreter.

        Args:
            argv: The command, with `{db}`.
            environment: Variables for it, with `{db}`.
            root: Its working directory.
            session: The nox session whose environment runs it.
            python: Without a session, the interpreter that runs it; None: this one.

        Raises:
            ValueError: Both a session and an interpreter are given, or there is no interpreter to be found.
        """
        if session is not None and python is not None:
            message = "give a session or python=, not both: the session has its own interpreter"
            raise ValueError(message)
        self._argv = tuple(argv)
        self._environment = dict(environment)
        self._root = root
        self._session = session
        self.python = self._find(os.fspath(python) if python is not None else sys.executable)

    def _find(self, python: str) -> str:
        """Resolve the interpreter: of the session, or the one given."""
        import shutil

        if self._session is None:
            path = shutil.which(python)
            if path is None:
                message = f"python={python!r} is no interpreter that can be run"
                raise ValueError(message)
            # Not through links: in a venv the link is what makes the environment.
            return os.path.abspath(path)
        search = self._variables().get("PATH", os.defpath)
        found = shutil.which("python", path=search) or shutil.which("python3", path=search)
        if found is None:
            message = f"session {self._session.name} has no python on its PATH; give it a venv"
            raise ValueError(message)
        return found

    def _variables(self) -> dict[str, str]:
        """Return the environment variables that the command runs with, `{db}` aside."""
        variables = dict(os.environ)
        if self._session is None:
            folders = [os.path.dirname(self.python)]
        else:
            for name, value in self._session.env.items():
                if value is None:
                    variables.pop(name, None)
                else:
                    variables[name] = value
            folders = list(self._session.bin_paths or ())
        variables["PATH"] = os.pathsep.join([*folders, variables.get("PATH", os.defpath)])
        return variables

    def describe(self, *, with_distributions: bool) -> tuple[dict[str, str], dict[str, str], dict[str, list[str]]]:
        """Ask the interpreter about itself, anew each time: nothing that is remembered is a proof.

        Args:
            with_distributions: Whether to look for migration tools.

        Returns:
            Its properties (version, SQLite, platform), the versions of the migration tools it can import, if these are
            asked for, and its folders.

        Raises:
            InterpreterError: It cannot be run, or does not answer.
        """
        from ci_accel.guest import probe

        speaks_to_python = any(name.startswith("PYTHON") for name in self._environment)
        if self._session is None and self.python == sys.executable and not speaks_to_python:
            distributions = probe.distributions(sys.path) if with_distributions else {}
            return probe.interpreter(), distributions, probe.folders()
        interpreter, distributions, folders = self._ask()
        return interpreter, distributions if with_distributions else {}, folders

    def _ask(self) -> tuple[dict[str, str], dict[str, str], dict[str, list[str]]]:
        """Run the probe in the interpreter."""
        from ci_accel.guest import probe

        document = self._answer(probe.__file__, probe.MARK, "say its version")
        return document["interpreter"], document["distributions"], document["folders"]

    def _answer(self, script: str, mark: str, purpose: str, question: object = None) -> Any:
        """Run a script of ours in the interpreter, with a question on its standard input; return its marked answer."""
        import json
        import subprocess

        try:
            answer = subprocess.run(
                [self.python, script],
                cwd=self._root,
                env=self.variables(),
                input=json.dumps(question).encode(),
                capture_output=True,
                check=True,
            )
            lines = answer.stdout.decode(errors="replace").splitlines()
            (line,) = [line for line in lines if line.startswith(mark)]
            return json.loads(line.removeprefix(mark))
        except subprocess.CalledProcessError as error:
            reason = error.stderr.decode(errors="replace").strip() or f"exit code {error.returncode}"
        except (OSError, ValueError) as error:
            reason = str(error)
        message = f"{self.python} cannot {purpose}: {reason}"
        raise InterpreterError(message)

    def variables(self) -> dict[str, str]:
        """Return the environment variables that the command runs with, `{db}` as written."""
        return {**self._variables(), **self._environment}

    def program(self) -> str:
        """Return the program that the command starts, as it is found; its name where it is not."""
        import shutil

        name = self._argv[0]
        if self._session is None and name in INTERPRETER_NAMES:
            return self.python
        if os.path.dirname(name):
            return os.path.join(self._root, name)
        return shutil.which(name, path=self._variables().get("PATH", os.defpath)) or name

    def differing(self, bytecode: list[tuple[str, str]]) -> list[str]:
        """Tell which files of bytecode the interpreter would not make of their sources.

        Args:
            bytecode: Files with their sources.

        Returns:
            The sources of those, as far as they can be told; all of them where the interpreter does not answer.
        """
        from ci_accel.guest.tracer import compare

        if not bytecode:
            return []
        try:
            differing: list[str] = self._answer(compare.__file__, compare.MARK, "compile the sources", bytecode)
        except InterpreterError:
            return [source for _, source in bytecode]
        return differing

    def run(self, database: str, log: str | None = None) -> bool:
        """Run the command.

        Args:
            database: Absolute path that it builds into.
            log: Where a traced command writes down what it looks at; None: it is not traced.

        Returns:
            Whether it was run: `nox --install-only` runs nothing.

        Raises:
            nox.command.CommandFailed: In a session, whatever the session raises.
            subprocess.CalledProcessError: By itself, it failed.
            OSError: By itself, it cannot be started.
        """
        argv = [argument.replace(PLACEHOLDER, database) for argument in self._argv]
        environment = {name: value.replace(PLACEHOLDER, database) for name, value in self._environment.items()}
        if log is not None:
            from ci_accel.guest import tracer

            variables = {**self._variables(), **environment}
            environment.update(tracer.tracing_variables(variables, log))
        if self._session is None:
            import subprocess

            if argv[0] in INTERPRETER_NAMES:
                argv[0] = self.python
            subprocess.run(argv, cwd=self._root, env={**self._variables(), **environment}, check=True)
            return True
        if os.path.realpath(self._root) == os.path.realpath(os.curdir):
            return self._session.run(*argv, env=environment, external=True) is not None
        with self._session.chdir(self._root):
            return self._session.run(*argv, env=environment, external=True) is not None
