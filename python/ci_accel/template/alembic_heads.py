"""The script heads of an Alembic project, read without importing or executing any of its files.

Source of the format: Alembic 1.20, ``config.py`` (options), ``script/base.py`` (version files) and
``script/revision.py`` (the revision graph). Version files are parsed with ``ast``; what only running them could tell
(a computed ``down_revision``, a location inside a package) is reported as a problem.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False  # the name that type checkers know; importing typing would cost 7 ms
if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Iterator
    from typing import Any

_INI = "alembic.ini"
_TOML = "pyproject.toml"
_FLAGS = ("recursive_version_locations", "sourceless")
_SEPARATORS = {"space": " ", "newline": "\n", "os": os.pathsep, ":": ":", ";": ";"}
_RELATIONS = ("down_revision", "depends_on", "branch_labels")


class ScriptHeads:
    """The heads of a script directory.

    Attributes:
        heads: Sorted, as ``ScriptDirectory.get_heads()``.
        effective_heads: Sorted, as ``get_heads(consider_depends_on=True)``: a head another revision depends on is left
            out, as it is in ``alembic_version`` after ``upgrade heads``.
        problems: What could not be read, naming file and reason. If there are any, the heads are those of the part
            that could be read.
    """

    __slots__ = ("effective_heads", "heads", "problems")

    def __init__(self, heads: tuple[str, ...], effective_heads: tuple[str, ...], problems: tuple[str, ...]) -> None:
        """Store the three tuples as they are."""
        self.heads = heads
        self.effective_heads = effective_heads
        self.problems = problems

    def __repr__(self) -> str:
        """Show all three attributes by name."""
        return "ScriptHeads(heads={!r}, effective_heads={!r}, problems={!r})".format(*self._key())

    def __eq__(self, other: object) -> bool:
        """Compare all three attributes."""
        return self._key() == other._key() if isinstance(other, ScriptHeads) else NotImplemented

    def __hash__(self) -> int:
        """Hash what ``__eq__`` compares."""
        return hash(self._key())

    def _key(self) -> tuple[tuple[str, ...], ...]:
        return (self.heads, self.effective_heads, self.problems)


def read_script_heads(root: str) -> ScriptHeads | None:
    """Read the heads of the Alembic project configured in ``root``, as ``alembic`` run from there would find them.

    Args:
        root: Folder with ``alembic.ini`` (section ``[alembic]``) or ``pyproject.toml`` (``[tool.alembic]``). Like
            Alembic, each option is taken from the former before the latter, and relative locations start at ``root``.

    Returns:
        The heads, with every obstacle as one of its ``problems``; None if ``root`` holds no Alembic configuration.
    """
    root = os.path.abspath(root)
    problems: list[str] = []
    options = _read_options(root, problems)
    if options is None:
        return ScriptHeads((), (), tuple(problems)) if problems else None
    if options.get("sourceless"):
        problems.append("sourceless is set: version files that exist as bytecode only are not read")
    locations = _version_locations(options, root, problems)
    recursive = bool(options.get("recursive_version_locations"))
    files = _version_files(locations, recursive=recursive, problems=problems, root=root)
    scripts = [_read_script(path, _shown(path, root), problems) for path in files]
    return _resolve([script for script in scripts if script is not None], problems)


class _ConfigError(Exception):
    """An option that cannot be read; the arguments are the file, the option if it is one, and the reason."""


def _read_options(root: str, problems: list[str]) -> dict[str, object] | None:
    """Merge the options of both files (Alembic 1.20: ``config.py``, ``Config.get_alembic_option``)."""

    def attempt(read: Callable[[str], dict[str, object] | None]) -> dict[str, object] | None:
        try:
            return read(root)
        except _ConfigError as error:
            problems.append(": ".join(error.args))
            return None

    toml, ini = attempt(_toml_options), attempt(_ini_options)
    options = {**(toml or {}), **(ini or {})}
    if "script_location" in options:
        return options
    if toml is not None or ini is not None:
        problems.append(f"neither {_INI} nor {_TOML} has a readable script_location")
    return None


def _ini_options(root: str) -> dict[str, object] | None:
    path = os.path.join(root, _INI)
    if not os.path.isfile(path):
        return None
    from configparser import ConfigParser, Error

    try:
        parser = ConfigParser({"here": root.replace(os.sep, "/")})
        with open(path, encoding="locale") as file:
            parser.read_file(file, _INI)
        names = ("script_location", "version_locations", "path_separator", "version_path_separator", *_FLAGS)
        texts = {name: parser.get("alembic", name) for name in names if parser.has_option("alembic", name)}
    except (OSError, ValueError, Error) as error:
        raise _ConfigError(_INI, _reason(error)) from error
    options: dict[str, object] = {name: texts[name] == "true" for name in _FLAGS if name in texts}
    if "script_location" in texts:
        options["script_location"] = texts["script_location"]
    if texts.get("version_locations"):
        options["version_locations"] = _split_locations(texts)
    return options


def _split_locations(texts: dict[str, str]) -> list[str]:
    """Split ``version_locations`` (Alembic 1.20: ``Config.get_version_locations_list``)."""
    locations = texts["version_locations"]
    for name in ("path_separator", "version_path_separator"):
        if name in texts:
            if texts[name] not in _SEPARATORS:
                raise _ConfigError(_INI, name, f"{texts[name]!r} is none of {', '.join(_SEPARATORS)}")
            return [location.strip() for location in locations.split(_SEPARATORS[texts[name]]) if location]
    import re

    return re.split(r", *|(?: +)", locations)


def _toml_options(root: str) -> dict[str, object] | None:
    path = os.path.join(root, _TOML)
    if not os.path.isfile(path):
        return None
    import tomllib

    try:
        with open(path, "rb") as file:
            source = file.read()
        # A project without Alembic shall not hear of a missing parser or an error in its pyproject.toml.
        table: object = tomllib.loads(source.decode()) if b"alembic" in source else {}
    except (OSError, ValueError, RecursionError) as error:
        raise _ConfigError(_TOML, _reason(error)) from error
    for key in ("tool", "alembic"):
        table = table.get(key) if isinstance(table, dict) else None
    if not isinstance(table, dict):
        return None
    tokens = {"here": root.replace(os.sep, "/")}
    options: dict[str, object] = {}
    for name, kind in (("script_location", str), ("version_locations", list), *((flag, bool) for flag in _FLAGS)):
        value = table.get(name, kind())
        if not isinstance(value, kind):
            raise _ConfigError(_TOML, name, f"{value!r} is not a {kind.__name__}")
        try:
            expanded = _expand(value, tokens)
        except (KeyError, TypeError, ValueError) as error:
            raise _ConfigError(_TOML, name, f"{value!r} cannot be expanded: {_reason(error)}") from error
        if name in table:
            options[name] = expanded
    return options


def _expand(value: object, tokens: dict[str, str]) -> object:
    if isinstance(value, list):
        return [text % tokens for text in value]
    return value % tokens if isinstance(value, str) else value


def _version_locations(options: dict[str, Any], root: str, problems: list[str]) -> list[str]:
    """Resolve locations to paths (Alembic 1.20: ``util/pyfiles.py``, ``coerce_resource_to_filename``)."""

    def resolve(option: str, location: str) -> list[str]:
        if not os.path.isabs(location) and ":" in location:
            problems.append(f"{option}: {location!r} names a package, which would have to be imported")
            return []
        return [os.path.join(root, location)]

    scripts = resolve("script_location", options["script_location"])
    problems.extend(
        f"script_location: {_shown(path, root)} does not exist" for path in scripts if not os.path.exists(path)
    )
    if options.get("version_locations"):
        return [path for location in options["version_locations"] for path in resolve("version_locations", location)]
    return [os.path.join(path, "versions") for path in scripts]


def _version_files(locations: list[str], *, recursive: bool, problems: list[str], root: str) -> Iterator[str]:
    """List the version files (Alembic 1.20: ``Script._list_py_dir``), each once however many links lead to it."""

    def note(error: OSError) -> None:
        problems.append(f"{_shown(error.filename, root)}: {_reason(error)}")

    seen = set()
    for location in filter(os.path.exists, locations):
        for folder, folders, names in os.walk(location, onerror=note):
            if folder.endswith("__pycache__"):
                continue
            for name in sorted(names):
                path = os.path.join(folder, name)
                real = os.path.realpath(path)
                # Alembic applies its filter (?!\.\#|__init__)(.*\.py)$ to what a link leads to.
                target = os.path.basename(real)
                if real not in seen and target.endswith(".py") and not target.startswith((".#", "__init__")):
                    seen.add(real)
                    yield path
            if not recursive:
                break
            folders.sort()


class _Script:
    """One version file, its relations as written there."""

    __slots__ = ("branch_labels", "depends_on", "down_revision", "file", "revision")

    def __init__(self, file: str, revision: str, relations: dict[str, tuple[str, ...]]) -> None:
        self.file = file
        self.revision = revision
        self.down_revision = relations["down_revision"]
        self.depends_on = relations["depends_on"]
        self.branch_labels = relations["branch_labels"]


def _read_script(path: str, file: str, problems: list[str]) -> _Script | None:
    """Read one version file; a relation that cannot be read counts as none, so that its children find it."""
    try:
        bound = _read_bindings(path)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError) as error:
        problems.append(f"{file}: {_reason(error)}")
        return None
    revision = bound.get("revision")
    if not isinstance(revision, str):
        problems.append(f"{file}: {'revision is not a literal str' if 'revision' in bound else 'no revision is set'}")
        return None
    if "down_revision" not in bound:
        problems.append(f"{file}: no down_revision is set")
    if illegal := sorted(set(revision) & set("@-+:")):
        problems.append(f"{file}: revision {revision!r} contains {' '.join(illegal)}, which Alembic does not allow")
    relations: dict[str, tuple[str, ...]] = {}
    for name in _RELATIONS:
        value = bound.get(name)
        names = (value,) if isinstance(value, str) else () if value is None else value
        if not isinstance(names, (tuple, list, set)) or not all(isinstance(each, str) for each in names):
            problems.append(f"{file}: {name} is not a literal None, str, or tuple, list or set of str")
            names = ()
        relations[name] = tuple(names)
    return _Script(file, revision, relations)


def _read_bindings(path: str) -> dict[str, object]:
    """Evaluate what a version file binds to the names Alembic reads, as far as ``_literal`` can."""
    import ast
    import warnings

    if not os.path.isfile(path):
        raise OSError(None, "not a regular file")
    with open(path, "rb") as file:
        source = file.read()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(source)
    return {name: _literal(node) for statement in tree.body for name, node in _bindings(statement)}


def _literal(node: ast.expr | None) -> object:
    """Evaluate a literal; NotImplemented stands for everything else."""
    import ast

    try:
        return NotImplemented if node is None else ast.literal_eval(node)
    except (ValueError, TypeError):
        return NotImplemented


def _bindings(statement: ast.stmt) -> Iterator[tuple[str, ast.expr | None]]:
    """Yield the names of interest a module-level statement binds, with None for all but plain assignments."""
    import ast

    if isinstance(statement, ast.AnnAssign) and statement.value is None:
        return
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    plain = isinstance(statement, (ast.Assign, ast.AnnAssign))
    pending: list[ast.AST] = [statement]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Name):
            name = None if isinstance(node.ctx, ast.Load) else node.id
        else:
            name = getattr(node, "asname", None) or getattr(node, "name", None)
        if name == "revision" or name in _RELATIONS:
            yield name, getattr(statement, "value", None) if plain and node in targets else None
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.comprehension)):
            pending.extend(ast.iter_child_nodes(node))


def _resolve(scripts: list[_Script], problems: list[str]) -> ScriptHeads:
    """Find the heads (Alembic 1.20: ``script/revision.py``, ``RevisionMap._revision_map``)."""
    from graphlib import CycleError, TopologicalSorter

    by_revision: dict[str, _Script] = {}
    for script in scripts:
        if other := by_revision.get(script.revision):
            problems.append(f"{script.file}: revision {script.revision!r} is also that of {other.file}")
        by_revision[script.revision] = script
    by_name = dict(by_revision)
    for script in by_revision.values():
        for label in script.branch_labels:
            if label in by_name:
                problems.append(f"{script.file}: branch label {label!r} is already used by {by_name[label].file}")
            by_name.setdefault(label, script)
    parents: set[str] = set()
    dependencies: set[str] = set()
    graph: dict[str, set[str]] = {}
    for script in by_revision.values():
        # Alembic looks both up as they are written: a partial revision is an error in a version file.
        down = _look_up(script, "down_revision", by_revision, problems)
        depends = _look_up(script, "depends_on", by_name, problems)
        parents |= down
        dependencies |= depends
        graph[script.revision] = down | depends
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        cycle = [f"{revision!r} ({by_revision[revision].file})" for revision in error.args[1]]
        problems.append(f"the revisions {', '.join(cycle)} form a cycle")
    heads = by_revision.keys() - parents
    return ScriptHeads(tuple(sorted(heads)), tuple(sorted(heads - dependencies)), tuple(problems))


def _look_up(script: _Script, relation: str, known: dict[str, _Script], problems: list[str]) -> set[str]:
    names: tuple[str, ...] = getattr(script, relation)
    problems.extend(f"{script.file}: {relation} {name!r} is in no version file" for name in names if name not in known)
    return {known[name].revision for name in names if name in known}


def _shown(path: str, root: str) -> str:
    return _printable(path.removeprefix(root.rstrip(os.sep) + os.sep))


def _reason(error: Exception) -> str:
    if isinstance(error, SyntaxError):
        return _printable(f"syntax error: {error.msg}" + (f" (line {error.lineno})" if error.lineno else ""))
    text = error.strerror if isinstance(error, OSError) else " ".join(str(error).split())
    return _printable(text or type(error).__name__)


def _printable(text: str) -> str:
    """Escape what a terminal would act on or could not encode."""
    return text if text.isprintable() else ascii(text)
