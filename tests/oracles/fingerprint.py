"""The plain definition of ``ci_accel.fingerprint``.

Slow and simple on purpose: every input is selected from scratch, every file is read whole, and nothing is shared with
the engine under test. Only the hash function comes from a library (the ``blake3`` package).

Paths are strings as ``os.fsdecode`` makes them (bytes that are not UTF-8 become lone surrogates), relative to the
resolved root, with ``/`` between the components; the root itself is the empty string.

Where the definition can be read in two ways, this oracle reads it so:

* ``?`` and ``[...]`` match one character (one code point; a byte that is not UTF-8 is one character), never ``/``.
* ``[...]`` knows ranges (``[a-z]``), and a ``]`` in first place is a member. A backslash is an ordinary character. A
  ``[`` or ``{`` that is never closed matches itself. Braces nest, and ``{a}`` is ``a``.
* ``a/**`` does not match ``a`` itself, and ``**`` next to other characters is the same as ``*``.
* The leading components of a glob that have none of ``*?[{`` are walked like a declared path, so links there are
  entries and the glob goes on at their target. The rest does not look through links: one that it matches counts, and
  so does its target.
* ``__pycache__`` is looked for in the whole path, so declaring such a folder (or one below it, or a glob in it) yields
  nothing; declaring a file in it counts that file. A folder whose name ends in ``.pyc`` is a folder like any other,
  but matches no glob.
* Exclusion looks at the path of an entry and at the folders above it. It also takes out files that are declared by
  name, bytecode included, and targets of links. A declared path (or the plain beginning of a glob) that passes through
  a link is also looked at as it is spelled: if that is excluded, or a link on its way is, it does not count. A target
  that is or passes through an excluded link counts, without that link.
* The links on the way to a declared path do not make the input "yield a file"; a declared link does, whatever its
  target contains.
* The target of a link is walked the way the kernel walks it; the links on the way that lie under the root are entries
  too. The root itself is a possible target.
* No inputs at all are allowed: zero entries.
"""

# A pathlib.Path would normalise names and link texts, so paths are plain strings here.

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from blake3 import blake3

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

LINK_CONTEXT = "ci_accel 2026-11 link v1"
FINGERPRINT_CONTEXT = "ci_accel 2026-11 fingerprint v1"

MISSING = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG})


@dataclass(frozen=True)
class Reference:
    """A fingerprint: the digest over everything, the digest of every entry, and the values."""

    digest: str
    files: dict[str, str]
    values: dict[str, str]


class Entry(NamedTuple):
    """The content of one counted path: its length in bytes and its digest."""

    length: int
    digest: bytes


def fingerprint(
    inputs: Iterable[str | os.PathLike[str]],
    *,
    root: str | os.PathLike[str] = ".",
    exclude: Iterable[str | os.PathLike[str]] = (),
    values: Mapping[str, str] | None = None,
) -> Reference:
    """Fingerprint the files that the inputs name, and the values.

    Args:
        inputs: Paths and globs, relative to the root or absolute below it.
        root: The folder that the paths are relative to.
        exclude: Paths and globs of what does not count.
        values: Further text that belongs to the fingerprint, by name.

    Returns:
        The fingerprint.

    Raises:
        ValueError: If an input leaves the root or yields no file, if a link leads nowhere or out of the root, or if
            something other than a regular file, a folder or a link is counted.
    """
    top = os.path.realpath(os.fsdecode(root))
    tree = Tree(top, [normalise(top, pattern) for pattern in exclude])
    counted: set[str] = set()
    for pattern in inputs:
        selected = tree.select(normalise(top, pattern))
        if not selected:
            message = f"input {os.fsdecode(pattern)!r} yields no file under {top!r}"
            raise ValueError(message)
        counted |= selected
    entries = {os.fsencode(path): content(tree.absolute(path)) for path in counted}
    named = dict(values or {})
    return Reference(
        digest=digest_of(entries, named).hex(),
        files={os.fsdecode(path): entries[path].digest.hex() for path in sorted(entries)},
        values=named,
    )


# Digest


def u64(number: int) -> bytes:
    """Return a number as eight little-endian bytes."""
    return number.to_bytes(8, "little")


def content(path: str) -> Entry:
    """Return length and digest of the bytes of a file or the text of a link."""
    if stat.S_ISLNK(os.lstat(path).st_mode):
        text = os.readlink(os.fsencode(path))
        return Entry(len(text), blake3(text, derive_key_context=LINK_CONTEXT).digest())
    with open(path, "rb") as file:
        data = file.read()
    return Entry(len(data), blake3(data).digest())


def digest_of(entries: Mapping[bytes, Entry], values: Mapping[str, str]) -> bytes:
    """Return the digest over the framed entries and values."""
    framed = [u64(len(entries))]
    for path in sorted(entries):
        framed += [u64(len(path)), path, u64(entries[path].length), entries[path].digest]
    framed.append(u64(len(values)))
    for name, value in sorted((name.encode(), value.encode()) for name, value in values.items()):
        framed += [u64(len(name)), name, u64(len(value)), value]
    return blake3(b"".join(framed), derive_key_context=FINGERPRINT_CONTEXT).digest()


# Patterns


def normalise(top: str, pattern: str | os.PathLike[str]) -> str:
    """Return the pattern relative to the root, without ``.``, ``..`` and superfluous slashes.

    Raises:
        ValueError: If the pattern leaves the root.
    """
    text = os.fsdecode(pattern)
    message = f"input {text!r} leaves the root {top!r}"
    absolute = text.startswith("/")
    parts: list[str] = []
    for part in text.split("/"):
        if part == "..":
            if parts:
                parts.pop()
            elif not absolute:
                raise ValueError(message)
        elif part not in ("", "."):
            parts.append(part)
    if absolute:
        above = [part for part in top.split("/") if part]
        if parts[: len(above)] != above:
            raise ValueError(message)
        parts = parts[len(above) :]
    return "/".join(parts)


def is_glob(pattern: str) -> bool:
    """Return whether the pattern is also a glob."""
    return any(special in pattern for special in "*?[{")


def is_bytecode(path: str) -> bool:
    """Return whether a file or link at the path is bytecode, which folders and globs never select."""
    return in_bytecode_folder(path) or path.endswith(".pyc")


def in_bytecode_folder(path: str) -> bool:
    """Return whether the path is a folder for bytecode, or lies in one."""
    return "__pycache__" in path.split("/")


def class_end(pattern: str, start: int) -> int:
    """Return the index of the ``]`` that closes the class opened at ``start``, or -1."""
    first = start + 1
    if pattern[first : first + 1] == "!":
        first += 1
    end = pattern.find("]", first + 1)
    return -1 if "/" in pattern[start : end + 1] else end


def brace_parts(pattern: str, start: int) -> tuple[list[str], int]:
    """Return the alternatives of the brace opened at ``start`` and the index behind it, or no alternatives."""
    alternatives, piece, depth, index = [], start + 1, 0, start
    while index < len(pattern):
        letter = pattern[index]
        if letter == "[" and class_end(pattern, index) > 0:
            index = class_end(pattern, index)
        elif letter == "{":
            depth += 1
        elif letter == "," and depth == 1:
            alternatives.append(pattern[piece:index])
            piece = index + 1
        elif letter == "}":
            depth -= 1
            if depth == 0:
                return [*alternatives, pattern[piece:index]], index + 1
        index += 1
    return [], start


def without_braces(pattern: str) -> list[str]:
    """Return the patterns without braces that together match the same paths."""
    index = 0
    while index < len(pattern):
        if pattern[index] == "[" and class_end(pattern, index) > 0:
            index = class_end(pattern, index)
        elif pattern[index] == "{":
            alternatives, behind = brace_parts(pattern, index)
            if alternatives:
                before, after = pattern[:index], without_braces(pattern[behind:])
                return [
                    before + middle + end for one in alternatives for middle in without_braces(one) for end in after
                ]
        index += 1
    return [pattern]


def in_class(members: str, letter: str) -> bool:
    """Return whether the letter is one of the members of a class, which may be ranges."""
    index = 0
    while index < len(members):
        if members[index + 1 : index + 2] == "-" and index + 2 < len(members):
            if members[index] <= letter <= members[index + 2]:
                return True
            index += 3
        else:
            if members[index] == letter:
                return True
            index += 1
    return False


def name_matches(pattern: str, name: str) -> bool:
    """Return whether one component of a path matches one component of a glob: a letter of it is one byte."""
    return letters_match(octets(pattern), octets(name))


def octets(text: str) -> str:
    """Return a name with one character for each of its bytes."""
    return os.fsencode(text).decode("latin-1")


def letters_match(pattern: str, name: str) -> bool:
    """Return whether the letters of a name match those of a glob."""
    if not pattern:
        return not name
    if pattern[0] == "*":
        return any(letters_match(pattern[1:], name[start:]) for start in range(len(name) + 1))
    if not name:
        return False
    end = class_end(pattern, 0) if pattern[0] == "[" else -1
    if end > 0:
        negated = pattern[1] == "!"
        members = pattern[2:end] if negated else pattern[1:end]
        return in_class(members, name[0]) != negated and letters_match(pattern[end + 1 :], name[1:])
    return pattern[0] in ("?", name[0]) and letters_match(pattern[1:], name[1:])


def path_matches(pattern: Sequence[str], path: Sequence[str]) -> bool:
    """Return whether all components of a path match all components of a glob."""
    if not pattern:
        return not path
    if pattern == ["**"]:
        return bool(path)
    if pattern[0] == "**":
        return any(path_matches(pattern[1:], path[start:]) for start in range(len(path) + 1))
    return bool(path) and name_matches(pattern[0], path[0]) and path_matches(pattern[1:], path[1:])


def leads_to_match(pattern: Sequence[str], folder: Sequence[str]) -> bool:
    """Return whether something below the folder could match the components of a glob."""
    if not pattern:
        return False
    if not folder or pattern[0] == "**":
        return True
    return name_matches(pattern[0], folder[0]) and leads_to_match(pattern[1:], folder[1:])


def split_glob(pattern: str) -> tuple[str, str]:
    """Return the leading components of a glob that are plain names, and the rest."""
    parts = pattern.split("/")
    plain = 0
    while not is_glob(parts[plain]):
        plain += 1
    return "/".join(parts[:plain]), "/".join(parts[plain:])


def glob_parts(pattern: str) -> list[list[str]]:
    """Return the components of every alternative of a glob."""
    return [[part for part in one.split("/") if part] for one in without_braces(pattern)]


# Selection


class Tree:
    """The files under a root that inputs select."""

    def __init__(self, top: str, exclude: Sequence[str]) -> None:
        """Select files under ``top``, without those that the normalised patterns of ``exclude`` match."""
        self.top = top
        self.excluded_paths = set(exclude)
        self.excluded_globs = [parts for pattern in exclude if is_glob(pattern) for parts in glob_parts(pattern)]

    def absolute(self, path: str) -> str:
        """Return the absolute path of a relative one."""
        return f"{self.top.rstrip('/')}/{path}" if path else self.top

    def relative(self, absolute: str) -> str | None:
        """Return the path relative to the root; None outside the root."""
        if absolute == self.top:
            return ""
        above = self.top.rstrip("/") + "/"
        return absolute[len(above) :] if absolute.startswith(above) else None

    def children(self, folder: str) -> list[str]:
        """Return the relative paths of the folder's entries, without bytecode."""
        names = os.listdir(self.absolute(folder))
        paths = [f"{folder}/{name}" if folder else name for name in sorted(names)]
        paths = [path for path in paths if not in_bytecode_folder(path) and not self.excluded(path)]
        return [path for path in paths if not is_bytecode(path) or self.is_folder(path)]

    def excluded(self, path: str) -> bool:
        """Return whether the path, or a folder it is in, is excluded."""
        if not self.excluded_paths:
            return False
        parts = path.split("/") if path else []
        for length in range(len(parts) + 1):
            above = parts[:length]
            if "/".join(above) in self.excluded_paths:
                return True
            if any(path_matches(glob, above) for glob in self.excluded_globs):
                return True
        return False

    def exists(self, path: str) -> bool:
        """Return whether the path exists. Links are followed, except the last component."""
        if "\0" in path:
            return False
        try:
            os.lstat(self.absolute(path))
        except OSError as error:
            if error.errno in MISSING:
                return False
            raise
        return True

    def is_folder(self, path: str) -> bool:
        """Return whether a folder is at the path (not a link to one)."""
        return stat.S_ISDIR(os.lstat(self.absolute(path)).st_mode)

    def select(self, pattern: str) -> set[str]:
        """Return every path that a normalised input selects; nothing without a file."""
        selected: set[str] = set()
        if self.exists(pattern) and not self.excluded(pattern):
            links, end = self.walk(self.top, pattern, follow=False)
            selected |= self.with_links(links, self.counted(end))
        if is_glob(pattern):
            plain, rest = split_glob(pattern)
            if self.exists(f"{plain}/.") and not self.excluded(plain):
                links, folder = self.walk(self.top, plain, follow=True)
                matches = self.glob(folder, rest)
                selected |= self.with_links(links, {path for match in matches for path in self.counted(match)})
        return selected

    def with_links(self, links: set[str], found: set[str]) -> set[str]:
        """Return the selected paths and the links on the way to them; nothing if one of the links is excluded."""
        return found | links if found and not any(self.excluded(link) for link in links) else set()

    def walk(self, folder: str, text: str, *, follow: bool) -> tuple[set[str], str]:
        """Resolve a path from an absolute folder as the kernel does.

        Args:
            folder: Folder to start in.
            text: The path.
            follow: Whether to go on at the target if there is a link at the end.

        Returns:
            The links on the way that lie under the root, and the end of the walk, relative to the root.
        """
        links: set[str] = set()
        here = "/" if text.startswith("/") else folder
        ahead = [part for part in text.split("/") if part not in ("", ".")]
        while ahead:
            part = ahead.pop(0)
            if part == "..":
                here = os.path.dirname(here)
                continue
            there = f"{here.rstrip('/')}/{part}"
            if not (ahead or follow) or not stat.S_ISLNK(os.lstat(there).st_mode):
                here = there
                continue
            link = self.relative(there)
            if link is not None:
                self.check_target(link)
                links.add(link)
            target = os.readlink(there)
            ahead = [part for part in target.split("/") if part not in ("", ".")] + ahead
            if target.startswith("/"):
                here = "/"
        end = self.relative(here)
        if end is None:
            message = f"path {text!r} leads out of the root {self.top!r}"
            raise ValueError(message)
        return links, end

    def check_target(self, link: str) -> None:
        """Refuse a link whose target is missing or not under the root."""
        try:
            os.stat(self.absolute(link))
        except OSError as error:
            if error.errno in MISSING:
                message = f"link {link!r} leads nowhere (root {self.top!r})"
                raise ValueError(message) from error
            raise
        if self.relative(os.path.realpath(self.absolute(link))) is None:
            message = f"link {link!r} leads out of the root {self.top!r}"
            raise ValueError(message)

    def counted(self, start: str) -> set[str]:
        """Return every path that is selected with a path without links on the way."""
        found: set[str] = set()
        seen: set[str] = set()
        todo = [start]
        while todo:
            path = todo.pop()
            if path in seen or self.excluded(path):
                continue
            seen.add(path)
            mode = os.lstat(self.absolute(path)).st_mode
            if stat.S_ISDIR(mode):
                todo += self.children(path)
            elif stat.S_ISLNK(mode):
                self.check_target(path)
                found.add(path)
                text = os.readlink(self.absolute(path))
                links, end = self.walk(os.path.dirname(self.absolute(path)), text, follow=True)
                found |= {link for link in links if not self.excluded(link)}
                todo.append(end)
            elif stat.S_ISREG(mode):
                found.add(path)
            else:
                message = f"{path!r} is not a regular file (root {self.top!r})"
                raise ValueError(message)
        return found

    def glob(self, start: str, pattern: str) -> set[str]:
        """Return the paths below a folder that match a glob, entering only folders that can contain a match."""
        matches: set[str] = set()
        for parts in glob_parts(pattern):
            todo = [start] if self.is_folder(start) and not in_bytecode_folder(start) else []
            while todo:
                for path in self.children(todo.pop()):
                    components = path.removeprefix(start).lstrip("/").split("/")
                    if path_matches(parts, components) and not is_bytecode(path):
                        matches.add(path)
                    if leads_to_match(parts, components) and self.is_folder(path):
                        todo.append(path)
        return matches
