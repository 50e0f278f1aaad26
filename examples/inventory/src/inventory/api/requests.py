"""Requests: what another program wants, read from what the server hands over."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from inventory.api.errors import MalformedBodyError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

ANONYMOUS = "api"


@dataclass(frozen=True)
class Request:
    """A method, a path and all that comes with them."""

    method: str
    path: str
    query: dict[str, str]
    body: bytes
    accept: str
    known_tag: str
    actor: str

    def data(self) -> dict[str, Any]:
        """Return what was sent.

        Raises:
            MalformedBodyError: It is no JSON, or no object.
        """
        try:
            data = json.loads(self.body)
        except ValueError as error:
            raise MalformedBodyError(str(error)) from None
        if not isinstance(data, dict):
            raise MalformedBodyError(reason=f"it is a {type(data).__name__}")
        return data


def read_request(environ: WSGIEnvironment) -> Request:
    """Return a request; who sends it is what the server has found out about him, if anything."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    return Request(
        method=environ["REQUEST_METHOD"],
        path=unquote(environ.get("PATH_INFO", "/")),
        query=dict(parse_qsl(environ.get("QUERY_STRING", ""))),
        body=environ["wsgi.input"].read(length) if length else b"",
        accept=environ.get("HTTP_ACCEPT", ""),
        known_tag=environ.get("HTTP_IF_NONE_MATCH", ""),
        actor=environ.get("REMOTE_USER") or ANONYMOUS,
    )
