"""Errors as ``application/problem+json`` (RFC 9457)."""

from __future__ import annotations

import re
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from inventory.api.errors import HttpError, MethodError
from inventory.api.responses import Response, as_json
from inventory.common.errors import InvalidValueError, InventoryError, ShortageError, UnknownRecordError

PROBLEM_JSON = "application/problem+json"


def status_of(error: InventoryError) -> HTTPStatus:
    """Return the status of an error: most say that what is stored forbids what was asked for."""
    if isinstance(error, UnknownRecordError):
        return HTTPStatus.NOT_FOUND
    return HTTPStatus.UNPROCESSABLE_ENTITY if isinstance(error, InvalidValueError) else HTTPStatus.CONFLICT


def kind_of(error: Exception) -> str:
    """Return the name by which programs tell errors apart, like ``credit-limit``."""
    words = re.findall(r"[A-Z][a-z]+", type(error).__name__.removesuffix("Error"))
    return "-".join(words).lower()


def problem_for(error: InventoryError | HttpError) -> Response:
    """Return the response that tells what went wrong."""
    status = error.status if isinstance(error, HttpError) else status_of(error)
    problem: dict[str, Any] = {
        "type": f"/problems/{kind_of(error)}",
        "title": status.phrase,
        "status": status.value,
        "detail": str(error),
    }
    if isinstance(error, InvalidValueError):
        problem["field"] = error.field
    if isinstance(error, ShortageError):
        problem["missing"] = error.missing
    response = as_json(problem, status, media_type=PROBLEM_JSON)
    if isinstance(error, MethodError):
        response = replace(response, headers={"Allow": ", ".join(error.allowed)})
    return response
