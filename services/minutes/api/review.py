"""From the draft to the public: submitted by the secretary, returned or approved by the chair, published."""

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.minutes.api.models import MinutesState, state_reply
from services.minutes.domain.commands import ApproveMinutes, PublishMinutes, ReturnMinutes, SubmitMinutes
from services.minutes.domain.refusals import CharactersNotPrintable, SigningUnderWay, WrongPhase
from services.minutes.store import MINUTES
from shared.carry_out import CarryOut
from shared.http import (
    Authenticated,
    IfMatch,
    Input,
    Now,
    ShortTextInput,
    expected_version,
    refusals,
)
from shared.kernel import NotFound, NotPermitted, StaleVersion

router = APIRouter(prefix="/v1/minutes/{minutes_id}", tags=["review"])
STEP = refusals(NotFound, NotPermitted, WrongPhase, StaleVersion)

PRINTING = refusals(NotFound, NotPermitted, WrongPhase, StaleVersion, CharactersNotPrintable)
PUBLISHING = refusals(NotFound, NotPermitted, WrongPhase, StaleVersion, SigningUnderWay)


class Reason(Input):
    """Why."""

    reason: ShortTextInput


@router.post("/submit", response_model=MinutesState, responses=PRINTING)
async def submit_minutes(
    minutes_id: UUID,
    actor: Authenticated,
    at: Now,
    carry_out: CarryOut,
    if_match: IfMatch = None,
) -> Response:
    """Hand the minutes to the chair; nothing is written any more."""
    command = SubmitMinutes(actor=actor, at=at, expected_revision=expected_version(if_match))
    return await carry_out(MINUTES, minutes_id, command, state_reply)


@router.post("/return", response_model=MinutesState, responses=STEP)
async def return_minutes(
    minutes_id: UUID,
    body: Reason,
    actor: Authenticated,
    at: Now,
    carry_out: CarryOut,
    if_match: IfMatch = None,
) -> Response:
    """Send the minutes back for correction."""
    revision = expected_version(if_match)
    command = ReturnMinutes(actor=actor, at=at, reason=body.reason, expected_revision=revision)
    return await carry_out(MINUTES, minutes_id, command, state_reply)


@router.post("/approve", response_model=MinutesState, responses=PRINTING)
async def approve_minutes(
    minutes_id: UUID,
    actor: Authenticated,
    at: Now,
    carry_out: CarryOut,
    if_match: IfMatch = None,
) -> Response:
    """Approve the text; the number is allocated, document and signatures follow."""
    command = ApproveMinutes(actor=actor, at=at, expected_revision=expected_version(if_match))
    return await carry_out(MINUTES, minutes_id, command, state_reply)


@router.post("/publish", response_model=MinutesState, responses=PUBLISHING)
async def publish_minutes(
    minutes_id: UUID,
    actor: Authenticated,
    at: Now,
    carry_out: CarryOut,
    if_match: IfMatch = None,
) -> Response:
    """Give the signed minutes to everybody; the news item follows. 409 with Retry-After before that."""
    command = PublishMinutes(actor=actor, at=at, expected_revision=expected_version(if_match))
    return await carry_out(MINUTES, minutes_id, command, state_reply)
