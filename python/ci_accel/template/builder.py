"""The command that builds a template database."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ci_accel.foundation.interpreter import INTERPRETER_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ci_accel.foundation.interpreter import Interpreter

PLACEHOLDER = "{db}"
"""The text in arguments and environment variables that is replaced by the path to build into."""


class Builder:
    """A command that builds a database, and the interpreter that it runs beside.

    Args:
        argv: The command, with `{db}`.
        env: Environment variables for it, with `{db}`.
        root: Its working directory.
        interpreter: The interpreter that `python` means, with the environment of the command.

    Attributes:
        interpreter: The argument of that name.
    """

    __slots__ = ("_argv", "_env", "_root", "interpreter")

    def __init__(self, argv: Sequence[str], env: Mapping[str, str], *, root: str, interpreter: Interpreter) -> None:
        """Keep the arguments."""
        self._argv = tuple(argv)
        self._env = dict(env)
        self._root = root
        self.interpreter = interpreter

    def program(self) -> str:
        """Return the path of the program that the command starts; its name if PATH does not have it."""
        return self.interpreter.find_program(self._argv[0])

    def untraceable_option(self) -> str:
        """Return the first of the options -I, -E and -S that a Python command has; empty if it has none.

        With any of them, an interpreter does not load the tracer, which is found through PYTHONPATH and by `site`.
        """
        from ci_accel.guest import carrier

        is_python = any(carrier.is_interpreter(name) for name in (self._argv[0], self.program()))
        return carrier.isolating_option(self._argv) if is_python else ""

    def run(self, database: str, log: str | None = None) -> bool:
        """Run the command.

        Args:
            database: Absolute path that it builds into.
            log: The file that a traced command writes its trace to; None: the command is not traced.

        Returns:
            Whether the command was run: `nox --install-only` runs nothing.

        Raises:
            nox.command.CommandFailed: The command failed in a session, or what else `session.run` raises.
            subprocess.CalledProcessError: The command failed outside a session.
            OSError: The command cannot be started outside a session.
        """
        argv = [argument.replace(PLACEHOLDER, database) for argument in self._argv]
        env = {name: value.replace(PLACEHOLDER, database) for name, value in self._env.items()}
        if log is not None:
            from ci_accel.guest import carrier

            variables = {**self.interpreter.variables(), **env}
            env.update(carrier.tracing_variables(variables, log))
        session = self.interpreter.session
        if session is None:
            import subprocess

            if argv[0] in INTERPRETER_NAMES:
                argv[0] = self.interpreter.path
            subprocess.run(argv, cwd=self._root, env={**self.interpreter.variables(), **env}, check=True)
            return True
        if os.path.realpath(self._root) == os.path.realpath(os.curdir):
            return session.run(*argv, env=env, external=True) is not None
        with session.chdir(self._root):
            return session.run(*argv, env=env, external=True) is not None
