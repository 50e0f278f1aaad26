"""The exceptions of the application. All of them are InventoryErrors; each says what its reader can do next."""

from __future__ import annotations


class InventoryError(Exception):
    """A rule of the business forbids what was asked for."""


class InvalidValueError(InventoryError):
    """A value is wrong by itself, whatever stands in the database."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field} {reason}")
        self.field = field


class UnknownRecordError(InventoryError):
    """The record that was asked for does not exist."""

    def __init__(self, kind: type[object], key: object) -> None:
        super().__init__(f"no {kind.__name__.lower()} {key}")
        self.key = key


class DuplicateRecordError(InventoryError):
    """A record with this key exists already."""

    def __init__(self, kind: type[object], key: object) -> None:
        super().__init__(f"{kind.__name__.lower()} {key} exists already")
        self.key = key


class StateError(InventoryError):
    """The record is in a state in which the action makes no sense."""

    def __init__(self, what: str, state: str, action: str) -> None:
        super().__init__(f"{what} is {state}: cannot {action} it")
        self.state = state


class ShortageError(InventoryError):
    """Less is available than was asked for."""

    def __init__(self, sku: str, asked: int, available: int) -> None:
        super().__init__(f"{sku}: {asked} asked for, {available} available")
        self.sku = sku
        self.missing = asked - available


class BlockedError(InventoryError):
    """The partner or product is barred from new business."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is blocked")
