"""Responses: what goes back to the program that asked."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http import HTTPStatus

JSON = "application/json"


@dataclass(frozen=True)
class Response:
    """A status, a body and the headers that are not about the body."""

    status: HTTPStatus = HTTPStatus.OK
    body: bytes = b""
    media_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def status_line(self) -> str:
        """The status as WSGI wants it."""
        return f"{self.status.value} {self.status.phrase}"

    @property
    def header_list(self) -> list[tuple[str, str]]:
        """All headers as WSGI wants them; without a body there is nothing to say about it."""
        about_body = {"Content-Type": f"{self.media_type}; charset=utf-8"} if self.body else {}
        return [*about_body.items(), ("Content-Length", str(len(self.body))), *self.headers.items()]


def as_json(data: object, status: HTTPStatus = HTTPStatus.OK, *, media_type: str = JSON) -> Response:
    """Return a response with data in it."""
    body = json.dumps(data, ensure_ascii=False, sort_keys=True).encode()
    return Response(status, body, media_type)


def created(data: object, location: str) -> Response:
    """Return the response to whoever has made something: the thing, and where it is found."""
    body = json.dumps(data, ensure_ascii=False, sort_keys=True).encode()
    return Response(HTTPStatus.CREATED, body, headers={"Location": location})


def nothing() -> Response:
    """Return the response if there is nothing to say."""
    return Response(HTTPStatus.NO_CONTENT)
