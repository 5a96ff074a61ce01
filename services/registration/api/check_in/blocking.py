"""Blocking: the organiser says that somebody is not to be let in, and takes it back; both with a reason."""

from collections.abc import Callable
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from services.registration.api.meetings.lifecycle import Reason
from services.registration.domain.desk.commands import BlockParticipant, UnblockParticipant
from services.registration.domain.refusals import WrongPhase
from services.registration.store import MEETINGS
from shared.carry_out import CarryOut
from shared.http import Authenticated, IfMatch, Now, Reply, expected_version, refusals
from shared.kernel import NotFound, NotPermitted, StaleVersion

router = APIRouter(prefix="/v1/meetings/{meeting_id}/registrations/{registration_id}", tags=["desks"])
_REFUSALS = refusals(NotFound, NotPermitted, WrongPhase, StaleVersion)


class BlockState(BaseModel):
    """Whether somebody is let in."""

    registration_id: UUID
    blocked: bool = Field(description="no desk lets him in, by ticket, code or name")


@router.post("/block", response_model=BlockState, responses=_REFUSALS)
async def block_participant(
    meeting_id: UUID,
    registration_id: UUID,
    body: Reason,
    actor: Authenticated,
    at: Now,
    carry_out: CarryOut,
    if_match: IfMatch = None,
) -> Response:
    """Let somebody in no more, whatever his ticket says; he keeps his seat, and whoever is inside may leave.

    Desks without a network know it when they fetch their lists. The reason is for the staff: nobody is told by message.
    """
    version = expected_version(if_match)
    command = BlockParticipant(
        actor=actor, at=at, expected_version=version, registration_id=registration_id, reason=body.reason
    )
    return await carry_out(MEETINGS, meeting_id, command, _reply(command))


@router.post("/unblock", response_model=BlockState, responses=_REFUSALS)
async def unblock_participant(
    meeting_id: UUID,
    registration_id: UUID,
    body: Reason,
    actor: Authenticated,
    at: Now,
    carry_out: CarryOut,
    if_match: IfMatch = None,
) -> Response:
    """Let somebody in again who was blocked."""
    version = expected_version(if_match)
    command = UnblockParticipant(
        actor=actor, at=at, expected_version=version, registration_id=registration_id, reason=body.reason
    )
    return await carry_out(MEETINGS, meeting_id, command, _reply(command))


def _reply(command: BlockParticipant | UnblockParticipant) -> Callable[[object], Reply]:
    state = BlockState(registration_id=command.registration_id, blocked=isinstance(command, BlockParticipant))
    return lambda _: Reply(body=state)
