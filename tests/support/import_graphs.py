"""Import graphs of the two languages, and the check of a graph against layers.

A graph maps the dotted name of a module to the modules it imports. `grimp` reads Python; Rust's `use` declarations and
paths are read here, because no library does that without compiling the crate.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import grimp

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    Graph = Mapping[str, set[str]]
    Layers = Mapping[str, str]
    """The layers inside each package: a line for each layer, the highest first; names in one line are independent."""

COMPILED = "_native"
"""Name of the compiled module."""

SELF = "mod"
"""Name under which a package's own file (`__init__.py`, `mod.rs`) is listed in its layers."""


USE_TREE = re.compile(r"\b((?:crate|self|super)::(?:[\w:]|\{(?:[^{}]|\{[^{}]*\})*\})+)")
"""A path of Rust from the crate's root, `self` or `super`, with up to two levels of braces."""


def python_imports(package: str) -> Graph:
    """Return the imports of an installed Python package, including those in functions and for type checkers."""
    graph = grimp.build_graph(package)
    imports = {module: set(graph.find_modules_directly_imported_by(module)) for module in graph.modules}
    # grimp takes an import of the compiled module, which has no source in Python, for one of the whole package.
    for module, imported in imports.items():
        lines = [detail["line_contents"] for detail in graph.get_import_details(importer=module, imported=package)]
        if any(COMPILED in line for line in lines):
            imported.add(f"{package}.{COMPILED}")
        if all(COMPILED in line for line in lines):
            imported.discard(package)
    return {**imports, f"{package}.{COMPILED}": set()}


def rust_imports(source: Path) -> Graph:
    """Return the imports between the modules of a crate; tests and comments in the files do not count.

    Args:
        source: The crate's `src` folder.
    """
    files = {rust_module(path.relative_to(source)): path for path in source.rglob("*.rs") if path.name != "lib.rs"}
    graph: dict[str, set[str]] = {}
    for module, path in files.items():
        used = (longest_known(target, files) for target in rust_paths(shipped(path), module, is_mod=path.stem == "mod"))
        graph[module] = {target for target in used if target is not None and target != module}
    return graph


def rust_module(path: Path) -> str:
    """Return the dotted name of a source file."""
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "mod" else parts)


def shipped(path: Path) -> str:
    """Return a Rust source without its unit tests and comments."""
    text = path.read_text().split("\n#[cfg(test)]")[0]
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("//"))


def rust_paths(text: str, module: str, *, is_mod: bool) -> Iterator[str]:
    """Yield the dotted paths that a source names from the crate's root, `self` or `super`."""
    for tree in USE_TREE.findall(re.sub(r"\s+", " ", text)):
        for path in expanded(tree.replace(" ", "")):
            first, *rest = path.split("::")
            parts = [] if first == "crate" else module.split(".")
            if first == "super":
                parts = parts[:-1]
            elif first == "self" and not is_mod:
                continue  # inside a file
            while rest and rest[0] == "super":
                parts, rest = parts[:-1], rest[1:]
            yield ".".join([*parts, *rest])


def expanded(tree: str) -> Iterator[str]:
    """Yield each path of a `use` tree such as `a::{b, c::{d, e}}`."""
    head, brace, rest = tree.partition("{")
    if not brace:
        yield tree
        return
    depth, start = 0, 0
    body = rest[: rest.rindex("}")]
    for place, letter in enumerate(body + ","):
        depth += (letter == "{") - (letter == "}")
        if letter == "," and depth == 0:
            if body[start:place]:
                yield from expanded(head + body[start:place])
            start = place + 1


def longest_known(path: str, modules: Mapping[str, object]) -> str | None:
    """Return the module that a path leads into; None if it is not a module of the crate."""
    parts = path.split(".")
    return next((name for n in range(len(parts), 0, -1) if (name := ".".join(parts[:n])) in modules), None)


def unlisted(graph: Graph, layers: Layers) -> list[str]:
    """Return the modules that no layer lists, and the listed names that do not exist."""
    listed = {f"{package}.{name}".lstrip(".") for package, lines in layers.items() for name in lines.split()}
    packages = {module.rpartition(".")[0] for module in graph} - {""}
    own = {f"{package}.{SELF}" for package in packages & {*graph} if f"{package}.{SELF}" in listed}
    return sorted(({*graph} | own | {*packages}) ^ listed)


def violations(graph: Graph, layers: Layers) -> list[str]:
    """Return the imports that do not point to a lower layer, as `importer -> imported`."""
    return sorted(
        f"{importer} -> {imported}"
        for importer, targets in graph.items()
        for imported in targets
        if not points_down(importer, imported, layers)
    )


def points_down(importer: str, imported: str, layers: Layers) -> bool:
    """Return whether an import goes from a higher layer to a lower one, in the package that has both."""
    one, other = importer.split("."), imported.split(".")
    shared = 0
    while shared < min(len(one), len(other)) and one[shared] == other[shared]:
        shared += 1
    package = ".".join(one[:shared])
    ends = [parts[shared] if len(parts) > shared else SELF for parts in (one, other)]
    places = [number for end in ends for number, line in enumerate(layers[package].splitlines()) if end in line.split()]
    return len(places) == len(ends) and places[0] < places[1]
