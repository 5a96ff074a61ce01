"""The figures of a meeting, read from those that triggers keep (migration 0013): never a count of all rows."""

from collections.abc import Sequence
from typing import Final, Literal
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, Text, Uuid, and_, cast, exists, func, literal_column, or_
from sqlalchemy import select as choose
from sqlalchemy.orm import aliased
from sqlmodel import col

from services.registration.domain.registration_states import ONE_EACH, sql_list
from services.registration.tables import (
    MeetingRow,
    MessageFigureRow,
    PersonRow,
    RegistrationRow,
    ScanFigureRow,
)
from shared.database import Connection, rows_of, select

Figures = dict[str, dict[str, int]]

# Added up where they are: a large meeting has thousands of kinds, its answer some hundred figures.
_REGISTRATIONS: Final = f"""
SELECT state, organisation, rank, gender, channel, sum(people)::bigint AS people,
       coalesce(sum(people) FILTER (WHERE promoted), 0)::bigint AS promoted,
       coalesce(sum(people) FILTER (WHERE checked_in), 0)::bigint AS came,
       coalesce(sum(people) FILTER (WHERE checked_in AND gender = 'female'), 0)::bigint AS women,
       coalesce(sum(people) FILTER (WHERE inside), 0)::bigint AS inside,
       coalesce(sum(people) FILTER (
         WHERE state IN ({sql_list(ONE_EACH)})
           AND channel NOT IN ('representative', 'walk-in')), 0)::bigint AS answering,
       coalesce(sum(people) FILTER (WHERE channel = 'walk-in'), 0)::bigint AS walk_ins
FROM registration_figure WHERE meeting_id = $1
GROUP BY GROUPING SETS ((state), (state, organisation), (state, rank), (state, gender), (state, channel))
"""  # noqa: S608 -- constant names
_PROPERTIES: Final = ("organisation", "rank", "gender", "channel")


class RegistrationFigures:
    """The registrations of a meeting: of each state, and of each state and value of a property."""

    def __init__(self, rows: Sequence[asyncpg.Record]) -> None:
        self._totals: list[asyncpg.Record] = []
        self._by: dict[str, Figures] = {name: {} for name in _PROPERTIES}
        for row in rows:
            name = next((name for name in _PROPERTIES if row[name] is not None), None)
            if name is None:
                self._totals.append(row)
            elif row["people"]:
                self._by[name].setdefault(str(row[name]), {})[row["state"]] = row["people"]

    def count(self, name: Literal["promoted", "came", "women", "inside", "answering", "walk_ins"]) -> int:
        """How many people were promoted, came (and women of them), are inside, hold an answer, had not registered."""
        return sum(row[name] for row in self._totals)

    def states(self) -> dict[str, int]:
        """How many people are in which state."""
        return {row["state"]: row["people"] for row in self._totals}

    def by(self, name: str) -> Figures:
        """The people by the value of a column, and for each value by state."""
        return {value: dict(sorted(counts.items())) for value, counts in sorted(self._by[name].items())}


async def registration_figures(connection: Connection, meeting_id: UUID) -> RegistrationFigures:
    """The registrations of a meeting by state, body, rank, gender, channel, promotion and check-in."""
    return RegistrationFigures(await connection.fetch(_REGISTRATIONS, meeting_id))


async def scan_figures(connection: Connection, meeting_id: UUID) -> Sequence[asyncpg.Record]:
    """The scans of a meeting by reason of refusal, and by what an offline desk could not know; empty for neither."""
    return await select(connection, rows_of(ScanFigureRow).where(col(ScanFigureRow.meeting_id) == meeting_id))


async def message_figures(connection: Connection, meeting_id: UUID) -> dict[str, int]:
    """Messages by channel and status, as `sms delivered`."""
    name = func.concat(col(MessageFigureRow.channel), " ", col(MessageFigureRow.status))
    query = choose(name.label("name"), func.sum(col(MessageFigureRow.messages)).label("n"))
    rows = await select(connection, query.where(col(MessageFigureRow.meeting_id) == meeting_id).group_by(name))
    return {row["name"]: int(row["n"]) for row in sorted(rows, key=lambda row: row["name"]) if row["n"]}


async def answered_and_left(connection: Connection, meeting_id: UUID) -> int:
    """How many people have declined or left, and have not answered anew.

    Whoever answers twice (declines, then registers) is one person by his mobile number or e-mail address.
    """
    ended, now = RegistrationRow, aliased(RegistrationRow)
    contact = func.coalesce(col(ended.mobile), col(ended.email), cast(col(ended.registration_id), Text))
    anew = exists().where(
        col(now.meeting_id) == col(ended.meeting_id),
        col(now.represents).is_(None),
        _in_one_each(now),
        or_(
            col(now.mobile) == col(ended.mobile),
            and_(col(ended.mobile).is_(None), col(now.mobile).is_(None), col(now.email) == col(ended.email)),
        ),
    )
    query = choose(func.count(contact.distinct()).label("n")).where(
        col(ended.meeting_id) == meeting_id, ~_in_one_each(ended), col(ended.represents).is_(None), ~anew
    )
    return int((await select(connection, query))[0]["n"])


def _in_one_each(row: type[RegistrationRow]) -> ColumnElement[bool]:
    """Written out, not as a parameter: PostgreSQL uses a partial index only for a condition that it can read."""
    return col(row.state).in_([literal_column(f"'{state}'") for state in ONE_EACH])


async def chair_present(connection: Connection, meeting_id: UUID) -> asyncpg.Record | None:
    """The chair of a session that was opened, with `gender`, unless he is among those checked in; else None."""
    chair = cast(col(MeetingRow.details)["chair"].astext, Uuid)
    came = exists().where(
        col(RegistrationRow.person_id) == chair,
        col(RegistrationRow.meeting_id) == meeting_id,
        col(RegistrationRow.checked_in_at).is_not(None),
    )
    query = (
        choose(col(PersonRow.gender))
        .select_from(MeetingRow)
        .outerjoin(PersonRow, col(PersonRow.person_id) == chair)
        .where(col(MeetingRow.meeting_id) == meeting_id, col(MeetingRow.started_at).is_not(None), ~came)
    )
    rows = await select(connection, query)
    return rows[0] if rows else None
