"""The Python interpreter that a project's commands run in: a nox session's, or the one given as `python=`."""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ci_accel.exceptions import CiAccelError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from nox import Session

INTERPRETER_NAMES = frozenset({"python", "python3"})
"""Command names that mean the interpreter of the environment."""


class InterpreterError(CiAccelError):
    """An interpreter that cannot be run or does not answer: what it builds cannot be cached."""


@dataclass(frozen=True, slots=True)
class InterpreterFacts:
    """The properties of an interpreter, as `ci_accel.guest.probe` reports them.

    Attributes:
        properties: Version, SQLite version, platform and default encoding, by name.
        distributions: Versions of the installed migration tools, by normalized name.
        folders: Lists of absolute paths: `prefix` (the environment and the installation that it is based on),
            `standard` (the standard library and the interpreter) and `sites` (where distributions are installed).
    """

    properties: dict[str, str]
    distributions: dict[str, str]
    folders: dict[str, list[str]]


class Interpreter:
    """An interpreter and the environment variables that commands get beside it.

    Args:
        session: The nox session whose environment is used.
        python: Without a session, the interpreter's path or its name on PATH; None: the running one.
        root: The project's root, absolute: the working directory of scripts that run in the interpreter.
        env: Environment variables to set beyond those of the session or of this process.

    Raises:
        ValueError: Both `session` and `python` are given, or the interpreter is not found.

    Attributes:
        path: The absolute path of the interpreter.
        session: The nox session, if one was given.
    """

    __slots__ = ("_env", "_root", "path", "session")

    def __init__(
        self,
        session: Session | None = None,
        *,
        python: str | os.PathLike[str] | None = None,
        root: str,
        env: Mapping[str, str] | None = None,
    ) -> None:
        """Find the interpreter."""
        if session is not None and python is not None:
            message = "give a session or python=, not both: the session has its own interpreter"
            raise ValueError(message)
        self._root = root
        self._env = dict(env or {})
        self.session = session
        if session is not None:
            self.path = self._of_session(session)
        else:
            self.path = self._of_path(sys.executable if python is None else python)

    def _of_session(self, session: Session) -> str:
        """Return the path of the session's interpreter."""
        search = self._ambient().get("PATH", os.defpath)
        found = shutil.which("python", path=search) or shutil.which("python3", path=search)
        if found is None:
            message = f"session {session.name}: no python on its PATH; give the session a virtual environment"
            raise ValueError(message)
        return found

    def _of_path(self, python: str | os.PathLike[str]) -> str:
        """Return the absolute path of an interpreter, with its links: a link is what identifies a venv."""
        name = os.fspath(python)
        path = shutil.which(name)
        if path is None:
            message = f"python={name!r}: not an executable Python interpreter"
            raise ValueError(message)
        return os.path.abspath(path)

    def _ambient(self) -> dict[str, str]:
        """Return the variables of the session or of this process, without `env`."""
        variables = dict(os.environ)
        if self.session is None:
            folders = [os.path.dirname(self.path)]
        else:
            for name, value in self.session.env.items():
                if value is None:
                    variables.pop(name, None)
                else:
                    variables[name] = value
            folders = list(self.session.bin_paths or ())
        variables["PATH"] = os.pathsep.join([*folders, variables.get("PATH", os.defpath)])
        return variables

    def variables(self) -> dict[str, str]:
        """Return the environment variables that commands get, `env` included."""
        return {**self._ambient(), **self._env}

    def find_program(self, name: str) -> str:
        """Return the path of the program that a command name starts.

        Args:
            name: The first argument of a command.

        Returns:
            Its path, below the root if the name has a folder. The name itself if PATH does not have it.
        """
        if self.session is None and name in INTERPRETER_NAMES:
            return self.path
        if os.path.dirname(name):
            return os.path.join(self._root, name)
        return shutil.which(name, path=self._ambient().get("PATH", os.defpath)) or name

    def runs_commands(self) -> bool:
        """Return whether the session runs commands, which it does not under `nox --install-only`."""
        if self.session is None:
            return True
        # nox has no public attribute for the option: run() returns None exactly when it is set.
        done = self.session.run(self.path, "-c", "", silent=True, log=False, external=True)
        return done is not None

    def describe(self, *, with_distributions: bool) -> InterpreterFacts:
        """Return the interpreter's properties. They are read on each call, because an environment can change.

        Args:
            with_distributions: Whether to look for migration tools; without, `distributions` is empty.

        Raises:
            InterpreterError: It cannot be run, or does not answer.
        """
        from ci_accel.guest import probe

        is_configured = any(name.startswith("PYTHON") for name in self._env)
        if self.session is None and self.path == sys.executable and not is_configured:
            distributions = probe.distributions(sys.path) if with_distributions else {}
            return InterpreterFacts(probe.interpreter(), distributions, probe.folders())
        answer = self.ask(probe.__file__, mark=probe.MARK, purpose="report its version")
        return InterpreterFacts(
            answer["interpreter"], answer["distributions"] if with_distributions else {}, answer["folders"]
        )

    def changed_bytecode(self, bytecode: Sequence[tuple[str, str]]) -> list[str]:
        """Return the sources whose bytecode files are not what this interpreter compiles from them.

        Args:
            bytecode: Pairs of a bytecode file and its source, as absolute paths.

        Returns:
            The sources of those that differ; all sources if the interpreter does not answer.
        """
        from ci_accel.guest import compare

        if not bytecode:
            return []
        try:
            changed: list[str] = self.ask(
                compare.__file__, mark=compare.MARK, purpose="compile the sources", question=bytecode
            )
        except InterpreterError:
            return [source for _, source in bytecode]
        return changed

    def ask(self, script: str, *, mark: str, purpose: str, question: object = None) -> Any:
        """Run a script in the interpreter, in the root, and return its answer.

        Args:
            script: Path of the script.
            mark: The text before the answer on its line: an interpreter may print other lines, too.
            purpose: What the script does, for the error: "could not <purpose>".
            question: A value that can be written as JSON, for the script's standard input.

        Returns:
            The JSON value behind the mark.

        Raises:
            InterpreterError: The interpreter cannot be run, the script fails or gives no answer.
        """
        import subprocess

        try:
            done = subprocess.run(
                [self.path, script],
                cwd=self._root,
                env=self.variables(),
                input=json.dumps(question).encode(),
                capture_output=True,
                check=True,
            )
            lines = done.stdout.decode(errors="replace").splitlines()
            (line,) = [line for line in lines if line.startswith(mark)]
            return json.loads(line.removeprefix(mark))
        except subprocess.CalledProcessError as error:
            reason = error.stderr.decode(errors="replace").strip() or f"exit code {error.returncode}"
        except (OSError, ValueError) as error:
            reason = str(error)
        message = f"{self.path} could not {purpose}: {reason}"
        raise InterpreterError(message)
