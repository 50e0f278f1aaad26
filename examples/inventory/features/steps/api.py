"""Steps about the HTTP API: requests are handed to the application as a WSGI server does, under a validator."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any, Protocol
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

from behave import given, register_type, step, then
from inventory.api.application import Application
from inventory.db.engine import open_database
from scene import Scene, rows, typed

if TYPE_CHECKING:
    from collections.abc import Callable

    class Network(Scene, Protocol):
        """The scene, and what went over the wire."""

        wishes: dict[str, str]
        status: int
        headers: dict[str, str]
        body: bytes


@typed(r"GET|HEAD|POST|PUT|PATCH|DELETE")
def verb(words: str) -> str:
    """Read a method of HTTP."""
    return words


@typed(r"/\S*")
def path(words: str) -> str:
    """Read a path, maybe with a query."""
    return words


register_type(Verb=verb, Path=path)


def ask_application(context: Network, method: str, where: str, body: bytes = b"") -> None:
    """Call the application, and remember what it answers."""
    context.session.commit()
    location, _, query = where.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": location,
        "QUERY_STRING": query,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        **getattr(context, "wishes", {}),
    }
    setup_testing_defaults(environ)

    def start_response(status: str, headers: list[tuple[str, str]], _problem: object = None) -> Callable[..., None]:
        context.status, context.headers = int(status.split(maxsplit=1)[0]), dict(headers)
        return lambda _data: None

    engine = open_database(context.database)
    answer = validator(Application(engine, now=lambda: context.things.now))(environ, start_response)
    context.body = b"".join(answer)
    answer.close()  # type: ignore[attr-defined]  # the validator's iterator has it
    engine.dispose()
    context.session.expire_all()


@step("I {method:Verb} {where:Path}")
def ask_without_body(context: Network, method: str, where: str) -> None:
    """Send a request without a body."""
    ask_application(context, method, where)


@step("I {method:Verb} {where:Path} with")
def ask_with_body(context: Network, method: str, where: str) -> None:
    """Send a request with the text below as its body."""
    assert context.text is not None, "the step needs a text"
    ask_application(context, method, where, context.text.encode())


@given("I accept {media_types}")
def accept(context: Network, media_types: str) -> None:
    """Say which forms suit."""
    context.wishes = {"HTTP_ACCEPT": media_types}


@given("I am {name:Word}")
def introduce(context: Network, name: str) -> None:
    """Say who asks, as a server does that knows it."""
    context.wishes = {"REMOTE_USER": name}


@given("I have the last answer already")
def know_answer(context: Network) -> None:
    """Send the tag of the last answer from now on."""
    context.wishes = {"HTTP_IF_NONE_MATCH": f'"other", {context.headers["ETag"]}'}


@then("the status is {status:Number}")
def status_is(context: Network, status: int) -> None:
    """Compare the status."""
    assert context.status == status, f"{context.status}: {context.body.decode()}"


def picked(data: Any, keys: str) -> Any:
    """Return what is found in data at a path like ``lines.0.sku``."""
    for key in keys.split("."):
        data = data[int(key)] if isinstance(data, list) else data[key]
    return data


@then("the answer has")
def body_has(context: Network) -> None:
    """Compare parts of the body; the table has them as JSON."""
    data = json.loads(context.body)
    for row in rows(context):
        found = picked(data, row["field"])
        assert found == json.loads(row["value"]), f"{row['field']} is {json.dumps(found)}"


@then('the answer has no "{key}"')
def body_lacks(context: Network, key: str) -> None:
    """Hold a field not to be there."""
    assert key not in json.loads(context.body), context.body.decode()


@then("the header {name} is {value}")
def header_is(context: Network, name: str, value: str) -> None:
    """Compare a header."""
    assert context.headers.get(name) == value, context.headers


@then("the body is empty")
def body_is_empty(context: Network) -> None:
    """Hold the answer to have no body."""
    assert context.body == b"", context.body


@then("the body reads")
def body_reads(context: Network) -> None:
    """Compare the whole body."""
    assert context.text is not None, "the step needs a text"
    assert context.body.decode().rstrip("\n") == context.text, context.body.decode()


@then("the problem is {kind:Word}: {detail}")
def problem_is(context: Network, kind: str, detail: str) -> None:
    """Compare what went wrong."""
    assert context.headers["Content-Type"] == "application/problem+json; charset=utf-8", context.headers
    problem = json.loads(context.body)
    assert (problem["type"], problem["detail"]) == (f"/problems/{kind}", detail), problem
    assert problem["status"] == context.status, problem
