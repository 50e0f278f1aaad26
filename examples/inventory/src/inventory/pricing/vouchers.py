"""Vouchers: codes that reduce a whole order, so often and so long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.common.errors import InvalidValueError, InventoryError
from inventory.common.validation import not_negative, percent, positive, text
from inventory.db.session import add_unique, find
from inventory.models.promotions import Reduction, Voucher
from inventory.pricing.rounding import percentage

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session


class VoucherError(InventoryError):
    """The voucher cannot be used for this order."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"voucher {code} {reason}")


def issue_voucher(
    session: Session,
    code: str,
    reduction: Reduction,
    value: int,
    *,
    minimum_cents: int = 0,
    usage_limit: int | None = None,
    expires_on: date | None = None,
) -> Voucher:
    """Add a voucher over so many percent or cents. Codes are written in capitals.

    Raises:
        DuplicateRecordError: The code is taken.
        InvalidValueError: It promises free pieces, of which an order knows nothing, or a number is wrong.
    """
    if reduction is Reduction.FREE_PIECES:
        raise InvalidValueError(field="reduction", reason="must be a percentage or an amount")
    positive(value, "value")
    if reduction is Reduction.PERCENT:
        percent(value, "value")
    if usage_limit is not None:
        positive(usage_limit, "usage_limit")
    voucher = Voucher(
        code=text(code, "code", 20).upper(),
        reduction=reduction,
        value=value,
        minimum_cents=not_negative(minimum_cents, "minimum_cents"),
        usage_limit=usage_limit,
        expires_on=expires_on,
    )
    return add_unique(session, voucher, Voucher.code, voucher.code)


def check_voucher(session: Session, code: str, goods_cents: int, *, day: date) -> Voucher:
    """Return the voucher if it may be used for goods of this value on this day, the last one included.

    Raises:
        UnknownRecordError: There is none with this code.
        VoucherError: It has expired, is used up, or wants a larger order.
    """
    voucher = find(session, Voucher, Voucher.code, code.strip().upper())
    if voucher.expires_on is not None and voucher.expires_on < day:
        raise VoucherError(voucher.code, reason=f"expired on {voucher.expires_on}")
    if voucher.usage_limit is not None and voucher.used >= voucher.usage_limit:
        raise VoucherError(voucher.code, reason="is used up")
    if goods_cents < voucher.minimum_cents:
        raise VoucherError(voucher.code, reason=f"needs goods for {voucher.minimum_cents} cents")
    return voucher


def voucher_cents(voucher: Voucher, goods_cents: int) -> int:
    """Return what a voucher takes off an order, at most the value of the goods."""
    if voucher.reduction is Reduction.PERCENT:
        return percentage(goods_cents, voucher.value)
    return min(voucher.value, goods_cents)


def redeem(voucher: Voucher) -> None:
    """Use a voucher once."""
    voucher.used += 1


def give_back(voucher: Voucher) -> None:
    """Undo one use, since the order was cancelled."""
    voucher.used -= 1
