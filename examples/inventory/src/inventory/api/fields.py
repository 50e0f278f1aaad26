"""Fields: single values of what was sent, of the right type or refused."""

from __future__ import annotations

from typing import Any, TypeVar

from inventory.common.errors import InvalidValueError

Value = TypeVar("Value")


class Fields:
    """The fields of an object that was sent; names that nobody asks for do no harm."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._data = data

    def __contains__(self, name: str) -> bool:
        return name in self._data

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text.

        Raises:
            InvalidValueError: It is missing and has no default, or is something else.
        """
        return self._value(name, str, default)

    def number(self, name: str, default: int | None = None) -> int:
        """Return a whole number.

        Raises:
            InvalidValueError: It is missing and has no default, or is something else.
        """
        return self._value(name, int, default)

    def flag(self, name: str) -> bool:
        """Return yes or no; what is not said is no.

        Raises:
            InvalidValueError: It is something else.
        """
        return self._value(name, bool, default=False)

    def quantities(self, name: str) -> dict[str, int]:
        """Return whole numbers by SKU.

        Raises:
            InvalidValueError: They are missing, or something else.
        """
        given = self._value(name, dict, None)
        inner = Fields(given)
        return {sku: inner.number(sku) for sku in given}

    def texts(self, name: str) -> dict[str, str]:
        """Return texts by SKU; what is not said is none.

        Raises:
            InvalidValueError: They are something else.
        """
        given = self._value(name, dict, {})
        inner = Fields(given)
        return {sku: inner.text(sku) for sku in given}

    def lists(self, name: str) -> dict[str, list[str]]:
        """Return lists of texts by SKU; what is not said is none.

        Raises:
            InvalidValueError: They are something else.
        """
        given = self._value(name, dict, {})
        inner = Fields(given)
        return {sku: [str(each) for each in inner._value(sku, list, None)] for sku in given}

    def _value(self, name: str, kind: type[Value], default: Value | None) -> Value:
        value = self._data.get(name, default)
        if value is None:
            raise InvalidValueError(field=name, reason="is missing")
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise InvalidValueError(field=name, reason=f"must be of the type {kind.__name__}, not {value!r}")
        return value
