"""Starts the recorder in an interpreter that finds this folder on PYTHONPATH, then the sitecustomize that it hides."""

import sys

NAME = "_ci_accel_recorder"
"""The one module that a builder could see: a package, so that its parts find each other without sys.path."""


def start(folder: str, modules: "set[str]") -> None:
    """Start the recorder, once, if the environment names a log.

    Args:
        folder: The one with this file.
        modules: Names of those that the builder would find imported.
    """
    import os

    path = os.environ._data.get(b"CI_ACCEL_TRACE")  # type: ignore[attr-defined] # noqa: SLF001 - bytes as they are
    if path is None or NAME in sys.modules:
        return
    package = sys.modules[NAME] = type(sys)(NAME)
    package.__path__ = [folder]
    try:
        __import__(NAME + ".recorder")
        package.recorder.start(path, {*modules, NAME})
    except Exception:  # noqa: BLE001, S110 - without a `start` in the log, the trace is incomplete
        pass
    sys.path_importer_cache.pop(folder, None)


if __name__ == "sitecustomize":
    FOLDER = __file__.rpartition("/")[0]
    sys.path[:] = [entry for entry in sys.path if entry != FOLDER]
    start(FOLDER, set(sys.modules))
    sys.path_importer_cache.pop(FOLDER, None)
    # As site does it: whatever this raises, site handles.
    del sys.modules["sitecustomize"]
    __import__("sitecustomize")
