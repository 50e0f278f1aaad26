"""Where parcels go: each customer with addresses has exactly one default."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from inventory.common.errors import InvalidValueError, InventoryError
from inventory.common.validation import letters, text
from inventory.models.customers import Address

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from inventory.models import Customer

POSTCODES = {"DE": r"[0-9]{5}", "AT": r"[0-9]{4}", "FR": r"[0-9]{5}"}


class NoAddressError(InventoryError):
    """The customer has no address to which a parcel could go."""

    def __init__(self, email: str) -> None:
        super().__init__(f"{email} has no address")


def add_address(
    session: Session, customer: Customer, street: str, postcode: str, city: str, *, country: str
) -> Address:
    """Add an address; the first one is the default.

    Raises:
        InvalidValueError: A text is empty or too long, or no postcode of the country looks like this.
    """
    country = letters(country, "country", 2)
    postcode = text(postcode, "postcode", 12)
    if country in POSTCODES and not re.fullmatch(POSTCODES[country], postcode):
        raise InvalidValueError(field="postcode", reason=f"of {country} must not be {postcode}")
    address = Address(street=text(street, "street", 120), postcode=postcode, city=text(city, "city", 80))
    address.country, address.is_default = country, not customer.addresses
    customer.addresses.append(address)
    session.flush()
    return address


def default_address(customer: Customer) -> Address:
    """Return where parcels go unless an order says otherwise.

    Raises:
        NoAddressError: The customer has none.
    """
    for address in customer.addresses:
        if address.is_default:
            return address
    raise NoAddressError(customer.email)


def make_default(customer: Customer, address: Address) -> None:
    """Let parcels go to this address from now on.

    Raises:
        InvalidValueError: It belongs to somebody else.
    """
    if address not in customer.addresses:
        raise InvalidValueError(field="address", reason="must be one of the customer's own")
    for each in customer.addresses:
        each.is_default = each is address
