"""A series: a meeting that takes place again and again, each time a meeting of its own."""

from typing import Annotated, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from services.registration import views
from services.registration.api.dependencies import InjectedDependencies, within
from services.registration.api.inputs import BooleanInput, DayInput
from services.registration.api.meetings.copies import FORMER, PAPERS, PEOPLE, LeftOut
from services.registration.api.meetings.meetings import DRAFT_REFUSALS
from services.registration.domain.series.recurrence import LONGEST_RULE, MOST, recurrences
from services.registration.domain.series.refusals import RecurrenceInvalid, SeriesEmpty
from services.registration.flows.copies import Copy, copy_meeting
from shared.contracts.base import Instant
from shared.contracts.ids import new_id
from shared.database import Connection
from shared.http import Attempt, Authenticated, Input, Now, Reply, once, refusals, require
from shared.kernel import InvalidValue, NotFound, Role

router = APIRouter(prefix="/v1/meetings/{meeting_id}/series", tags=["meetings"])
_RULE: Final = (
    "when it takes place again, as in calendars (RRULE, RFC 5545): FREQ (DAILY, WEEKLY, MONTHLY or YEARLY), INTERVAL, "
    "COUNT, UNTIL, BYDAY, BYMONTHDAY, BYMONTH, BYSETPOS. COUNT counts this meeting, too, where the rule has its day"
)


class SeriesInput(Input):
    """When the meeting takes place again; the time of day and the duration stay the same."""

    rule: str = Field(
        min_length=1, max_length=LONGEST_RULE, description=_RULE, examples=["FREQ=MONTHLY;BYDAY=1MO;COUNT=6"]
    )
    leaving: Annotated[tuple[DayInput, ...], Field(max_length=MOST)] = Field(
        default=(), description="days of the rule on which it does not take place: a holiday", examples=[["2022-12-02"]]
    )
    documents: BooleanInput = Field(default=False, description="each draft has the documents of this meeting, too")


class SeriesMeeting(BaseModel):
    """One draft of the series."""

    meeting_id: UUID
    starts_at: Instant
    ends_at: Instant


class SeriesDrafted(BaseModel):
    """The drafts, in order; `series_id` is this meeting's, and each of them names it."""

    series_id: UUID
    meetings: list[SeriesMeeting]
    left_out: list[LeftOut]


@router.post(
    "",
    status_code=201,
    response_model=SeriesDrafted,
    responses=refusals(NotFound, InvalidValue, RecurrenceInvalid, SeriesEmpty, *DRAFT_REFUSALS),
)
async def draft_series(
    meeting_id: UUID,
    body: SeriesInput,
    dependencies: InjectedDependencies,
    actor: Authenticated,
    at: Now,
    attempt: Attempt,
) -> Response:
    """Draft the further meetings of a series, at most 51 within two years: all of them or none.

    Each is a copy of this meeting (`…/copies`) that continues the one before it, and is changed, moved, opened or
    discarded for itself: whatever happens to one of them, the others stay as they are. Nobody is told yet.
    """

    async def act(connection: Connection) -> Reply:
        source = await views.visible_meeting(connection, meeting_id, bodies=actor.bodies)
        require(within(actor, source["organiser"]), Role.ORGANISER)
        zone = ZoneInfo(source["details"]["zone"])
        starts = recurrences(body.rule, first=source["starts_at"], zone=zone, leaving=body.leaving)
        previous, drafted = meeting_id, []
        for starts_at in starts:
            dependencies.limits.drafts.take(actor.subject)
            schedule = (starts_at, starts_at + (source["ends_at"] - source["starts_at"]))
            copy = Copy(
                meeting_id=new_id(),
                schedule=schedule,
                actor=actor,
                at=at,
                documents=body.documents,
                previous=previous,
                series=meeting_id,
            )
            await copy_meeting(connection, source, copy)
            drafted.append(SeriesMeeting(meeting_id=copy.meeting_id, starts_at=schedule[0], ends_at=schedule[1]))
            previous = copy.meeting_id
        left_out = [PEOPLE, FORMER if body.documents else PAPERS]
        return Reply(status=201, body=SeriesDrafted(series_id=meeting_id, meetings=drafted, left_out=left_out))

    return await once(attempt, act, database=dependencies.database, actor=actor)
