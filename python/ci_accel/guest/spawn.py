"""Wrappers of the functions that start programs: fork_exec, posix_spawn and exec.

A wrapper turns its arguments into a `Launch`, lets an observer (the tracer or the witness) change the environment in
it, and calls the original function. If anything fails before that call, the original gets the arguments as they were.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any, Protocol

    class Observer(Protocol):
        """What is informed of programs that are started."""

        def prepare(self, launch: Launch) -> None:
            """See a program before it starts; `variables` and `preexec` of the launch may be replaced."""

        def started(self, launch: Launch, process: int | None) -> None:
            """See a program that runs; None: that takes the place of this process when this method returns."""

        def failed(self, error: Exception) -> None:
            """Learn that a program starts, but not which: its arguments are not understood."""


class Replacement:
    """A callable that takes the place of a function and looks like it.

    It is an instance and not a function: a class that keeps it as an attribute, as `pathlib` did, must not turn it into
    a method.
    """

    def __init__(self, original: Callable[..., Any]) -> None:
        self._original = self.__wrapped__ = original
        self.__name__ = original.__name__
        self.__qualname__ = original.__qualname__
        self.__doc__ = original.__doc__
        # Where it is pickled from: the tracer does not replace all functions in the module posix itself.
        self.__module__ = "os" if original.__module__ == "posix" else original.__module__

    def __repr__(self) -> str:
        return repr(self._original)

    def __reduce__(self) -> str:
        return self.__name__


class Launch:
    """A program that is about to be started.

    Attributes:
        candidates: Paths or descriptors of the program, in the order in which the system tries them.
        argv: Its arguments.
        variables: Its environment; None: that of this process.
        folder: Its working directory; None: that of this process.
        preexec: Function that is called in the child before the program starts.
        program: The program that the observer found; None before, and if there is no such program.
    """

    __slots__ = ("argv", "candidates", "folder", "preexec", "program", "variables")

    def __init__(
        self,
        candidates: Sequence[Any],
        argv: Iterable[Any],
        variables: dict[bytes, bytes] | None,
        *,
        folder: Any = None,
        preexec: Callable[[], Any] | None = None,
    ) -> None:
        self.candidates = candidates
        self.argv = list(argv)
        self.variables = variables
        self.folder = folder
        self.preexec = preexec
        self.program: bytes | None = None


class Starter(Replacement):
    """A wrapper of a function that starts programs."""

    def __init__(self, original: Callable[..., Any], observer: Observer) -> None:
        super().__init__(original)
        self._observer = observer


class ForkExec(Starter):
    """`_posixsubprocess.fork_exec`, with which subprocess and multiprocessing start programs."""

    def __call__(self, *arguments: Any) -> Any:
        """Start a program."""
        launch, given = None, arguments
        try:
            variables = None if given[5] is None else dict(pair.split(b"=", 1) for pair in given[5])
            # preexec_fn is the only callable among the others; its position differs between versions of Python.
            preexec = next(filter(callable, given[6:]), None)
            launch = Launch(given[1], given[0], variables, folder=given[4], preexec=preexec)
            self._observer.prepare(launch)
            environment = given[5]
            if launch.variables is not None and launch.variables is not variables:
                environment = [name + b"=" + value for name, value in launch.variables.items()]
            others = [launch.preexec if callable(other) else other for other in given[6:]]
            arguments = (*given[:5], environment, *others)
        except Exception as error:  # noqa: BLE001 - the program's own call must not fail
            launch, arguments = None, given
            self._observer.failed(error)
        process = self._original(*arguments)
        if launch is not None:
            self._observer.started(launch, process)
        return process


class Spawn(Starter):
    """`os.posix_spawn` and `os.posix_spawnp`; subprocess uses the first from Python 3.13 on."""

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Start a program."""
        launch, given = None, arguments
        try:
            path, argv, environment = given[0], given[1], given[2]
            variables = None if environment is None else encoded(environment)  # None: from Python 3.14 on
            launch = Launch(self._candidates(path), argv, variables)
            self._observer.prepare(launch)
            if launch.variables is not variables:
                environment = launch.variables
            arguments = (path, argv, environment, *given[3:])
        except Exception as error:  # noqa: BLE001 - the program's own call must not fail
            launch, arguments = None, given
            self._observer.failed(error)
        process = self._original(*arguments, **keywords)
        if launch is not None:
            self._observer.started(launch, process)
        return process

    def _candidates(self, path: Any) -> list[bytes]:
        """Return where the system looks for a program."""
        name = os.fsencode(path)
        if self.__name__ == "posix_spawn" or b"/" in name:
            return [name]
        folders = own_variables().get(b"PATH", os.fsencode(os.defpath)).split(b":")
        return [os.path.join(folder, name) for folder in folders]


class Exec(Starter):
    """`os.execv` and `os.execve`."""

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Put a program in the place of this process."""
        given = arguments, keywords
        try:
            # execv takes no keywords; arguments that do not fit make the original fail as always.
            named = dict(zip(("path", "argv", "env"), arguments, strict=False), **keywords)
            variables = encoded(named["env"]) if "env" in named else None
            launch = Launch([named["path"]], named["argv"], variables)
            self._observer.prepare(launch)
            arguments, keywords = (named["path"], named["argv"]), {}
            if "env" in named:
                arguments = (*arguments, launch.variables)
            self._observer.started(launch, None)
        except Exception as error:  # noqa: BLE001 - the program's own call must not fail
            arguments, keywords = given
            self._observer.failed(error)
        return self._original(*arguments, **keywords)


def encoded(variables: Mapping[Any, Any]) -> dict[bytes, bytes]:
    """Return an environment as bytes."""
    return {os.fsencode(name): os.fsencode(variables[name]) for name in variables}


def own_variables() -> dict[bytes, bytes]:
    """Return the environment of this process as Python knows it; reading it here is not recorded."""
    variables: dict[bytes, bytes] = os.environ._data  # type: ignore[attr-defined] # noqa: SLF001 - see the summary
    return variables
