"""From the topics to the gateway and the mailbox: on the real Kafka, with real programs outside."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from deploy.local.ports import LOOPBACK, free_port
from services.notification.main import build
from services.notification.subscribers import GROUP
from shared.contracts import BY_MODEL, Fact
from shared.contracts.ids import derived_id, new_id
from shared.contracts.registration import PersonErased
from shared.database import Database
from shared.messaging.cloudevents import attributes, dumps, parse_headers
from shared.messaging.kafka import producer
from shared.runtime import Runtime
from shared.sealing import Sealer
from shared.service import ProcessRole, Service, parts
from shared.settings import KafkaSettings
from tests.conformance.counterparts import Program, until
from tests.notification import scenario
from tests.notification.callers import settings
from tests.notification.running_service import SECRET, NotificationService
from tests.shared.bus import subscribed

FATES = {
    "0001": "delivered",
    "0002": "permanent-failure",
    "0003": "expired",
    "0004": "permanent-failure",
    "0005": "sent",
    "0011": "permanent-failure",
    "0088": "delivered",
}
"""The last digits of a number, and how a message to it ends."""


@dataclass(frozen=True, slots=True)
class Counterparts:
    """The programs outside, and where our own routes must be."""

    gateway: Program
    mailbox: Program
    smtp_port: int
    http_port: int


@pytest.fixture
def counterparts(tmp_path: Path) -> Iterator[Counterparts]:
    http, sms, smtp, mail = (free_port() for _ in range(4))
    callback = f"http://{LOOPBACK}:{http}/v1/receipts/sms"
    arguments = ["--port", str(sms), "--callback", callback, "--secret", SECRET, "--folder", str(tmp_path / "sms")]
    gateway = Program("deploy.local.sms_simulator", [*arguments, "--receipt-delay", "0.05"], sms, tmp_path / "sms.log")
    arguments = ["--smtp-port", str(smtp), "--http-port", str(mail), "--folder", str(tmp_path / "mail")]
    mailbox = Program("deploy.local.mailbox", arguments, mail, tmp_path / "mail.log")
    gateway.start()
    mailbox.start()
    yield Counterparts(gateway, mailbox, smtp, http)
    gateway.kill()
    mailbox.kill()


@asynccontextmanager
async def running(service: Service, kafka: KafkaSettings) -> AsyncIterator[None]:
    """The service in this process, without its relay: what it says stays in the outbox, to be counted."""
    runtime = Runtime("notification", drain_seconds=20.0)
    roles = (ProcessRole.API, ProcessRole.CONSUMER, ProcessRole.WORKER)
    process = asyncio.create_task(runtime.run(parts(service, runtime, roles, kafka)))
    try:
        yield
    finally:
        runtime.drain()
        assert await process == 0


async def publish(kafka: KafkaSettings, topics: dict[str, str], *said: tuple[UUID, int, Fact]) -> None:
    """Facts with subject and sequence, each twice, as a relay sends them that has died once."""
    sender = producer(kafka, client_id="tests")
    await sender.start()
    try:
        for subject, sequence, fact in said:
            contract = BY_MODEL[type(fact)]
            headers = attributes(
                event_id=new_id(),
                source=f"/eoffice/{contract.topic.owner}",
                type_=contract.type,
                time=datetime.now(UTC),
                subject=str(subject),
                sequence=sequence,
                actor="tests",
                cause=None,
            )
            value = None if contract.tombstone else dumps(fact)
            for _ in range(2):
                await sender.send_and_wait(
                    topics[contract.topic.name], value, key=str(subject).encode(), headers=parse_headers(headers)
                )
    finally:
        await sender.stop()


def people() -> dict[str, UUID]:
    return {digits: derived_id("person", digits) for digits in FATES}


def facts_of(sealer: Sealer) -> list[tuple[UUID, int, Fact]]:
    """Everybody is invited to nothing, declines, and one is invited by mail; the persons come last, one is erased."""
    told = [scenario.declined(person) for person in people().values()]
    meeting = [
        scenario.drafted(),
        *told,
        scenario.declined(scenario.NOY),
        scenario.invited(sealer.seal("https://x.la/#token")),
    ]
    persons = [scenario.person(person, mobile=f"+856205555{digits}") for digits, person in people().items()]
    return [
        *((scenario.MEETING, number, fact) for number, fact in enumerate(meeting, 1)),
        *(
            (person.person_id, 1, person)
            for person in [*persons, scenario.person(), scenario.person(scenario.NOY, email=None)]
        ),
        (derived_id("MTC"), 1, scenario.ministry()),
        (scenario.NOY, 2, PersonErased(person_id=scenario.NOY)),
    ]


async def test_what_is_heard_ends_in_the_gateway_and_in_the_mailbox_and_is_accounted_for(
    notification_dsn: str, kafka: KafkaSettings, create_topic: Callable[..., str], counterparts: Counterparts
) -> None:
    chosen = settings(
        notification_dsn,
        sms_url=counterparts.gateway.url,
        smtp_port=counterparts.smtp_port,
        http_port=counterparts.http_port,
        metrics_port=0,
    )
    service = build(chosen)
    topics = {name: create_topic() for name in subscribed(service).topics}
    heard = replace(subscribed(service), topics=[*topics.values()], group=f"{GROUP}.{uuid4().hex}")
    service = replace(service, subscription=heard)
    notification = NotificationService(Database(notification_dsn))
    await notification.database.open()
    async with running(service, kafka):
        facts = facts_of(Sealer([chosen.sealing_keys.get_secret_value()]))
        await publish(kafka, topics, *facts)
        await until(lambda: _settled(notification, len(facts)))
    ends = {digits: await _end(notification, person) for digits, person in people().items()}
    assert ends == FATES
    assert await _ends(notification, scenario.NOY) in [
        [],
        ["cancelled"],
        ["delivered"],
    ]  # erased before, in, or after his turn
    await _agree(notification, counterparts)
    await notification.database.close()


async def _settled(notification: NotificationService, facts: int) -> bool:
    """All facts are heard, no job waits, every message has its end; one number never gets a receipt."""
    [(heard, jobs, unsettled, waiting)] = await notification.rows(
        "SELECT (SELECT count(*) FROM inbox), (SELECT count(*) FROM job WHERE state IN ('ready', 'running')),"
        " (SELECT count(*) FROM message WHERE status IN ('awaiting_contact', 'created', 'sending')),"
        " (SELECT count(*) FROM message WHERE status = 'sent' AND channel = 'sms')"
    )
    return (heard, jobs, unsettled, waiting) == (facts, 0, 0, 1)


async def _end(notification: NotificationService, person: UUID) -> str:
    [status] = await _ends(notification, person)
    return status


async def _ends(notification: NotificationService, person: UUID) -> list[str]:
    return [status for (status,) in await notification.rows("SELECT status FROM message WHERE person_id = $1", person)]


async def _agree(notification: NotificationService, counterparts: Counterparts) -> None:
    """What we have handed over by our account is what the others have; each receipt was matched.

    An attempt says so also where its message was taken back while the provider was asked, because the person was
    erased: the message itself stays cancelled, and nothing is said of it.
    """
    counted: dict[str, Any] = dict(
        await notification.rows(
            "SELECT channel, count(*) FROM message JOIN attempt USING (message_id) WHERE outcome = 'sent' GROUP BY 1"
        )
    )
    gateway = counterparts.gateway.get("/messages/count")
    [mail] = counterparts.mailbox.get("/messages")
    assert (counted["sms"], gateway["receipts_pending"], counted["email"]) == (gateway["count"], 0, 1)
    assert (mail["calendar"], mail["attachments"]) == ("REQUEST", ["meeting.ics"])
    assert (gateway["refused"]["throttled"], gateway["refused"]["bad-address"]) == (1, 1)
    assert await notification.rows("SELECT count(*) FROM receipt WHERE message_id IS NULL") == [(0,)]
    [(sent,)] = await notification.rows("SELECT count(*) FROM message WHERE sent_at IS NOT NULL")
    said = await notification.said()
    assert said.count("message-sent") == sent
