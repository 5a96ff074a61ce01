"""The figures of a meeting, counted from the rows at the moment of the question."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.registration import views
from services.registration.api.dependencies import InjectedDependencies
from services.registration.domain.state import RegistrationState
from shared.http import Authenticated, refusals
from shared.kernel import NotFound

router = APIRouter(prefix="/v1/meetings/{meeting_id}/statistics", tags=["meetings"])


class Statistics(BaseModel):
    """Separate facts, never one figure: who was invited, has answered, came, was turned away."""

    meeting_id: UUID
    organisations_invited: int
    invited: int = Field(description="seats offered to invited bodies")
    answered: int = Field(description="people who have answered in any way; a representative answers for nobody")
    confirmed: int
    waitlisted: int
    declined: int
    represented: int
    withdrawn: int
    promoted: int
    checked_in: int = Field(description="tickets and list entries that were admitted at the desk")
    present: int = Field(description="people in the room: checked in, and the chair of a session that was opened")
    women: int = Field(description="of those present")
    inside: int = Field(description="people who came in and have not gone out since, by the scans of the desks")
    check_ins_refused: dict[str, int] = Field(description="by reason")
    would_have_been_refused: dict[str, int] = Field(
        description="by reason: of those checked in, whom desks without a network let in against what is known now"
    )
    messages: dict[str, int] = Field(description="by channel and status")


@router.get("", responses=refusals(NotFound))
async def meeting_statistics(meeting_id: UUID, dependencies: InjectedDependencies, actor: Authenticated) -> Statistics:
    """Figures for any signed-in person: they name nobody."""
    async with dependencies.database.reading() as connection:
        await views.visible_meeting(connection, meeting_id, body=actor.organisation)
        states = await views.counts_by_state(connection, meeting_id)
        scans = await views.counts_of_check_ins(connection, meeting_id)
        history = await views.counts_of_history(connection, meeting_id)
        exceptions = await views.counts_of_exceptions(connection, meeting_id)
        attended = await views.attendance(connection, meeting_id)
        inside = await views.count_inside(connection, meeting_id)
        seats = await views.seats_invited(connection, meeting_id)
        messages = await views.counts_of_messages(connection, meeting_id)
    return Statistics(
        meeting_id=meeting_id,
        organisations_invited=seats["organisations"],
        invited=seats["seats"],
        answered=history["answered"],
        promoted=history["promoted"],
        checked_in=scans.pop("checked-in", 0),
        present=attended["present"],
        women=attended["women"],
        inside=inside,
        check_ins_refused=scans,
        would_have_been_refused=exceptions,
        messages=messages,
        **{state.value: states.get(state, 0) for state in RegistrationState},
    )
