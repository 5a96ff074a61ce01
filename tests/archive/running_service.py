"""The archive as the tests run it: on a real database, with folders and a key; and the facts it consumes."""

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pasum.verify import Outcome, verify_file
from services.archive.adapters.directory_archive import DirectoryArchive
from services.archive.adapters.key_file import KeyFile
from services.archive.domain.note import VerifierKey
from services.archive.domain.state import record_id_of, record_name
from services.archive.effects import effects
from services.archive.policy import SEAL_RECORD
from services.archive.ports import Dependencies
from services.archive.subscribers import handler
from shared.adapters.directory_store import DirectoryStore
from shared.contracts import BY_MODEL, Fact
from shared.contracts.base import Bilingual
from shared.contracts.ids import new_id
from shared.contracts.minutes import DocumentReference, MinutesPublished, NewsPublished
from shared.contracts.notification import MessageCreated
from shared.contracts.registration import MeetingDrafted
from shared.database import Database
from shared.kernel import Unavailable
from shared.messaging.cloudevents import Cause, Envelope, dumps
from shared.messaging.consumer.handlers import handle_run
from shared.messaging.jobs import Answer, ClaimedJob

ORIGIN = "archive.example/log"
HELD_ON = datetime(2022, 9, 19, 1, 30, tzinfo=UTC)
TITLE = Bilingual(lo="ກອງປະຊຸມປຶກສາຫາລື ຍຸດທະສາດລັດຖະບານດິຈິຕອນ", en="Consultation on the Digital Government strategy")
DOCUMENTS = {
    "application/pdf": b"%PDF-1.7\nnot a drawn page, only bytes that must not change\n%%EOF\n",
    "application/json": '{"paragraphs":["ຄັ້ງວັນທີ 19 ກັນຍາ 2022"]}'.encode(),
    "application/vnd.news+json": b"{}",
}
_SEQUENCE = count(1)


def reference(media_type: str) -> DocumentReference:
    """Where a document of the meeting lies in the object store."""
    content = DOCUMENTS[media_type]
    return DocumentReference(sha256=sha256(content).hexdigest(), size=len(content), media_type=media_type)


def drafted(meeting: UUID) -> MeetingDrafted:
    """The meeting of 19 September 2022."""
    return MeetingDrafted(
        meeting_id=meeting,
        title=TITLE,
        venue=Bilingual(lo="ວຽງຈັນ"),
        starts_at=HELD_ON,
        ends_at=HELD_ON + timedelta(hours=3),
        organiser="MTC",
        chair=uuid4(),
        capacity=55,
        policy="open",
    )


def minutes_published(meeting: UUID, *, number: str = "0123/ຕສ.ສບດ") -> MinutesPublished:
    """Its minutes."""
    return MinutesPublished(
        minutes_id=uuid4(),
        meeting_id=meeting,
        number=number,
        document=reference("application/pdf"),
        content=reference("application/json"),
        published_at=HELD_ON + timedelta(days=1),
        render_sha256="ab" * 32,
    )


def news_published(meeting: UUID) -> NewsPublished:
    """The news of it."""
    document = reference("application/vnd.news+json")
    published_at = HELD_ON + timedelta(days=1)
    return NewsPublished(
        minutes_id=uuid4(), meeting_id=meeting, news_id=uuid4(), document=document, published_at=published_at
    )


def message_created(meeting: UUID) -> MessageCreated:
    """Somebody is told of it."""
    ids = {"message_id": uuid4(), "person_id": uuid4(), "cause": uuid4()}
    return MessageCreated(meeting_id=meeting, channel="sms", template="minutes-published", **ids)


def envelope(fact: Fact) -> Envelope:
    """A fact as a consumer sees it."""
    contract, event_id = BY_MODEL[type(fact)], str(new_id())
    return Envelope(
        id=event_id,
        source=f"/eoffice/{contract.topic.owner}",
        type=contract.type,
        subject=str(uuid4()),
        time=HELD_ON + timedelta(seconds=next(_SEQUENCE)),
        sequence=1,
        correlation_id=event_id,
        actor=None,
        traceparent=None,
        data=fact,
        payload=dumps(fact),
    )


@dataclass(slots=True)
class ArchiveService:
    """One archive; `objects`, `packages` and `signer` may be broken by a test (`breaking`)."""

    database: Database
    folder: Path
    signer: Any = field(default_factory=lambda: KeyFile(Ed25519PrivateKey.generate(), origin=ORIGIN))
    objects: Any = None
    packages: Any = None

    def __post_init__(self) -> None:
        self.objects = DirectoryStore(self.folder / "objects")
        self.packages = DirectoryArchive(self.folder / "archive")

    async def deposit(self) -> None:
        """Put the documents where the events say they are."""
        for media_type, content in DOCUMENTS.items():
            await self.objects.put(content, media_type=media_type)

    async def receive(self, *facts: Fact) -> None:
        """Process facts as one batch of the consumer."""
        await self.receive_events(*map(envelope, facts))

    async def receive_events(self, *events: Envelope) -> None:
        """Process these very events as one batch."""
        async with self.database.transaction() as connection:
            await handle_run(connection, handler(settle=timedelta(0)), events)

    async def complete(self, meeting: UUID | None = None) -> UUID:
        """A meeting with all its documents; returns it."""
        meeting = meeting or new_id()
        await self.deposit()
        await self.receive(
            drafted(meeting), message_created(meeting), minutes_published(meeting), news_published(meeting)
        )
        return meeting

    async def work(self, meeting: UUID) -> Answer:
        """What the sealing job does outside; its answer is not given yet."""
        return await self.effect(SEAL_RECORD, record_id=str(record_id_of(meeting)))

    async def effect(self, kind: str, **payload: str) -> Answer:
        """What a job of this kind does outside."""
        dependencies = Dependencies(
            database=self.database,
            objects=self.objects,
            packages=self.packages,
            signer=self.signer,
            retention_years=10,
            public_url="https://archive.example",
        )
        return await effects(dependencies)[kind](_job(kind, payload))

    async def attempt(self, meeting: UUID) -> None:
        """One attempt of the sealing job, with its answer."""
        answer = await self.work(meeting)
        async with self.database.transaction() as connection:
            await answer(connection)

    async def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What the database holds."""
        async with self.database.reading() as connection:
            return [tuple(row) for row in await connection.fetch(query, *values)]

    async def outbox_types(self) -> Sequence[str]:
        """The types of the facts that wait in the outbox, in order, without owner and version."""
        return [kind.split(".")[1] for (kind,) in await self.rows("SELECT type FROM outbox ORDER BY id")]

    def package(self, meeting: UUID) -> Path:
        """Where the package of a meeting lies on disk."""
        name = record_name(record_id_of(meeting))
        return self.folder / "archive" / "packages" / name / f"{name}.zip"

    def proven(self, meeting: UUID) -> bool:
        """Whether its package is in the log, unchanged; its documents are bytes that nobody signed."""
        return is_in_log(self.package(meeting), self.signer.key)


async def sealed(archive_service: ArchiveService) -> UUID:
    """One more record, sealed; its identifier."""
    meeting = await archive_service.complete()
    await archive_service.attempt(meeting)
    return record_id_of(meeting)


def is_in_log(package: Path, key: VerifierKey | Path) -> bool:
    """What `pasum verify` says of the log, whatever it says of signatures."""
    return verify_file(package, checkpoint_key=key).findings[0].outcome is Outcome.TRUSTED


def breaking(port: Any, method: str, *, when: str) -> Any:
    """The same port, whose `method` fails once, `before` or `after` it has done its work."""
    return _Breaking(port, method, when)


class _Breaking:
    def __init__(self, port: Any, method: str, when: str) -> None:
        self._port, self._method, self._when = port, method, when

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._port, name)
        if name != self._method or not self._when:
            return real
        when, self._when = self._when, ""

        def fail(*args: Any, **kwargs: Any) -> Any:
            if when == "after":
                real(*args, **kwargs)
            raise Unavailable(name)

        async def fail_later(*args: Any, **kwargs: Any) -> Any:
            if when == "after":
                await real(*args, **kwargs)
            raise Unavailable(name)

        return fail_later if inspect.iscoroutinefunction(real) else fail


def _job(kind: str, payload: Mapping[str, str]) -> ClaimedJob:
    return ClaimedJob(
        id=1,
        kind=kind,
        name="1",
        key="1",
        payload=payload,
        attempts=1,
        fence=1,
        cause=Cause(correlation_id="1", causation_id="1"),
    )
