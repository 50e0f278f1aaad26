"""Customers over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inventory.api.responses import as_json, created
from inventory.customers.accounts import block, find_customer, register_customer, set_credit_limit, unblock
from inventory.customers.addresses import add_address
from inventory.orders.credit import credit_left_cents, exposure_cents

if TYPE_CHECKING:
    from inventory.api.calls import Call
    from inventory.api.responses import Response
    from inventory.api.routing import Router
    from inventory.models import Customer


def details(call: Call, customer: Customer) -> dict[str, Any]:
    """Return all that is known about a customer."""
    return {
        "email": customer.email,
        "name": customer.name,
        "group": customer.group.code,
        "currency": customer.currency,
        "is_blocked": customer.is_blocked,
        "owes_cents": exposure_cents(call.session, customer),
        "credit_left_cents": credit_left_cents(call.session, customer),
        "addresses": [f"{each.street}, {each.postcode} {each.city}, {each.country}" for each in customer.addresses],
    }


def customer_of(call: Call) -> Customer:
    """Return the customer whose address stands in the path."""
    return find_customer(call.session, call.parts["email"])


def add_customer(call: Call) -> Response:
    """Add a customer."""
    customer = register_customer(
        call.session,
        call.fields.text("name"),
        call.fields.text("email"),
        country=call.fields.text("country", "DE"),
        currency=call.fields.text("currency", "EUR"),
        vat_id=call.fields.text("vat_id", "") or None,
        group=call.fields.text("group", "STANDARD"),
    )
    call.note("register", "customer", customer.email, customer.name)
    return created(details(call, customer), f"/customers/{customer.email}")


def show_customer(call: Call) -> Response:
    """Tell all about a customer."""
    return as_json(details(call, customer_of(call)))


def change_customer(call: Call) -> Response:
    """Change the credit limit, or whether orders are taken; what is not sent stays what it is."""
    customer = customer_of(call)
    if "credit_limit_cents" in call.fields:
        set_credit_limit(customer, call.fields.number("credit_limit_cents"))
    if "is_blocked" in call.fields:
        change = block if call.fields.flag("is_blocked") else unblock
        change(customer)
    call.note("change", "customer", customer.email)
    return as_json(details(call, customer))


def give_address(call: Call) -> Response:
    """Add an address to a customer."""
    customer = customer_of(call)
    street, postcode, city = (call.fields.text(name) for name in ("street", "postcode", "city"))
    country = call.fields.text("country", customer.country)
    add_address(call.session, customer, street, postcode, city, country=country)
    return created(details(call, customer), f"/customers/{customer.email}")


def add_routes(router: Router) -> None:
    """Add the paths."""
    router.add("/customers", POST=add_customer)
    router.add("/customers/{email}", GET=show_customer, PATCH=change_customer)
    router.add("/customers/{email}/addresses", POST=give_address)
