"""Answers: registering, declining, sending a representative, withdrawing; by link, without an account."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from services.registration import views
from services.registration.api.arrivals import Asked, RegistrationCreated
from services.registration.api.codes import new_code
from services.registration.api.models import (
    Code,
    Door,
    Input,
    PersonInput,
    Token,
    Tools,
    anonymous,
    digest,
    record_person,
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
    DeclinesExhausted,
    DestinationRefused,
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
from shared.contracts.base import OrganisationCode
from shared.contracts.ids import new_id
from shared.database import Connection
from shared.http import (
    Attempt,
    IdempotencyKeyHeader,
    Now,
    Reply,
    ShortTextInput,
    now,
    once,
    refusals,
    request_attempt,
)
from shared.http.idempotency import REPLAYED
from shared.kernel import NotFound, NotPermitted

router = APIRouter(prefix="/v1/meetings/{meeting_id}", tags=["registrations"])
LINK = (InvitationNeeded, InvitationUnknown, InvitationExpired, OrganisationMismatch, OrganisationUnknown)
PERSON = (ContactMissing, DestinationRefused, MobileInvalid)


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
    reason: ShortTextInput


class RepresentativeInput(Input):
    """Who comes instead; `code` is that of one's own registration."""

    representative: PersonInput
    code: Code
    reason: ShortTextInput | None = None


class WithdrawalInput(Input):
    """Giving up a seat or a place in the queue."""

    code: Code
    reason: ShortTextInput | None = None


class AnswerRecorded(BaseModel):
    """An answer that needs no seat."""

    registration_id: UUID
    state: str


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
    person = body.person.recorded(new_id(), body.organisation, field="/person", sms=door.sms)
    link = digest(body.invitation) if body.invitation else None
    door.limits.answering(meeting_id, person, link=link)
    command = RegisterParticipant(
        actor=actor,
        at=at,
        registration_id=new_id(),
        person_id=person.person_id,
        organisation=body.organisation,
        rank=body.person.rank,
        link_sha256=link,
        code=new_code(),
    )

    arrival = Arrival(meeting_id=meeting_id, person=person, command=command)
    answer = await door.reception.ask(Asked(arrival=arrival, attempt=attempt, actor=actor), key=meeting_id)
    if REPLAYED not in answer.headers:
        door.limits.answered(meeting_id, person)
    return answer


@router.post(
    "/declines",
    status_code=201,
    response_model=AnswerRecorded,
    responses=refusals(NotFound, AlreadyDeclined, DeclinesExhausted, WrongPhase, *LINK, *PERSON),
)
async def decline_invitation(meeting_id: UUID, body: DeclineInput, door: Door, at: Now, attempt: Attempt) -> Response:
    """Say that one will not come, and why."""
    actor = anonymous(body.invitation)
    person = body.person.recorded(new_id(), body.organisation, field="/person", sms=door.sms)
    link = digest(body.invitation)
    door.limits.answering(meeting_id, person, link=link)
    command = DeclineInvitation(
        actor=actor,
        at=at,
        registration_id=new_id(),
        person_id=person.person_id,
        organisation=body.organisation,
        rank=body.person.rank,
        link_sha256=link,
        code=new_code(),
        reason=body.reason,
    )

    async def act(connection: Connection) -> Reply:
        await record_person(connection, person, command)
        await execute(connection, MEETINGS, meeting_id, command)
        door.limits.answered(meeting_id, person)
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
        person = body.representative.recorded(representative, organisation, field="/representative", sms=door.sms)
        door.limits.answering(meeting_id, person, link=None)
        await record_person(connection, person, command)
        await execute(connection, MEETINGS, meeting_id, command)
        door.limits.answered(meeting_id, person)
        created = RegistrationCreated(
            registration_id=command.representative_id, state="confirmed", code=command.new_code
        )
        return Reply(status=201, body=created)

    with door.limits.code(registration_id, client=door.client):
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

    with door.limits.code(registration_id, client=door.client):
        return await once(attempt, act, database=door.database, actor=actor)
