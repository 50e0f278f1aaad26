"""The surroundings of a traced builder: the folders and environment variables that its trace refers to."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypedDict

from ci_accel.template.side_files import SIDE_FILES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ci_accel._native.template import TemplateBuild
    from ci_accel.foundation.interpreter import Interpreter
    from ci_accel.template.builder import Builder


class Surroundings(TypedDict):
    """The surroundings of a traced builder, as the engine takes them. All paths are absolute.

    Keys:
        root: The project's root.
        prefix: The environment of the interpreter.
        base_prefix: The installation that the environment is based on.
        home: The home folder, if there is one.
        standard: The standard library and the interpreter.
        sites: Folders in which distributions are installed.
        own: Files and folders of ci-accel, which are never inputs.
        variables: The environment variables that the builder gets.
        exclude_env: Names of environment variables that are not inputs.
        programs: Programs that the builder may run although their reads are not traced.
    """

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


def surroundings_of(
    interpreter: Interpreter,
    folders: Mapping[str, Sequence[str]],
    *,
    root: str,
    path: str,
    own_folders: Sequence[str],
    exclude_env: Sequence[str],
    programs: Sequence[str],
) -> Surroundings:
    """Return the surroundings of a traced builder.

    Args:
        interpreter: The interpreter of the builder.
        folders: The folders of that interpreter, as `InterpreterFacts` has them.
        root: The project's root, absolute.
        path: The plain path, absolute.
        own_folders: Folders in which ci-accel keeps its state, absolute.
        exclude_env: Names of environment variables that are not inputs.
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
        "own": [path, *(path + ending for ending in SIDE_FILES), *own_folders, carrier.FOLDER],
        "variables": interpreter.variables(),
        "exclude_env": exclude_env,
        "programs": programs,
    }


def read_trace(root: str, builder: Builder, build: TemplateBuild) -> list[str]:
    """Read the inputs of a build from its trace.

    Args:
        root: The project's root.
        builder: The builder that was run.
        build: The build that the builder was run for. It keeps the inputs.

    Returns:
        The reasons for which these inputs cannot prove the database, beside those that the engine finds in the trace.
    """
    option = builder.untraceable_option()
    if option:
        effect = "does not import site" if option == "-S" else "ignores PYTHONPATH"
        reason = (
            f"the builder's interpreter was started with {option}, which {effect}, so nothing was recorded: start it "
            "without -I, -E and -S, or set trace = false"
        )
        return [reason]
    bytecode = build.observe(program=builder.program())
    files = {source: file for file, source in bytecode}
    return [
        f"{os.path.relpath(source, root)} was loaded from bytecode of other source code: remove "
        f"{os.path.relpath(files[source], root)}"
        for source in builder.interpreter.changed_bytecode(bytecode)
    ]
