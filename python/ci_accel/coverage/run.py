"""One measured run: its folder, its parts, and the passport that each gets when its process has ended."""

from __future__ import annotations

import os

from ci_accel.foundation import environment_variables
from ci_accel.foundation.arguments import check_argv, check_strings

TYPE_CHECKING = False  # the name that type checkers know; importing typing would cost 7 ms
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ci_accel.foundation.fingerprint import Fingerprint

PASSPORT = ".passport.json"
"""What is put behind the name of data for its passport."""

LAST_RUN = "last-run.txt"
"""Names the run whose parts are combined next. It lies beside the runs' folders."""

KEPT = 5
"""Runs whose folders are kept; those before are removed when a new one begins."""

PART = "{part}"
"""What the path of a part's data replaces."""

ITEMS = "{items}"
"""The argument that a part's items replace, one argument each."""

SLIPCOVER_ENDING = ".json"
"""Of the names of slipcover's data."""

OWN_NAMES = ("part-", "coverage.")
"""How all names in a run's folder begin. A folder with others is left alone."""


class Run:
    """A run and its folder.

    Attributes:
        name: What its parts share.
        folder: Absolute path of its folder.
    """

    __slots__ = ("_directory", "folder", "name")

    def __init__(self, directory: str, name: str) -> None:
        """Name it; nothing is written yet."""
        self.name = name
        self._directory = directory
        self.folder = os.path.join(directory, name)

    @classmethod
    def named(cls, directory: str) -> Run:
        """Return the run that CI_ACCEL_RUN or the forge names, else one with a name of its own."""
        return cls(directory, environment_variables.run_id() or new_name())

    @classmethod
    def last(cls, directory: str) -> Run | None:
        """Return the run that CI_ACCEL_RUN or the forge names, if it has parts; else the one that began last."""
        name = environment_variables.run_id()
        if name is not None and os.path.isdir(os.path.join(directory, name)):
            return cls(directory, name)
        try:
            with open(os.path.join(directory, LAST_RUN), encoding="utf-8") as file:
                name = file.read().strip()
        except OSError:
            return None
        return cls(directory, name) if name and os.path.basename(name) == name else None

    def part(self, number: int, ending: str) -> str:
        """Return where the data of a part goes."""
        return os.path.join(self.folder, f"part-{number:03}{ending}")

    def log(self, number: int) -> str:
        """Return where the output of a part's process goes."""
        return os.path.join(self.folder, f"part-{number:03}.log")

    def begin(self) -> None:
        """Make its folder, name it as the last run, and forget runs of long ago.

        Raises:
            OSError: It cannot be made; `.filename` names it.
        """
        from ci_accel.foundation.files import write_whole

        os.makedirs(self.folder, exist_ok=True)
        write_whole(os.path.join(self._directory, LAST_RUN), f"{self.name}\n".encode())
        self._prune()

    def clear(self) -> None:
        """Remove what an earlier run of the same name left: a retry measures anew."""
        for entry in os.scandir(self.folder):
            if entry.name.startswith(OWN_NAMES) and not entry.is_dir():
                os.unlink(entry.path)

    def _prune(self) -> None:
        """Remove the folders of all but the newest runs. What cannot be removed stays."""
        import shutil

        folders = [entry for entry in os.scandir(self._directory) if entry.is_dir(follow_symlinks=False)]
        folders.sort(key=lambda entry: entry.stat(follow_symlinks=False).st_mtime_ns)
        for entry in folders[:-KEPT]:
            names = os.listdir(entry.path)
            if entry.name != self.name and names and all(name.startswith(OWN_NAMES) for name in names):
                shutil.rmtree(entry.path, ignore_errors=True)


class Command:
    """What measures one part: an argv and variables, with `{part}` for where its data goes and `{items}` for its items.

    Args:
        argv: The command; `{items}` is an argument of its own.
        variables: Environment variables beside those of the session.

    Attributes:
        ending: Of the names of its data: ".json" for slipcover, else ".sqlite".

    Raises:
        ValueError: `{items}` is not in it, or `{part}` neither in it nor in a variable.
    """

    __slots__ = ("_argv", "_variables", "ending")

    def __init__(self, argv: Sequence[str], variables: Mapping[str, str] | None) -> None:
        """Check and keep them."""
        self._argv = check_argv("command", argv)
        self._variables = check_strings("env", variables)
        if ITEMS not in self._argv:
            message = f"command has no argument {ITEMS}: a part has to be told what to run"
            raise ValueError(message)
        if not any(PART in text for text in (*self._argv, *self._variables.values())):
            message = f"neither command nor a value of env holds {PART}: a part has to be told where its data goes"
            raise ValueError(message)
        self.ending = ending_of(self._argv)

    def argv(self, part: str, items: Sequence[str]) -> list[str]:
        """Return the command for one part."""
        return filled(self._argv, part, items)

    def variables(self, part: str) -> dict[str, str]:
        """Return its variables for one part.

        COVERAGE_FILE names coverage.py's part, too: what the workers of multiprocessing know is not the argv.
        """
        own = {} if self.ending == SLIPCOVER_ENDING else {"COVERAGE_FILE": part}
        return own | {name: value.replace(PART, part) for name, value in self._variables.items()}


def ending_of(command: Iterable[str]) -> str:
    """Return how the name of a command's data ends: slipcover's as JSON, coverage.py's as a database."""
    is_slipcover = any(os.path.basename(word) == "slipcover" for word in command)
    return SLIPCOVER_ENDING if is_slipcover else ".sqlite"


def filled(argv: Iterable[str], part: str, items: Sequence[str]) -> list[str]:
    """Return a command with its placeholders filled in."""
    words: list[str] = []
    for argument in argv:
        words += items if argument == ITEMS else [argument.replace(PART, part)]
    return words


def files_of(part: str) -> list[str]:
    """Return the files that the data of a part consists of: with `parallel = true` coverage.py writes several."""
    import glob

    found = [part] if os.path.lexists(part) else []
    siblings = glob.glob(f"{glob.escape(part)}.*")
    return found + sorted(path for path in siblings if not path.endswith((PASSPORT, "-journal")))


def new_name() -> str:
    """Return a name for a run that nobody names: when it began, and something that no other run has."""
    import time
    import uuid

    return f"{time.strftime('%Y%m%d-%H%M%S')}-{uuid.uuid4().hex[:8]}"


def fields(fingerprint: Fingerprint) -> tuple[str, dict[str, str], dict[str, str]]:
    """Return a fingerprint as the compiled module takes it."""
    return fingerprint.digest, fingerprint.files, fingerprint.values


def write_passport(
    data: Sequence[str],
    passport: str,
    *,
    run: str,
    root: str,
    before: Fingerprint,
    after: Fingerprint,
    items: Sequence[str],
    exit_code: int,
    exit_codes: Sequence[int] = (0,),
    count: int = 1,
    number: int = 1,
    seconds: float = 0.0,
    doubts: Sequence[str] = (),
) -> None:
    """Seal the data of one part.

    Args:
        data: Its files, all in the passport's folder; none: it left none.
        passport: Where the passport goes.
        run: The run's name.
        root: Absolute path of the project's root.
        before: The code before the run.
        after: The code after it.
        items: What it ran.
        exit_code: Its process's.
        exit_codes: Those that are no failure.
        count: How many parts the run has.
        number: Which of them it is, from 1 on.
        seconds: How long it took.
        doubts: What else speaks against the data.

    Raises:
        CoverageDataError: The data cannot be trusted.
        OSError: The passport cannot be written; `.filename` names it.
    """
    from ci_accel import _native

    changes = after.changes(before)
    stirred = [f"ran while sources or inputs were changed: {changes[0]}"] if changes else []
    _native.seal_coverage(
        data,
        passport=passport,
        run=run,
        commit=environment_variables.commit(),
        root=os.path.realpath(root),
        before=fields(before),
        after=after.digest,
        count=count,
        number=number,
        items=items,
        exit_code=exit_code,
        exit_codes=exit_codes,
        seconds=seconds,
        doubts=[*doubts, *stirred],
    )
