"""The life of a meeting: opened, moved, cancelled, started, ended, closed.

Each command holds for any version, or with If-Match for the one the caller has seen.
"""

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.registration.api.inputs import BilingualInput, InstantInput
from services.registration.api.meetings.meetings import MeetingState, outcome_reply
from services.registration.domain.commands import (
    CancelMeeting,
    CloseMeeting,
    EndMeeting,
    OpenMeeting,
    RescheduleMeeting,
    StartMeeting,
)
from services.registration.domain.refusals import InvalidSchedule, MomentAhead, WrongPhase
from services.registration.store import MEETINGS
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

router = APIRouter(prefix="/v1/meetings/{meeting_id}", tags=["meetings"])
STEP_REFUSALS = refusals(NotFound, NotPermitted, WrongPhase, StaleVersion)
SCHEDULE_REFUSALS = refusals(NotFound, NotPermitted, WrongPhase, StaleVersion, InvalidSchedule)
START_REFUSALS = refusals(NotFound, NotPermitted, WrongPhase, StaleVersion, MomentAhead)
END_REFUSALS = refusals(NotFound, NotPermitted, WrongPhase, StaleVersion, InvalidSchedule, MomentAhead)


class Schedule(Input):
    """A new time and place."""

    starts_at: InstantInput
    ends_at: InstantInput
    venue: BilingualInput


class Reason(Input):
    """Why."""

    reason: ShortTextInput


class Moment(Input):
    """When it really was; now where it is left out. It may be five minutes ahead of our clock, not more."""

    at: InstantInput | None = None


@router.post("/open", response_model=MeetingState, responses=STEP_REFUSALS)
async def open_meeting(
    meeting_id: UUID,
    actor: Authenticated,
    at: Now,
    carry_out: CarryOut,
    if_match: IfMatch = None,
) -> Response:
    """Announce the meeting: invitations and answers may go out."""
    command = OpenMeeting(actor=actor, at=at, expected_version=expected_version(if_match))
    return await carry_out(MEETINGS, meeting_id, command, outcome_reply)


@router.post("/reschedule", response_model=MeetingState, responses=SCHEDULE_REFUSALS)
async def reschedule_meeting(
    meeting_id: UUID,
    body: Schedule,
    actor: Authenticated,
    at: Now,
    carry_out: CarryOut,
    if_match: IfMatch = None,
) -> Response:
    """Change time or place; everybody who is coming is told."""
    version = expected_version(if_match)
    members = {name: getattr(body, name) for name in Schedule.model_fields}
    command = RescheduleMeeting(actor=actor, at=at, expected_version=version, **members)
    return await carry_out(MEETINGS, meeting_id, command, outcome_reply)


@router.post("/cancel", response_model=MeetingState, responses=STEP_REFUSALS)
async def cancel_meeting(
    meeting_id: UUID,
    body: Reason,
    actor: Authenticated,
    at: Now,
    carry_out: CarryOut,
    if_match: IfMatch = None,
) -> Response:
    """Call the meeting off; it keeps its date and its record."""
    command = CancelMeeting(actor=actor, at=at, reason=body.reason, expected_version=expected_version(if_match))
    return await carry_out(MEETINGS, meeting_id, command, outcome_reply)


@router.post("/start", response_model=MeetingState, responses=START_REFUSALS)
async def start_meeting(
    meeting_id: UUID,
    body: Moment,
    actor: Authenticated,
    at: Now,
    carry_out: CarryOut,
    if_match: IfMatch = None,
) -> Response:
    """The chair has opened the session."""
    command = StartMeeting(actor=actor, at=at, started_at=body.at or at, expected_version=expected_version(if_match))
    return await carry_out(MEETINGS, meeting_id, command, outcome_reply)


@router.post("/end", response_model=MeetingState, responses=END_REFUSALS)
async def end_meeting(
    meeting_id: UUID,
    body: Moment,
    actor: Authenticated,
    at: Now,
    carry_out: CarryOut,
    if_match: IfMatch = None,
) -> Response:
    """The session is over; the minutes are drafted from what happened."""
    command = EndMeeting(actor=actor, at=at, ended_at=body.at or at, expected_version=expected_version(if_match))
    return await carry_out(MEETINGS, meeting_id, command, outcome_reply)


@router.post("/close", response_model=MeetingState, responses=STEP_REFUSALS)
async def close_meeting(
    meeting_id: UUID,
    actor: Authenticated,
    at: Now,
    carry_out: CarryOut,
    if_match: IfMatch = None,
) -> Response:
    """Nothing more will be corrected."""
    command = CloseMeeting(actor=actor, at=at, expected_version=expected_version(if_match))
    return await carry_out(MEETINGS, meeting_id, command, outcome_reply)
