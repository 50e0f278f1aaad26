"""Entity tags: whoever has an answer already need not get it again."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from inventory.api.responses import Response

if TYPE_CHECKING:
    from inventory.api.requests import Request

READING = frozenset({"GET", "HEAD"})


def tag_of(response: Response) -> str:
    """Return the tag of a response: another body, another tag."""
    return f'"{hashlib.sha256(response.body).hexdigest()[:16]}"'


def tagged(request: Request, response: Response) -> Response:
    """Return a response with a tag, or without a body if the program has it; what changes something has no tag."""
    if request.method not in READING or response.status is not HTTPStatus.OK:
        return response
    headers = {**response.headers, "ETag": tag_of(response)}
    known = {tag.strip() for tag in request.known_tag.split(",")}
    if headers["ETag"] in known:
        return Response(HTTPStatus.NOT_MODIFIED, headers=headers)
    return replace(response, headers=headers)
