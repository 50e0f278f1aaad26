"""Programs that a traced builder starts: recorded, and started with the variables that carry the tracer."""

from __future__ import annotations

import os
import posix
import stat as modes
import sys

from .. import carrier
from ..spawn import Exec, ForkExec, Replacement, Spawn, own_variables
from .calls import Call, along, ask, replace
from .log import absolute, opened_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from ..spawn import Launch
    from .log import Log


class Carriage:
    """The variables that carry the tracer, hidden from the builder and passed on to its children."""

    def __init__(self, log: Log) -> None:
        """Hide the tracer from os.environ. The environment of the process keeps it, and C code passes that on."""
        self._log = log
        # To set a name in os.environ itself would also set it in the process.
        self._variables = own_variables()
        self._pythonpath: bytes | None = None
        self.hide()

    def hide(self) -> None:
        """Remove our variables from os.environ."""
        self._variables.pop(carrier.TRACE, None)
        self._pythonpath = carrier.without(carrier.TRACER, self._variables.pop(carrier.PYTHONPATH, None))
        if self._pythonpath is not None:
            self._variables[carrier.PYTHONPATH] = self._pythonpath

    def changed(self, name: bytes, value: bytes | None = None) -> None:
        """Remember that the builder sets or removes a variable of the process."""
        if name == carrier.PYTHONPATH:
            self._pythonpath = carrier.without(carrier.TRACER, value)

    def renew(self) -> None:
        """Put our variables back into the environment of the process, whatever the builder did to it."""
        posix.putenv(carrier.TRACE, self._log.path)
        posix.putenv(carrier.PYTHONPATH, carrier.in_front(carrier.TRACER, self._pythonpath))

    def folders(self) -> list[bytes]:
        """Return the folders of the builder's PYTHONPATH."""
        return [folder for folder in (self._pythonpath or b"").split(b":") if folder]

    def added_to(self, variables: dict[bytes, bytes]) -> dict[bytes, bytes]:
        """Return an environment with our variables, unless it is one in which a builder traces other builders."""
        if variables.get(carrier.TRACE, self._log.path) != self._log.path:
            return variables
        pythonpath = carrier.in_front(carrier.TRACER, variables.get(carrier.PYTHONPATH))
        return {**variables, carrier.TRACE: self._log.path, carrier.PYTHONPATH: pythonpath}


class Exit(Call):
    """os._exit, which runs nothing that was registered to run at exit."""

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Record an orderly end, and end the process."""
        try:
            self._log.end()
        except Exception as error:  # noqa: BLE001 - the builder's own call must not fail
            self._log.doubt(error)
        return self._original(*arguments, **keywords)


class Reload(Replacement):
    """os.reload_environ (Python 3.14), which reads the environment of the process, and so our variables."""

    def __init__(self, original: Callable[..., Any], carriage: Carriage) -> None:
        super().__init__(original)
        self._carriage = carriage

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Reload the environment, and hide our variables again."""
        result = self._original(*arguments, **keywords)
        self._carriage.hide()
        return result


class Children:
    """The observer of programs that the builder starts.

    Attributes:
        carriage: The variables that these programs get.
    """

    def __init__(self, log: Log) -> None:
        self._log = log
        self.carriage = Carriage(log)
        self._knows_fork_exec = False

    def watch(self) -> None:
        """Replace the functions that start programs or end this one."""
        replace(
            {
                posix.posix_spawn: Spawn(posix.posix_spawn, self),
                posix.posix_spawnp: Spawn(posix.posix_spawnp, self),
                posix.execv: Exec(posix.execv, self),
                posix.execve: Exec(posix.execve, self),
                posix._exit: Exit(posix._exit, self._log),  # noqa: SLF001 - a public function
            }
        )
        reload = getattr(os, "reload_environ", None)
        if reload is not None:
            replace({reload: Reload(reload, self.carriage)})
        if "_posixsubprocess" in sys.modules:
            self.replace_fork_exec()

    def replace_fork_exec(self) -> None:
        """Replace the function that starts programs in `_posixsubprocess`, which not every builder imports."""
        if self._knows_fork_exec:
            return
        self._knows_fork_exec = True  # set before the import, which is an audit event as well
        from _posixsubprocess import fork_exec

        replace({fork_exec: ForkExec(fork_exec, self)})

    def prepare(self, launch: Launch) -> None:
        """Find a program before it starts, and add our variables to its environment."""
        launch.program = self._find(launch.candidates, launch.folder)
        if launch.folder is not None:
            along(self._log, absolute(launch.folder))
            ask(self._log, absolute(launch.folder))
            if not os.path.isdir(launch.folder):
                launch.program = None  # the child ends before the program starts
        self._check_options(launch)
        if launch.variables is None:
            self.carriage.renew()
        else:
            launch.variables = self.carriage.added_to(launch.variables)
        if launch.preexec is not None:
            launch.preexec = self._recording(launch, launch.preexec)
        self._log.flush()  # the parent's records come before those of the child

    def started(self, launch: Launch, process: int | None) -> None:
        """Record a program; without a process, it is about to take the place of this one."""
        if process is None:
            self._record(b"exec", launch)
            self._log.leave()
        else:
            self._record(b"spawn", launch, b"%d" % process)

    def failed(self, error: Exception) -> None:
        """Record that a program starts which is not understood."""
        self._log.doubt(error)
        self._log.flush()

    def run_by_shell(self, command: Any) -> None:
        """Record os.system; the shell passes the environment of the process on."""
        self.carriage.renew()
        self._log.record(b"system", os.fsencode(command))
        self._log.flush()

    def _find(self, candidates: Sequence[Any], folder: Any = None) -> bytes | None:
        """Return the first program that exists, or record that there is none: the builder learns that."""
        start = None if folder is None else absolute(folder)
        places = [opened_path(path) if isinstance(path, int) else absolute(path, start) for path in candidates]
        kinds = [self._kind(place) for place in places]
        for place, kind in zip(places, kinds, strict=True):
            if kind == "program":
                return place
        if any(kinds):
            return places[0]
        for place in places:
            self._log.record(b"stat", place, b"-")
        return None

    @staticmethod
    def _kind(place: bytes) -> str:
        """Return "program", "other" or "unknown" for a path, or an empty string if nothing is there."""
        try:
            is_file = modes.S_ISREG(posix.stat(place).st_mode)
        except (FileNotFoundError, NotADirectoryError):
            return ""
        except OSError:
            return "unknown"
        return "program" if is_file and posix.access(place, posix.X_OK) else "other"

    def _check_options(self, launch: Launch) -> None:
        """Record that an interpreter is started with an option that keeps the tracer out."""
        if launch.program is not None and carrier.is_interpreter(os.fsdecode(launch.program)):
            option = carrier.isolating_option(launch.argv)
            if option:
                way_out = f"start it without {option}, or set trace=False"
                self._log.doubt(f"Python was started with {option}, which keeps the tracer out: {way_out}")

    def _recording(self, launch: Launch, prepare: Callable[[], Any]) -> Callable[[], Any]:
        """Return a preexec_fn that also records the program: the child is a traced process until it starts."""

        def prepared() -> None:
            prepare()
            self._record(b"exec", launch)
            self._log.flush()

        return prepared

    def _record(self, kind: bytes, launch: Launch, *process: bytes) -> None:
        """Record a program, if there is one, with the arguments that the builder gave it."""
        if launch.program is None:
            return
        try:
            self._log.write(kind, *process, launch.program, *map(os.fsencode, launch.argv))
        except Exception as error:  # noqa: BLE001 - the builder's own call must not fail
            self._log.doubt(error)
