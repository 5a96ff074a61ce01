"""The documents of all services and the table of rights: the same routes, and a limit wherever anybody may ask."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from services.notification.api.receipts import RECEIPTS_LIMIT
from shared.auth import TokenVerifier
from shared.contracts import SERVICE_NAMES
from shared.database import Database
from shared.http import create_app
from shared.http.clients import LIMIT, READS, WRITES, ClientLimits
from shared.operations.api import ROUTERS as OPERATIONS
from tests.architecture.guide import advice
from tests.rights import NOBODY
from tests.rights import tables as rights
from tests.rights.page import PAGE, page
from tests.routers import routers
from tests.shared.sample_service import Health, code

METHODS = {"get", "post", "put", "patch", "delete"}
each_service = pytest.mark.parametrize("service", SERVICE_NAMES)


def application(service: str) -> FastAPI:
    """The routes of a service, in front of nothing."""
    return create_app(
        service=service,
        title=service,
        routers=[*routers(service), *OPERATIONS],
        database=Database("postgresql://nobody@127.0.0.1:1/none", pool_size=1),
        verifier=TokenVerifier("https://issuer.test", "pasum", "https://issuer.test/keys"),
        liveness=Health().liveness,
        readiness=Health().readiness,
        client_limits=ClientLimits({READS: 1, WRITES: 1, RECEIPTS_LIMIT: 1}),
    )


LIMITED_BY_SUBJECT = {
    "POST /v1/meetings",
    "PUT /v1/meetings/{meeting_id}",
    "POST /v1/meetings/{meeting_id}/check-ins",
    "POST /v1/meetings/{meeting_id}/copies",
    "POST /v1/meetings/{meeting_id}/series",
    "POST /v1/meetings/{meeting_id}/files",
} | {f"GET /v1/meetings/{{meeting_id}}/{name}" for name in ("roster", "revocations", "attendance-sheet", "badges")}
"""Routes for whoever has a token, with a limit for each subject, as their answers cost much."""


def operations(app: FastAPI) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in app.openapi()["paths"].items():
        for method in item.keys() & METHODS:
            yield f"{method.upper()} {path}", item[method]


@each_service
def test_every_route_has_a_row_and_every_row_a_route(service: str) -> None:
    found = {route for route, _ in operations(application(service))}
    assert found == {*rights.SERVICES[service], *rights.OPERATIONS}, advice("routes_have_rights")


@each_service
def test_every_route_without_a_token_has_a_limit_and_no_other(service: str) -> None:
    table = {**rights.SERVICES[service], **rights.OPERATIONS}
    for route, operation in operations(application(service)):
        anonymous = "security" not in operation
        limited = anonymous or route in LIMITED_BY_SUBJECT
        assert (route, LIMIT in operation, "429" in operation["responses"]) == (route, anonymous, limited)
        assert (route, NOBODY in table[route]) == (route, anonymous)


@each_service
async def test_whoever_is_over_the_limit_is_told_when_to_ask_again(service: str) -> None:
    app = application(service)
    for number, (route, operation) in enumerate(operations(app)):
        if LIMIT not in operation:
            continue
        client = (f"192.0.2.{number}", 1)
        app.state.client_limits.take(operation[LIMIT], {"client": client})
        method, _, path = route.partition(" ")
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app, client=client), base_url="http://service.test"
        ) as http:
            answer = await http.request(method, path)
        assert (route, code(answer)) == (route, (429, "TooManyRequests"))
        assert (answer.headers["retry-after"], answer.json()["details"]["limit"]) == ("60", operation[LIMIT])


@each_service
async def test_no_route_answers_trace(service: str) -> None:
    transport = httpx.ASGITransport(application(service))
    async with httpx.AsyncClient(transport=transport, base_url="http://service.test") as http:
        for route in {*rights.SERVICES[service], *rights.OPERATIONS}:
            answer = await http.request("TRACE", route.partition(" ")[2])
            assert (route, code(answer)) == (route, (405, "MethodNotAllowed"))


def test_the_page_of_rights_is_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
