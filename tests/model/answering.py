"""The world of the HTTP handlers: clients that ask until they are answered, processes that die around the commit."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeAlias

from pydantic import BaseModel
from starlette.responses import Response

from shared.database import Connection, Database
from shared.http.idempotency import Act, Reply, RequestAttempt, RequestInFlight, once
from shared.kernel import Unavailable
from tests.model.cluster import Kafka
from tests.model.faults import Fault, supervise, trouble
from tests.model.postgres import Server
from tests.model.scheduler import Scheduler
from tests.model.venues import ACTOR, open_venues, seat, venue_of

NAMES = ("a", "b")
CLIENTS, EACH = 4, 3
PATIENCE = 1.0  # seconds that a client waits for an answer

Answering: TypeAlias = "asyncio.Future[Response]"
Handler: TypeAlias = Callable[[RequestAttempt, Act, Database, Answering], Awaitable[None]]
Request: TypeAlias = tuple[RequestAttempt, str, Answering]


class Seated(BaseModel):
    """What a client is told: the version of the venue after his seat."""

    version: int


async def handle(attempt: RequestAttempt, act: Act, database: Database, answering: Answering) -> None:
    """Commit, then answer."""
    response = await once(attempt, act, database=database, actor=ACTOR)
    tell(answering, response)


def tell(answering: Answering, response: Response) -> None:
    """The answer leaves the process."""
    if not answering.done():
        answering.set_result(response)


async def acknowledged(loop: Scheduler, handler: Handler = handle) -> list[str]:
    """Run the world until every client was answered; returns what is wrong with what they were told."""
    server, kafka = Server(loop), Kafka(loop, {})
    requests: dict[int, asyncio.Queue[Request]] = {}
    with server.pretending():
        await _open()
        faults = Fault(loop, server, kafka)

        async def serve() -> None:
            await _serving(requests, handler)

        places = [supervise(faults, f"api {number}", serve, hazard=0.01) for number in range(2)]
        clients = [_asking(loop, requests, f"client {number}") for number in range(CLIENTS)]
        answers, _ = await asyncio.gather(asyncio.gather(*clients), trouble(faults, places, times=3))
        faults.calm()
        await asyncio.sleep(120.0)
        faults.end()
    return _wrong(server, [answer for told in answers for answer in told])


async def _open() -> None:
    database = Database("model:", pool_size=1)
    await database.open()
    async with database.transaction() as connection:
        await open_venues(connection, NAMES)
    await database.close()


async def _serving(requests: dict[int, "asyncio.Queue[Request]"], handler: Handler) -> None:
    """One process of the API; its queue is its port."""
    database = Database("model:", pool_size=3)
    await database.open()
    port: asyncio.Queue[Request] = asyncio.Queue()
    number = max(requests, default=0) + 1
    requests[number] = port
    async with asyncio.TaskGroup() as group:
        while True:
            attempt, name, answering = await port.get()
            group.create_task(_answer(attempt, name, database, answering, handler))


async def _answer(
    attempt: RequestAttempt, name: str, database: Database, answering: Answering, handler: Handler
) -> None:
    async def act(connection: Connection) -> Reply:
        return Reply(body=Seated(version=await seat(connection, name)))

    with suppress(RequestInFlight, Unavailable):  # 409 or 503: the client asks again
        await handler(attempt, act, database, answering)


async def _asking(loop: Scheduler, requests: dict[int, "asyncio.Queue[Request]"], client: str) -> list[tuple[str, int]]:
    """Ask, with the same key until there is an answer; returns venue and version of each answer."""
    told = []
    for number in range(EACH):
        name = loop.random.choice(NAMES)
        attempt = RequestAttempt(key=f"{client} {number}", fingerprint=name.encode())
        answers = [await _answered(loop, requests, attempt, name) for _ in range(loop.random.choice((1, 2)))]
        if len({bytes(one.body) for one in answers}) > 1:
            told.append((f"{name} was told differently", 0))
        told.append((name, Seated.model_validate_json(bytes(answers[0].body)).version))
    return told


async def _answered(
    loop: Scheduler, requests: dict[int, "asyncio.Queue[Request]"], attempt: RequestAttempt, name: str
) -> Response:
    while True:
        if requests:
            answering: Answering = loop.create_future()
            requests[loop.random.choice(sorted(requests)[-2:])].put_nowait((attempt, name, answering))
            await asyncio.wait({answering}, timeout=PATIENCE)
            if answering.done():
                return answering.result()
        await asyncio.sleep(loop.random.uniform(0.0, 0.5))


def _wrong(server: Server, told: list[tuple[str, int]]) -> list[str]:
    wrong = []
    for name in NAMES:
        versions = sorted(version for venue, version in told if venue == name)
        row = next(row for row in server.space.committed("venue") if row["id"] == str(venue_of(name)))
        if versions != list(range(1, row["version"] + 1)):
            wrong.append(f"{name}: told {versions}, is {row['version']}")
    facts = sorted((row["aggregate_id"], row["aggregate_seq"]) for row in server.space.committed("outbox"))
    wanted = sorted((row["id"], n) for row in server.space.committed("venue") for n in range(1, row["version"] + 1))
    return wrong + ([] if facts == wanted else [f"facts {facts}"])
