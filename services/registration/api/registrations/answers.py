"""Changing one's own answer: no after yes, and yes after no while seats remain; with the code of the registration."""

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.registration.api.dependencies import ACCOUNT, ClientAddress, InjectedDependencies, StaffIfAny, anonymous
from services.registration.api.inputs import CodeInput
from services.registration.api.registrations.registration_group import RegistrationCreated, created
from services.registration.api.registrations.registrations import AnswerRecorded
from services.registration.domain.commands import AcceptAfterAll, WithdrawParticipant
from services.registration.domain.refusals import (
    AlreadyDeclined,
    AlreadyRegistered,
    AnswerFinal,
    InvitationExhausted,
    InvitationExpired,
    InvitationNeeded,
    MeetingFull,
    NotSeated,
    RevokedInvitation,
    WrongPhase,
)
from services.registration.domain.registration_batch import RegistrationFact
from services.registration.domain.registration_states import RegistrationState
from services.registration.domain.state import Meeting
from services.registration.store import MEETINGS
from shared.application import Outcome
from shared.carry_out import CarryOut
from shared.contracts.registration import ParticipantWithdrawn
from shared.http import Input, Now, Reply, ShortTextInput, refusals
from shared.kernel import NotFound, NotPermitted

router = APIRouter(prefix="/v1/meetings/{meeting_id}/registrations/{registration_id}", tags=["registrations"])


class OwnDeclineInput(Input):
    """No after all, and why; `code` is that of one's own registration."""

    code: CodeInput
    reason: ShortTextInput


class OwnAcceptanceInput(Input):
    """Yes after all; `code` is that of one's own registration."""

    code: CodeInput


@router.post(
    "/decline",
    response_model=AnswerRecorded,
    responses=refusals(*ACCOUNT, NotFound, NotPermitted, NotSeated, InvitationNeeded, AlreadyDeclined, WrongPhase),
)
async def decline_after_all(
    meeting_id: UUID,
    registration_id: UUID,
    body: OwnDeclineInput,
    dependencies: InjectedDependencies,
    client: ClientAddress,
    staff: StaffIfAny,
    at: Now,
    carry_out: CarryOut,
) -> Response:
    """Answer an invitation with no after all: the seat is free again, the reason is kept. A representative withdraws.

    Who came without an invitation has nothing to decline: he withdraws.
    """
    command = WithdrawParticipant(
        actor=staff or anonymous(body.code),
        at=at,
        registration_id=registration_id,
        code=body.code,
        reason=body.reason,
        declines=True,
    )

    def reply(outcome: Outcome[Meeting]) -> Reply:
        declined = any(isinstance(fact, ParticipantWithdrawn) and fact.declines for fact in outcome.facts)
        state = RegistrationState.DECLINED if declined else RegistrationState.WITHDRAWN
        return Reply(body=AnswerRecorded(registration_id=registration_id, state=state))

    with dependencies.limits.code(registration_id, client=client):
        return await carry_out(MEETINGS, meeting_id, command, reply)


@router.post(
    "/accept",
    response_model=RegistrationCreated,
    responses=refusals(
        *ACCOUNT,
        NotFound,
        NotPermitted,
        AlreadyRegistered,
        AnswerFinal,
        MeetingFull,
        InvitationNeeded,
        InvitationExpired,
        InvitationExhausted,
        RevokedInvitation,
        WrongPhase,
    ),
)
async def accept_after_all(
    meeting_id: UUID,
    registration_id: UUID,
    body: OwnAcceptanceInput,
    dependencies: InjectedDependencies,
    client: ClientAddress,
    staff: StaffIfAny,
    at: Now,
    carry_out: CarryOut,
) -> Response:
    """Take part although one has declined or withdrawn, while seats remain; in the queue one stands at the end."""
    command = AcceptAfterAll(
        actor=staff or anonymous(body.code),
        at=at,
        registration_id=registration_id,
        code=body.code,
        allowed=dependencies.unproven_of_client,
    )

    def reply(outcome: Outcome[Meeting]) -> Reply:
        fact = outcome.facts[0]
        assert isinstance(fact, RegistrationFact)  # noqa: S101 -- the first fact of the command
        dependencies.limits.changes.note(registration_id)
        return Reply(body=created(fact))

    with dependencies.limits.code(registration_id, client=client):
        dependencies.limits.changes.check(registration_id)
        return await carry_out(MEETINGS, meeting_id, command, reply)
