"""The OpenAPI document: FastAPI's, explained, with all the problems that each operation may answer."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from shared.auth import TokenInvalid, TokenMissing
from shared.http.clients import LIMIT
from shared.http.glossary import Schema, explain, operations
from shared.http.idempotency import IdempotencyKeyReused, RequestInFlight
from shared.http.paging import InvalidCursor
from shared.http.problem import (
    PROBLEM_JSON,
    BodyTooLarge,
    InvalidCharacters,
    InvalidRequest,
    MalformedJson,
    MalformedRequest,
    Problem,
    UnsupportedMediaType,
    problem_of,
)
from shared.http.rate_limits import TooManyRequests
from shared.kernel import NotPermitted, Refusal

_SCHEMA: Final = "#/components/schemas/{name}"
_EXAMPLE: Final = "#/components/examples/{name}"
_ALWAYS: Final = {
    "500": "A defect on our side.",
    "503": "Try again after Retry-After seconds.",
    "default": "Any other problem.",
}
_WITH_BODY: Final = (MalformedJson, BodyTooLarge, UnsupportedMediaType)
_WITH_TOKEN: Final = (TokenMissing, TokenInvalid, NotPermitted)
_WITH_KEY: Final = (RequestInFlight, IdempotencyKeyReused)
_KEY: Final = "Idempotency-Key"
_CURSOR: Final = "cursor"
_PAGE: Final = "text/html"
_REPLACED: Final = ("HTTPValidationError", "ValidationError")


def refusals(*kinds: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a route that may answer with these refusals: each named, with an example."""
    described: dict[int | str, dict[str, Any]] = {}
    for kind in kinds:
        entry = described.setdefault(kind.status, {"description": "", "content": {PROBLEM_JSON: {"examples": {}}}})
        entry["description"] += f"`{kind.__name__}`: {kind.lao} / {kind.english}\n\n"
        entry["content"][PROBLEM_JSON]["examples"][kind.__name__] = {"value": problem_of(kind)}
    return described


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of `app`; made at the first call and kept."""
    if app.openapi_schema is None:
        schema = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes, tags=app.openapi_tags
        )
        components = schema.setdefault("components", {})
        schemas = components.setdefault("schemas", {})
        for operation in operations(schema):
            _add_problems(operation, components.setdefault("examples", {}))
        for name in _REPLACED:
            schemas.pop(name, None)
        definitions = Problem.model_json_schema(ref_template=_SCHEMA.replace("name", "model"), mode="serialization")
        schemas.update(definitions.pop("$defs"))
        schemas[Problem.__name__] = definitions
        explain(schema, app.state.glossary)
        app.openapi_schema = schema
    return app.openapi_schema


def _add_problems(operation: Schema, examples: Schema) -> None:
    """Add the problems that any such operation may answer; the examples of all go to the components, each once."""
    responses: dict[str, Any] = operation["responses"]
    if _REPLACED[0] in str(responses.get("422", "")):
        del responses["422"]
    for status, added in refusals(*_possible(operation)).items():
        _add(responses, str(status), added)
    for status, description in _ALWAYS.items():
        responses.setdefault(status, {"description": description})
    for status, response in responses.items():
        bad = status == "default" or int(status) >= HTTPStatus.BAD_REQUEST
        if bad and _PAGE not in response.get("content", {}):  # routes for browsers answer errors with an HTML page
            named = response.get("content", {}).get(PROBLEM_JSON, {}).get("examples", {})
            examples.update(named)
            content: Schema = {"schema": {"$ref": _SCHEMA.format(name=Problem.__name__)}}
            if named:
                content["examples"] = {name: {"$ref": _EXAMPLE.format(name=name)} for name in named}
            response["content"] = {PROBLEM_JSON: content}


def _add(responses: dict[str, Any], status: str, added: Schema) -> None:
    """Add what is not there yet of the problems of one status."""
    known = responses.setdefault(status, {"description": ""})
    named = known.setdefault("content", {}).setdefault(PROBLEM_JSON, {}).setdefault("examples", {})
    lines = added["description"].split("\n\n")
    for (name, example), line in zip(added["content"][PROBLEM_JSON]["examples"].items(), lines, strict=False):
        if name not in named:
            known["description"] += f"{line}\n\n"
            named[name] = example


def _possible(operation: Schema) -> Iterator[type[Refusal]]:
    parameters = [one["name"] for one in operation.get("parameters", ())]
    if operation.get("security"):
        yield from _WITH_TOKEN
    if LIMIT in operation:
        yield TooManyRequests
    if "requestBody" in operation:
        yield from _WITH_BODY
    if "requestBody" in operation or parameters:
        yield InvalidRequest
    if _CURSOR in parameters:
        yield InvalidCursor
    if _KEY in parameters:
        yield from _WITH_KEY
    yield from (MalformedRequest, InvalidCharacters)
