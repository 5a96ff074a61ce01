"""The figures of a meeting: as they are at the moment of the question, and as a stream of what changes."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Header
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from services.registration import views
from services.registration.api.dependencies import STAFF, InjectedDependencies, within
from services.registration.api.statistics.figures import Statistics, read_statistics
from services.registration.api.statistics.statistics_boards import Watch
from shared.http import Authenticated, refusals
from shared.http.streaming import EVENT_STREAM, endless, leaving
from shared.kernel import Actor, NotFound

router = APIRouter(prefix="/v1/meetings/{meeting_id}/statistics", tags=["meetings"])
_EVENT: Final = 'id: "3f9a1c2b7d4e5f60718293a4"\ndata: {"confirmed":42,"women":17}\n\n'
ASK_AGAIN: Final = "private, no-cache"  # may be kept, but is compared by its ETag before it is used again


@router.get("", responses=refusals(NotFound))
async def meeting_statistics(
    meeting_id: UUID, dependencies: InjectedDependencies, actor: Authenticated, response: Response
) -> Statistics:
    """Figures for any signed-in person, with their ETag: they name nobody."""
    async with dependencies.database.reading() as connection:
        meeting = await views.visible_meeting(connection, meeting_id, bodies=actor.bodies)
        figures = await read_statistics(connection, meeting_id)
    shown = figures if _sees_breakdown(actor, meeting["organiser"]) else figures.without_breakdown()
    response.headers.update({"ETag": shown.tag(), "Cache-Control": ASK_AGAIN})
    return shown


def _sees_breakdown(actor: Actor, organiser: str) -> bool:
    """Whether somebody organises the meeting, and may see who is coming anyway."""
    return not within(actor, organiser).roles.isdisjoint(STAFF)


@router.get(
    "/stream",
    response_class=StreamingResponse,
    responses={
        **refusals(NotFound),
        200: {"content": {EVENT_STREAM: {"schema": {"type": "string"}, "example": _EVENT}}},
    },
)
async def follow_statistics(
    meeting_id: UUID,
    request: Request,
    dependencies: InjectedDependencies,
    actor: Authenticated,
    last_event_id: Annotated[str | None, Header(max_length=100, description="the last `id` that was read")] = None,
) -> StreamingResponse:
    """The figures now and after each change, as server-sent events; for any signed-in person.

    `id` is the ETag of the figures. A stream ends after ten minutes and when the process stops: connect again.
    """
    async with dependencies.database.reading() as connection:
        meeting = await views.visible_meeting(connection, meeting_id, bodies=actor.bodies)
        first = await read_statistics(connection, meeting_id)
    watch = Watch(
        subject=actor.subject,
        whole=_sees_breakdown(actor, meeting["organiser"]),
        known=last_event_id,
        left=leaving(request),
    )
    return await endless(dependencies.streams.events(meeting_id, first, watch))
