"""The session item by item: items begin and end, and what the desks have scanned is corrected by hand."""

from collections.abc import Callable
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from services.registration.api.meetings.lifecycle import Moment
from services.registration.domain.agenda import identified
from services.registration.domain.desk.commands import (
    CorrectAttendance,
    FinishAgendaItem,
    StartAgendaItem,
    UndoAgendaItem,
)
from services.registration.domain.desk.refusals import (
    AnotherItemRunning,
    ItemNotRunning,
    MomentOutsideSession,
    NothingToUndo,
    PresentByItem,
)
from services.registration.domain.refusals import AgendaItemUnknown, MomentAhead, WrongPhase
from services.registration.domain.state import Meeting
from services.registration.store import MEETINGS
from shared.application import Outcome
from shared.carry_out import CarryOut
from shared.contracts.base import Bilingual, Instant
from shared.contracts.registration import AgendaItemStep, ItemPresence
from shared.http import Authenticated, Input, Now, Reply, ShortTextInput, refusals
from shared.kernel import NotFound, NotPermitted

router = APIRouter(prefix="/v1/meetings/{meeting_id}", tags=["attendance"])
_STEP_REFUSALS = (NotFound, NotPermitted, WrongPhase, AgendaItemUnknown, MomentAhead, MomentOutsideSession)


class ItemTimes(BaseModel):
    """When an item of the agenda was treated."""

    item_id: UUID
    number: str
    title: Bilingual
    started_at: Instant | None = Field(description="null: it has not begun")
    finished_at: Instant | None = Field(description="null: it is not finished; it lasts until the end of the session")


class UndoInput(Input):
    """What is taken back; one that was taken back already is refused, so that a repeated request does no harm."""

    step: AgendaItemStep = Field(description="what was recorded last of the item: its start, or its end")
    reason: ShortTextInput = Field(description="for the staff; it is printed nowhere")


class CorrectionInput(Input):
    """How somebody was there, whatever the desks have scanned."""

    registration_id: UUID
    item_id: UUID | None = Field(
        default=None, description="null: the whole meeting; then absent or excused, of somebody who did not come"
    )
    presence: ItemPresence
    reason: ShortTextInput = Field(description="for the staff; it is printed nowhere")


class CorrectionRecorded(BaseModel):
    """What is known of somebody from now on."""

    registration_id: UUID
    item_id: UUID | None
    presence: ItemPresence


@router.post("/agenda/{item_id}/start", response_model=ItemTimes, responses=refusals(*_STEP_REFUSALS))
async def start_agenda_item(
    meeting_id: UUID, item_id: UUID, body: Moment, actor: Authenticated, at: Now, carry_out: CarryOut
) -> Response:
    """An item begins, in any order; what was treated until then is finished, but for what it is a part of."""
    command = StartAgendaItem(actor=actor, at=at, item_id=item_id, started_at=body.at or at)
    return await carry_out(MEETINGS, meeting_id, command, _times_of(item_id))


@router.post("/agenda/{item_id}/finish", response_model=ItemTimes, responses=refusals(*_STEP_REFUSALS, ItemNotRunning))
async def finish_agenda_item(
    meeting_id: UUID, item_id: UUID, body: Moment, actor: Authenticated, at: Now, carry_out: CarryOut
) -> Response:
    """An item is done, with its parts; one that is never finished lasts until the end of the session."""
    command = FinishAgendaItem(actor=actor, at=at, item_id=item_id, finished_at=body.at or at)
    return await carry_out(MEETINGS, meeting_id, command, _times_of(item_id))


@router.post(
    "/agenda/{item_id}/undo",
    response_model=ItemTimes,
    responses=refusals(NotFound, NotPermitted, WrongPhase, AgendaItemUnknown, NothingToUndo, AnotherItemRunning),
)
async def undo_agenda_item(
    meeting_id: UUID, item_id: UUID, body: UndoInput, actor: Authenticated, at: Now, carry_out: CarryOut
) -> Response:
    """Take back the start or the end of an item that was recorded by mistake; items that it has ended stay ended."""
    command = UndoAgendaItem(actor=actor, at=at, item_id=item_id, **vars(body))
    return await carry_out(MEETINGS, meeting_id, command, _times_of(item_id))


@router.post(
    "/attendance/corrections",
    status_code=201,
    response_model=CorrectionRecorded,
    responses=refusals(NotFound, NotPermitted, WrongPhase, AgendaItemUnknown, PresentByItem),
)
async def correct_attendance(
    meeting_id: UUID, body: CorrectionInput, actor: Authenticated, at: Now, carry_out: CarryOut
) -> Response:
    """Say by hand who was there at an item, or that somebody who did not come is excused; the last one counts."""
    command = CorrectAttendance(actor=actor, at=at, **vars(body))
    recorded = CorrectionRecorded(**vars(body))
    return await carry_out(MEETINGS, meeting_id, command, lambda _: Reply(status=201, body=recorded))


def _times_of(item_id: UUID) -> Callable[[Outcome[Meeting]], Reply]:
    """The answer to a step: when the item was treated."""

    def reply(outcome: Outcome[Meeting]) -> Reply:
        meeting = outcome.state
        agenda = meeting.drafted.agenda if meeting.drafted else ()
        item = next(one for one in identified(meeting.meeting_id, agenda) if one.item_id == item_id)
        known = meeting.item_times.get(item_id)
        times = {name: getattr(known, name, None) for name in ("started_at", "finished_at")}
        return Reply(body=ItemTimes(item_id=item_id, number=item.number, title=item.title, **times))

    return reply
