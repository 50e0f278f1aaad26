"""Check arguments of the public functions: lists of paths, command lines, lists of names and tables of strings."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Callable, Iterable, Mapping
from typing import Any


def check_path(argument: str, given: str | os.PathLike[str]) -> str:
    """Return a path as a string.

    Args:
        argument: The name of the argument, for the error.
        given: The path.

    Raises:
        TypeError: The value is not a path.
    """
    try:
        text: object = os.fspath(given)
    except TypeError:
        text = given
    if not isinstance(text, str):
        message = f"{argument} is {given!r}; a path is a str or an os.PathLike[str]"
        raise TypeError(message)
    return text


def check_paths(argument: str, given: Iterable[str | os.PathLike[str]]) -> list[str]:
    """Return a list of paths as strings.

    Args:
        argument: The name of the argument, for the error.
        given: The paths.

    Raises:
        TypeError: The value is a single string or path, or an item is not a path.
    """
    return _items(argument, given, "paths", example=lambda text: [text])


def check_argv(argument: str, given: Iterable[str | os.PathLike[str]]) -> list[str]:
    """Return a command line as a list of strings.

    Args:
        argument: The name of the argument, for the error.
        given: The program and its arguments.

    Raises:
        TypeError: The value is a single string or path, or an item is neither a string nor a path.
    """
    return _items(argument, given, "arguments", example=_split)


def check_names(argument: str, given: Iterable[str]) -> list[str]:
    """Return a list of names, such as those of environment variables or programs.

    Args:
        argument: The name of the argument, for the error.
        given: The names.

    Raises:
        TypeError: The value is a single string, or an item is not a string.
    """
    return _items(argument, given, "names", example=lambda text: [text], types="str")


def check_strings(argument: str, given: Mapping[str, str] | None) -> dict[str, str]:
    """Return a table of strings as a dictionary.

    Args:
        argument: The name of the argument, for the error.
        given: The table; None is an empty one.

    Raises:
        TypeError: The value is not a mapping, or a key or a value is not a string.
    """
    table: object = {} if given is None else given
    if not isinstance(table, Mapping) or not all(isinstance(text, str) for pair in table.items() for text in pair):
        message = f'{argument} takes a dictionary of strings, such as {{"NAME": "value"}}, not {given!r}'
        raise TypeError(message)
    return dict(table)


def _items(
    argument: str,
    given: Any,
    kind: str,
    *,
    example: Callable[[str], list[str]],
    types: str = "str or os.PathLike[str]",
) -> list[str]:
    """Return the items of a list as strings.

    Args:
        argument: The name of the argument.
        given: The list, or what was passed in its place.
        kind: The plural noun for the items.
        example: Makes the list that was probably meant from a single string.
        types: The types that an item may have.
    """
    if isinstance(given, (str, os.PathLike)):
        meant = json.dumps(example(str(given)), ensure_ascii=False)
        message = f"{argument} takes a list of {kind}, such as {meant}, not {given!r}"
        raise TypeError(message)
    if not isinstance(given, Iterable) or isinstance(given, bytes):
        message = f"{argument} takes a list of {kind}, not {given!r}"
        raise TypeError(message)
    texts: list[str] = []
    for item in given:
        text = os.fspath(item) if isinstance(item, os.PathLike) and "PathLike" in types else item
        if not isinstance(text, str):
            message = f"{argument} contains {item!r}; {kind} are {types}"
            raise TypeError(message)
        texts.append(text)
    return texts


def _split(command: str) -> list[str]:
    """Return a command line as a shell splits it; as one argument if it cannot be split."""
    try:
        return shlex.split(command)
    except ValueError:
        return [command]
