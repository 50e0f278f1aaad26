"""The plain definition of a template database's key, from the ``made_from`` object of its manifest.

It shares nothing with the engine but the format of the manifest, which docs/cache-keys.md describes. Only the hash
function comes from a library (the ``blake3`` package).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blake3 import blake3

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

CONTEXT = "ci_accel 2026-11 template v2"


def number(value: int) -> bytes:
    """Return a number as it is hashed."""
    return value.to_bytes(8, "little")


def field(value: Any) -> bytes:
    """Return a text, or bytes that the manifest has in hex, behind its length."""
    raw = bytes.fromhex(value["hex"]) if isinstance(value, dict) else value.encode()
    return number(len(raw)) + raw


def optional(digest: str | None) -> bytes:
    """Return 1 and a digest, or 0 where there is none."""
    return number(0) if digest is None else number(1) + bytes.fromhex(digest)


def counted(items: Iterable[bytes]) -> bytes:
    """Return items behind their count."""
    items = list(items)
    return number(len(items)) + b"".join(items)


def declared_input(given: dict[str, Any]) -> bytes:
    """Return the fields of one of ``made_from.inputs``."""
    kind = field(given["kind"])
    if given["kind"] in ("file", "link"):
        return kind + field(given["path"]) + number(given["length"]) + bytes.fromhex(given["digest"])
    if given["kind"] == "environment":
        return kind + field(given["name"]) + bytes.fromhex(given["digest"])
    return kind + field(given["name"]) + field(given["value"])


def traced_input(given: dict[str, Any]) -> bytes:
    """Return the fields of one of ``made_from.seen``."""
    kind = given["kind"]
    path = field(given["path"]) if "path" in given else b""
    fields: dict[str, Callable[[], bytes]] = {
        "read": lambda: path + number(given["length"]) + bytes.fromhex(given["digest"]),
        "absent": lambda: path,
        "program": lambda: path,
        "state": lambda: path + field(given["is"]),
        "target": lambda: path + field(given["text"]),
        "listed": lambda: path + pairs(given["names"]) + counted(map(field, given.get("made", []))),
        "importable": lambda: path + pairs(given["modules"]),
        "variable": lambda: field(given["name"]) + optional(given["digest"]),
        "environment": lambda: b"",
        "distribution": lambda: field(given["name"]) + field(given["version"]) + path + optional(given["digest"]),
        "installed": lambda: path + counted(map(field, given["names"])),
        "configuration": lambda: path + optional(given["digest"]),
    }
    return field(kind) + fields[kind]()


def pairs(table: dict[str, str]) -> bytes:
    """Return names and texts behind their count, sorted by the names."""
    return counted(field(name) + field(text) for name, text in sorted(table.items(), key=lambda pair: pair[0].encode()))


def template_key(made_from: dict[str, Any]) -> str:
    """Return the key of a template database."""
    record = counted(map(field, made_from["build"]))
    record += number(made_from["traced"])
    record += counted(map(declared_input, made_from["inputs"]))
    record += counted(map(traced_input, made_from.get("seen", [])))
    return blake3(record, derive_key_context=CONTEXT).hexdigest()
