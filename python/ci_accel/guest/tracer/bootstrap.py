"""Runs what an interpreter was told to, after the recorder: for those that heed no PYTHONPATH, or run no site.

`python <options> bootstrap.py <all that the interpreter was told>`
"""

_ATTRIBUTES = dict(globals(), __doc__=None)  # of __main__, as this version of Python makes it: before all else

import sys  # noqa: E402

_MODULES = set(sys.modules)

from _frozen_importlib import BuiltinImporter  # noqa: E402
from _frozen_importlib_external import SourceFileLoader, SourcelessFileLoader  # noqa: E402
from posixpath import dirname, realpath  # noqa: E402

TYPE_CHECKING = False  # the name that type checkers know; typing is not to be imported before the builder does
if TYPE_CHECKING:
    from typing import Any

FOLDER = __file__.rpartition("/")[0]


def part(name: str) -> "dict[str, Any]":
    """Run a file that lies beside this one, without sys.path; return its names."""
    path = FOLDER + "/" + name + ".py"
    space = {"__name__": "_ci_accel_" + name, "__file__": path}
    code: Any = SourceFileLoader(name, path).get_code(name)
    exec(code, space)  # noqa: S102 - our own
    return space


def become_main(script: "str | None" = None) -> "dict[str, Any]":
    """Put a new __main__ in the place of this one, and return its attributes."""
    main = type(sys)("__main__")
    space = vars(main)
    space.clear()
    space.update(_ATTRIBUTES)
    if script is None:
        del space["__file__"]
        space.pop("__cached__", None)
        space["__loader__"] = BuiltinImporter
    else:
        space["__file__"] = script
        loader = SourcelessFileLoader if script.endswith(".pyc") else SourceFileLoader
        space["__loader__"] = loader("__main__", script)
    sys.modules["__main__"] = main
    return space


def absolute(script: str) -> str:
    """Return the name that CPython gives a script: from Python 3.9 on from the root."""
    import posix

    if script.startswith("/") or sys.version_info < (3, 9):
        return script
    return posix.getcwd() + "/" + script


def is_searched(script: str) -> bool:
    """Tell whether a script is a folder or an archive, with a module __main__ in it."""
    for hook in sys.path_hooks:
        try:
            sys.path_importer_cache[script] = hook(script)
        except ImportError:
            continue
        return True
    sys.path_importer_cache[script] = None
    return False


def execute(code: "Any", space: "dict[str, Any]") -> None:
    """Run code, and flush as CPython does, before it says what went wrong."""
    try:
        exec(code, space)  # noqa: S102 - the builder
    finally:
        for stream in (sys.stderr, sys.stdout):
            try:  # noqa: SIM105 - contextlib is not to be imported before the builder does
                stream.flush()
            except Exception:  # noqa: BLE001, PERF203, S110 - as CPython does
                pass


def run_module(name: str, *, is_named: bool) -> None:
    """Run a module as __main__; it is named by -m, or is the one of a folder."""
    from runpy import _run_module_as_main  # type: ignore[attr-defined] # what CPython itself calls

    become_main()
    _run_module_as_main(name, is_named)


def show_source(compiled: "Any", code: str) -> None:
    """Let tracebacks show the lines of what follows -c, as from Python 3.13 on."""
    try:
        import linecache

        key = compiled if hasattr(linecache, "_code_key") else "<string>"
        linecache._register_code(key, code, "<string>")  # type: ignore[attr-defined] # noqa: SLF001 - as CPython calls it
    except Exception:  # noqa: BLE001, S110 - nothing but words depends on it
        pass


def run_code(code: str) -> None:
    """Run what follows -c."""
    if sys.version_info >= (3, 14) and code[:1].isspace():
        from textwrap import dedent

        code = dedent(code)
    compiled = compile(code + "\n", "<string>", "exec", 0, True)  # noqa: FBT003 - its own future
    if sys.version_info >= (3, 13):
        show_source(compiled, code + "\n")
    execute(compiled, become_main())


def run_script(script: str) -> None:
    """Run a file."""
    space = become_main(script)
    loader = space["__loader__"]
    if script.endswith(".pyc"):
        code = loader.get_code("__main__")
    else:
        try:
            source = loader.get_data(script)
        except OSError as error:
            words = "%s: can't open file %r: [Errno %d] %s\n"
            sys.stderr.write(words % (sys.executable, script, error.errno, error.strerror))
            sys.exit(2)
        code = compile(source, script, "exec", 0, True)  # noqa: FBT003 - its own future
    execute(code, space)


def run(kind: str, command: "list[str]") -> None:
    """Run what the interpreter was told to.

    Args:
        kind: `-c`, `-m` or `script`.
        command: Code, module or script, and its arguments.
    """
    import posix

    alone = sys.flags.isolated or getattr(sys.flags, "safe_path", False)
    if not alone:
        del sys.path[0]  # the folder of this file, which is the script that CPython knows
    name, *rest = command
    if kind == "-c":
        sys.argv = ["-c", *rest]
        sys.path[:0] = [] if alone else [""]
        run_code(name)
    elif kind == "-m":
        sys.argv = ["-m", *rest]
        sys.path[:0] = [] if alone else [posix.getcwd()]
        run_module(name, is_named=True)
    else:
        sys.argv = command
        name = absolute(name)
        if is_searched(name):
            sys.path.insert(0, name)
            run_module("__main__", is_named=False)
        else:
            sys.path[:0] = [] if alone else [dirname(realpath(name))]
            run_script(name)


def main() -> None:
    """Start the recorder, restore what the builder can see, and run the builder."""
    parse = part("carrying")["parse"]
    part("sitecustomize")["start"](FOLDER, _MODULES)
    argv = [sys.executable, *sys.argv[1:]]
    if hasattr(sys, "orig_argv"):
        sys.orig_argv = [sys.orig_argv[0], *sys.argv[1:]]
    # With -S the folder came by PYTHONPATH.
    sys.path[:] = [entry for place, entry in enumerate(sys.path) if place == 0 or entry != FOLDER]
    sys.path_importer_cache.pop(__file__, None)
    _, _, kind, command = parse(argv)
    try:
        run(kind, command)
    except (SystemExit, KeyboardInterrupt):
        raise
    except BaseException as error:  # noqa: BLE001 - shown as CPython would show it: without the frames of this file
        traceback = error.__traceback__
        while traceback is not None and traceback.tb_frame.f_code.co_filename == __file__:
            traceback = traceback.tb_next
        sys.last_type, sys.last_value, sys.last_traceback = type(error), error, traceback
        if sys.version_info >= (3, 12):
            sys.last_exc = error
        sys.excepthook(type(error), error.with_traceback(traceback), traceback)
        sys.exit(1)


if __name__ == "__main__":
    main()
