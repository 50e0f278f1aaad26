"""Starts the recorder in an interpreter that finds this folder on PYTHONPATH, then the sitecustomize that it hides.

Like the tracer's, and independent of it: both may be there, each starts the next.
"""

import sys

NAME = "_ci_accel_witness"
"""The one module that a program could see: a package, so that its parts are found without sys.path.

In it are this folder and the tracer's, which has what carries both.
"""


def start(folder: str) -> None:
    """Start the recorder, once, if the environment names a log.

    Args:
        folder: The one with this file.
    """
    import os

    path = os.environ._data.get(b"CI_ACCEL_WITNESS")  # type: ignore[attr-defined] # noqa: SLF001 - bytes as they are
    if path is None or NAME in sys.modules:
        return
    package = sys.modules[NAME] = type(sys)(NAME)
    parent, _, own = folder.rpartition("/")
    package.__path__ = [parent]
    try:
        recorder = NAME + "." + own + ".recorder"
        __import__(recorder)
        sys.modules[recorder].start(path)
    except Exception:  # noqa: BLE001, S110 - a process that is not in the log cannot be proved
        pass
    for place in (parent, folder):
        sys.path_importer_cache.pop(place, None)


if __name__ == "sitecustomize":
    FOLDER = __file__.rpartition("/")[0]
    sys.path[:] = [entry for entry in sys.path if entry != FOLDER]
    start(FOLDER)
    sys.path_importer_cache.pop(FOLDER, None)
    # As site does it: whatever this raises, site handles.
    del sys.modules["sitecustomize"]
    __import__("sitecustomize")
