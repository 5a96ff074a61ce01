"""From the topics to a package on disk: the archive's consumer and worker on the real Kafka, in any order of topics."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

from pydantic import SecretStr

from deploy.local.secrets import LOG_ORIGIN, ensure_secrets
from services.archive.domain.package import read_package
from services.archive.domain.state import record_id_of
from services.archive.main import build
from services.archive.settings import ArchiveSettings
from services.archive.subscribers import GROUP
from shared.adapters.settings import StoreSettings
from shared.contracts import BY_MODEL, Fact
from shared.contracts.ids import new_id
from shared.contracts.registration import MeetingOpened
from shared.messaging.cloudevents import attributes, dumps, parse_headers
from shared.messaging.consumer.consumer import Consumer
from shared.messaging.jobs import Worker
from shared.messaging.kafka import producer
from shared.service import Service
from shared.settings import KafkaSettings
from tests.archive.running_service import (
    ArchiveService,
    drafted,
    is_in_log,
    message_created,
    minutes_published,
    news_published,
)
from tests.shared.bus import subscribed

Said = tuple[str, Fact]


def settings(archive_service: ArchiveService, folder: Path) -> ArchiveSettings:
    return ArchiveSettings(
        database_dsn=SecretStr(archive_service.database.dsn),
        objects=StoreSettings(folder=folder / "objects"),
        store=StoreSettings(folder=folder / "archive"),
        log_key_file=ensure_secrets(folder / "secrets").log_key,
        settle_seconds=0.5,
    )


async def publish(kafka: KafkaSettings, said: Sequence[Said], *, times: int) -> None:
    """Each fact in its own topic, `times` over, as the relay would send it."""
    sender = producer(kafka, client_id="tests")
    await sender.start()
    try:
        for sequence, (topic, fact) in enumerate(said, 1):
            contract, subject = BY_MODEL[type(fact)], str(uuid4())
            headers = attributes(
                event_id=new_id(),
                source=f"/eoffice/{contract.topic.owner}",
                type_=contract.type,
                time=datetime.now(UTC),
                subject=subject,
                sequence=sequence,
                actor="tests",
                cause=None,
            )
            for _ in range(times):
                await sender.send_and_wait(topic, dumps(fact), key=subject.encode(), headers=parse_headers(headers))
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
        client_id="archive-tests",
    )
    worker, stop = Worker(service.database, service.effects), asyncio.Event()
    loops = [asyncio.create_task(each.run(stop, lambda: None)) for each in (consumer, worker)]
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*loops)
        await service.database.close()


async def until_sealed(archive_service: ArchiveService, meeting: UUID) -> None:
    query = "SELECT count(*) FROM record WHERE record_id = $1 AND phase = 'sealed'"
    async with asyncio.timeout(60):
        while await archive_service.rows(query, record_id_of(meeting)) != [(1,)]:  # noqa: ASYNC110 -- only the database tells
            await asyncio.sleep(0.05)


async def test_what_is_published_on_the_bus_ends_in_a_package_that_is_trusted(
    archive_service: ArchiveService, kafka: KafkaSettings, create_topic: Callable[..., str], tmp_path: Path
) -> None:
    meeting = new_id()
    await archive_service.deposit()
    topics = {name: create_topic() for name in ("meeting", "message", "minutes")}
    said = [
        (topics["minutes"], news_published(meeting)),  # a topic is never a reason to come first
        (topics["minutes"], minutes_published(meeting)),
        (topics["message"], message_created(meeting)),
        (topics["meeting"], drafted(meeting)),
        (topics["meeting"], MeetingOpened(meeting_id=meeting)),
    ]
    async with running(build(settings(archive_service, tmp_path)), kafka, [*topics.values()]):
        await publish(kafka, said, times=2)
        await until_sealed(archive_service, meeting)
    path = archive_service.package(meeting)
    verifier_key = ensure_secrets(tmp_path / "secrets").log_verifier_key
    assert is_in_log(path, verifier_key)
    assert sorted(fact.type for fact in read_package(path.read_bytes()).facts) == sorted(
        BY_MODEL[type(fact)].type for _, fact in said
    )
    sealed = "SELECT facts, log_index, log_size FROM record"
    assert (await archive_service.rows(sealed), (await archive_service.outbox_types())[-1]) == (
        [(5, 0, 1)],
        "record-sealed",
    )


def test_a_local_system_and_the_archive_call_the_log_by_one_name(tmp_path: Path) -> None:
    origin = ArchiveSettings.model_fields["log_origin"].default
    key = ensure_secrets(tmp_path).log_verifier_key.read_text(encoding="utf-8")
    assert (origin, key.split("+")[0]) == (LOG_ORIGIN, LOG_ORIGIN)
