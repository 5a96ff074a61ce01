"""The figures of a meeting, read from those that triggers keep (migration 0013): never a count of all rows."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, Text, Uuid, and_, cast, exists, func, literal_column, or_
from sqlalchemy import select as choose
from sqlalchemy.orm import aliased
from sqlmodel import col

from services.registration.domain.state import ONE_EACH
from services.registration.tables import (
    InvitationRow,
    MeetingRow,
    MessageFigureRow,
    PersonRow,
    RegistrationFigureRow,
    RegistrationRow,
    ScanFigureRow,
)
from shared.database import Connection, rows_of, select

Figures = dict[str, dict[str, int]]
Wanted = Callable[[asyncpg.Record], bool]


@dataclass(frozen=True, slots=True)
class RegistrationFigures:
    """The registrations of a meeting: as many rows as there are kinds of them."""

    rows: Sequence[asyncpg.Record]

    def count(self, wanted: Wanted) -> int:
        """How many people are of a kind."""
        return sum(row["people"] for row in self.rows if wanted(row))

    def states(self) -> dict[str, int]:
        """How many people are in which state."""
        found: Counter[str] = Counter()
        for row in self.rows:
            found[row["state"]] += row["people"]
        return found

    def by(self, name: str) -> Figures:
        """The people by the value of a column, and for each value by state."""
        found: dict[str, Counter[str]] = {}
        for row in self.rows:
            if row["people"]:
                found.setdefault(str(row[name]), Counter())[row["state"]] += row["people"]
        return {value: dict(sorted(counts.items())) for value, counts in sorted(found.items())}


async def registration_figures(connection: Connection, meeting_id: UUID) -> RegistrationFigures:
    """The registrations of a meeting by state, body, rank, gender, channel, promotion and check-in."""
    query = rows_of(RegistrationFigureRow).where(col(RegistrationFigureRow.meeting_id) == meeting_id)
    return RegistrationFigures(await select(connection, query))


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


async def seats_invited(connection: Connection, meeting_id: UUID) -> asyncpg.Record:
    """Bodies invited and seats offered."""
    query = choose(
        func.count().label("organisations"), func.coalesce(func.sum(col(InvitationRow.seats)), 0).label("seats")
    ).where(col(InvitationRow.meeting_id) == meeting_id)
    return (await select(connection, query))[0]
