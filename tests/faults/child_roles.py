"""The roles of child processes, one function for each. Run as `python -m tests.faults.child_roles`.

A role gets its arguments as JSON and a socket for messages. It sends its return value or exception over the socket, so
that tests can close its standard streams.
"""

from __future__ import annotations

import json
import logging
import multiprocessing
import os
import resource
import shutil
import signal
import socket
import sys
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import ci_accel
from ci_accel import TemplateDB
from ci_accel.template.builder import Builder

if TYPE_CHECKING:
    from collections.abc import Callable

LARGEST_LINE = 1 << 20
"""Number of bytes to receive at a time."""


class Channel:
    """Messages over a socket in both directions, one line of JSON each."""

    def __init__(self, connection: socket.socket) -> None:
        """Use a connected socket."""
        self._connection = connection
        self._heard = b""

    def say(self, message: object = None) -> None:
        """Send a message."""
        self._connection.sendall(json.dumps(message).encode() + b"\n")

    def hear(self, timeout: float | None = None) -> Any:
        """Return the next message; None at the end of the connection."""
        self._connection.settimeout(timeout)
        while b"\n" not in self._heard:
            try:
                more = self._connection.recv(LARGEST_LINE)
            except ConnectionResetError:  # the process was killed with unread messages
                more = b""
            if not more:
                return None
            self._heard += more
        line, _, self._heard = self._heard.partition(b"\n")
        return json.loads(line)

    def close(self) -> None:
        """Close the socket."""
        self._connection.close()


class Messages(logging.Handler):
    """Collects the log of ci-accel, and sends it over a channel if there is one."""

    def __init__(self, channel: Channel | None = None) -> None:
        """Add the handler to the logger."""
        super().__init__()
        self.records: list[tuple[str, str]] = []
        self._channel = channel
        logger = logging.getLogger("ci_accel")
        logger.addHandler(self)
        logger.setLevel(logging.INFO)

    def emit(self, record: logging.LogRecord) -> None:
        """Collect and send a record."""
        self.records.append((record.levelname, record.getMessage()))
        if self._channel is not None:
            self._channel.say({"logged": record.getMessage()})

    def warnings(self) -> list[str]:
        """Return the messages of the warnings."""
        return [text for level, text in self.records if level == "WARNING"]


def set_conditions(conditions: dict[str, Any]) -> None:
    """Set the umask, the working directory and limits of this process."""
    if "umask" in conditions:
        os.umask(conditions["umask"])
    if "removed" in conditions:  # a working directory
        folder = Path(conditions["removed"])
        folder.mkdir()
        os.chdir(folder)
        folder.rmdir()
    for name in ("FSIZE", "NOFILE"):
        if name in conditions:
            _, most = resource.getrlimit(getattr(resource, f"RLIMIT_{name}"))
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (conditions[name], most))


def ensure(
    channel: Channel,
    template: dict[str, Any],
    *,
    destination: str | None = None,
    tells: bool = False,
    waits: bool = False,
) -> dict[str, Any]:
    """Ensure and clone. With `tells`, send each log message; with `waits`, wait for a message before the end."""
    messages = Messages(channel if tells else None)
    database = TemplateDB(**template)
    started = time.monotonic()
    outcome = database.ensure()
    seconds = time.monotonic() - started
    if destination is not None:
        database.clone(destination)
    if waits:
        channel.say({"ensured": database.database})
        channel.hear()
        if destination is not None:
            database.clone(destination, replace=True)
    return {
        "status": outcome.status,
        "reasons": outcome.reasons,
        "digest": outcome.digest,
        "database": database.database,
        "warnings": messages.warnings(),
        "seconds": seconds,
    }


def fork_under_the_lock(channel: Channel, template: dict[str, Any], *, child_lives: bool) -> str:
    """Ensure, and fork after the builder, under the lock. The child exits at once or outlives the lock."""
    run = Builder.run
    alive, end = os.pipe()

    def run_and_fork(builder: Builder, database: str, log: str | None = None) -> bool:
        done = run(builder, database, log)
        child = os.fork()
        if child == 0:
            os.close(end)
            if child_lives:
                os.read(alive, 1)
                os._exit(0)
            sys.exit()
        if not child_lives:
            os.waitpid(child, 0)
        channel.say("forked")
        channel.hear()
        return done

    with mock.patch.object(Builder, "run", run_and_fork):
        status = TemplateDB(**template).ensure().status
    channel.say("ensured")
    channel.hear()
    os.close(end)
    return status


class Interrupting(logging.Handler):
    """Raises KeyboardInterrupt for each log message."""

    def emit(self, record: logging.LogRecord) -> None:
        """Raise KeyboardInterrupt."""
        del record
        raise KeyboardInterrupt


def ensure_with_interrupting_log(channel: Channel, template: dict[str, Any]) -> None:
    """Ensure with a KeyboardInterrupt while the message about the wait is logged."""
    logging.getLogger("ci_accel").addHandler(Interrupting())
    channel.say("ensuring")
    TemplateDB(**template).ensure()


def fingerprint(channel: Channel, inputs: list[str], *, root: str) -> str:
    """Return the digest of a fingerprint."""
    return ci_accel.fingerprint(inputs, root=root).digest


def ensure_when_released(channel: Channel, template: dict[str, Any]) -> str:
    """Import everything, send `ready`, wait, then ensure."""
    channel.say("ready")
    channel.hear()
    return TemplateDB(**template).ensure().status


def open_and_clone(channel: Channel, path: str, destination: str) -> None:
    """Open a stored database, send `opened`, and clone it."""
    template = TemplateDB.open(path)
    channel.say("opened")
    template.clone(destination)


def append_forever(channel: Channel, path: str) -> None:
    """Append to a file, byte by byte, until killed."""
    with Path(path).open("ab", buffering=0) as file:
        file.write(b".")
        channel.say("writing")
        while True:
            file.write(b".")


def panic(channel: Channel) -> dict[str, Any]:
    """Panic twice, then take a fingerprint."""
    from ci_accel import _native

    def panic_message() -> str:
        try:
            _native.panic_in_next_call()
            _native.panic_in_next_call()
        except ci_accel.CiAccelInternalError as error:
            return str(error)
        return ""

    return {"messages": [panic_message(), panic_message()], "digest": ci_accel.fingerprint(["schema.sql"]).digest}


class Panicking:
    """A proxy of an object of the compiled module with a method that panics."""

    def __init__(self, real: Any, method: str) -> None:
        """Store the object and the name of the method."""
        self._real = real
        self._method = method

    def _panic(self, *given: Any, **named: Any) -> Any:
        """Call the real method and make it panic."""
        from ci_accel import _native

        _native.panic_in_next_call()
        return getattr(self._real, self._method)(*given, **named)

    def __getattr__(self, name: str) -> Any:
        """Return the attribute of the object, or a function that panics."""
        if name == self._method:
            return self._panic
        found = getattr(self._real, name)
        if name != "begin":
            return found
        return lambda *given, **named: Panicking(found(*given, **named), self._method)


def ensure_and_panic(
    channel: Channel, template: dict[str, Any], *, method: str, destination: str | None = None
) -> dict[str, Any]:
    """Ensure, with a panic in one method."""
    from ci_accel import _native

    real = _native.template.Template
    with (
        mock.patch.object(
            _native.template, "Template", lambda *given, **named: Panicking(real(*given, **named), method)
        ),
        mock.patch.object(_native.template, "TemplateBuild", Panicking),
    ):
        return ensure(channel, template, destination=destination)


def without_native(channel: Channel, template: dict[str, Any], *, folder: str) -> dict[str, Any]:
    """Use every function that works without the compiled module, and return the error of fingerprint()."""
    messages = Messages()
    database = TemplateDB(**template)
    outcome = database.ensure()
    clones = [database.clone(f"{folder}/ensured.db"), TemplateDB.open(template["path"]).clone(f"{folder}/opened.db")]
    project = ci_accel.Project.load(template["root"]).template
    declared = project.ensure()
    clones.append(project.clone(f"{folder}/declared.db"))
    try:
        digest, error = ci_accel.fingerprint(["schema.sql"], root=template["root"]).digest, ""
    except ci_accel.CiAccelError as missing:
        digest, error = "", str(missing)
    return {
        "has_native": ci_accel.HAS_NATIVE,
        "imported_from": ci_accel.__file__,
        "statuses": [outcome.status, declared.status, project.explain().status],
        "reasons": outcome.reasons,
        "warnings": messages.warnings(),
        "clones": clones,
        "fingerprint": digest,
        "error": error,
    }


def without_threads(channel: Channel, template: dict[str, Any], *, uid: int | None) -> None:
    """Take a fingerprint and ensure, without the right to start threads or processes: first a hit, then a miss."""
    inputs, root = template["inputs"], template["root"]
    before = ci_accel.fingerprint(inputs, root=root).digest, TemplateDB(**template).ensure().digest
    if uid is not None:
        os.setgroups([])
        os.setgid(uid)
        os.setuid(uid)
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    try:
        threading.Thread(target=int).start()
    except RuntimeError:
        is_limited = True
    else:
        is_limited = False
    # The other user may not be able to read the interpreter of the tests.
    can_run = shutil.which(sys.executable) is not None
    after = [ci_accel.fingerprint(inputs, root=root).digest]
    if can_run:
        after.append(TemplateDB(**template).ensure().digest)
    channel.say({"is_limited": is_limited, "is_same": list(before[: len(after)]) == after, "can_run": can_run})
    channel.hear()
    if can_run:
        TemplateDB(**template).ensure()


def _use(template: dict[str, Any], destination: str) -> tuple[str, str, str]:
    """Ensure, clone and take a fingerprint once."""
    database = TemplateDB(**template)
    outcome = database.ensure()
    database.clone(destination)
    taken = ci_accel.fingerprint(template["inputs"], root=template["root"])
    return outcome.status, outcome.digest, taken.digest


def children(channel: Channel, template: dict[str, Any], *, method: str, folder: str) -> list[Any]:
    """Use everything in this process and in children of a start method."""
    own = _use(template, f"{folder}/own.db")
    with multiprocessing.get_context(method).Pool(4) as pool:
        theirs = pool.starmap(_use, [(template, f"{folder}/{method}-{number}.db") for number in range(8)])
        pool.close()
        pool.join()
    return [own, *theirs, _use(template, f"{folder}/own-again.db")]


def threads(channel: Channel, template: dict[str, Any], *, folder: str) -> list[Any]:
    """Use everything in sixteen threads at once, each with its own TemplateDB."""
    with ThreadPoolExecutor(16) as pool:
        barrier = threading.Barrier(16)

        def use(number: int) -> tuple[str, str, str]:
            barrier.wait()
            return _use(template, f"{folder}/{number}.db")

        return list(pool.map(use, range(16)))


def threads_with_one_object(channel: Channel, template: dict[str, Any], *, folder: str) -> None:
    """Ensure, then clone in sixteen threads that share the TemplateDB."""
    database = TemplateDB(**template)
    database.ensure()
    with ThreadPoolExecutor(16) as pool:
        barrier = threading.Barrier(16)

        def use(number: int) -> None:
            barrier.wait()
            for attempt in range(10):
                database.clone(f"{folder}/{number}-{attempt}.db")

        list(pool.map(use, range(16)))


def forked_child_of_private_build(channel: Channel, template: dict[str, Any], *, folder: str) -> str:
    """Ensure without a usable store, clone in a forked child that exits, then clone again."""
    database = TemplateDB(**template)
    outcome = database.ensure()
    child = os.fork()
    if child == 0:
        database.clone(f"{folder}/child.db")
        sys.exit()
    os.waitpid(child, 0)
    database.clone(f"{folder}/parent.db")
    return outcome.status


def threads_left(channel: Channel, root: str, inputs: list[str], *, times: int) -> list[int]:
    """Take fingerprints, and return the number of threads after each."""
    counts = []
    for _ in range(times):
        ci_accel.fingerprint(inputs, root=root)
        counts.append(len(os.listdir("/proc/self/task")))
    return counts


def forks_afterwards(channel: Channel, root: str, inputs: list[str], *, times: int) -> list[str]:
    """Fork after each of several fingerprints, and return the warnings of Python."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(times):
            ci_accel.fingerprint(inputs, root=root)
            child = os.fork()
            if child == 0:
                os._exit(0)
            os.waitpid(child, 0)
    return [str(warning.message) for warning in caught]


def main() -> None:
    """Run the role in the command line."""
    # A shell that runs the tests in the background makes all their processes ignore it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    channel, own = Channel(socket.socket(fileno=int(sys.argv[1]))), os.getpid()
    call = json.loads(sys.argv[2])
    play: Callable[..., Any] = globals()[call["role"]]
    ending: dict[str, Any] = {}
    try:
        set_conditions(call["under"])
        ending = {"value": play(channel, **call["arguments"])}
    except BaseException as error:
        if os.getpid() != own:  # a forked child, which does not send its end
            raise
        ending = {
            "error": type(error).__name__,
            "text": str(error),
            "filename": str(getattr(error, "filename", None) or ""),
            "is_ordinary": isinstance(error, Exception),
        }
    channel.say({"ending": ending})


if __name__ == "__main__":
    main()
