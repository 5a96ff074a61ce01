"""What schemathesis does with a service: each operation of its document, over a real socket, on a real database.

LABELS = labels(ROUTERS)

@pytest.mark.parametrize("label", LABELS)
def test_every_answer_is_the_documented_one(label, documented):
    check(documented, label, known={"meeting_id": …})
"""

import asyncio
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import schemathesis
from fastapi import APIRouter
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import positive_data_acceptance

from shared.http.server import HttpServer
from shared.runtime import Runtime
from shared.service import ProcessRole, Service, application
from shared.service.needed import DatabasePart

TOO_LARGE = frozenset({HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.REQUEST_URI_TOO_LONG})


def labels(routers: Sequence[APIRouter]) -> list[str]:
    """The operations of a service, as schemathesis names them: `POST /v1/meetings`."""
    routes = [route for router in routers for route in router.routes if isinstance(route, APIRoute)]
    return [f"{method} {route.path}" for route in routes for method in sorted(route.methods or ())]


@contextmanager
def served(service: Service) -> Iterator[str]:
    """The service's API in a thread and loop of their own; its address."""
    app = application(service, Runtime(service.name), [ProcessRole.API])
    app.state.leaving.set()  # a stream ends after its first event
    server = HttpServer(app, host="127.0.0.1", port=0)
    up, loop, done = threading.Event(), asyncio.new_event_loop(), asyncio.Event()

    async def serve() -> None:
        parts = DatabasePart(service.database), server
        for part in parts:
            await part.start()
        up.set()
        await done.wait()
        for part in reversed(parts):
            await part.stop()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    up.wait()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join()
        loop.close()


def documented(address: str, *, token: str) -> schemathesis.BaseSchema:
    """The document that the service gives of itself, with the rights of `token`."""
    return schemathesis.openapi.from_url(f"{address}/openapi.json", headers={"authorization": f"Bearer {token}"})


def check(
    document: schemathesis.BaseSchema, label: str, *, known: Mapping[str, str] | None = None, examples: int = 15
) -> None:
    """Call one operation with fitting and with unfitting data: each answer is documented, none a defect.

    `known` are identifiers that exist, put into the paths of the fitting requests, so that they reach something.
    """
    (operation,) = (
        one.ok() for one in document.get_all_operations() if isinstance(one, Ok) and one.ok().label == label
    )
    fitting = operation.as_strategy().map(lambda case: _leading_somewhere(case, known or {}))

    @given(case=fitting | operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def call(case: Case[Any]) -> None:
        answer = case.call()
        if answer.status_code not in TOO_LARGE:  # refused before anybody looks at what it holds
            case.validate_response(answer, excluded_checks=[positive_data_acceptance])  # the domain may refuse more

    call()


def _leading_somewhere(case: Case[Any], known: Mapping[str, str]) -> Case[Any]:
    for name in case.path_parameters.keys() & known.keys():
        case.path_parameters[name] = known[name]
    return case
