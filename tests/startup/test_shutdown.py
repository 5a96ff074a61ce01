"""A process that is told to stop under load refuses nobody and loses nothing; its successors take over at once."""

import asyncio
from functools import partial
from typing import Any, Final
from uuid import uuid4

import asyncpg
import httpx

from services.registration.seed import load_organisations
from shared.database import Database
from tests.performance.http_registrations import MEETING, somebody
from tests.startup.balancer import Balancer
from tests.startup.office import Office
from tests.startup.process import Watched, serving

RATE: Final = 200.0
UNREADY: Final = {"REGISTRATION_UNREADY_SECONDS": "2"}


async def test_a_rolling_update_refuses_nobody_and_loses_nothing(office: Office) -> None:
    dsn = await office.database()
    await load_organisations(Database(dsn))
    environment = office.environment(dsn, **UNREADY, **unlimited())
    async with serving("registration", environment) as old, serving("registration", environment) as other:
        await old.is_ready()
        await other.is_ready()
        meeting = await opened(office, other)
        balancer = Balancer([old, other])
        probing, enough = asyncio.create_task(balancer.probe()), asyncio.Event()
        load = asyncio.create_task(balancer.load(RATE, partial(answer, balancer, meeting), until=enough))
        await counted(balancer, 200)
        code = await old.end()
        await counted(balancer, sum(balancer.outcomes.statuses.values()) + 200)
        enough.set()
        await load
        probing.cancel()
        await balancer.close()
    found = balancer.outcomes
    assert (code, found.failed, set(found.statuses)) == (0, [], {201})
    assert found.closed > 0
    assert await registered(environment) == found.statuses[201]


async def test_a_process_says_no_first_and_answers_on(office: Office) -> None:
    environment = office.environment(await office.database(), REGISTRATION_UNREADY_SECONDS="600")
    async with serving("registration", environment) as watched, httpx.AsyncClient() as http:
        await watched.is_ready()
        url = f"http://127.0.0.1:{watched.public}/v1/meetings"
        before = await http.get(url)
        watched.process.terminate()
        await watched.says("draining")
        status, body = await watched.ask(watched.public)
        after = await http.get(url)
        assert (status, body["parts"]["process"], body["parts"]["database"]) == (503, False, True)
        assert (before.status_code, after.status_code) == (401, 401)
        assert (before.headers.get("connection"), after.headers.get("connection")) == (None, "close")
        watched.process.terminate()  # told again, it does not wait any longer
        assert await watched.process.wait() == 1


async def test_relay_and_consumer_hand_over_when_they_are_told_to_stop(office: Office) -> None:
    await office.declare()
    environment = office.environment(await office.database())
    async with serving("registration", environment, roles="relay,consumer") as first:
        await first.says("relay-leads")
        async with serving("registration", environment, roles="relay,consumer") as second:
            await second.is_ready()  # standing by, it is ready
            assert second.logged("relay-leads") == []
            assert await first.end() == 0
            await second.says("relay-leads")
            await second.is_ready()
            assert await second.end() == 0


async def opened(office: Office, watched: Watched) -> str:
    """A meeting that takes registrations."""
    headers = {"authorization": f"Bearer {office.token('organiser', organisation='MTC')}"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{watched.public}", headers=headers) as http:
        meeting: str = (await http.post("/v1/meetings", json=MEETING)).raise_for_status().json()["meeting_id"]
        (await http.post(f"/v1/meetings/{meeting}/open")).raise_for_status()
        return meeting


async def answer(balancer: Balancer, meeting: str) -> None:
    """The registration of somebody new."""
    headers = {"idempotency-key": str(uuid4())}
    await balancer.send(f"/v1/meetings/{meeting}/registrations", json=somebody(), headers=headers)


async def counted(balancer: Balancer, answers: int) -> None:
    """Return when so many requests have ended."""
    while sum(balancer.outcomes.statuses.values()) + len(balancer.outcomes.failed) < answers:  # noqa: ASYNC110 -- the load says nothing
        await asyncio.sleep(0.02)


async def registered(environment: dict[str, Any]) -> int:
    """How many registrations there are."""
    connection = await asyncpg.connect(environment["REGISTRATION_DATABASE_DSN"])
    try:
        return int(await connection.fetchval("SELECT count(*) FROM registration"))
    finally:
        await connection.close()


def unlimited() -> dict[str, str]:
    """No limits for one client."""
    names = ("ANONYMOUS_READS_PER_MINUTE", "ANONYMOUS_WRITES_PER_MINUTE", "ANSWERS_PER_MEETING_PER_MINUTE")
    return {f"REGISTRATION_{name}": "1000000000" for name in names}
