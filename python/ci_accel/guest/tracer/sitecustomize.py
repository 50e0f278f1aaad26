"""Start the tracer in an interpreter that finds this folder on PYTHONPATH, then import the sitecustomize it hides."""

import sys

PACKAGE = "_ci_accel_guest"
"""Name of the folder above as a package: its modules import each other, and sys.path stays as it was.

The witness uses the same package. It is the only module of ours that a traced program can see.
"""


def start(folder: str, modules: "set[str]") -> None:
    """Start the tracer, once, if the environment names its log.

    Args:
        folder: The folder of this file.
        modules: Names of the modules that the builder would find imported.
    """
    import os

    path = os.environ._data.get(b"CI_ACCEL_TRACE")  # type: ignore[attr-defined] # noqa: SLF001 - bytes, as they are
    if path is None:
        return
    parent, _, own = folder.rpartition("/")
    package = sys.modules.get(PACKAGE)
    if package is None:
        package = sys.modules[PACKAGE] = type(sys)(PACKAGE)
        package.__path__ = [parent]
    elif hasattr(package, own):
        return
    try:
        __import__(f"{PACKAGE}.{own}.recorder")
        getattr(package, own).recorder.start(path, {*modules, PACKAGE})
    except Exception:  # noqa: BLE001, S110 - a log without a `start` is an incomplete trace
        pass
    for place in (parent, folder):
        sys.path_importer_cache.pop(place, None)


if __name__ == "sitecustomize":
    FOLDER = __file__.rpartition("/")[0]
    sys.path[:] = [entry for entry in sys.path if entry != FOLDER]
    start(FOLDER, set(sys.modules))
    sys.path_importer_cache.pop(FOLDER, None)
    # As site does it; site handles whatever this raises.
    del sys.modules["sitecustomize"]
    __import__("sitecustomize")
