"""Programs that are started: recorded, and given what carries the tracer into them."""

from __future__ import annotations

import os
import posix
import stat as modes
import sys

from .. import carrier
from .calls import Call, along, ask, replace
from .log import absolute, opened_path

TYPE_CHECKING = False  # the name that type checkers know; typing is not to be imported before the builder does
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from .log import Log


class Carriage:
    """The variables as the builder knows them, and as its children get them."""

    def __init__(self, log: Log) -> None:
        """Hide the tracer from os.environ; the environment of the process itself, which C code hands on, keeps it."""
        self._log = log
        self._variables: dict[bytes, bytes] = os.environ._data  # type: ignore[attr-defined] # noqa: SLF001 - to set a
        # name in os.environ itself would also set it for the process
        self._pythonpath: bytes | None = None
        self.hide()

    def hide(self) -> None:
        """Take from os.environ what is ours."""
        self._variables.pop(carrier.TRACE, None)
        self._pythonpath = carrier.without_tracer(self._variables.pop(carrier.PYTHONPATH, None))
        if self._pythonpath is not None:
            self._variables[carrier.PYTHONPATH] = self._pythonpath

    def changed(self, name: bytes, value: bytes | None = None) -> None:
        """Heed that the builder sets or removes a variable of the process."""
        if name == carrier.PYTHONPATH:
            self._pythonpath = carrier.without_tracer(value)

    def renew(self) -> None:
        """Make the environment of the process carry the tracer, whatever the builder did to it."""
        pythonpath = carrier.with_tracer(self._pythonpath)
        posix.putenv(carrier.TRACE, self._log.path)
        posix.putenv(carrier.PYTHONPATH, pythonpath)

    def folders(self) -> list[bytes]:
        """Return the folders of the builder's PYTHONPATH."""
        return [folder for folder in (self._pythonpath or b"").split(b":") if folder]

    def search_path(self) -> list[bytes]:
        """Return the folders of PATH; this is the system reading it, not the builder."""
        return self._variables.get(b"PATH", os.fsencode(os.defpath)).split(b":")

    def in_list(self, variables: Sequence[bytes]) -> list[bytes]:
        """Return an environment of the form `name=value` with the tracer."""
        pairs = dict(variable.split(b"=", 1) for variable in variables)
        return [name + b"=" + value for name, value in self.in_mapping(pairs).items()]

    def in_mapping(self, variables: Mapping[Any, Any]) -> dict[bytes, bytes]:
        """Return an environment with the tracer."""
        pairs = {os.fsencode(name): os.fsencode(variables[name]) for name in variables}
        if pairs.get(carrier.TRACE, self._log.path) == self._log.path:  # else a builder traces builders of its own
            pairs[carrier.TRACE] = self._log.path
            pairs[carrier.PYTHONPATH] = carrier.with_tracer(pairs.get(carrier.PYTHONPATH))
        return pairs


class Started(Call):
    """A function that starts a program."""

    def __init__(self, original: Callable[..., Any], log: Log, carriage: Carriage) -> None:
        """Look like the original."""
        super().__init__(original, log)
        self._carriage = carriage

    def _find(self, candidates: Sequence[Any], folder: Any = None) -> bytes | None:
        """Return the first program that exists; that there is none is a fact that the builder learns."""
        start = None if folder is None else absolute(folder)
        places = [opened_path(path) if isinstance(path, int) else absolute(path, start) for path in candidates]
        kinds = [self._kind(place) for place in places]
        for place, kind in zip(places, kinds):  # noqa: B905 - `strict` came with Python 3.10
            if kind == "program":
                return place
        if any(kinds):
            return places[0]
        for place in places:
            self._log.record(b"stat", place, b"-")
        return None

    @staticmethod
    def _kind(place: bytes) -> str:
        """Tell a program from something else that is there; an empty string: nothing is."""
        try:
            is_file = modes.S_ISREG(posix.stat(place).st_mode)
        except (FileNotFoundError, NotADirectoryError):
            return ""
        except OSError:
            return "unknown"
        return "program" if is_file and posix.access(place, posix.X_OK) else "other"

    def _check(self, program: bytes | None, argv: Sequence[Any]) -> None:
        """Record that an interpreter was started with an option that keeps the tracer out."""
        if program is not None and carrier.is_interpreter(os.fsdecode(program)):
            option = carrier.ignored_by(argv)
            if option:
                way_out = f"start it without {option}, or set trace=False"
                self._log.doubt(f"Python was started with {option}, which keeps the tracer out: {way_out}")

    def _record(self, kind: bytes, program: bytes | None, argv: Sequence[Any], *process: bytes) -> None:
        """Record a program under the arguments that the builder gave it."""
        if program is None:
            return
        try:
            self._log.write(kind, *process, program, *map(os.fsencode, argv))
        except Exception as error:  # noqa: BLE001 - never the builder's
            self._log.doubt(error)


class ForkExec(Started):
    """_posixsubprocess.fork_exec, by which subprocess and multiprocessing start programs."""

    def __call__(self, *arguments: Any) -> Any:
        """Call the original with the tracer, and record the program."""
        program, given = None, arguments
        try:
            argv, candidates, folder, variables = list(given[0]), given[1], given[4], given[5]
            program = self._find(candidates, folder)
            if folder is not None:
                along(self._log, absolute(folder))
                ask(self._log, absolute(folder))
                if not os.path.isdir(folder):
                    program = None  # the child ends before it becomes one
            self._check(program, argv)
            if variables is None:
                self._carriage.renew()
            else:
                variables = self._carriage.in_list(variables)
            # Of the others only preexec_fn can be called; its place differs between versions.
            others = [self._announcing(other, program, argv) if callable(other) else other for other in given[6:]]
            arguments = (*given[:5], variables, *others)
        except Exception as error:  # noqa: BLE001 - never the builder's
            self._log.doubt(error)
            arguments = given
        self._log.flush()  # what a child reads comes after what its parent wrote
        process = self._original(*arguments)
        if program is not None:
            self._record(b"spawn", program, argv, b"%d" % process)
        return process

    def _announcing(self, prepare: Callable[[], Any], program: bytes | None, argv: list[Any]) -> Callable[[], Any]:
        """Return a preexec_fn after which the child, a traced process until then, says what it becomes."""

        def announced() -> None:
            prepare()
            self._record(b"exec", program, argv)
            self._log.flush()

        return announced


class Spawn(Started):
    """os.posix_spawn and os.posix_spawnp."""

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Call the original with the tracer, and record the program."""
        program, argv, given = None, [], arguments
        try:
            path, argv, variables = given[0], list(given[1]), given[2]
            program = self._find(self._candidates(path))
            if variables is None:  # from Python 3.14 on
                self._carriage.renew()
            else:
                variables = self._carriage.in_mapping(variables)
            self._check(program, argv)
            arguments = (path, given[1], variables, *given[3:])
        except Exception as error:  # noqa: BLE001 - never the builder's
            self._log.doubt(error)
            arguments = given
        self._log.flush()  # what a child reads comes after what its parent wrote
        process = self._original(*arguments, **keywords)
        self._record(b"spawn", program, argv, b"%d" % process)
        return process

    def _candidates(self, path: Any) -> list[bytes]:
        """Return where the system looks for a program."""
        name = os.fsencode(path)
        if self.__name__ == "posix_spawn" or b"/" in name:
            return [name]
        return [os.path.join(folder, name) for folder in self._carriage.search_path()]


class Exec(Started):
    """os.execv and os.execve."""

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Record the program, and call the original with the tracer."""
        given = arguments, keywords
        try:
            # execv takes no keywords; whatever does not fit makes the original fail as it always did.
            names = ("path", "argv", "env")
            named = dict(zip(names, arguments), **keywords)  # noqa: B905 - what is too much the original refuses
            program = self._find([named["path"]])
            argv = list(named["argv"])
            self._check(program, argv)
            if "env" in named:
                arguments, keywords = (named["path"], named["argv"], self._carriage.in_mapping(named["env"])), {}
            else:
                self._carriage.renew()
                arguments, keywords = (named["path"], named["argv"]), {}
            self._record(b"exec", program, argv)
            self._log.leave()
        except Exception as error:  # noqa: BLE001 - never the builder's
            self._log.doubt(error)
            self._log.flush()
            arguments, keywords = given
        return self._original(*arguments, **keywords)


class Exit(Call):
    """os._exit, which runs nothing that was registered."""

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Record that this is no accident, and call the original."""
        try:
            self._log.end()
        except Exception as error:  # noqa: BLE001 - never the builder's
            self._log.doubt(error)
        return self._original(*arguments, **keywords)


class Reload(Call):
    """os.reload_environ, which comes with Python 3.14: it reads what the process has, and so what is ours."""

    def __init__(self, original: Callable[..., Any], log: Log, carriage: Carriage) -> None:
        """Look like the original."""
        super().__init__(original, log)
        self._carriage = carriage

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Call the original, and hide the tracer again."""
        result = self._original(*arguments, **keywords)
        self._carriage.hide()
        return result


class Children:
    """What starts programs, and ends this one.

    Attributes:
        carriage: What those programs get.
    """

    def __init__(self, log: Log) -> None:
        """Record and carry from now on."""
        self._log = log
        self.carriage = Carriage(log)
        self._knows_fork_exec = False
        replace(
            {
                posix.posix_spawn: Spawn(posix.posix_spawn, log, self.carriage),
                posix.posix_spawnp: Spawn(posix.posix_spawnp, log, self.carriage),
                posix.execv: Exec(posix.execv, log, self.carriage),
                posix.execve: Exec(posix.execve, log, self.carriage),
                posix._exit: Exit(posix._exit, log),  # noqa: SLF001 - public, in spite of its name
            }
        )
        reload = getattr(os, "reload_environ", None)
        if reload is not None:
            replace({reload: Reload(reload, log, self.carriage)})
        if "_posixsubprocess" in sys.modules:
            self.replace_fork_exec()

    def replace_fork_exec(self) -> None:
        """Take the place of the function that starts programs, in a module that not all builders import."""
        if self._knows_fork_exec:
            return
        self._knows_fork_exec = True  # before the import, which is an event as well
        from _posixsubprocess import fork_exec

        replace({fork_exec: ForkExec(fork_exec, self._log, self.carriage)})

    def run_by_shell(self, command: Any) -> None:
        """Record os.system, and see to it that what the shell starts is traced."""
        self.carriage.renew()
        self._log.record(b"system", os.fsencode(command))
        self._log.flush()
