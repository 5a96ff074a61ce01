"""The stream of figures over a real socket: what was missed, what changes, how many may look, and its end."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from services.registration.api.statistics.statistics_boards import MOST_OF_ONE
from shared.http.server import HttpServer
from tests.registration.running_service import Caller, RegistrationService, http_application


@pytest.fixture
async def server(service: RegistrationService) -> AsyncIterator[HttpServer]:
    """The service on a port, as its process has it."""
    app = http_application(service.built)
    server = HttpServer(app, host="127.0.0.1", port=0)
    app.state.leaving = server.leaving
    await server.start()
    yield server
    await server.stop()


@asynccontextmanager
async def looking(
    server: HttpServer, caller: Caller, path: str, **headers: str
) -> AsyncIterator[AsyncIterator[dict[str, str]]]:
    """The events of a stream, each by its fields."""
    async with (
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", timeout=30) as http,
        http.stream("GET", f"{path}/statistics/stream", headers={**caller.headers, **headers}) as stream,
    ):
        assert (stream.status_code, stream.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
        yield _events(stream)


async def _events(stream: httpx.Response) -> AsyncIterator[dict[str, str]]:
    fields: dict[str, str] = {}
    async for line in stream.aiter_lines():
        name, _, value = line.partition(": ")
        if line:
            fields[name] = value
        elif fields:
            yield fields
            fields = {}


async def confirmed(events: AsyncIterator[dict[str, str]]) -> tuple[str, int]:
    """Tag and number of the next figures."""
    while True:
        event = await anext(events)
        if event.get("event") == "statistics":
            figures: dict[str, Any] = json.loads(event["data"])
            return event["id"], figures["confirmed"]


async def test_a_change_is_sent_to_all_who_look(service: RegistrationService, server: HttpServer) -> None:
    path = await service.opened()
    async with (
        looking(server, service.organiser, path) as one,
        looking(server, service.as_("desk"), path) as other,
    ):
        assert [(await confirmed(events))[1] for events in (one, other)] == [0, 0]
        await service.registered(path, 1)
        assert [(await confirmed(events))[1] for events in (one, other)] == [1, 1]


async def test_who_comes_back_is_sent_what_he_has_missed_and_nothing_twice(
    service: RegistrationService, server: HttpServer
) -> None:
    path = await service.opened()
    async with looking(server, service.organiser, path) as events:
        assert await anext(events) == {"retry": "3000"}
        tag, _ = await confirmed(events)
    async with looking(server, service.organiser, path, **{"last-event-id": tag}) as events:
        await service.registered(path, 1)
        assert (await confirmed(events))[1] == 1
    async with looking(server, service.organiser, path, **{"last-event-id": tag}) as events:
        assert (await confirmed(events))[1] == 1


async def test_one_account_cannot_take_all_places(service: RegistrationService, server: HttpServer) -> None:
    path, address = await service.opened(), f"http://127.0.0.1:{server.port}"
    async with httpx.AsyncClient(base_url=address) as http:
        open_streams = [
            await http.send(
                http.build_request("GET", f"{path}/statistics/stream", headers=service.organiser.headers), stream=True
            )
            for _ in range(MOST_OF_ONE)
        ]
        refused = await http.get(f"{path}/statistics/stream", headers=service.organiser.headers)
        assert (refused.status_code, refused.json()["code"]) == (503, "Unavailable")
        assert int(refused.headers["retry-after"]) > 0
        for stream in open_streams:
            await stream.aclose()


async def test_a_stream_ends_when_the_process_stops(service: RegistrationService, server: HttpServer) -> None:
    path = await service.opened()
    async with looking(server, service.organiser, path) as events:
        await confirmed(events)
        async with asyncio.timeout(20):
            await server.stop()
            assert [event async for event in events] == []


async def test_a_draft_of_another_body_has_no_stream(service: RegistrationService) -> None:
    path = await service.drafted()
    told = await service.as_("organiser", body="MOH").get(f"{path}/statistics/stream")
    assert told.status_code == 404
