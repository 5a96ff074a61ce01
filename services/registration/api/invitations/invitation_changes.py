"""What becomes of an invitation: more time to answer, sent again, taken back."""

from collections.abc import Callable
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import Response

from services.registration.api.inputs import InstantInput
from services.registration.domain.invitation_commands import ExtendInvitation, ResendInvitation, RevokeInvitation
from services.registration.domain.refusals import ExpiryPassed, LinkNotKept, RevokedInvitation, WrongPhase
from services.registration.domain.state import Meeting
from services.registration.store import MEETINGS
from shared.application import Outcome
from shared.carry_out import CarryOut
from shared.http import (
    Authenticated,
    IfMatch,
    Input,
    Now,
    Reply,
    ShortTextInput,
    etag,
    expected_version,
    refusals,
)
from shared.kernel import NotFound, NotPermitted, StaleVersion

router = APIRouter(prefix="/v1/meetings/{meeting_id}/invitations/{invitation_id}", tags=["invitations"])
REFUSALS = (NotFound, NotPermitted, WrongPhase, StaleVersion, RevokedInvitation)


class Extension(Input):
    """Another time until which the body may answer, later or earlier, not in the past."""

    expires_at: InstantInput


class Revocation(Input):
    """Why; the contact of the body reads it."""

    reason: ShortTextInput


class InvitationState(BaseModel):
    """What a command has led to; `version` is the meeting's."""

    invitation_id: UUID
    version: int


@router.post("/extend", response_model=InvitationState, responses=refusals(*REFUSALS, ExpiryPassed))
async def extend_invitation(
    meeting_id: UUID,
    invitation_id: UUID,
    body: Extension,
    actor: Authenticated,
    at: Now,
    carry_out: CarryOut,
    if_match: IfMatch = None,
) -> Response:
    """Change until when a body may answer; its link stays the same, and its contact is told."""
    command = ExtendInvitation(
        actor=actor,
        at=at,
        expected_version=expected_version(if_match),
        invitation_id=invitation_id,
        expires_at=body.expires_at,
    )
    return await carry_out(MEETINGS, meeting_id, command, _reply(invitation_id))


@router.post("/resend", response_model=InvitationState, responses=refusals(*REFUSALS, ExpiryPassed, LinkNotKept))
async def resend_invitation(
    meeting_id: UUID,
    invitation_id: UUID,
    actor: Authenticated,
    at: Now,
    carry_out: CarryOut,
    if_match: IfMatch = None,
) -> Response:
    """Send the contact of a body the same link once more."""
    command = ResendInvitation(
        actor=actor, at=at, expected_version=expected_version(if_match), invitation_id=invitation_id
    )
    return await carry_out(MEETINGS, meeting_id, command, _reply(invitation_id))


@router.post("/revoke", response_model=InvitationState, responses=refusals(*REFUSALS))
async def revoke_invitation(
    meeting_id: UUID,
    invitation_id: UUID,
    body: Revocation,
    actor: Authenticated,
    at: Now,
    carry_out: CarryOut,
    if_match: IfMatch = None,
) -> Response:
    """Take an invitation back: its link opens nothing, seats that were taken stay, the body may be invited anew."""
    command = RevokeInvitation(
        actor=actor,
        at=at,
        expected_version=expected_version(if_match),
        invitation_id=invitation_id,
        reason=body.reason,
    )
    return await carry_out(MEETINGS, meeting_id, command, _reply(invitation_id))


def _reply(invitation_id: UUID) -> Callable[[Outcome[Meeting]], Reply]:
    def reply(outcome: Outcome[Meeting]) -> Reply:
        version = outcome.state.version
        body = InvitationState(invitation_id=invitation_id, version=version)
        return Reply(body=body, headers={"ETag": etag(version)})

    return reply
