"""Routing: which function answers which request."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from inventory.api.errors import MethodError, NoRouteError

if TYPE_CHECKING:
    from collections.abc import Callable

    from inventory.api.calls import Call
    from inventory.api.responses import Response

    Resource = Callable[[Call], Response]


def compiled(template: str) -> re.Pattern[str]:
    """Return the pattern of a path in which ``{name}`` stands for any part."""
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(template)))


@dataclass
class Router:
    """All paths with their methods."""

    routes: list[tuple[re.Pattern[str], dict[str, Resource]]] = field(default_factory=list)

    def add(self, template: str, **resources: Resource) -> None:
        """Say who answers at a path: one function for each method, like ``GET=show``."""
        self.routes.append((compiled(template), resources))

    def find(self, method: str, path: str) -> tuple[Resource, dict[str, str]]:
        """Return who answers a request, and the parts of the path. Whoever answers GET answers HEAD, too.

        Raises:
            MethodError: Somebody answers at the path, but not to this method.
            NoRouteError: Nobody answers at the path.
        """
        wanted = "GET" if method == "HEAD" else method
        for pattern, resources in self.routes:
            if match := pattern.fullmatch(path):
                if wanted not in resources:
                    raise MethodError(method, sorted(resources))
                return resources[wanted], match.groupdict()
        raise NoRouteError(path)
