"""Who was in the room: for each item of the agenda, counted, and person by person."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Final, TypeAlias
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from services.registration import views
from services.registration.api.attendance.session_steps import ItemTimes
from services.registration.api.dependencies import STAFF, InjectedDependencies, within
from services.registration.domain.agenda import identified
from services.registration.domain.refusals import AgendaItemUnknown
from services.registration.views import TreatedItem
from shared.contracts.base import Instant
from shared.contracts.registration import AgendaItem, ItemPresence
from shared.database import Connection
from shared.http import Authenticated, Cursor, Limit, decode_cursor, encode_cursor, refusals, require
from shared.kernel import Actor, NotFound, NotPermitted, Role

router = APIRouter(prefix="/v1/meetings/{meeting_id}", tags=["attendance"])
READERS: Final = (*STAFF, Role.CHAIR)
Presence: TypeAlias = Annotated[ItemPresence | None, Query(description="only people who were there in this way")]


class HeadCounts(BaseModel):
    """How many people were there in which way; absent and excused are separate facts."""

    present: int = 0
    late: int = 0
    left_early: int = 0
    partly: int = 0
    absent: int = 0
    excused: int = 0
    in_the_room: int = Field(default=0, description="the first four, and the chair where he has no registration")
    women: int = Field(default=0, description="of those in the room")


class ItemSummary(ItemTimes):
    """An item with the number of people who were in the room; null before it has begun."""

    counts: HeadCounts | None


class Correction(BaseModel):
    """Who has said by hand how somebody was there, and why."""

    reason: str
    corrected_by: str = Field(description="the subject of his token")
    corrected_at: Instant


class PersonAtItem(BaseModel):
    """Somebody who has a seat or came, and how he was there."""

    registration_id: UUID
    honorific: str | None
    given_name: str | None = Field(description="null after the erasure")
    family_name: str | None
    position_title: str | None
    organisation: str
    rank: int
    represents: UUID | None
    walk_in: bool
    presence: ItemPresence
    excuse: str | None = Field(description="the reason that he gave himself, of somebody excused")
    correction: Correction | None


class ItemAttendance(ItemSummary):
    """Who was in the room for one item; `next` is null on the last page."""

    items: list[PersonAtItem]
    next: str | None


class SessionAttendance(BaseModel):
    """Every item of the agenda in its order."""

    items: list[ItemSummary]


@router.get("/attendance", responses=refusals(NotFound, NotPermitted))
async def session_attendance(
    meeting_id: UUID, dependencies: InjectedDependencies, actor: Authenticated
) -> SessionAttendance:
    """How many people were in the room for each item of the agenda, for the staff of the organiser's body."""
    async with dependencies.database.reading() as connection:
        meeting = await _meeting(connection, meeting_id, actor)
        times = await views.agenda_times(connection, meeting_id)
        chair = await views.chair_present(connection, meeting_id)
        items = [await _summary(connection, meeting, item, _time_of(times, item), chair) for item in _agenda(meeting)]
    return SessionAttendance(items=items)


@router.get("/agenda/{item_id}/attendance", responses=refusals(NotFound, NotPermitted, AgendaItemUnknown))
async def item_attendance(
    meeting_id: UUID,
    item_id: UUID,
    dependencies: InjectedDependencies,
    actor: Authenticated,
    presence: Presence = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> ItemAttendance:
    """Who was in the room for one item: present, late, left early, absent or excused, each with its source."""
    after = decode_cursor(cursor, UUID) if cursor else None
    async with dependencies.database.reading() as connection:
        meeting = await _meeting(connection, meeting_id, actor)
        item = next((one for one in _agenda(meeting) if one.item_id == item_id), None)
        if item is None:
            raise AgendaItemUnknown
        known = (await views.agenda_times(connection, meeting_id)).get(item_id)
        chair = await views.chair_present(connection, meeting_id)
        summary = await _summary(connection, meeting, item, known, chair)
        treated = _treated(meeting, item_id, known)
        rows: Sequence[asyncpg.Record] = []
        if treated is not None:
            rows = await views.attendance_page(connection, treated, presence=presence, after=after, limit=limit + 1)
    people = [_person(row) for row in rows[:limit]]
    following = encode_cursor(people[-1].registration_id) if len(rows) > limit else None
    return ItemAttendance(**vars(summary), items=people, next=following)


async def _meeting(connection: Connection, meeting_id: UUID, actor: Actor) -> asyncpg.Record:
    require(actor, *READERS)
    meeting = await views.visible_meeting(connection, meeting_id, bodies=actor.bodies)
    require(within(actor, meeting["organiser"]), *READERS)
    return meeting


async def _summary(
    connection: Connection,
    meeting: asyncpg.Record,
    item: AgendaItem,
    known: asyncpg.Record | None,
    chair: asyncpg.Record | None,
) -> ItemSummary:
    treated = _treated(meeting, item.item_id, known)
    counts = None
    if treated is not None:
        counts = _counts(await views.attendance_counts(connection, treated), chair)
    return ItemSummary(**vars(_times(item, known)), counts=counts)


def _agenda(meeting: asyncpg.Record) -> list[AgendaItem]:
    listed = (AgendaItem.model_validate(item) for item in meeting["details"]["agenda"])
    return list(identified(meeting["meeting_id"], listed))


def _time_of(times: Mapping[UUID, asyncpg.Record], item: AgendaItem) -> asyncpg.Record | None:
    return times.get(item.item_id) if item.item_id else None


def _times(item: AgendaItem, known: asyncpg.Record | None) -> ItemTimes:
    moments = {name: known[name] if known else None for name in ("started_at", "finished_at")}
    return ItemTimes(item_id=item.item_id, number=item.number, title=item.title, **moments)


def _treated(meeting: asyncpg.Record, item_id: UUID | None, known: asyncpg.Record | None) -> TreatedItem | None:
    """The item with its end; one that is not finished lasts until the end of the session, or until now."""
    if known is None or item_id is None:
        return None
    ended_at = known["finished_at"] or meeting["ended_at"] or datetime.now(UTC)
    return TreatedItem(
        meeting_id=meeting["meeting_id"], item_id=item_id, started_at=known["started_at"], ended_at=ended_at
    )


def _counts(rows: Sequence[asyncpg.Record], chair: asyncpg.Record | None) -> HeadCounts:
    found = {row["presence"].replace("-", "_"): row for row in rows}
    counts = {name: row["people"] for name, row in found.items()}
    there = [found[name] for name in ("present", "late", "left_early", "partly") if name in found]
    chair_is_woman = chair is not None and chair["gender"] == "female"
    return HeadCounts(
        **counts,
        in_the_room=sum(row["people"] for row in there) + (chair is not None),
        women=sum(row["women"] for row in there) + chair_is_woman,
    )


def _person(row: asyncpg.Record) -> PersonAtItem:
    corrected = row["corrected_by"] is not None
    correction = (
        Correction(reason=row["correction_reason"], corrected_by=row["corrected_by"], corrected_at=row["corrected_at"])
        if corrected
        else None
    )
    told = {name: value for name, value in dict(row).items() if name in PersonAtItem.model_fields}
    told["excuse"] = row["excuse"] if row["presence"] == "excused" else None
    return PersonAtItem(**told, correction=correction)
