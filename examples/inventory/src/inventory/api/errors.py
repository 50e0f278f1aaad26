"""What can be wrong with a request before the business has a say."""

from __future__ import annotations

from http import HTTPStatus


class HttpError(Exception):
    """A request that cannot be answered; the status says why."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.status = status


class MalformedBodyError(HttpError):
    """What was sent is not a JSON object."""

    def __init__(self, reason: str) -> None:
        super().__init__(HTTPStatus.BAD_REQUEST, f"the body must be a JSON object: {reason}")


class NoRouteError(HttpError):
    """Nothing is found at the path."""

    def __init__(self, path: str) -> None:
        super().__init__(HTTPStatus.NOT_FOUND, f"nothing is found at {path}")


class MethodError(HttpError):
    """Something is found at the path, but this cannot be done with it."""

    def __init__(self, method: str, allowed: list[str]) -> None:
        super().__init__(HTTPStatus.METHOD_NOT_ALLOWED, f"{method} is not possible here, but {', '.join(allowed)}")
        self.allowed = allowed
