"""The OpenAPI document: FastAPI's, with all the problems that each operation may answer."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from shared.http.clients import LIMIT
from shared.http.problem import PROBLEM_JSON, Problem
from shared.kernel import Refusal

_REF: Final = "#/components/schemas/{model}"
_ALWAYS: Final = {
    "400": "The request cannot be read.",
    "500": "A defect on our side.",
    "503": "Try again after Retry-After seconds.",
    "default": "Any other problem.",
}
_WITH_BODY: Final = {"413": "The body is too large.", "415": "The body is not JSON."}
_WITH_INPUT: Final = {"422": "The request is not valid; see errors."}
_WITH_TOKEN: Final = {"401": "Sign in.", "403": "The actor has no right to this."}
_WITH_LIMIT: Final = {"429": "Too many requests; ask again after Retry-After seconds."}
_PAGE: Final = "text/html"
_REPLACED: Final = ("HTTPValidationError", "ValidationError")


def refusals(*kinds: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a route that may answer with these refusals."""
    described: dict[int | str, dict[str, Any]] = {}
    for kind in kinds:
        entry = described.setdefault(kind.status, {"description": ""})
        entry["description"] += f"`{kind.__name__}`: {kind.lao} / {kind.english}\n\n"
    return described


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of `app`; made at the first call and kept."""
    if app.openapi_schema is None:
        schema = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes, tags=app.openapi_tags
        )
        schemas = schema.setdefault("components", {}).setdefault("schemas", {})
        for operation in _operations(schema):
            _add_problems(operation)
        for name in _REPLACED:
            schemas.pop(name, None)
        definitions = Problem.model_json_schema(ref_template=_REF, mode="serialization")
        schemas.update(definitions.pop("$defs"))
        schemas[Problem.__name__] = definitions
        app.openapi_schema = schema
    return app.openapi_schema


def _operations(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in schema.get("paths", {}).values():
        yield from (part for part in path.values() if isinstance(part, dict) and "responses" in part)


def _add_problems(operation: dict[str, Any]) -> None:
    responses: dict[str, Any] = operation["responses"]
    if _REPLACED[0] in str(responses.get("422", "")):
        del responses["422"]
    for status, description in _possible(operation).items():
        responses.setdefault(status, {"description": description})
    for status, response in responses.items():
        bad = status == "default" or int(status) >= HTTPStatus.BAD_REQUEST
        if bad and _PAGE not in response.get("content", {}):  # routes for browsers answer errors with an HTML page
            response["content"] = {PROBLEM_JSON: {"schema": {"$ref": _REF.format(model=Problem.__name__)}}}


def _possible(operation: dict[str, Any]) -> dict[str, str]:
    body, parameters = "requestBody" in operation, "parameters" in operation
    return {
        **(_WITH_TOKEN if operation.get("security") else {}),
        **(_WITH_LIMIT if LIMIT in operation else {}),
        **(_WITH_BODY if body else {}),
        **(_WITH_INPUT if body or parameters else {}),
        **_ALWAYS,
    }
