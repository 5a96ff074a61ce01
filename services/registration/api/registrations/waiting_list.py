"""The waiting list in the hands of the organiser: he moves people up."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from services.registration.api.meetings.lifecycle import Reason
from services.registration.domain.admission_commands import (
    PromoteParticipant,
)
from services.registration.domain.refusals import MeetingFull, NoPromotion, NotWaiting, WrongPhase
from services.registration.domain.state import Meeting
from services.registration.store import MEETINGS
from shared.application import Outcome
from shared.carry_out import CarryOut
from shared.contracts.registration import ParticipantPromoted
from shared.http import Authenticated, IfMatch, Now, Reply, expected_version, refusals
from shared.kernel import NotFound, NotPermitted, StaleVersion

router = APIRouter(prefix="/v1/meetings/{meeting_id}/registrations/{registration_id}", tags=["registrations"])


class Promoted(BaseModel):
    """Who has a seat now."""

    promoted: list[UUID] = Field(description="the registrations: one, or those of a group that waited together")


@router.post(
    "/promote",
    response_model=Promoted,
    responses=refusals(NotFound, NotPermitted, NotWaiting, NoPromotion, MeetingFull, WrongPhase, StaleVersion),
)
async def promote_participant(
    meeting_id: UUID,
    registration_id: UUID,
    body: Reason,
    actor: Authenticated,
    at: Now,
    carry_out: CarryOut,
    if_match: IfMatch = None,
) -> Response:
    """Give a free seat to somebody who waits, also before others; the reason is kept and shown to him."""
    version = expected_version(if_match)
    command = PromoteParticipant(
        actor=actor, at=at, expected_version=version, registration_id=registration_id, reason=body.reason
    )
    return await carry_out(MEETINGS, meeting_id, command, _promoted)


def _promoted(outcome: Outcome[Meeting]) -> Reply:
    moved = [fact.registration_id for fact in outcome.facts if isinstance(fact, ParticipantPromoted)]
    return Reply(body=Promoted(promoted=moved))
