"""A template database whose builder is traced: where it runs, and what speaks against recording what it made."""

from __future__ import annotations

import os

TYPE_CHECKING = False  # the name that type checkers know; importing typing would cost 7 ms
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import TypedDict

    from ci_accel._native import TemplateBuild
    from ci_accel.template.builder import Builder

    class Tracing(TypedDict):
        """Where a traced builder runs, for the engine."""

        root: str
        prefix: str
        base_prefix: str
        home: str | None
        standard: Sequence[str]
        sites: Sequence[str]
        own: Sequence[str]
        variables: Mapping[str, str]
        exclude_env: Sequence[str]
        programs: Sequence[str]


LIMITS = (
    "not in the proof: what compiled code reads by itself, times and sizes of files, the clock, the network; declare "
    "what the builder uses of them in inputs= or values="
)
"""What `explain` says of the tracer's limits."""

SIDE_FILES = ("", ".manifest.json", "-journal", "-wal", "-shm")
"""What we and SQLite keep beside the plain path, by their endings; the first is the database itself."""


def surroundings(
    builder: Builder,
    folders: Mapping[str, Sequence[str]],
    *,
    root: str,
    path: str,
    state: Sequence[str],
    exclude_env: Sequence[str],
    programs: Sequence[str],
) -> Tracing:
    """Return where a traced builder runs.

    Args:
        builder: Who builds.
        folders: Those of its interpreter.
        root: The project's root.
        path: The plain path, absolute.
        state: Folders in which we keep our own, absolute.
        exclude_env: Names of environment variables that do not count.
        programs: Programs that the builder may run.
    """
    from ci_accel.guest import carrier

    home = os.path.expanduser("~")
    prefix, base_prefix = folders["prefix"]
    return {
        "root": root,
        "prefix": prefix,
        "base_prefix": base_prefix,
        "home": home if os.path.isabs(home) else None,
        "standard": folders["standard"],
        "sites": folders["sites"],
        "own": [*(path + ending for ending in SIDE_FILES), *state, carrier.FOLDER],
        "variables": builder.interpreter.variables(),
        "exclude_env": exclude_env,
        "programs": programs,
    }


def doubts(root: str, builder: Builder, build: TemplateBuild) -> list[str]:
    """Make inputs of what was traced, and return why they may not prove the database.

    Args:
        root: The project's root.
        builder: Who has built.
        build: The build, which has the trace.
    """
    bytecode = build.observe(program=builder.program())
    files = {source: file for file, source in bytecode}
    return [
        f"{os.path.relpath(source, root)} was loaded from bytecode that is not of it (remove "
        f"{os.path.relpath(files[source], root)}, which Python takes for current)"
        for source in builder.interpreter.changed_bytecode(bytecode)
    ]
