"""The errors of the application. The message of each names the record and the reason."""

from __future__ import annotations


class InventoryError(Exception):
    """The base class of all errors of the application."""


class InvalidValueError(InventoryError):
    """A value has a wrong format or range."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field} {reason}")


class UnknownRecordError(InventoryError):
    """A record does not exist."""

    def __init__(self, kind: str, key: str) -> None:
        super().__init__(f"{kind} {key} does not exist")


class DuplicateRecordError(InventoryError):
    """A record with the same key exists already."""

    def __init__(self, kind: str, key: str) -> None:
        super().__init__(f"{kind} {key} exists already")


class StateError(InventoryError):
    """The state of a record does not allow the action."""

    def __init__(self, record: str, state: str, action: str) -> None:
        super().__init__(f"cannot {action} {record}: it is {state}")


class ShortageError(InventoryError):
    """The stock is smaller than the requested quantity."""

    def __init__(self, sku: str, requested: int, available: int) -> None:
        super().__init__(f"{sku}: {requested} requested, {available} available")


class CreditLimitError(InventoryError):
    """An order exceeds the credit limit of the customer."""

    def __init__(self, email: str, excess_cents: int) -> None:
        super().__init__(f"the order exceeds the credit limit of {email} by {excess_cents} cents")
