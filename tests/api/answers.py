"""Every problem that a service answers in any test is one that its OpenAPI document names for this route."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx
from fastapi import FastAPI
from fastapi.routing import APIRoute

from shared.http.problem import PROBLEM_JSON

ANYWHERE = frozenset({"UnknownPath", "MethodNotAllowed", "Unavailable", "InternalError"})
"""Problems of the server rather than of a route."""
_DOCUMENTS: dict[str, dict[str, Any]] = {}


def only_documented(app: FastAPI) -> Mapping[str, list[Callable[[httpx.Response], Awaitable[None]]]]:
    """The `event_hooks=` of an `httpx.AsyncClient` that asks `app`."""
    _document(app)  # now, not in the middle of a test that counts seconds

    async def check(response: httpx.Response) -> None:
        if response.headers.get("content-type") != PROBLEM_JSON or response.request.method == "HEAD":
            return
        await response.aread()
        code = response.json()["code"]
        if code not in ANYWHERE and (path := _route(app, response.request)) is not None:
            method = response.request.method
            operation = _document(app)["paths"][path][method.lower()]
            assert code in _named(operation, response.status_code), f"{method} {path} does not document {code}"

    return {"response": [check]}


def _document(app: FastAPI) -> dict[str, Any]:
    """Made once for each service: most tests make its application anew."""
    if app.title not in _DOCUMENTS:
        _DOCUMENTS[app.title] = app.openapi()
    return _DOCUMENTS[app.title]


def _route(app: FastAPI, request: httpx.Request) -> str | None:
    found = (
        route.path
        for route in app.routes
        if isinstance(route, APIRoute)
        and route.include_in_schema
        and request.method in (route.methods or ())
        and route.path_regex.match(request.url.path)
    )
    return next(found, None)


def _named(operation: Mapping[str, Any], status: int) -> Mapping[str, Any]:
    answer = operation["responses"].get(str(status), {})
    named: Mapping[str, Any] = answer.get("content", {}).get(PROBLEM_JSON, {}).get("examples", {})
    return named
