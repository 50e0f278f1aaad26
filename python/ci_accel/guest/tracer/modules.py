"""Modules: those that importlib looks for, and those that the tracer hides from the builder."""

from __future__ import annotations

import _frozen_importlib_external as finders
import os
import posix
import sys

from .log import absolute

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from .children import Children
    from .log import Log


class Imports:
    """Records the modules that importlib looks for."""

    def __init__(self, log: Log) -> None:
        self._log = log
        original = finders.FileFinder.find_spec

        def find_spec(self: Any, fullname: str, target: Any = None) -> Any:
            spec = original(self, fullname, target)
            found(self.path, fullname, spec)
            return spec

        found = self._found
        find_spec.__qualname__, find_spec.__module__ = original.__qualname__, original.__module__
        find_spec.__doc__ = original.__doc__
        setattr(finders.FileFinder, "find_spec", find_spec)  # noqa: B010 - a method is not assigned to

    def _found(self, folder: str, fullname: str, spec: Any) -> None:
        try:
            if spec is None:
                place = b"-"
            elif spec.loader is None:
                place = b"/"
            else:
                place = absolute(spec.origin)
            self._log.record(b"find", absolute(folder), os.fsencode(fullname.rpartition(".")[2]), place)
        except Exception as error:  # noqa: BLE001 - the builder's own call must not fail
            self._log.doubt(error)

    def unsearched(self) -> None:
        """Record the entries of sys.path that do not exist: importlib looks for no modules there."""
        # A program that invalidates the cache removes them from it.
        cached = [entry for entry, finder in list(sys.path_importer_cache.items()) if finder is None]
        for entry in {*cached, *sys.path}:
            if entry and isinstance(entry, (str, os.PathLike)):
                try:
                    posix.stat(entry)
                except OSError:
                    self._log.record(b"stat", absolute(entry), b"-")


class Hidden:
    """Modules that the tracer has imported and the builder has not: sys.modules does not have them until it does."""

    def __init__(self, children: Children) -> None:
        self._modules: dict[str, ModuleType] = {}
        self._children = children

    def hide(self, modules: set[str]) -> None:
        """Remove all modules but these from sys.modules."""
        for name in set(sys.modules) - modules:
            self._modules[name] = sys.modules.pop(name)

    def imported(self, name: str, *_details: Any) -> None:
        """Put a module back when the builder imports it."""
        if name == "_posixsubprocess":
            self._children.replace_fork_exec()
        module = self._modules.pop(name, None)
        if module is not None:
            sys.modules.setdefault(name, module)
