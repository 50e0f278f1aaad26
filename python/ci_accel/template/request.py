"""The request that a declaration makes to the engine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ci_accel.template.declaration import absolute_path
from ci_accel.template.surroundings import surroundings_of

if TYPE_CHECKING:
    from ci_accel._native.template import Template
    from ci_accel.template.builder import Builder
    from ci_accel.template.declaration import TemplateDeclaration

STATE_FOLDER = os.path.join("build", "ci-accel")
"""The folder in which ci-accel keeps its state, relative to the root. It gets the CACHEDIR.TAG."""

HEX_MARK = "bytes:"
"""The start of a text that is written in hexadecimal."""


def make_request(declaration: TemplateDeclaration, builder: Builder) -> Template:
    """Return the engine's form of a declaration, for the interpreter and the environment of a builder.

    Raises:
        InterpreterError: The interpreter does not report its version.
    """
    from ci_accel import _native

    # The trace of a builder has the distributions that the builder uses, so only an untraced one needs a list.
    facts = builder.interpreter.describe(with_distributions=not declaration.trace)
    path = absolute_path(declaration, declaration.path)
    store, state_folder = (absolute_path(declaration, folder) for folder in (declaration.store, STATE_FOLDER))
    is_inside = os.path.commonpath([store, state_folder]) == state_folder
    surroundings = None
    if declaration.trace:
        surroundings = surroundings_of(
            builder.interpreter,
            facts.folders,
            root=declaration.absolute_root,
            path=path,
            own_folders=[store, state_folder],
            exclude_env=declaration.exclude_env,
            programs=declaration.programs,
        )
    return _native.template.Template(
        {
            "root": declaration.absolute_root,
            "path": path,
            "store": store,
            "tagged": state_folder if is_inside else store,
            "build": [encodable(argument) for argument in declaration.build],
            "inputs": declaration.inputs,
            "exclude": declaration.exclude,
            "environment": {encodable(name): encodable(value) for name, value in declaration.env.items()},
            "values": {encodable(name): encodable(value) for name, value in declaration.values.items()},
            "interpreter": facts.properties,
            "distributions": facts.distributions,
            "surroundings": surroundings,
        }
    )


def encodable(text: str) -> str:
    """Return a text that can be written as UTF-8. Different texts give different results.

    Args:
        text: Any text, such as a path with bytes that are not valid UTF-8.

    Returns:
        The text itself if it is valid and does not begin with `HEX_MARK`; else its bytes in hexadecimal.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        pass
    else:
        if not text.startswith(HEX_MARK):
            return text
    return HEX_MARK + os.fsencode(text).hex()
