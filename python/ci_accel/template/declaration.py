"""The declaration of a template database: the command that builds it, its inputs, and where it is kept."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from ci_accel.foundation import environment_variables
from ci_accel.template.builder import PLACEHOLDER

DEFAULT_PATH = "build/.template-migrated.db"
"""The plain path if the project names no other."""

DEFAULT_STORE = "build/ci-accel/template"
"""The folder of the stored databases if the project names no other."""


@dataclass(eq=False, repr=False)
class TemplateDeclaration:
    """The arguments of `TemplateDB`, which documents them, with lists as tuples and paths as strings.

    Attributes:
        absolute_root: The absolute form of `root`, for the current directory at the time of the declaration.
    """

    path: str
    inputs: tuple[str, ...]
    build: tuple[str, ...]
    root: str
    env: dict[str, str] = field(default_factory=dict)
    exclude: tuple[str, ...] = ()
    exclude_env: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    values: dict[str, str] = field(default_factory=dict)
    trace: bool = True
    env_var: str | None = None
    store: str = DEFAULT_STORE
    lock_timeout: float | None = None
    absolute_root: str = field(init=False)

    def __post_init__(self) -> None:
        """Resolve the root: the current directory may change later."""
        self.absolute_root = os.path.abspath(self.root)


def check_declaration(declaration: TemplateDeclaration) -> None:
    """Check that a database can be built and proved as it is declared.

    Raises:
        ValueError: `inputs` or `build` is empty, `{db}` is missing, or `lock_timeout` is not a number of seconds.
    """
    if not declaration.inputs:
        message = "inputs is empty: name the files, folders or globs that the builder reads"
        raise ValueError(message)
    if not declaration.build:
        message = "build is empty: name the command that builds the database"
        raise ValueError(message)
    if not any(PLACEHOLDER in text for text in (*declaration.build, *declaration.env.values())):
        message = (
            f"neither build nor a value of env contains {PLACEHOLDER}: pass it to the builder as the path to write to"
        )
        raise ValueError(message)
    environment_variables.lock_timeout(declaration.lock_timeout)


def absolute_path(declaration: TemplateDeclaration, path: str) -> str:
    """Return the absolute form of a path that is relative to the declaration's root."""
    return os.path.normpath(os.path.join(declaration.absolute_root, path))
