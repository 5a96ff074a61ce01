"""Meetings: drafted, announced, moved, cancelled, started, ended, closed; and their figures."""

from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, computed_field
from starlette.responses import Response

from services.registration import views
from services.registration.api.models import Door, Input, PersonInput, Tools, record_person
from services.registration.domain.commands import (
    CancelMeeting,
    CloseMeeting,
    DraftMeeting,
    EndMeeting,
    Lifecycle,
    OpenMeeting,
    RescheduleMeeting,
    StartMeeting,
)
from services.registration.domain.refusals import AlreadyExists, InvalidSchedule, WrongPhase
from services.registration.domain.state import Meeting
from services.registration.store import MEETINGS
from shared.application import execute
from shared.contracts.base import Bilingual, Instant, LongText, OrganisationCode, ShortText
from shared.contracts.ids import new_id
from shared.contracts.registration import AgendaItem, Policy, WaitingList
from shared.database import Connection
from shared.http import (
    Attempt,
    Authenticated,
    Cursor,
    IfMatch,
    Limit,
    Now,
    Page,
    Reply,
    decode_cursor,
    encode_cursor,
    etag,
    expected_version,
    once,
    refusals,
)
from shared.kernel import Actor, NotFound, NotPermitted, StaleVersion

router = APIRouter(prefix="/v1/meetings", tags=["meetings"])
LEADING = refusals(NotFound, NotPermitted, WrongPhase, StaleVersion)


class MeetingInput(Input):
    """A meeting to be drafted; the chair is a person with a name and a title."""

    title: Bilingual
    purpose: LongText | None = None
    outcome: LongText | None = None
    venue: Bilingual
    starts_at: Instant
    ends_at: Instant
    organiser: OrganisationCode
    organiser_unit: Bilingual | None = None
    co_hosts: tuple[OrganisationCode, ...] = Field(default=(), max_length=20)
    chair: PersonInput
    capacity: int = Field(ge=1, le=100_000)
    policy: Policy = "open"
    waiting_list: WaitingList = "automatic"
    rank_floor: int | None = Field(default=None, ge=1, le=1_000)
    tacit_consent: bool = False
    agenda: tuple[AgendaItem, ...] = Field(default=(), max_length=200)


class MeetingView(BaseModel):
    """A meeting as it stands."""

    meeting_id: UUID
    phase: str
    version: int
    title: Bilingual
    venue: Bilingual
    starts_at: Instant
    ends_at: Instant
    organiser: str
    capacity: int
    confirmed: int
    waitlisted: int
    policy: str


class MeetingState(BaseModel):
    """What a command has led to."""

    meeting_id: UUID
    phase: str
    version: int


class Schedule(Input):
    """A new time and place."""

    starts_at: Instant
    ends_at: Instant
    venue: Bilingual


class Reason(Input):
    """Why."""

    reason: ShortText


class Moment(Input):
    """When it really was; now where it is left out."""

    at: Instant | None = None


class Statistics(BaseModel):
    """Separate facts, never one figure: who was invited, has answered, came, was turned away."""

    meeting_id: UUID
    organisations_invited: int
    invited: int = Field(description="seats offered to invited bodies")
    confirmed: int
    waitlisted: int
    declined: int
    represented: int
    withdrawn: int
    promoted: int
    checked_in: int
    women_checked_in: int
    check_ins_refused: dict[str, int]
    messages: dict[str, int] = Field(description="by channel and status")

    @computed_field  # type: ignore[prop-decorator] -- pydantic's own idiom
    @property
    def answered(self) -> int:
        """People who have answered in any way; a representative answers for nobody."""
        return self.confirmed + self.waitlisted + self.declined + self.withdrawn


@router.post(
    "", status_code=201, response_model=MeetingState, responses=refusals(NotPermitted, AlreadyExists, InvalidSchedule)
)
async def draft_meeting(body: MeetingInput, door: Door, actor: Authenticated, at: Now, attempt: Attempt) -> Response:
    """Draft a meeting; nobody is told until it is opened."""
    meeting_id, chair = new_id(), new_id()
    command = DraftMeeting(
        actor=actor,
        at=at,
        meeting_id=meeting_id,
        chair=chair,
        **{name: getattr(body, name) for name in MeetingInput.model_fields if name != "chair"},
    )

    async def act(connection: Connection) -> Reply:
        await record_person(connection, body.chair.recorded(chair, body.organiser, field="/chair"), command)
        outcome = await execute(connection, MEETINGS, meeting_id, command)
        return _reply(outcome.state, status=201)

    return await once(attempt, act, database=door.database, actor=actor)


@router.get("")
async def list_meetings(
    door: Door,
    actor: Authenticated,  # noqa: ARG001 -- any signed-in person
    q: Annotated[str | None, Query(max_length=200, description="part of a title, in any spelling")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[MeetingView]:
    """Meetings, the newest first."""
    after = decode_cursor(cursor, UUID) if cursor else None
    async with door.database.reading() as connection:
        rows = await views.meetings(connection, text=q, after=after, limit=limit)
    following = encode_cursor(rows[-1]["meeting_id"]) if len(rows) == limit else None
    return Page(items=[_view(row) for row in rows], next=following)


@router.get("/{meeting_id}", responses=refusals(NotFound))
async def read_meeting(meeting_id: UUID, door: Door, actor: Authenticated, response: Response) -> MeetingView:  # noqa: ARG001 -- any signed-in person
    """One meeting, with its ETag."""
    async with door.database.reading() as connection:
        row = await views.meeting(connection, meeting_id)
    response.headers["ETag"] = etag(row["version"])
    return _view(row)


@router.post("/{meeting_id}/open", response_model=MeetingState, responses=LEADING)
async def open_meeting(
    meeting_id: UUID, door: Door, actor: Authenticated, at: Now, attempt: Attempt, if_match: IfMatch = None
) -> Response:
    """Announce the meeting: invitations and answers may go out."""
    command = OpenMeeting(actor=actor, at=at, expected_version=expected_version(if_match))
    return await _lead(door, meeting_id, command, actor=actor, attempt=attempt)


@router.post("/{meeting_id}/reschedule", response_model=MeetingState, responses=LEADING)
async def reschedule_meeting(
    meeting_id: UUID,
    body: Schedule,
    door: Door,
    actor: Authenticated,
    at: Now,
    attempt: Attempt,
    if_match: IfMatch = None,
) -> Response:
    """Change time or place; everybody who is coming is told."""
    version = expected_version(if_match)
    members = {name: getattr(body, name) for name in Schedule.model_fields}
    command = RescheduleMeeting(actor=actor, at=at, expected_version=version, **members)
    return await _lead(door, meeting_id, command, actor=actor, attempt=attempt)


@router.post("/{meeting_id}/cancel", response_model=MeetingState, responses=LEADING)
async def cancel_meeting(
    meeting_id: UUID,
    body: Reason,
    door: Door,
    actor: Authenticated,
    at: Now,
    attempt: Attempt,
    if_match: IfMatch = None,
) -> Response:
    """Call the meeting off; it keeps its date and its record."""
    command = CancelMeeting(actor=actor, at=at, reason=body.reason, expected_version=expected_version(if_match))
    return await _lead(door, meeting_id, command, actor=actor, attempt=attempt)


@router.post("/{meeting_id}/start", response_model=MeetingState, responses=LEADING)
async def start_meeting(
    meeting_id: UUID,
    body: Moment,
    door: Door,
    actor: Authenticated,
    at: Now,
    attempt: Attempt,
    if_match: IfMatch = None,
) -> Response:
    """The chair has opened the session."""
    command = StartMeeting(actor=actor, at=at, started_at=body.at or at, expected_version=expected_version(if_match))
    return await _lead(door, meeting_id, command, actor=actor, attempt=attempt)


@router.post("/{meeting_id}/end", response_model=MeetingState, responses=LEADING)
async def end_meeting(
    meeting_id: UUID,
    body: Moment,
    door: Door,
    actor: Authenticated,
    at: Now,
    attempt: Attempt,
    if_match: IfMatch = None,
) -> Response:
    """The session is over; the minutes are drafted from what happened."""
    command = EndMeeting(actor=actor, at=at, ended_at=body.at or at, expected_version=expected_version(if_match))
    return await _lead(door, meeting_id, command, actor=actor, attempt=attempt)


@router.post("/{meeting_id}/close", response_model=MeetingState, responses=LEADING)
async def close_meeting(
    meeting_id: UUID, door: Door, actor: Authenticated, at: Now, attempt: Attempt, if_match: IfMatch = None
) -> Response:
    """Nothing more will be corrected."""
    command = CloseMeeting(actor=actor, at=at, expected_version=expected_version(if_match))
    return await _lead(door, meeting_id, command, actor=actor, attempt=attempt)


@router.get("/{meeting_id}/statistics", responses=refusals(NotFound))
async def meeting_statistics(meeting_id: UUID, door: Door, actor: Authenticated) -> Statistics:  # noqa: ARG001 -- any signed-in person
    """Figures counted from the rows, at this moment."""
    async with door.database.reading() as connection:
        await views.meeting(connection, meeting_id)
        states = await views.counts_by_state(connection, meeting_id)
        scans = await views.counts_of_door(connection, meeting_id)
        history = await views.counts_of_history(connection, meeting_id)
        seats = await views.seats_invited(connection, meeting_id)
        messages = await views.counts_of_messages(connection, meeting_id)
    return Statistics(
        meeting_id=meeting_id,
        organisations_invited=seats["organisations"],
        invited=seats["seats"],
        promoted=history["promoted"],
        women_checked_in=history["women"],
        checked_in=scans.pop("checked-in", 0),
        check_ins_refused=scans,
        messages=messages,
        **{name: states.get(name, 0) for name in ("confirmed", "waitlisted", "declined", "represented", "withdrawn")},
    )


async def _lead(door: Tools, meeting_id: UUID, command: Lifecycle, *, actor: Actor, attempt: Attempt) -> Response:
    async def act(connection: Connection) -> Reply:
        outcome = await execute(connection, MEETINGS, meeting_id, command)
        return _reply(outcome.state)

    return await once(attempt, act, database=door.database, actor=actor)


def _reply(meeting: Meeting, *, status: int = 200) -> Reply:
    body = MeetingState(meeting_id=meeting.meeting_id, phase=meeting.phase, version=meeting.version)
    return Reply(status=status, body=body, headers={"ETag": etag(meeting.version)})


def _view(row: asyncpg.Record) -> MeetingView:
    names = (
        "meeting_id",
        "phase",
        "version",
        "starts_at",
        "ends_at",
        "organiser",
        "capacity",
        "confirmed",
        "waitlisted",
        "policy",
    )
    return MeetingView(title=row["details"]["title"], venue=row["venue"], **{name: row[name] for name in names})
