"""Calls: a request together with what is needed to answer it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from inventory.api.fields import Fields
from inventory.audit import record
from inventory.catalogue.products import find_product
from inventory.common.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from inventory.api.requests import Request
    from inventory.models import Product


@dataclass(frozen=True)
class Call:
    """What every resource gets: a session, the request, the parts of its path, and the time."""

    session: Session
    request: Request
    parts: dict[str, str]
    at: datetime

    @property
    def day(self) -> date:
        """Today."""
        return self.at.date()

    @cached_property
    def fields(self) -> Fields:
        """What was sent."""
        return Fields(self.request.data())

    @property
    def product(self) -> Product:
        """The product whose SKU stands in the path."""
        return find_product(self.session, self.parts["sku"])

    def number(self, name: str, default: int) -> int:
        """Return a whole number of the query.

        Raises:
            InvalidValueError: It is something else.
        """
        words = self.request.query.get(name, str(default))
        if not words.isdecimal():
            raise InvalidValueError(field=name, reason=f"must be a whole number, not {words!r}")
        return int(words)

    def products(self, quantities: Mapping[str, int]) -> dict[Product, int]:
        """Return quantities by product instead of by SKU."""
        return {find_product(self.session, sku): quantity for sku, quantity in quantities.items()}

    def note(self, action: str, entity: str, key: str, detail: str = "") -> None:
        """Write down in the audit trail what was done here."""
        record(self.session, self.request.actor, action, entity, key, at=self.at, detail=detail)
