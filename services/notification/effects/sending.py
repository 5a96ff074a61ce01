"""One attempt to hand a message over, from the row that announces it to the command that says what came of it."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from opentelemetry.trace import SpanKind

from services.notification import store
from services.notification.domain.attempt import REFUSALS, Outcome, given_up, pause_before
from services.notification.domain.calendar_entry import concerns_one_attendee, next_state
from services.notification.domain.commands import Acceptance, CancelMessage, RecordFailed, RecordSent
from services.notification.domain.details import Details
from services.notification.domain.outdated import Outdated, outdated
from services.notification.effects.composing import OutgoingMessage, write_message
from services.notification.effects.suppressing import suppressed
from services.notification.flows.receipts import match_parked
from services.notification.observability import FROM_FACT_SECONDS, HANDOVER_SECONDS, NotificationLog
from services.notification.policy import SERVICE
from services.notification.ports import (
    Dependencies,
    Mail,
    OutcomeUnknown,
    ProviderRefused,
    ProviderThrottled,
    SmsSubmission,
)
from services.notification.store import MESSAGES, Sendable
from shared.application import execute
from shared.contracts.notification import CancelReason, FailureKind
from shared.database import Connection, after_commit
from shared.kernel import Job, Refusal, Unavailable, kebab
from shared.messaging import jobs
from shared.messaging.jobs import MAX_ATTEMPTS, Answer, ClaimedJob, Effect, nothing
from shared.observability.logging import Log, log
from shared.observability.tracing import span
from shared.sealing import SealBroken

AFTER_REFUSAL = 60.0  # seconds: a relay that greylists wants us to come back later


@dataclass(frozen=True, slots=True, kw_only=True)
class BegunAttempt:
    """An attempt that is written down."""

    job: ClaimedJob
    message_id: UUID
    number: int
    sendable: Sendable
    written: OutgoingMessage


def effects(dependencies: Dependencies) -> Mapping[str, Effect]:
    """Job kind → what is done about it."""
    send = partial(_send, dependencies)
    return {"send-sms": send, "send-email": send}


async def _send(dependencies: Dependencies, job: ClaimedJob) -> Answer:
    """One attempt; a job that would die with the message untold ends the message instead."""
    message_id = UUID(job.payload["message_id"])
    try:
        begun = await _begin(dependencies, job, message_id)
        return nothing if begun is None else await _ask(dependencies, begun)
    except Exception as error:
        if job.attempts < MAX_ATTEMPTS:
            raise
        log.error(Log.OUTSIDE_CALL_FAILED, kind=job.kind, attempts=job.attempts, error=error)
        return partial(_give_up, message_id)


async def _give_up(message_id: UUID, connection: Connection) -> None:
    """End the message, unless a receipt that has waited says what became of it."""
    await _resume(connection, message_id, datetime.now(UTC))
    await _fail(message_id, connection, kind=FailureKind.TECHNICAL_FAILURE, reason="gave-up")


async def _begin(dependencies: Dependencies, job: ClaimedJob, message_id: UUID) -> BegunAttempt | None:
    """Write the attempt down; `None` when there is nothing (more) to hand over."""
    at = datetime.now(UTC)
    async with dependencies.database.transaction() as connection:
        if job.attempts > 1 or job.name != str(message_id):
            await _resume(connection, message_id, at)
        sendable = await store.lock_message(connection, message_id)
        if sendable is None:
            return None
        details = await store.load_details(connection, message_id)
        if details is None:
            raise Unavailable("what the message is about", retry_after=2.0)
        if sendable.channel == "email":
            details = await _with_calendar(connection, message_id, details)
        written = await _write(dependencies, connection, message_id, sendable=sendable, details=details)
        if written is None:
            return None
        if await suppressed(connection, message_id, sendable, written=written, limits=dependencies.limits):
            return None
        await _keep_calendar(connection, details)
        number = await store.begin_attempt(
            connection,
            message_id,
            key=written.message.key,
            parts=written.parts,
            told=details.told,
            at=at,
        )
    return BegunAttempt(job=job, message_id=message_id, number=number, sendable=sendable, written=written)


async def _write(
    dependencies: Dependencies, connection: Connection, message_id: UUID, *, sendable: Sendable, details: Details
) -> OutgoingMessage | None:
    """What will travel; `None` where the message has come to its end instead: it is untrue by now, or has no text."""
    template, detail = details.template, outdated(details.standing)
    if template is None or detail:
        command = CancelMessage(
            actor=SERVICE,
            at=datetime.now(UTC),
            reason=CancelReason.TOLD_OTHERWISE,
            detail=detail or Outdated.SUPERSEDED,
        )
        await execute(connection, MESSAGES, message_id, command)
        return None
    try:
        return write_message(
            dependencies, message_id, sendable.channel, template, details=details, stamped=sendable.since
        )
    except (Refusal, SealBroken) as error:
        await _fail(message_id, connection, kind=FailureKind.TECHNICAL_FAILURE, reason=kebab(type(error).__name__))
        return None


async def _resume(connection: Connection, message_id: UUID, at: datetime) -> None:
    """After an attempt that was cut off, its receipt may have told already what came of it."""
    if await store.lock_message(connection, message_id):
        await store.abandon_attempts(connection, message_id, at=at)
        await match_parked(connection, message_id, at=at)


async def _ask(dependencies: Dependencies, begun: BegunAttempt) -> Answer:
    """Ask the provider, unless it has the message from before a restore; no transaction is open."""
    message = begun.written.message
    if not dependencies.already_sent.isdisjoint({begun.message_id, message.key}):
        log.info(NotificationLog.SENT_BEFORE_RESTORE, kind=begun.job.kind)
        return partial(_sent, begun, provider_id=str(message.key))
    try:
        provider_id = await _hand_over(dependencies, message)
    except ProviderRefused as refused:
        return partial(_refused, begun, refused=refused)
    except Unavailable as error:
        return partial(_postpone, begun, outcome=_outcome(error), asked=error.retry_after)
    return partial(_sent, begun, provider_id=provider_id)


async def _hand_over(dependencies: Dependencies, message: SmsSubmission | Mail) -> str:
    """Give the message to its provider; returns the provider's name for it."""
    channel = "sms" if isinstance(message, SmsSubmission) else "email"
    with span(f"hand over {channel}", kind=SpanKind.CLIENT):
        if isinstance(message, SmsSubmission):
            return (await dependencies.sms.submit(message)).provider_message_id
        return (await dependencies.mailer.send(message)).message_id


def _outcome(error: Unavailable) -> Outcome:
    match error:
        case ProviderThrottled():
            return Outcome.THROTTLED
        case OutcomeUnknown():
            return Outcome.UNKNOWN
        case _:
            return Outcome.UNAVAILABLE


async def _sent(begun: BegunAttempt, connection: Connection, *, provider_id: str) -> None:
    at = datetime.now(UTC)
    await store.lock_provider_id(connection, provider_id)
    acceptance = Acceptance(attempt=begun.number, parts=begun.written.parts, at=at)
    await execute(connection, MESSAGES, begun.message_id, RecordSent(actor=SERVICE, at=at, acceptance=acceptance))
    await store.end_attempt(
        connection, begun.message_id, begun.number, outcome=Outcome.SENT, at=at, provider_message_id=provider_id
    )
    await match_parked(connection, begun.message_id, at=at)
    after_commit(partial(_observe, begun, at))


def _observe(begun: BegunAttempt, at: datetime) -> None:
    sendable, fact_at = begun.sendable, begun.job.cause.time
    HANDOVER_SECONDS.labels(channel=sendable.channel).observe((at - sendable.since).total_seconds())
    FROM_FACT_SECONDS.labels(channel=sendable.channel).observe((at - sendable.waited_since(fact_at)).total_seconds())


async def _refused(begun: BegunAttempt, connection: Connection, *, refused: ProviderRefused) -> None:
    """For good, or too often; otherwise it is tried again."""
    if not refused.permanent and await store.count_refusals(connection, begun.message_id) + 1 < REFUSALS:
        await _postpone(begun, connection, outcome=Outcome.REFUSED, asked=AFTER_REFUSAL)
        return
    kind = FailureKind.PERMANENT_FAILURE if refused.permanent else FailureKind.TEMPORARY_FAILURE
    await _fail(begun.message_id, connection, kind=kind, reason=refused.reason)
    await _end(begun, connection, Outcome.REFUSED)


async def _postpone(begun: BegunAttempt, connection: Connection, *, outcome: Outcome, asked: float) -> None:
    """Come again later, or give up: nobody knows where it is (`expired`), or it never left us (`technical-failure`)."""
    at = datetime.now(UTC)
    next_at = at + pause_before(begun.number, chance=random.random(), asked=asked)  # noqa: S311 -- jitter
    await store.lock_message(connection, begun.message_id)  # before the outcome is written: a receipt may be looking
    await _end(begun, connection, outcome)
    await match_parked(connection, begun.message_id, at=at)
    if given_up(since=begun.sendable.since, next_at=next_at):
        kind = FailureKind.EXPIRED if outcome is Outcome.UNKNOWN else FailureKind.TECHNICAL_FAILURE
        await _fail(begun.message_id, connection, kind=kind, reason=f"not-in-time-{outcome}")
        return
    name, payload = f"{begun.message_id}:{begun.number}", {"message_id": str(begun.message_id)}
    again = Job(kind=begun.job.kind, name=name, key=begun.job.key, payload=payload, due=next_at)
    await jobs.enqueue(connection, [again])


async def _end(begun: BegunAttempt, connection: Connection, outcome: Outcome) -> None:
    await store.end_attempt(connection, begun.message_id, begun.number, outcome=outcome, at=datetime.now(UTC))


async def _with_calendar(connection: Connection, message_id: UUID, details: Details) -> Details:
    """The details with what the recipient's calendar is to be told, if anything."""
    method, address = details.content.calendar, details.recipient.email
    if method is None or address is None:
        return details
    meeting = details.meeting
    last = await store.load_entry(connection, address, meeting.meeting_id)
    of_one = method == "CANCEL" and concerns_one_attendee(last, revision=meeting.sequence, message=message_id)
    if of_one and await store.is_expected(connection, address, meeting.meeting_id):
        return details  # he comes in another way
    state = next_state(last, method=method, revision=meeting.sequence, message=message_id)
    return replace(details, calendar=state)


async def _keep_calendar(connection: Connection, details: Details) -> None:
    """Write down what the recipient's calendar is told by the message that is handed over now."""
    if details.calendar and details.recipient.email:
        await store.save_entry(connection, details.recipient.email, details.meeting.meeting_id, details.calendar)


async def _fail(message_id: UUID, connection: Connection, *, kind: FailureKind, reason: str) -> None:
    command = RecordFailed(actor=SERVICE, at=datetime.now(UTC), kind=kind, reason=reason)
    await execute(connection, MESSAGES, message_id, command)
