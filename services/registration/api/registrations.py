"""Answers: registering, declining, sending a representative, withdrawing; by link, without an account."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from services.registration import views
from services.registration.api.arrivals import Asked, RegistrationCreated
from services.registration.api.codes import new_code
from services.registration.api.models import (
    STAFF,
    Code,
    Door,
    Input,
    PersonInput,
    Token,
    Tools,
    anonymous,
    digest,
    record_person,
    within,
)
from services.registration.domain.commands import (
    DeclineInvitation,
    RegisterParticipant,
    RepresentParticipant,
    WithdrawParticipant,
)
from services.registration.domain.refusals import (
    AlreadyDeclined,
    AlreadyRegistered,
    ContactMissing,
    InvitationExhausted,
    InvitationExpired,
    InvitationNeeded,
    InvitationUnknown,
    MeetingFull,
    MobileInvalid,
    NotSeated,
    OrganisationMismatch,
    OrganisationUnknown,
    RankBelowFloor,
    RepresentativeOfRepresentative,
    WrongPhase,
)
from services.registration.store import MEETINGS
from services.registration.store.halls import Arrival
from shared.application import execute
from shared.contracts.base import Instant, OrganisationCode, ShortText
from shared.contracts.ids import new_id
from shared.database import Connection
from shared.http import (
    Attempt,
    Authenticated,
    Cursor,
    IdempotencyKeyHeader,
    Limit,
    Now,
    Page,
    Reply,
    decode_cursor,
    encode_cursor,
    now,
    once,
    refusals,
    request_attempt,
    require,
)
from shared.kernel import Actor, NotFound, NotPermitted, Role

router = APIRouter(prefix="/v1/meetings/{meeting_id}", tags=["registrations"])
LINK = (InvitationNeeded, InvitationUnknown, InvitationExpired, OrganisationMismatch, OrganisationUnknown)
PERSON = (ContactMissing, MobileInvalid)


class RegistrationInput(Input):
    """A person who wants to come; `invitation` is the token at the end of the link."""

    organisation: OrganisationCode
    person: PersonInput
    invitation: Token | None = None


class DeclineInput(Input):
    """A person of an invited body who will not come, and why."""

    organisation: OrganisationCode
    person: PersonInput
    invitation: Token
    reason: ShortText


class RepresentativeInput(Input):
    """Who comes instead; `code` is that of one's own registration."""

    representative: PersonInput
    code: Code
    reason: ShortText | None = None


class WithdrawalInput(Input):
    """Giving up a seat or a place in the queue."""

    code: Code
    reason: ShortText | None = None


class AnswerRecorded(BaseModel):
    """An answer that needs no seat."""

    registration_id: UUID
    state: str


class RegistrationView(BaseModel):
    """An answer, for those who organise."""

    registration_id: UUID
    organisation: str
    rank: int
    state: str
    position: int | None
    code: str
    represents: UUID | None
    checked_in_at: Instant | None
    reason: str | None
    honorific: str | None
    given_name: str | None = Field(description="null after the erasure")
    family_name: str | None
    position_title: str | None
    gender: str | None
    fictitious: bool | None


@router.post(
    "/registrations",
    status_code=201,
    response_model=RegistrationCreated,
    responses=refusals(NotFound, AlreadyRegistered, MeetingFull, InvitationExhausted, WrongPhase, *LINK, *PERSON),
)
async def register_participant(
    meeting_id: UUID, body: RegistrationInput, request: Request, key: IdempotencyKeyHeader = None
) -> Response:
    """Take a seat, or a place in the queue when all seats are taken."""
    # When a meeting opens, hundreds come at once: as dependencies, these three would cost as much as the decision.
    door, at, attempt = Tools(request), await now(request), await request_attempt(request, key)
    actor = anonymous(body.invitation)
    person = body.person.recorded(new_id(), body.organisation, field="/person")
    command = RegisterParticipant(
        actor=actor,
        at=at,
        registration_id=new_id(),
        person_id=person.person_id,
        organisation=body.organisation,
        rank=body.person.rank,
        link_sha256=digest(body.invitation) if body.invitation else None,
        code=new_code(),
    )

    arrival = Arrival(meeting_id=meeting_id, person=person, command=command)
    return await door.reception.ask(Asked(arrival=arrival, attempt=attempt, actor=actor), key=meeting_id)


@router.post(
    "/declines",
    status_code=201,
    response_model=AnswerRecorded,
    responses=refusals(NotFound, AlreadyDeclined, WrongPhase, *LINK, *PERSON),
)
async def decline_invitation(meeting_id: UUID, body: DeclineInput, door: Door, at: Now, attempt: Attempt) -> Response:
    """Say that one will not come, and why."""
    actor = anonymous(body.invitation)
    person = body.person.recorded(new_id(), body.organisation, field="/person")
    command = DeclineInvitation(
        actor=actor,
        at=at,
        registration_id=new_id(),
        person_id=person.person_id,
        organisation=body.organisation,
        rank=body.person.rank,
        link_sha256=digest(body.invitation),
        code=new_code(),
        reason=body.reason,
    )

    async def act(connection: Connection) -> Reply:
        await record_person(connection, person, command)
        await execute(connection, MEETINGS, meeting_id, command)
        return Reply(status=201, body=AnswerRecorded(registration_id=command.registration_id, state="declined"))

    return await once(attempt, act, database=door.database, actor=actor)


@router.post(
    "/registrations/{registration_id}/representative",
    status_code=201,
    response_model=RegistrationCreated,
    responses=refusals(
        NotFound,
        NotPermitted,
        NotSeated,
        AlreadyRegistered,
        RankBelowFloor,
        RepresentativeOfRepresentative,
        WrongPhase,
        *PERSON,
    ),
)
async def represent_participant(
    meeting_id: UUID, registration_id: UUID, body: RepresentativeInput, door: Door, at: Now, attempt: Attempt
) -> Response:
    """Send somebody else in one's place; he has a registration of his own."""
    actor = anonymous(body.code)
    representative = new_id()
    command = RepresentParticipant(
        actor=actor,
        at=at,
        registration_id=registration_id,
        code=body.code,
        representative_id=new_id(),
        representative=representative,
        rank=body.representative.rank,
        new_code=new_code(),
        reason=body.reason,
    )

    async def act(connection: Connection) -> Reply:
        organisation = await views.organisation_of(connection, meeting_id, registration_id)
        person = body.representative.recorded(representative, organisation, field="/representative")
        await record_person(connection, person, command)
        await execute(connection, MEETINGS, meeting_id, command)
        created = RegistrationCreated(
            registration_id=command.representative_id, state="confirmed", code=command.new_code
        )
        return Reply(status=201, body=created)

    return await once(attempt, act, database=door.database, actor=actor)


@router.post(
    "/registrations/{registration_id}/withdraw",
    response_model=AnswerRecorded,
    responses=refusals(NotFound, NotPermitted, NotSeated, WrongPhase),
)
async def withdraw_participant(
    meeting_id: UUID, registration_id: UUID, body: WithdrawalInput, door: Door, at: Now, attempt: Attempt
) -> Response:
    """Give up one's seat; the head of the queue moves up."""
    actor = anonymous(body.code)
    command = WithdrawParticipant(
        actor=actor, at=at, registration_id=registration_id, code=body.code, reason=body.reason
    )

    async def act(connection: Connection) -> Reply:
        await execute(connection, MEETINGS, meeting_id, command)
        return Reply(body=AnswerRecorded(registration_id=registration_id, state="withdrawn"))

    return await once(attempt, act, database=door.database, actor=actor)


@router.get("/registrations", responses=refusals(NotFound, NotPermitted))
async def list_registrations(
    meeting_id: UUID,
    door: Door,
    actor: Authenticated,
    organisation: Annotated[OrganisationCode | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[RegistrationView]:
    """All answers, for the staff of the organiser's body; a focal point sees those of his own."""
    require(actor, *STAFF, Role.FOCAL_POINT)
    after = decode_cursor(cursor, UUID) if cursor else None
    async with door.database.reading() as connection:
        meeting = await views.visible_meeting(connection, meeting_id, body=actor.organisation)
        if within(actor, meeting["organiser"]).roles.isdisjoint(STAFF):
            organisation = _own_body(actor)
        rows = await views.registrations(
            connection, meeting_id, organisation=organisation, after=after, limit=limit + 1
        )
    items = [RegistrationView(**dict(row)) for row in rows[:limit]]
    return Page(items=items, next=encode_cursor(items[-1].registration_id) if len(rows) > limit else None)


def _own_body(actor: Actor) -> str:
    """Whose people a focal point manages; raises `NotPermitted` for anybody else."""
    require(actor if actor.organisation else replace(actor, roles=frozenset()), Role.FOCAL_POINT)
    return actor.organisation or ""
