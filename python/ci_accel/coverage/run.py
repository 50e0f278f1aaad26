"""A measured run: its folder with the parts, and the command that measures one part."""

from __future__ import annotations

import glob
import os
import time
from typing import TYPE_CHECKING

from ci_accel.coverage.passport import SUFFIX
from ci_accel.foundation import environment_variables
from ci_accel.foundation.arguments import check_argv, check_strings
from ci_accel.foundation.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ci_accel.coverage.info import CoverageFormat

LAST_RUN = "last-run.txt"
"""Name of the file with the name of the latest run, whose parts `combine` takes."""

KEPT_RUNS = 5
"""Number of runs whose folders are kept."""

PART = "{part}"
"""Placeholder for the path of a part's data file."""

ITEMS = "{items}"
"""Placeholder for a part's items; an argument of its own that becomes one argument for each item."""

OWN_NAMES = ("part-", "coverage.")
"""Prefixes of the names in a run's folder. A folder with other names is never deleted."""


class Run:
    """A run and its folder.

    Args:
        directory: Absolute path of the folder for coverage.
        name: Name of the run.

    Attributes:
        name: As given.
        folder: Absolute path of the run's folder.
    """

    __slots__ = ("_directory", "folder", "name")

    def __init__(self, directory: str, name: str) -> None:
        self.name = name
        self._directory = directory
        self.folder = os.path.join(directory, name)

    @classmethod
    def new(cls, directory: str) -> Run:
        """Return a run with the name that CI_ACCEL_RUN or the forge gives, else with a new name."""
        return cls(directory, environment_variables.run_id() or new_name())

    @classmethod
    def last(cls, directory: str) -> Run | None:
        """Return the run that CI_ACCEL_RUN or the forge names, if it exists; else the latest run, if there is one."""
        name = environment_variables.run_id()
        if name is not None and os.path.isdir(os.path.join(directory, name)):
            return cls(directory, name)
        try:
            with open(os.path.join(directory, LAST_RUN), encoding="utf-8") as file:
                name = file.read().strip()
        except OSError:
            return None
        return cls(directory, name) if name and os.path.basename(name) == name else None

    def path(self, number: int, suffix: str) -> str:
        """Return the path of a file of a part: its data (".data"), log (".log") or process log (".witness")."""
        return os.path.join(self.folder, f"part-{number:03}{suffix}")

    def begin(self) -> None:
        """Create the run's folder, make it the latest run, and delete the folders of old runs.

        Raises:
            OSError: A file cannot be written; `.filename` names it.
        """
        os.makedirs(self.folder, exist_ok=True)
        write_whole(os.path.join(self._directory, LAST_RUN), f"{self.name}\n".encode())
        self._prune()

    def clear(self) -> None:
        """Delete the files of an earlier run of the same name, as a retried job leaves them."""
        for entry in os.scandir(self.folder):
            if entry.name.startswith(OWN_NAMES) and not entry.is_dir():
                os.unlink(entry.path)

    def _prune(self) -> None:
        """Delete all runs but the latest ones. Errors are ignored."""
        import shutil

        folders = [entry for entry in os.scandir(self._directory) if entry.is_dir(follow_symlinks=False)]
        folders.sort(key=lambda entry: entry.stat(follow_symlinks=False).st_mtime_ns)
        for entry in folders[:-KEPT_RUNS]:
            names = os.listdir(entry.path)
            if entry.name != self.name and names and all(name.startswith(OWN_NAMES) for name in names):
                shutil.rmtree(entry.path, ignore_errors=True)


class Command:
    """The command that measures one part, with the placeholders `{part}` and `{items}`.

    Args:
        argv: The command; `{items}` is an argument of its own.
        variables: Environment variables in addition to those of the session.
        tool: The measuring tool; None: known only after the run.

    Attributes:
        tool: As given.

    Raises:
        ValueError: `{items}` is missing, or `{part}` is neither in the command nor in a variable.
    """

    __slots__ = ("_argv", "_variables", "tool")

    def __init__(
        self, argv: Sequence[str], variables: Mapping[str, str] | None = None, *, tool: CoverageFormat | None = None
    ) -> None:
        self._argv = check_argv("command", argv)
        self._variables = check_strings("env", variables)
        self.tool = tool
        if ITEMS not in self._argv:
            message = f"command has no argument {ITEMS}, which becomes the items that a shard runs"
            raise ValueError(message)
        if not any(PART in text for text in (*self._argv, *self._variables.values())):
            message = f"neither command nor a value of env has {PART}, the path where a shard writes its data"
            raise ValueError(message)

    def argv(self, part: str, items: Sequence[str]) -> list[str]:
        """Return the command for one part."""
        return expanded(self._argv, part, items)

    def variables(self, part: str) -> dict[str, str]:
        """Return the environment variables for one part.

        COVERAGE_FILE names the part unless slipcover measures: workers of multiprocessing do not know the option
        --data-file of their parent.
        """
        own = {} if self.tool == "slipcover" else {"COVERAGE_FILE": part}
        return own | {name: value.replace(PART, part) for name, value in self._variables.items()}


def expanded(argv: Iterable[str], part: str, items: Sequence[str]) -> list[str]:
    """Return a command with its placeholders replaced."""
    words: list[str] = []
    for argument in argv:
        words += items if argument == ITEMS else [argument.replace(PART, part)]
    return words


def data_files(part: str) -> list[str]:
    """Return the data files of a part. With `parallel = true`, coverage.py writes several, with suffixes."""
    found = [part] if os.path.lexists(part) else []
    siblings = glob.glob(f"{glob.escape(part)}.*")
    return found + sorted(path for path in siblings if not path.endswith((SUFFIX, "-journal")))


def new_name() -> str:
    """Return a unique name for a run, which begins with the time."""
    import uuid

    return f"{time.strftime('%Y%m%d-%H%M%S')}-{uuid.uuid4().hex[:8]}"
