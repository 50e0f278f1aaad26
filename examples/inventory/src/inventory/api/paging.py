"""Pages: long lists come in parts, each of which says where the next one is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from inventory.common.errors import InvalidValueError

if TYPE_CHECKING:
    from inventory.api.calls import Call

DEFAULT_LIMIT = 20
MAXIMUM_LIMIT = 100


def page_of(call: Call, items: list[Any]) -> dict[str, Any]:
    """Return a part of a list, as ``limit`` and ``offset`` of the query say.

    Raises:
        InvalidValueError: They are no numbers, or nobody gets that much at once.
    """
    limit, offset = call.number("limit", DEFAULT_LIMIT), call.number("offset", 0)
    if not 0 < limit <= MAXIMUM_LIMIT:
        raise InvalidValueError(field="limit", reason=f"must be from 1 to {MAXIMUM_LIMIT}, not {limit}")
    page: dict[str, Any] = {"items": items[offset : offset + limit], "total": len(items)}
    if offset + limit < len(items):
        query = {**call.request.query, "limit": limit, "offset": offset + limit}
        page["next"] = f"{call.request.path}?{urlencode(query)}"
    return page
