"""Calendars to subscribe to (RFC 5545, 7986): one meeting, or the public meetings of a body; no account, no names.

A calendar of a person's own meetings would need a secret in its address, which programs copy and log: it is not
offered (decision 0049). Whoever is invited gets entries by e-mail.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Annotated, Any, Final
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Path
from icalendar import Calendar, Event, vCalAddress
from starlette.responses import Response

from services.registration import views
from services.registration.api.dependencies import Dependencies, InjectedDependencies
from services.registration.domain.state import Phase
from shared.contracts.base import OrganisationCode
from shared.http import Now, refusals
from shared.kernel import NotFound
from shared.text import printable

router = APIRouter(tags=["calendars"])
CALENDAR: Final = "text/calendar"
PRODUCT: Final = "-//Pasum//Meetings//LO"
_KEPT_FOR: Final = timedelta(days=180)
_ASK_AGAIN: Final = timedelta(hours=1)
_NO_ADDRESS: Final = (
    "invalid:nomail"  # a body has no address of its own; PUBLISH asks for an organiser (RFC 5546, 3.2.1)
)
_EXAMPLE: Final = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Pasum//Meetings//LO\r\nMETHOD:PUBLISH\r\nBEGIN:VEVENT\r\n"
    "UID:01835394-6c00-7000-8000-0000000000a1\r\nDTSTART:20220919T013000Z\r\nDTEND:20220919T050000Z\r\n"
    "SUMMARY;LANGUAGE=lo:ກອງປະຊຸມປຶກສາຫາລື\r\nSEQUENCE:0\r\nSTATUS:CONFIRMED\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    **refusals(NotFound),
    200: {"content": {CALENDAR: {"schema": {"type": "string"}, "example": _EXAMPLE}}},
}


@router.get("/v1/meetings/{meeting_id}/calendar.ics", response_class=Response, responses=_ANSWERS)
async def meeting_calendar(meeting_id: UUID, dependencies: InjectedDependencies, at: Now) -> Response:
    """One announced meeting as a calendar, for whoever knows its identifier; a cancelled one stays, and says so."""
    async with dependencies.database.reading() as connection:
        row = await views.public_meeting(connection, meeting_id)
    return _answer(dependencies, [row], name=row["details"]["title"]["lo"], at=at)


@router.get("/v1/organisations/{code}/calendar.ics", response_class=Response, responses=_ANSWERS)
async def organisation_calendar(
    code: Annotated[OrganisationCode, Path()], dependencies: InjectedDependencies, at: Now
) -> Response:
    """The meetings of a body that are open to all: at most 500, the next ones and those of the last half year."""
    async with dependencies.database.reading() as connection:
        body = await views.organisation(connection, code)
        rows = await views.meetings_open_to_all(connection, code, since=at - _KEPT_FOR, limit=500)
    return _answer(dependencies, rows, name=body["name_lo"], at=at)


def _answer(dependencies: Dependencies, rows: Iterable[asyncpg.Record], *, name: str, at: datetime) -> Response:
    """The calendar; its tag is that of its meetings: only the time at which it is written differs each time."""
    calendar = _calendar(name)
    for row in rows:
        calendar.add_component(_event(row, dependencies.public_url))
    tag = sha256(calendar.to_ical()).hexdigest()[:24]
    for event in calendar.subcomponents:
        event.add("dtstamp", at.astimezone(UTC).replace(microsecond=0))
    headers = {
        "ETag": f'W/"{tag}"',
        "Cache-Control": "public, max-age=300",
        "Content-Disposition": 'inline; filename="calendar.ics"',
        "X-Robots-Tag": "noindex",
    }
    return Response(calendar.to_ical(), media_type=CALENDAR, headers=headers)


def _calendar(name: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", printable(name))
    calendar.add("x-wr-calname", printable(name))  # for programs that are older than RFC 7986
    calendar.add("refresh-interval", _ASK_AGAIN, parameters={"VALUE": "DURATION"})
    return calendar


def _event(row: asyncpg.Record, public_url: str) -> Event:
    details, event = row["details"], Event()
    event.add("uid", str(row["meeting_id"]))
    event.add("sequence", row["sequence"])
    event.add("dtstart", row["starts_at"].astimezone(UTC))
    event.add("dtend", row["ends_at"].astimezone(UTC))
    event.add("summary", printable(details["title"]["lo"]), parameters={"LANGUAGE": "lo"})
    event.add("location", printable(row["venue"]["lo"]), parameters={"LANGUAGE": "lo"})
    english = (details["title"].get("en"), row["venue"].get("en"))
    if shown := "\n".join(printable(text) for text in english if text):
        event.add("description", shown, parameters={"LANGUAGE": "en"})
    event.add("url", f"{public_url}/answer/{row['meeting_id']}")
    event.add("status", "CANCELLED" if row["phase"] == Phase.CANCELLED else "CONFIRMED")
    organiser = vCalAddress(_NO_ADDRESS)
    organiser.params["CN"] = printable(row["name_lo"] or row["organiser"])
    event.add("organizer", organiser)
    return event
