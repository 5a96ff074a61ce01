"""The agenda of a meeting, item by item: read as a tree, added to, changed, moved, removed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from services.registration import views
from services.registration.api.dependencies import InjectedDependencies
from services.registration.api.inputs import BilingualInput, IntegerInput
from services.registration.api.meetings.meetings import MeetingState, outcome_reply
from services.registration.domain.agenda import MOST_ITEMS, identified, number_key
from services.registration.domain.agenda_commands import (
    AddAgendaItem,
    AgendaCommand,
    ChangeAgendaItem,
    RemoveAgendaItem,
)
from services.registration.domain.refusals import AgendaItemUnknown, AgendaTooDeep, OrganisationUnknown, WrongPhase
from services.registration.domain.state import Meeting
from services.registration.store import MEETINGS
from shared.application import Outcome
from shared.carry_out import CarryOut
from shared.contracts.base import Bilingual, OrganisationCode
from shared.contracts.ids import new_id
from shared.contracts.registration import AgendaItem
from shared.http import (
    Authenticated,
    IfMatch,
    Input,
    Now,
    Reply,
    etag,
    expected_version,
    refusals,
)
from shared.kernel import LimitReached, NotFound, NotPermitted, StaleVersion

router = APIRouter(prefix="/v1/meetings/{meeting_id}/agenda", tags=["agenda"])
_TITLE: Final[dict[str, Any]] = {
    "examples": [{"lo": "ນຳສະເໜີ ຮ່າງຍຸດທະສາດລັດຖະບານດິຈິຕອນ", "en": "Presentation of the draft strategy"}]
}
_REFUSALS = (NotFound, NotPermitted, WrongPhase, StaleVersion, AgendaItemUnknown, OrganisationUnknown, AgendaTooDeep)


def _left_out() -> Any:
    """The value of a member that is not given: it is never read (`model_fields_set`), and null is not allowed."""
    return None


class AgendaItemInput(Input):
    """One more item of the agenda."""

    title: BilingualInput = Field(json_schema_extra=_TITLE)
    minutes: IntegerInput | None = Field(default=None, ge=1, le=1_440, description="how long it takes")
    presenter: OrganisationCode | None = Field(default=None, description="the body whose people present it")
    parent: UUID | None = Field(default=None, description="the item of which it is a part; a main item without one")
    position: IntegerInput | None = Field(
        default=None, ge=1, le=MOST_ITEMS, description="its place among them, from 1; the last without one"
    )


class AgendaItemChange(Input):
    """Members that are left out stay as they are; null empties one that may be empty (RFC 7396)."""

    title: BilingualInput = Field(default_factory=_left_out, json_schema_extra=_TITLE)
    minutes: IntegerInput | None = Field(default=None, ge=1, le=1_440)
    presenter: OrganisationCode | None = None
    parent: UUID | None = Field(default=None, description="moves it to the end of these parts; null: a main item")
    position: IntegerInput = Field(default_factory=_left_out, ge=1, le=MOST_ITEMS)


class AgendaItemState(MeetingState):
    """What a command has led to, and for which item."""

    item_id: UUID


class AgendaView(BaseModel):
    """The agenda in order; an item is a part of the one whose number its own begins with."""

    items: tuple[AgendaItem, ...]
    minutes: int = Field(description="of all main items that say how long they take")
    title: Bilingual = Field(description="of the meeting")


@router.get("", responses=refusals(NotFound))
async def read_agenda(
    meeting_id: UUID, dependencies: InjectedDependencies, actor: Authenticated, response: Response
) -> AgendaView:
    """The agenda, with the ETag of the meeting; for any signed-in person, a draft for the organiser's own body."""
    async with dependencies.database.reading() as connection:
        row = await views.visible_meeting(connection, meeting_id, bodies=actor.bodies)
    response.headers["ETag"] = etag(row["version"])
    items = sorted(identified(meeting_id, map(AgendaItem.model_validate, row["details"]["agenda"])), key=number_key)
    minutes = sum(item.minutes or 0 for item in items if "." not in item.number)
    return AgendaView(items=tuple(items), minutes=minutes, title=row["details"]["title"])


@router.post("", status_code=201, response_model=AgendaItemState, responses=refusals(*_REFUSALS, LimitReached))
async def add_agenda_item(
    meeting_id: UUID,
    body: AgendaItemInput,
    actor: Authenticated,
    at: Now,
    carry_out: CarryOut,
    if_match: IfMatch = None,
) -> Response:
    """Add an item before the meeting begins; the numbers of all items follow from their places.

    Of another list of main items everybody is told who expects an open meeting; of parts, durations and presenters
    nobody is, as no message says them.
    """
    version, members = expected_version(if_match), {name: getattr(body, name) for name in AgendaItemInput.model_fields}
    command = AddAgendaItem(actor=actor, at=at, expected_version=version, item_id=new_id(), **members)
    return await carry_out(MEETINGS, meeting_id, command, _reply(command))


@router.patch("/{item_id}", response_model=AgendaItemState, responses=refusals(*_REFUSALS))
async def change_agenda_item(
    meeting_id: UUID,
    item_id: UUID,
    body: AgendaItemChange,
    actor: Authenticated,
    at: Now,
    carry_out: CarryOut,
    if_match: IfMatch = None,
) -> Response:
    """Change an item, or move it with its parts by `parent` and `position`."""
    version, changes = expected_version(if_match), {name: getattr(body, name) for name in body.model_fields_set}
    command = ChangeAgendaItem(actor=actor, at=at, expected_version=version, item_id=item_id, changes=changes)
    return await carry_out(MEETINGS, meeting_id, command, _reply(command))


@router.delete("/{item_id}", response_model=AgendaItemState, responses=refusals(*_REFUSALS))
async def remove_agenda_item(
    meeting_id: UUID,
    item_id: UUID,
    actor: Authenticated,
    at: Now,
    carry_out: CarryOut,
    if_match: IfMatch = None,
) -> Response:
    """Take an item and its parts from the agenda; those after it get other numbers."""
    command = RemoveAgendaItem(actor=actor, at=at, expected_version=expected_version(if_match), item_id=item_id)
    return await carry_out(MEETINGS, meeting_id, command, _reply(command))


def _reply(command: AgendaCommand) -> Callable[[Outcome[Meeting]], Reply]:
    def reply(outcome: Outcome[Meeting]) -> Reply:
        of_meeting = outcome_reply(outcome)
        assert isinstance(of_meeting.body, MeetingState)  # noqa: S101 -- of `outcome_reply`
        body = AgendaItemState(item_id=command.item_id, **dict(of_meeting.body))
        return replace(of_meeting, body=body, status=201 if isinstance(command, AddAgendaItem) else 200)

    return reply
