"""Notification as the tests run it: the service on a real database, between providers that do as the test says."""

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from cryptography.fernet import Fernet

from services.notification.adapters.http_sms import SignedReceipts
from services.notification.adapters.template_files import read_templates
from services.notification.effects import effects
from services.notification.ports import (
    Allowance,
    Dependencies,
    Mail,
    MailResult,
    SenderIdentity,
    SendingLimits,
    SmsSubmission,
    SubmissionResult,
)
from services.notification.subscribers import hear
from shared.contracts import BY_MODEL, Fact
from shared.contracts.ids import new_id
from shared.database import Connection, Database
from shared.messaging.cloudevents import Cause, Envelope, dumps
from shared.messaging.consumer.handlers import handle_run
from shared.messaging.jobs import Answer, ClaimedJob
from shared.sealing import Sealer
from shared.settings import SmsSettings

SENDER = SenderIdentity(
    public_url="https://e-office.example.gov.la",
    minutes_url="https://minutes.example.gov.la",
    sms_sender="MTC",
    sender_address="no-reply@example.gov.la",
    domain="example.gov.la",
)
FEW, MANY = Allowance(hour=3, day=5, meeting=3), Allowance(hour=1_000, day=1_000, meeting=1_000)
LIMITS = SendingLimits(destinations=SmsSettings(destinations="856"), allowances={"sms": MANY, "email": MANY})
SECRET = "a secret of these tests"  # noqa: S105 -- of these tests alone
_SEQUENCE = count(1)
_DUE = "SELECT id, kind, name, key, payload FROM job WHERE state = 'ready' AND due_at <= now() ORDER BY id"
_DONE = "UPDATE job SET state = 'done' WHERE id = $1"


def envelope(fact: Fact) -> Envelope:
    """A fact as a consumer sees it."""
    contract, event_id = BY_MODEL[type(fact)], str(new_id())
    return Envelope(
        id=event_id,
        source=f"/eoffice/{contract.topic.owner}",
        type=contract.type,
        subject=str(uuid4()),
        time=datetime.now(UTC),
        sequence=next(_SEQUENCE),
        correlation_id=event_id,
        actor=None,
        traceparent=None,
        data=fact,
        payload=dumps(fact),
    )


@dataclass(slots=True)
class Providers:
    """Both providers: they take what they are given, unless the next `trouble` says otherwise, and remember it.

    `meanwhile` happens while they are asked: after they have taken a message and before they answer.
    """

    trouble: deque[BaseException] = field(default_factory=deque)
    sms: list[SmsSubmission] = field(default_factory=list)
    mails: list[Mail] = field(default_factory=list)
    meanwhile: Callable[[], Awaitable[None]] | None = None

    async def submit(self, message: SmsSubmission) -> SubmissionResult:
        """As `SmsGateway`; a key that is known gets the answer it had."""
        self._raise_trouble()
        keys = list(dict.fromkeys([*(each.key for each in self.sms), message.key]))
        self.sms.append(message)
        if self.meanwhile:
            await self.meanwhile()
        return SubmissionResult(provider_message_id=str(keys.index(message.key) + 1))

    async def send(self, mail: Mail) -> MailResult:
        """As `Mailer`."""
        self._raise_trouble()
        self.mails.append(mail)
        return MailResult(message_id=f"{mail.message}@example.gov.la", response="250 OK")

    def _raise_trouble(self) -> None:
        if self.trouble:
            raise self.trouble.popleft()


@dataclass(slots=True)
class NotificationService:
    """One notification service, whose jobs are done when the test says so."""

    database: Database
    providers: Providers = field(default_factory=Providers)
    limits: SendingLimits = LIMITS
    already_sent: frozenset[UUID] = frozenset()
    sealer: Sealer = field(default_factory=lambda: Sealer([Fernet.generate_key().decode()]))

    async def hear(self, *facts: Fact) -> None:
        """Hear facts as the consumer would hand them over."""
        await self.take(*map(envelope, facts))

    async def take(self, *events: Envelope) -> None:
        """Hear these very events, as one run."""
        async with self.database.transaction() as connection:
            await handle_run(connection, hear, events)

    async def jobs(self) -> list[ClaimedJob]:
        """The jobs that are due."""
        async with self.database.reading() as connection:
            rows = await connection.fetch(_DUE)
        cause = Cause(correlation_id="1", causation_id="1")
        return [ClaimedJob(**dict(row), attempts=1, fence=1, cause=cause) for row in rows]

    async def ask(self, job: ClaimedJob) -> Answer:
        """What a job does outside; its answer is not given yet."""
        dependencies = Dependencies(
            database=self.database,
            sms=self.providers,
            mailer=self.providers,
            receipts=SignedReceipts(SECRET),
            sealer=self.sealer,
            sender=SENDER,
            templates=read_templates(),
            limits=self.limits,
            already_sent=self.already_sent,
        )
        return await effects(dependencies)[job.kind](job)

    async def answer(self, job: ClaimedJob, answer: Answer) -> None:
        """Give a job's answer, as the worker does: in the transaction that ends it."""
        async with self.database.transaction() as connection:
            await connection.execute(_DONE, job.id)
            await answer(connection)

    async def work(self, *, attempts: int = 1) -> None:
        """Do every job that is due, once, as its attempt number `attempts`."""
        for job in await self.jobs():
            await self.answer(job, await self.ask(replace(job, attempts=attempts)))

    async def pass_time(self) -> None:
        """Let the time pass until the next attempt is due."""
        await self.run("UPDATE job SET due_at = now() WHERE state = 'ready'")

    async def run(self, statement: str, *values: object) -> None:
        """Change what the database holds."""
        async with self.database.transaction() as connection:
            await connection.execute(statement, *values)

    async def inside(self, act: Callable[[Connection], Awaitable[Any]]) -> Any:
        """Do something in a transaction."""
        async with self.database.transaction() as connection:
            return await act(connection)

    async def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What the database holds."""
        async with self.database.reading() as connection:
            return [tuple(row) for row in await connection.fetch(query, *values)]

    async def messages(self) -> list[tuple[Any, ...]]:
        """Template, channel, status and reason of each message, in order."""
        query = "SELECT template, channel, status, reason FROM message ORDER BY template, channel, person_id"
        return await self.rows(query)

    async def outcomes(self) -> list[str | None]:
        """The outcomes of all attempts, in order."""
        return [outcome for (outcome,) in await self.rows("SELECT outcome FROM attempt ORDER BY started_at, number")]

    async def said(self) -> list[str]:
        """The types of the facts that wait in the outbox, in order, without owner and version."""
        return [kind.split(".")[1] for (kind,) in await self.rows("SELECT type FROM outbox ORDER BY id")]

    async def only(self) -> UUID:
        """The only message there is."""
        [(message_id,)] = await self.rows("SELECT message_id FROM message")
        return UUID(str(message_id))
