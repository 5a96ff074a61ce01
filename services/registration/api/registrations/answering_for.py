"""Who answers for a person who has registered without a link: he himself by his own link, his body, the organiser."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header
from pydantic import BaseModel, BeforeValidator, Field
from starlette.responses import Response

from services.registration import views
from services.registration.api.dependencies import (
    ClientAddress,
    Dependencies,
    InjectedDependencies,
    anonymous,
    digest,
)
from services.registration.api.inputs import text_of_header
from services.registration.api.tokens import LinkTokenInput
from services.registration.domain.commands import MeetingCommand
from services.registration.domain.proof.commands import ConfirmRegistration, VouchForParticipant
from services.registration.domain.refusals import (
    AlreadyRegistered,
    MeetingFull,
    NotSeated,
    OrganisationFull,
    WrongPhase,
)
from services.registration.domain.registration_states import RegistrationState
from services.registration.store import MEETINGS
from shared.application import execute
from shared.contracts.registration import ParticipantRegistered
from shared.database import Connection
from shared.http import Attempt, Authenticated, Now, Reply, once, refusals
from shared.http.idempotency import RequestAttempt
from shared.kernel import NotFound, NotPermitted

router = APIRouter(tags=["registrations"])
ANSWER_REFUSALS = (NotFound, AlreadyRegistered, NotSeated, MeetingFull, OrganisationFull, WrongPhase)
"""What answering for a person may be refused for."""


class ParticipantAnsweredFor(BaseModel):
    """A registration for which somebody has answered."""

    registration_id: UUID
    proven: bool = True
    state: RegistrationState
    position: int | None = Field(default=None, description="in the queue, from 1, where he has entered it by this")


@router.post("/v1/registration/confirm", response_model=ParticipantAnsweredFor, responses=refusals(*ANSWER_REFUSALS))
async def confirm_registration(
    dependencies: InjectedDependencies,
    client: ClientAddress,
    at: Now,
    attempt: Attempt,
    token: Annotated[
        LinkTokenInput,
        BeforeValidator(text_of_header),
        Header(alias="Registration-Token", description="at the end of the own link"),
    ],
) -> Response:
    """Confirm by the link that was sent to one's own number or address that one has registered; again, nothing changes.

    Who had no seat before (`awaiting-proof`) has one now, or the last place in the queue.
    """
    with dependencies.limits.link(client=client):
        async with dependencies.database.reading() as connection:
            row = await views.registration_of_link(connection, bytes.fromhex(digest(token)))
    command = ConfirmRegistration(actor=anonymous(token), at=at, registration_id=row["registration_id"])
    return await answer_for(dependencies, row["meeting_id"], command, attempt=attempt)


@router.post(
    "/v1/meetings/{meeting_id}/registrations/{registration_id}/vouch",
    response_model=ParticipantAnsweredFor,
    responses=refusals(*ANSWER_REFUSALS, NotPermitted),
)
async def vouch_for_participant(
    meeting_id: UUID,
    registration_id: UUID,
    dependencies: InjectedDependencies,
    actor: Authenticated,
    at: Now,
    attempt: Attempt,
) -> Response:
    """Answer for a person of one's own organisation, as its focal point; the organiser answers for anybody."""
    command = VouchForParticipant(actor=actor, at=at, registration_id=registration_id)
    return await answer_for(dependencies, meeting_id, command, attempt=attempt)


async def answer_for(
    dependencies: Dependencies,
    meeting_id: UUID,
    command: ConfirmRegistration | VouchForParticipant,
    *,
    attempt: RequestAttempt,
) -> Response:
    """Carry out the command; the answer is a `ParticipantAnsweredFor`."""

    async def act(connection: Connection) -> Reply:
        return Reply(body=await _answered_for(connection, meeting_id, command, command.registration_id))

    return await once(attempt, act, database=dependencies.database, actor=command.actor)


async def _answered_for(
    connection: Connection, meeting_id: UUID, command: MeetingCommand, registration_id: UUID
) -> ParticipantAnsweredFor:
    outcome = await execute(connection, MEETINGS, meeting_id, command)
    seated = next((fact for fact in outcome.facts if isinstance(fact, ParticipantRegistered)), None)
    if seated:
        state, position = RegistrationState(seated.state), seated.position
    else:
        held = outcome.state.seat
        state, position = held.state if held else RegistrationState.WITHDRAWN, None
    return ParticipantAnsweredFor(registration_id=registration_id, state=state, position=position)
