"""Read-only queries for routes, flows and effects: selects against the tables, on a read-only transaction."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Select
from sqlalchemy import select as choose
from sqlmodel import col

from services.minutes.domain.attendance import Gender
from services.minutes.domain.meeting import (
    AnswerState,
    Body,
    Meeting,
    Participant,
    Person,
    bodies_on,
    meeting_day,
    recorded_body,
)
from services.minutes.domain.session import Whereabouts
from services.minutes.domain.state import UNFILED, Phase
from services.minutes.observability import MINUTES, MINUTES_OLDEST_SECONDS
from services.minutes.tables import (
    ActionRow,
    DecisionRow,
    MeetingRow,
    MinutesRow,
    NewsRow,
    OpinionRow,
    OrganisationRow,
    ParticipantRow,
    PersonRow,
)
from services.minutes.views.session import times_of_items, whereabouts
from shared.contracts.registration import MeetingDrafted
from shared.database import Connection, Database, columns, rows_of, select
from shared.kernel import NotFound
from shared.observability.gauges import GaugeValues
from shared.succession import TakenOver

_TAKEN_OVER = """
SELECT code, recorded ->> 'taken_over_by' AS by, (recorded ->> 'valid_until')::date AS since FROM organisation
WHERE recorded ->> 'taken_over_by' IS NOT NULL AND recorded ->> 'valid_until' IS NOT NULL
"""
_UNFILED = f"""
SELECT phase, count(*) AS number, extract(epoch FROM max(now() - phase_since))::float AS age FROM minutes
WHERE phase <> '{Phase.FILED}' GROUP BY phase
"""  # noqa: S608 -- constant names


async def minutes(connection: Connection, minutes_id: UUID) -> asyncpg.Record:
    """One row of minutes with their organiser and the meeting's title; raises `NotFound`."""
    rows = await select(connection, _minutes().where(col(MinutesRow.minutes_id) == minutes_id))
    if not rows:
        raise NotFound
    return rows[0]


async def minutes_of_bodies(
    connection: Connection, organisers: Collection[str], *, meeting_id: UUID | None, after: UUID | None, limit: int
) -> Sequence[asyncpg.Record]:
    """Minutes of the meetings of these bodies, in the order of their identifiers."""
    own = col(MeetingRow.organiser).in_(organisers)
    query = _minutes().where(own).order_by(col(MinutesRow.minutes_id)).limit(limit)
    if meeting_id:
        query = query.where(col(MinutesRow.meeting_id) == meeting_id)
    if after:
        query = query.where(col(MinutesRow.minutes_id) > after)
    return await select(connection, query)


async def opinions(connection: Connection, minutes_id: UUID) -> Sequence[asyncpg.Record]:
    """Opinions in the order in which they were written down."""
    query = rows_of(OpinionRow).where(col(OpinionRow.minutes_id) == minutes_id)
    return await select(connection, query.order_by(col(OpinionRow.opinion_id)))


async def decisions(connection: Connection, minutes_id: UUID) -> Sequence[asyncpg.Record]:
    """Decisions by number."""
    query = rows_of(DecisionRow).where(col(DecisionRow.minutes_id) == minutes_id)
    return await select(connection, query.order_by(col(DecisionRow.number)))


async def actions(connection: Connection, minutes_id: UUID) -> Sequence[asyncpg.Record]:
    """Actions by number."""
    query = rows_of(ActionRow).where(col(ActionRow.minutes_id) == minutes_id)
    return await select(connection, query.order_by(col(ActionRow.number)))


async def news_of(connection: Connection, minutes_id: UUID) -> asyncpg.Record:
    """The news item about a meeting; raises `NotFound`."""
    return await _one(connection, rows_of(NewsRow).where(col(NewsRow.minutes_id) == minutes_id))


async def news_item(connection: Connection, news_id: UUID) -> asyncpg.Record:
    """A news item by its address; raises `NotFound`."""
    return await _one(connection, rows_of(NewsRow).where(col(NewsRow.news_id) == news_id))


async def news(connection: Connection, *, limit: int) -> Sequence[asyncpg.Record]:
    """The newest news items."""
    newest = (col(NewsRow.published_at).desc(), col(NewsRow.news_id))
    return await select(connection, rows_of(NewsRow).order_by(*newest).limit(limit))


async def meeting(connection: Connection, minutes_id: UUID) -> Meeting:
    """What is known of the meeting of these minutes; raises `NotFound`."""
    query = choose(*columns(MeetingRow)).join(MinutesRow, col(MinutesRow.meeting_id) == col(MeetingRow.meeting_id))
    meeting = await _one(connection, query.where(col(MinutesRow.minutes_id) == minutes_id))
    answers = await select(
        connection, rows_of(ParticipantRow).where(col(ParticipantRow.meeting_id) == meeting["meeting_id"])
    )
    known = await whereabouts(connection, meeting["meeting_id"])
    details = MeetingDrafted.model_validate(meeting["details"])
    codes = {details.organiser, *details.co_hosts, *(row["organisation"] for row in answers)}
    people = {details.chair, *(row["person_id"] for row in answers)}
    return Meeting(
        details=details,
        started_at=meeting["started_at"],
        ended_at=meeting["ended_at"],
        item_times=await times_of_items(connection, meeting["meeting_id"]),
        participants=tuple(_participant(row, known.get(row["registration_id"], Whereabouts())) for row in answers),
        bodies=await _bodies(connection, codes, day=meeting_day(details.starts_at)),
        people=await _people(connection, people),
    )


async def _bodies(connection: Connection, codes: set[str], *, day: date) -> dict[str, Body]:
    """These bodies as they were on a day; all are read, as others may have taken one over."""
    rows = await select(connection, rows_of(OrganisationRow))
    return bodies_on(day, {row["code"]: recorded_body(dict(row)) for row in rows}, sorted(codes))


async def _people(connection: Connection, identifiers: set[UUID]) -> dict[UUID, Person]:
    rows = await select(connection, rows_of(PersonRow).where(col(PersonRow.person_id).in_(sorted(identifiers))))
    return {row["person_id"]: _person(row) for row in rows}


def _person(row: asyncpg.Record) -> Person:
    if row["given_name"] is None:
        return Person(given_name=None)
    names = ("honorific", "given_name", "family_name", "position_title", "rank")
    return Person(**{name: row[name] for name in names}, gender=Gender(row["gender"]))


def _participant(row: asyncpg.Record, known: Whereabouts) -> Participant:
    """`checked_in_at` is the first entry; rows that are older than entries and exits have nothing else."""
    names = ("registration_id", "person_id", "organisation", "rank", "represents", "reason")
    first = row["checked_in_at"]
    if first is not None and first not in known.entries:
        known = replace(known, entries=(first, *known.entries))
    return Participant(
        **{name: row[name] for name in names},
        state=AnswerState(row["state"]),
        checked_in=bool(known.entries),
        whereabouts=known,
    )


def _minutes() -> Select[Any]:
    title = col(MeetingRow.details)["title"].label("title")
    query = choose(*columns(MinutesRow), col(MeetingRow.organiser), title)
    return query.join(MeetingRow, col(MeetingRow.meeting_id) == col(MinutesRow.meeting_id))


async def taken_over(database: Database) -> Sequence[TakenOver]:
    """The bodies that were or will be taken over."""
    async with database.reading() as connection:
        rows = await connection.fetch(_TAKEN_OVER)
    return [TakenOver(**dict(row)) for row in rows]


async def count_gauges(connection: Connection) -> GaugeValues:
    """What dashboards show: how many minutes are in each phase before the last, and for how long the first of them."""
    found = {row["phase"]: row for row in await connection.fetch(_UNFILED)}
    return {
        MINUTES: {(phase,): found[phase]["number"] if phase in found else 0 for phase in UNFILED},
        MINUTES_OLDEST_SECONDS: {(phase,): found[phase]["age"] if phase in found else 0.0 for phase in UNFILED},
    }


async def _one(connection: Connection, query: Select[Any]) -> asyncpg.Record:
    rows = await select(connection, query)
    if not rows:
        raise NotFound
    return rows[0]
