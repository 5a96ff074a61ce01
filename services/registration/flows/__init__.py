"""Registering, from the requests that share a transaction to what is written of them; read it from top to bottom.

1. A route (`api/registrations.py`, `api/bulk.py`) has checked the request and made a `RegistrationRequest` of it:
   identifiers, clock and code are inside. One request alone is a batch of one; when a meeting opens and hundreds come
   in the same second, those that wait share the next transaction (`shared.group_commit`).
2. `register_participants` locks the meetings and reads all that the batch is decided on
   (`store/registration_batch.py`).
3. Each request is decided by the rules of one (`domain/registering.py`), in its turn, on what those before it have left
   (`domain/registration_batch.py`), as if it were alone.
4. What was accepted is written for all at once: rows, facts and jobs. The caller commits.
"""

import secrets
from collections.abc import Sequence
from contextvars import Context
from dataclasses import replace
from typing import Final, TypeAlias

from services.registration.domain.admission_commands import (
    RegisterGroup,
)
from services.registration.domain.meeting import Meeting
from services.registration.domain.person import Person, RecordPerson
from services.registration.domain.registration_batch import (
    AcceptedRegistration,
    DeclinedAnswer,
    RegistrationBatch,
    RegistrationFact,
    RegistrationRequest,
)
from services.registration.store import MEETINGS, PERSONS
from services.registration.store.registration_batch import load_registration_batch, save_registration_batch
from shared.application import Decision, decide_and_fold, execute, record, report_accepted, report_refusals
from shared.contracts.registration import (
    ParticipantReinstated,
    ParticipationRequested,
    PersonRecorded,
    RegistrationRepeated,
)
from shared.database import Connection
from shared.group_commit import Busy
from shared.kernel import Command, Refusal

RegistrationOutcome: TypeAlias = RegistrationFact | Refusal

CODE_ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0 O 1 I
CODE_LENGTH: Final = 6
_LETTER: Final = bytes(ord(CODE_ALPHABET[byte % len(CODE_ALPHABET)]) for byte in range(256))  # 32: each equally likely


async def register_participants(
    connection: Connection, requests: Sequence[tuple[RegistrationRequest, Context]]
) -> list[RegistrationOutcome]:
    """Decide on the requests in their order and write what follows; returns for each its fact or its refusal.

    Of those that are refused nothing is written. Each is decided in its own context, so that its facts belong to its
    own trace. Raises `StaleVersion` or `Unavailable` where nothing of the batch can be written.
    """
    return await _register(connection, requests, await load_registration_batch(connection, _asked(requests)))


async def register_unless_busy(
    connection: Connection, requests: Sequence[tuple[RegistrationRequest, Context]]
) -> list[RegistrationOutcome | Busy]:
    """As `register_participants`; for a meeting that another transaction has locked the outcome is `Busy`."""
    batch = await load_registration_batch(connection, _asked(requests), wait=False)
    free = [one for one in requests if one[0].meeting_id not in batch.busy]
    outcomes = iter(await _register(connection, free, batch) if free else [])
    return [Busy() if request.meeting_id in batch.busy else next(outcomes) for request, _ in requests]


def _asked(requests: Sequence[tuple[RegistrationRequest, Context]]) -> list[RegistrationRequest]:
    return [request for request, _ in requests]


async def _register(
    connection: Connection, requests: Sequence[tuple[RegistrationRequest, Context]], batch: RegistrationBatch
) -> list[RegistrationOutcome]:
    outcomes: list[RegistrationOutcome] = []
    registrations: list[AcceptedRegistration] = []
    decisions: list[Decision[Person] | Decision[Meeting]] = []
    for asked, context in requests:
        request = _with_free_code(batch, asked)
        try:
            person, meeting = context.run(_decide, batch, request)
        except Refusal as refusal:
            outcomes.append(refusal)
            continue
        accepted = _accepted([request], [person], meeting)
        outcomes.append(accepted[0].fact)
        registrations += accepted
        decisions += [person, meeting]
    if registrations:
        await save_registration_batch(connection, batch, registrations)
        await record(connection, decisions)
    return outcomes


async def register_group(connection: Connection, requests: Sequence[RegistrationRequest]) -> list[RegistrationFact]:
    """Register these people together for one meeting; returns the fact of each, in their order.

    Raises the `Refusal` of any of them; the caller must then let the transaction roll back, so that none is registered.
    """
    batch = await load_registration_batch(connection, requests)
    requests = [_with_free_code(batch, request) for request in requests]
    first = requests[0]
    command = RegisterGroup(
        actor=first.command.actor, at=first.command.at, members=tuple(request.command for request in requests)
    )
    meeting = decide_and_fold(MEETINGS, first.meeting_id, batch.meeting_for_group(requests), command)
    with report_refusals(MEETINGS, first.meeting_id, command):
        batch.register(requests, meeting.facts, meeting.after)
    persons = [_person(request) for request in requests]
    accepted = _accepted(requests, persons, meeting)
    await save_registration_batch(connection, batch, accepted)
    await record(connection, [*persons, meeting])
    report_accepted(MEETINGS, first.meeting_id, command, count=len(meeting.facts))
    return [one.fact for one in accepted]


def _decide(batch: RegistrationBatch, request: RegistrationRequest) -> tuple[Decision[Person], Decision[Meeting]]:
    """The person and the seat, decided; the batch keeps what the next request is decided on. Raises the `Refusal`."""
    key, command = request.meeting_id, request.command
    meeting = decide_and_fold(MEETINGS, key, batch.meeting_for(request), command)
    with report_refusals(MEETINGS, key, command):
        batch.register([request], meeting.facts, meeting.after)
    person = _person(
        request, batch.declined_by(request) if isinstance(meeting.facts[0], ParticipantReinstated) else None
    )
    report_accepted(MEETINGS, key, command, count=len(meeting.facts))
    return person, meeting


def _person(request: RegistrationRequest, declined: DeclinedAnswer | None = None) -> Decision[Person]:
    """The person of a request, recorded: a new one, or the one who has declined before."""
    command, recorded = request.command, request.person
    if declined:
        recorded = PersonRecorded(**dict(recorded) | {"person_id": declined.seat.person_id})
    known = Person(person_id=recorded.person_id, version=declined.person_version if declined else 0)
    recording = RecordPerson(actor=command.actor, at=command.at, data=recorded)
    return decide_and_fold(PERSONS, recorded.person_id, known, recording)


def _accepted(
    requests: Sequence[RegistrationRequest], persons: Sequence[Decision[Person]], meeting: Decision[Meeting]
) -> list[AcceptedRegistration]:
    """What is to be written of requests that were decided together: one fact for each."""
    accepted = []
    told = [fact.registration_id for fact in meeting.facts if isinstance(fact, RegistrationRepeated)]
    facts = meeting.facts[: len(requests)]
    for place, (request, person, fact) in enumerate(zip(requests, persons, facts, strict=True), 1):
        assert isinstance(fact, RegistrationFact)  # noqa: S101 -- those of the requests come first
        waits = not isinstance(fact, ParticipationRequested) and fact.position is not None
        position = meeting.before.queue_last + place if waits else None
        answers = meeting.before.given.get(request.command.registration_id)
        accepted.append(
            AcceptedRegistration(
                request=request, person=person.after, fact=fact, position=position, answers=answers, told=told
            )
        )
    return accepted


def _with_free_code(batch: RegistrationBatch, request: RegistrationRequest) -> RegistrationRequest:
    """The request with a code that nobody else of the meeting has."""
    while batch.has_code(request):
        request = replace(request, command=replace(request.command, code=new_code()))
    return request


async def record_person(connection: Connection, person: PersonRecorded, by: Command) -> None:
    """Keep a new person in the transaction of the command that needs him."""
    await execute(connection, PERSONS, person.person_id, RecordPerson(actor=by.actor, at=by.at, data=person))


def new_code() -> str:
    """A code that a person can read out at check-in, one of 10⁹; of 50,000, one or two are drawn twice."""
    return secrets.token_bytes(CODE_LENGTH).translate(_LETTER).decode()
