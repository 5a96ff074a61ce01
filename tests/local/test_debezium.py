"""Debezium drains the same table with the files of `deploy/debezium`, and nobody on the bus can tell the difference."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka.admin import AclOperation, ResourceType

from deploy.local import debezium
from deploy.local.postgres import Postgres
from deploy.local.processes import Processes
from shared.contracts import Fact
from shared.contracts.registration import MeetingOpened, OrganisationRecorded, PersonErased
from shared.database import Database
from shared.kernel import Actor
from shared.messaging import outbox
from shared.messaging.cloudevents import CAUSE, Cause
from shared.messaging.relay.relay import Relay
from shared.settings import KafkaSettings
from tests.shared import bus
from tests.stack import Servers

PASSWORD = "not-a-secret"  # noqa: S105 -- of a role in a cluster that lives as long as the test
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
ACTOR = Actor(subject="ນາງ ແກ້ວ")


@pytest.fixture
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Processes, Postgres]]:
    """A PostgreSQL of the test's own, as an operator would have changed it."""
    folder = tmp_path_factory.mktemp("debezium")
    with Processes(folder) as processes:
        postgres = Postgres(processes, folder / "postgres", password=PASSWORD, durable=False)
        postgres.start()
        postgres.create_database("registration", owner="registration", password=PASSWORD)
        await debezium.switch_on_logical_decoding(postgres)
        yield processes, postgres


@pytest.fixture
async def database(server: tuple[Processes, Postgres]) -> AsyncIterator[Database]:
    """The tables of every service in it."""
    dsn = server[1].dsn("registration", user="registration", password=PASSWORD)
    await asyncio.to_thread(bus.create_kernel_tables, dsn)
    opened = Database(dsn, pool_size=4)
    await opened.open()
    yield opened
    await opened.close()


def facts(name: str) -> list[Fact]:
    """One of each kind that differs on the wire: a body, a body with Lao text, no body."""
    body = {"lo": "ກະຊວງ ເຕັກໂນໂລຊີ ແລະ ການສື່ສານ", "en": "Ministry of Technology and Communications"}
    organisation = OrganisationRecorded.model_validate({"organisation": "MTC", "name": body, "protocol_order": 9})
    return [MeetingOpened(meeting_id=bus.key_of(name)), organisation, PersonErased(person_id=bus.key_of(name))]


async def commit(database: Database, topic: str, names: Sequence[str]) -> None:
    """Three facts of each name, with a cause and a trace where the name is even."""
    for number, name in enumerate(names):
        cause = Cause(correlation_id="c", causation_id="b", traceparent=TRACE) if number % 2 == 0 else None
        token = CAUSE.set(cause)
        entries = outbox.entries(
            facts(name),
            aggregate="meeting",
            aggregate_id=str(bus.key_of(name)),
            first_sequence=1,
            actor=ACTOR,
            at=bus.AT,
        )
        CAUSE.reset(token)
        async with database.transaction() as connection:
            await outbox.write(connection, [replace(entry, topic=topic) for entry in entries])


def start(server: tuple[Processes, Postgres], kafka: KafkaSettings, folder: Path) -> None:
    """Debezium as registration's Kafka user; returns when it streams."""
    assert kafka.password is not None
    assert kafka.username is not None
    environment = {
        "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
        "KAFKA_SECURITY_PROTOCOL": kafka.security_protocol,
        "KAFKA_USERNAME": kafka.username,
        "KAFKA_PASSWORD": kafka.password.get_secret_value(),
    }
    processes, postgres = server
    dsn = postgres.dsn("registration", user=debezium.ROLE, password=PASSWORD)
    process, streams = debezium.start(processes, folder, service="registration", dsn=dsn, kafka=environment)
    process.wait_until_ready(streams)


def by_key(records: Sequence[Any]) -> dict[bytes, list[tuple[Any, ...]]]:
    """All that a consumer can see, in the order of each key; an empty header says nothing."""
    found: dict[bytes, list[tuple[Any, ...]]] = {}
    for record in records:
        headers = sorted((name, value) for name, value in record.headers if value)
        found.setdefault(record.key, []).append((record.partition, record.value, headers))
    return found


async def test_debezium_gives_what_the_relay_gives_and_both_together_take_effect_once(
    stack: Servers, server: tuple[Processes, Postgres], database: Database, tmp_path: Path
) -> None:
    topic = stack.create_topic(partitions=3)
    rights = [
        *(
            bus.allowed("drainer", each, ResourceType.TOPIC, topic)
            for each in (AclOperation.WRITE, AclOperation.DESCRIBE)
        ),
        bus.allowed("drainer", AclOperation.WRITE, ResourceType.TRANSACTIONAL_ID, "eoffice.tests"),
    ]
    kafka = bus.user_of(stack, "drainer", rights)
    await debezium.prepare(server[1].dsn("registration"), password=PASSWORD)
    before, after = [f"before {n}" for n in range(4)], [f"after {n}" for n in range(4)]
    await commit(database, topic, before)  # left by the relay: read from the table
    await asyncio.to_thread(start, server, kafka, tmp_path)
    await commit(database, topic, after)  # read from the WAL
    sent = await eventually(stack.kafka, topic, len(before + after) * 3)

    async with bus.running(Relay(database, kafka, client_id="tests")):
        await bus.until(lambda: nothing_left(database))
    twice = await eventually(stack.kafka, topic, len(sent) * 2)
    known = {(record.partition, record.offset) for record in sent}
    relayed = [record for record in twice if (record.partition, record.offset) not in known]
    assert by_key(sent) == by_key(relayed)

    async with bus.running(bus.listener(database, stack.kafka, topic)):
        await bus.until(lambda: all_taken(database, len(sent)))
        assert [await bus.heard(database, name) for name in before + after] == [[1, 2, 3]] * 8


async def eventually(kafka: KafkaSettings, topic: str, count: int) -> list[Any]:
    """All records of the topic, once there are so many."""
    found: list[Any] = []
    async with asyncio.timeout(bus.LIMIT_SECONDS):
        while len(found) < count:
            found = await bus.everything(kafka, topic)
    return found


async def nothing_left(database: Database) -> bool:
    return not await bus.value(database, "SELECT EXISTS (SELECT FROM outbox)")


async def all_taken(database: Database, count: int) -> bool:
    return bool(await bus.value(database, "SELECT count(*) = $1 FROM inbox", count))
