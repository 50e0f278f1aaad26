"""Suppliers: who sells to the wholesaler, under which conditions, and whether they still may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from inventory.common.errors import BlockedError
from inventory.common.validation import email as valid_email
from inventory.common.validation import letters, not_negative, text
from inventory.db.session import add_unique, find
from inventory.models.suppliers import Supplier

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def register_supplier(
    session: Session,
    code: str,
    name: str,
    email: str,
    *,
    lead_time_days: int = 7,
    currency: str = "EUR",
) -> Supplier:
    """Add somebody from whom the wholesaler buys, in one currency; lead times are counted in working days.

    Raises:
        DuplicateRecordError: Another one has the code.
        InvalidValueError: A text, the address, the lead time or the currency is wrong.
    """
    supplier = Supplier(code=text(code, "code", 12).upper(), name=text(name, "name", 120), email=valid_email(email))
    supplier.lead_time_days = not_negative(lead_time_days, "lead_time_days")
    supplier.currency = letters(currency, "currency", 3)
    return add_unique(session, supplier, Supplier.code, supplier.code)


def find_supplier(session: Session, code: str) -> Supplier:
    """Return the supplier with this code.

    Raises:
        UnknownRecordError: There is none.
    """
    return find(session, Supplier, Supplier.code, code.strip().upper())


def suppliers_of(session: Session, *, include_blocked: bool = False) -> list[Supplier]:
    """Return those from whom the wholesaler buys, in the order of their codes."""
    suppliers = select(Supplier).order_by(Supplier.code)
    return list(session.scalars(suppliers if include_blocked else suppliers.where(~Supplier.is_blocked)))


def require_active(supplier: Supplier) -> Supplier:
    """Let a supplier pass from whom the wholesaler still buys.

    Raises:
        BlockedError: That is over.
    """
    if supplier.is_blocked:
        raise BlockedError(what=f"supplier {supplier.code}")
    return supplier


def block_supplier(supplier: Supplier) -> None:
    """Buy no more from a supplier; what is on its way is still welcome."""
    supplier.is_blocked = True


def unblock_supplier(supplier: Supplier) -> None:
    """Buy from a supplier again."""
    supplier.is_blocked = False
