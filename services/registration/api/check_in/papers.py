"""What is printed of a meeting: the attendance sheet, and badges with the QR code of each ticket."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Query
from starlette.responses import Response, StreamingResponse

from services.registration import views
from services.registration.api.dependencies import STAFF, Dependencies, InjectedDependencies, within
from services.registration.domain.form.checking import ATTENDANCE_SHEET, BADGES
from services.registration.domain.form.columns import FormColumns
from services.registration.domain.form.form import NO_FORM
from services.registration.domain.registration_states import RegistrationState
from services.registration.ports import Paper, PrintedPerson, Ticket
from services.registration.store.form.forms import current_form
from shared.contracts.base import OrganisationCode
from shared.http import Authenticated, refusals, require
from shared.http.rate_limits import TooManyRequests
from shared.kernel import OFFICE_ZONE, Actor, LimitReached, NotFound, NotPermitted, Role
from shared.lao import long_date

MOST_PRINTED = 500  # people of one document; more are printed body by body
_WALK_IN = "ບໍ່ໄດ້ລົງທະບຽນລ່ວງໜ້າ"
PDF = {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}
ANSWERS: dict[int | str, dict[str, Any]] = {
    **refusals(NotFound, NotPermitted, LimitReached, TooManyRequests),
    200: {"content": PDF},
}
Body = Annotated[OrganisationCode | None, Query(description="only people of this body")]
Kind = Literal["attendance-sheet", "badges"]

router = APIRouter(prefix="/v1/meetings/{meeting_id}", tags=["desks"])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Printed:
    """A meeting, what its organiser is called on its day, the form, and the people who are printed."""

    meeting: asyncpg.Record
    organiser: str
    rows: Sequence[asyncpg.Record]
    form: FormColumns


@router.get("/attendance-sheet", response_class=Response, responses=ANSWERS)
async def attendance_sheet(
    meeting_id: UUID, dependencies: InjectedDependencies, actor: Authenticated, organisation: Body = None
) -> Response:
    """The list to sign, by rank, protocol order and name, with the time at which each came; at most 500 people."""
    printed = await _people(meeting_id, dependencies, actor, roles=STAFF, organisation=organisation)
    people = [_person(row, printed.form.printed(row["answers"] or {}, ATTENDANCE_SHEET)) for row in printed.rows]
    return await _printed(dependencies, _paper("attendance-sheet", printed, people))


@router.get("/badges", response_class=Response, responses=ANSWERS)
async def badges(
    meeting_id: UUID, dependencies: InjectedDependencies, actor: Authenticated, organisation: Body = None
) -> Response:
    """A badge for everybody who has a seat, eight on a page, with the QR code that lets him in; at most 500."""
    roles = (Role.ORGANISER, Role.DESK)
    printed = await _people(meeting_id, dependencies, actor, roles=roles, organisation=organisation)
    seated = [row for row in printed.rows if row["state"] == RegistrationState.CONFIRMED]
    people = [
        _person(
            row,
            printed.form.printed(row["answers"] or {}, BADGES),
            ticket=_ticket(row, printed.meeting, dependencies),
        )
        for row in seated
    ]
    return await _printed(dependencies, _paper("badges", printed, people))


async def _people(
    meeting_id: UUID, dependencies: Dependencies, actor: Actor, *, roles: tuple[Role, ...], organisation: str | None
) -> _Printed:
    require(actor, *roles)
    async with dependencies.database.reading() as connection:
        meeting = await views.visible_meeting(connection, meeting_id, bodies=actor.bodies)
        require(within(actor, meeting["organiser"]), *roles)
        dependencies.limits.papers.take(actor.subject)
        rows = await views.people_to_print(connection, meeting_id, organisation=organisation, limit=MOST_PRINTED + 1)
        form = await current_form(connection, meeting_id) or NO_FORM
        names = await views.bodies_of_meeting(connection, meeting_id, [meeting["organiser"]])
    if len(rows) > MOST_PRINTED:
        raise LimitReached(what="printed people", limit=MOST_PRINTED)
    organiser = names[meeting["organiser"]].lo if names else meeting["organiser"]
    return _Printed(meeting=meeting, organiser=organiser, rows=rows, form=FormColumns(form, ()))


async def _printed(dependencies: Dependencies, paper: Paper) -> Response:
    pieces = dependencies.typesetter.pdf(paper)
    first = await anext(pieces)  # what goes wrong before it becomes the answer

    async def following() -> AsyncIterator[bytes]:
        yield first
        async for piece in pieces:
            yield piece

    headers = {"content-disposition": f'attachment; filename="{paper.kind}.pdf"'}
    return StreamingResponse(following(), media_type="application/pdf", headers=headers)


def _paper(kind: Kind, printed: _Printed, people: Sequence[PrintedPerson]) -> Paper:
    meeting = printed.meeting
    begins = meeting["starts_at"].astimezone(OFFICE_ZONE)
    return Paper(
        kind=kind,
        title=meeting["details"]["title"]["lo"],
        when=f"ວັນທີ {long_date(begins.date())}, ເວລາ {begins:%H:%M} ໂມງ",
        venue=meeting["venue"]["lo"],
        organiser=printed.organiser,
        people=tuple(people),
    )


def _person(row: asyncpg.Record, answers: tuple[str, ...], *, ticket: str | None = None) -> PrintedPerson:
    names = (row["honorific"], row["given_name"], row["family_name"])
    return PrintedPerson(
        name=" ".join(name for name in names if name) or "(ຂໍ້ມູນສ່ວນຕົວຖືກລຶບ)",
        position=row["position_title"] or "",
        organisation=row["name_lo"] or row["organisation"],
        ticket=ticket,
        came=_clock(row["checked_in_at"]),
        remark=_WALK_IN if row["walk_in"] else None,
        answers=answers,
    )


def _clock(moment: datetime | None) -> str | None:
    return f"{moment.astimezone(OFFICE_ZONE):%H:%M}" if moment else None


def _ticket(row: asyncpg.Record, meeting: asyncpg.Record, dependencies: Dependencies) -> str | None:
    """The same text as in the message; none until it is signed."""
    if not row["ticket_serial"]:
        return None
    schedule = (meeting["starts_at"], meeting["ends_at"])
    seat = Ticket.of_seat(
        meeting_id=meeting["meeting_id"],
        registration_id=row["registration_id"],
        serial=row["ticket_serial"],
        schedule=schedule,
    )
    return dependencies.tickets.sign(seat)
