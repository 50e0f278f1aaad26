"""Numbers of documents: a prefix and a counter, each kind of document by itself, without gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.common.errors import InvalidValueError
from inventory.db.session import find
from inventory.models.records import NumberSequence

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def render_number(prefix: str, value: int, *, width: int) -> str:
    """Return a number as it is printed, like ``SO-000042``; one that is too large is printed in full."""
    return f"{prefix}-{value:0{width}}"


def next_number(session: Session, kind: str) -> str:
    """Return the next number of a kind of document, and count on.

    Raises:
        UnknownRecordError: Documents of this kind are not numbered.
    """
    sequence = find(session, NumberSequence, NumberSequence.name, kind)
    number = render_number(sequence.prefix, sequence.next_value, width=sequence.width)
    sequence.next_value += 1
    return number


def restart(session: Session, kind: str, *, at: int) -> None:
    """Let a sequence go on at a higher number.

    Raises:
        InvalidValueError: The number has been passed already: documents would share it.
        UnknownRecordError: Documents of this kind are not numbered.
    """
    sequence = find(session, NumberSequence, NumberSequence.name, kind)
    if at < sequence.next_value:
        raise InvalidValueError(field="number", reason=f"must not go back below {sequence.next_value}")
    sequence.next_value = at
