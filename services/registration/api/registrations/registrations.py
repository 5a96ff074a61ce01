"""Answers: registering and declining, by link, without an account."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from services.registration.api.dependencies import (
    ClientAddress,
    Dependencies,
    InjectedDependencies,
    anonymous,
    digest,
)
from services.registration.api.form.answers_input import AnswersInput
from services.registration.api.person_input import PERSON_REFUSALS, PersonInput
from services.registration.api.registrations.registration_group import RegistrationCreated, WaitingRequest
from services.registration.api.tokens import LinkTokenInput, new_token
from services.registration.domain.commands import DeclineInvitation, RegisterParticipant
from services.registration.domain.form.refusals import AnswersInvalid
from services.registration.domain.refusals import (
    AlreadyDeclined,
    AlreadyRegistered,
    DeclinesExhausted,
    InvitationExhausted,
    InvitationExpired,
    InvitationNeeded,
    InvitationUnknown,
    MeetingFull,
    OrganisationFull,
    OrganisationMismatch,
    OrganisationUnknown,
    RankBelowFloor,
    RegistrationClosed,
    RevokedInvitation,
    WrongPhase,
)
from services.registration.domain.registration_batch import RegistrationRequest
from services.registration.domain.registration_states import RegistrationState
from services.registration.flows import new_code, record_person
from services.registration.store import MEETINGS
from shared.application import execute
from shared.contracts.base import OrganisationCode
from shared.contracts.ids import new_id
from shared.database import Connection
from shared.http import (
    Attempt,
    IdempotencyKeyHeader,
    Input,
    Now,
    Reply,
    ShortTextInput,
    now,
    once,
    refusals,
    request_attempt,
)
from shared.http.clients import client_of
from shared.http.dependencies import injected_dependencies
from shared.http.direct import DirectRoute
from shared.http.idempotency import REPLAYED
from shared.kernel import Command, NotFound

router = APIRouter(prefix="/v1/meetings/{meeting_id}", tags=["registrations"], route_class=DirectRoute)
LINK_REFUSALS = (
    *(InvitationNeeded, InvitationUnknown, InvitationExpired, RevokedInvitation),
    *(OrganisationMismatch, OrganisationUnknown),
)


class RegistrationInput(Input):
    """A person who wants to come; `invitation` is the token at the end of the link."""

    organisation: OrganisationCode
    person: PersonInput
    invitation: LinkTokenInput | None = None
    answers: AnswersInput | None = None


class DeclineInput(Input):
    """A person of an invited body who will not come, and why."""

    organisation: OrganisationCode
    person: PersonInput
    invitation: LinkTokenInput
    reason: ShortTextInput


class AnswerRecorded(BaseModel):
    """An answer that needs no seat."""

    registration_id: UUID
    state: str


class DeclineRecorded(AnswerRecorded):
    """An answer that was no; with the code it can be read and changed, and read by the token of its own link."""

    code: str
    own_token: str = Field(description="of the link to the own answer (`GET /v1/registration`)")


@router.post(
    "/registrations",
    status_code=201,
    response_model=RegistrationCreated,
    responses=refusals(
        NotFound,
        AlreadyRegistered,
        MeetingFull,
        OrganisationFull,
        InvitationExhausted,
        RegistrationClosed,
        RankBelowFloor,
        AnswersInvalid,
        WrongPhase,
        *LINK_REFUSALS,
        *PERSON_REFUSALS,
    ),
)
async def register_participant(
    meeting_id: UUID, body: RegistrationInput, request: Request, key: IdempotencyKeyHeader = None
) -> Response:
    """Take a seat, or a place in the queue when none is free; where the organiser approves people, ask for a seat.

    Nobody learns here who has registered before: with a number or address that has, the answer is that of anybody else,
    and its person is told, with his own link. `AlreadyRegistered` is told only by the link of his own organisation.

    Whoever registers without a link is `proven` when he has confirmed it (`POST /v1/registration/confirm`, by the link
    that is sent to him), or when staff of his organisation or the organiser vouch for him. The policy of the meeting
    (`unproven`) says what he has before: a seat, a seat until `held_until`, or none (`awaiting-proof`).
    """
    # When a meeting opens, hundreds come at once: as dependencies, these three would cost as much as the decision.
    dependencies: Dependencies = await injected_dependencies(request)
    at, attempt, client = await now(request), await request_attempt(request, key), client_of(request.scope)
    actor = anonymous(body.invitation)
    collecting = dependencies.collecting(Command(actor=actor, at=at), himself=True)
    person = body.person.recorded(new_id(), body.organisation, field="/person", collecting=collecting)
    link, token = digest(body.invitation) if body.invitation else None, new_token()
    dependencies.limits.answering(meeting_id, person, client=client, link=link)
    command = RegisterParticipant(
        actor=actor,
        at=at,
        registration_id=new_id(),
        person_id=person.person_id,
        organisation=body.organisation,
        rank=body.person.rank,
        link_sha256=link,
        code=new_code(),
        own_link=dependencies.own_link_of(token),
        answers=body.answers,
        stranger=None if link else dependencies.stranger(meeting_id, client),
        sealed_confirm_code=None if link else dependencies.new_confirm_code(),
    )
    asked, told = RegistrationRequest(meeting_id=meeting_id, person=person, command=command), token if link else None
    waiting = WaitingRequest(request=asked, attempt=attempt, actor=actor, own_token=told)
    with dependencies.limits.invitation(link, client=client):
        answer = await dependencies.registrations.ask(waiting, key=meeting_id)
    if REPLAYED not in answer.headers:
        dependencies.limits.answered(meeting_id, person, client=client)
    return answer


@router.post(
    "/declines",
    status_code=201,
    response_model=DeclineRecorded,
    responses=refusals(
        *(NotFound, AlreadyDeclined, AlreadyRegistered, DeclinesExhausted, WrongPhase),
        *LINK_REFUSALS,
        *PERSON_REFUSALS,
    ),
)
async def decline_invitation(
    meeting_id: UUID,
    body: DeclineInput,
    dependencies: InjectedDependencies,
    client: ClientAddress,
    at: Now,
    attempt: Attempt,
) -> Response:
    """Say that one will not come, and why."""
    actor = anonymous(body.invitation)
    collecting = dependencies.collecting(Command(actor=actor, at=at), himself=True)
    person = body.person.recorded(new_id(), body.organisation, field="/person", collecting=collecting)
    link, token = digest(body.invitation), new_token()
    dependencies.limits.answering(meeting_id, person, client=client, link=link)
    command = DeclineInvitation(
        actor=actor,
        at=at,
        registration_id=new_id(),
        person_id=person.person_id,
        organisation=body.organisation,
        link_sha256=link,
        reason=body.reason,
        code=new_code(),
        own_link=dependencies.own_link_of(token),
    )

    async def act(connection: Connection) -> Reply:
        await record_person(connection, person, command)
        await execute(connection, MEETINGS, meeting_id, command)
        dependencies.limits.answered(meeting_id, person, client=client)
        members = {"registration_id": command.registration_id, "code": command.code, "own_token": token}
        return Reply(status=201, body=DeclineRecorded(state=RegistrationState.DECLINED, **members))

    with dependencies.limits.invitation(link, client=client):
        return await once(attempt, act, database=dependencies.database, actor=actor)
