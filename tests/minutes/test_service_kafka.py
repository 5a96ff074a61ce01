"""From registration's topics to a signed document and a news item: consumer and worker on the real Kafka."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from services.minutes.domain.state import minutes_id_of
from services.minutes.main import build
from services.minutes.settings import MinutesSettings
from services.minutes.subscribers import GROUP
from shared.contracts import BY_MODEL, Fact
from shared.contracts.ids import new_id
from shared.contracts.registration import OrganisationRecorded, PersonErased, PersonRecorded
from shared.messaging.cloudevents import attributes, dumps, parse_headers
from shared.messaging.consumer.consumer import Consumer
from shared.messaging.jobs import Worker
from shared.messaging.kafka import producer
from shared.service import Service
from shared.settings import KafkaSettings
from tests.minutes import registration_facts
from tests.minutes.registration_facts import CHAIR, VILAY, everybody, meeting_facts, person_id
from tests.minutes.running_service import MinutesService
from tests.shared.bus import subscribed

_SEQUENCE = count(1)


def subject(fact: Fact) -> str:
    """The key of a fact: its person, its body, or its meeting."""
    match fact:
        case PersonRecorded() | PersonErased():
            return str(fact.person_id)
        case OrganisationRecorded():
            return fact.organisation
        case _:
            meeting: UUID = getattr(fact, "meeting_id")  # noqa: B009 -- every other fact here has one
            return str(meeting)


async def publish(kafka: KafkaSettings, topics: dict[str, str], facts: Sequence[Fact], *, times: int = 1) -> None:
    """Each fact in its own topic, `times` over, as the relay would send it."""
    sender = producer(kafka, client_id="tests")
    await sender.start()
    try:
        for fact in facts:
            contract, key = BY_MODEL[type(fact)], subject(fact)
            headers = attributes(
                event_id=new_id(),
                source=f"/eoffice/{contract.topic.owner}",
                type_=contract.type,
                time=datetime.now(UTC),
                subject=key,
                sequence=next(_SEQUENCE),
                actor="tests",
                cause=None,
            )
            body = None if contract.tombstone else dumps(fact)
            for _ in range(times):
                topic = topics[contract.topic.name]
                await sender.send_and_wait(topic, body, key=key.encode(), headers=parse_headers(headers))
    finally:
        await sender.stop()


@asynccontextmanager
async def running(service: Service, kafka: KafkaSettings, topics: Sequence[str]) -> AsyncIterator[None]:
    """The service's consumer and worker in this process."""
    await service.database.open()
    group = f"{GROUP}.{uuid4().hex}"
    consumer = Consumer(
        service.database,
        kafka,
        group=group,
        topics=topics,
        handler=subscribed(service).handler,
        client_id="minutes-tests",
    )
    worker, stop = Worker(service.database, service.effects), asyncio.Event()
    loops = [asyncio.create_task(each.run(stop, lambda: None)) for each in (consumer, worker)]
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*loops)
        await service.database.close()


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(60):
        while not await condition():  # noqa: ASYNC110 -- only the database tells
            await asyncio.sleep(0.05)


async def test_a_meeting_on_the_bus_ends_in_a_signed_document_and_a_news_item(
    minutes_service: MinutesService,
    minutes_settings: MinutesSettings,
    kafka: KafkaSettings,
    create_topic: Callable[..., str],
) -> None:
    service, meeting = build(minutes_settings), new_id()
    minutes, late = minutes_id_of(meeting), registration_facts.person(CHAIR)
    topics = {name: create_topic() for name in subscribed(service).topics}

    async def reached(state: str) -> bool:
        return await minutes_service.rows("SELECT phase FROM minutes") == [(state,)]

    async def said(fact: str) -> bool:
        return fact in await minutes_service.outbox_types(minutes)

    async def tried(kind: str) -> bool:
        query = "SELECT max(attempts) > 1 FROM job WHERE kind = $1 AND state <> 'done'"
        return await minutes_service.rows(query, kind) == [(True,)]

    async with running(service, kafka, [*topics.values()]):
        await publish(kafka, topics, meeting_facts(meeting), times=2)  # before anybody is known, and each fact twice
        await publish(kafka, topics, [fact for fact in everybody() if fact != late])
        await publish(kafka, topics, [PersonErased(person_id=person_id(VILAY))])
        await until(lambda: tried("draft-minutes"))
        await publish(kafka, topics, [late])
        await until(lambda: reached("draft"))
        for step, role in (("submit", "secretary"), ("approve", "chair")):
            assert (await minutes_service.step(minutes, step, role)).status_code == 200
        await until(lambda: reached("signed"))
        assert (await minutes_service.step(minutes, "publish", "secretary")).status_code == 200
        await until(lambda: said("news-published"))
    seen: dict[str, Any] = await minutes_service.view(minutes)
    assert (seen["number"], seen["present"], seen["women"]) == ("0001/ຕສ", 4, 2)
    assert (await minutes_service.call("GET", f"/v1/minutes/{minutes}/document")).content.startswith(b"%PDF-")
    jobs = await minutes_service.rows("SELECT kind, state FROM job ORDER BY id")
    assert jobs == [("draft-minutes", "done"), ("sign-minutes", "done"), ("publish-news", "done")]
    assert await minutes_service.rows("SELECT count(*) FROM dead_letter") == [(0,)]
