"""The figures of a meeting, counted from the rows."""

from uuid import UUID

import asyncpg
from sqlalchemy import Select, Text, Uuid, cast, func, or_
from sqlalchemy import select as choose
from sqlmodel import col

from services.registration.tables import (
    CheckInRow,
    InvitationRow,
    MeetingRow,
    MessageStatusRow,
    PersonRow,
    RegistrationRow,
)
from shared.database import Connection, select


async def counts_by_state(connection: Connection, meeting_id: UUID) -> dict[str, int]:
    """Registrations by state."""
    state = col(RegistrationRow.state)
    return await _counted(
        connection,
        choose(state, func.count().label("n")).where(col(RegistrationRow.meeting_id) == meeting_id).group_by(state),
    )


async def counts_of_check_ins(connection: Connection, meeting_id: UUID) -> dict[str, int]:
    """Scans by reason of refusal; those admitted under `checked-in`."""
    reason = func.coalesce(col(CheckInRow.reason), "checked-in")
    return await _counted(
        connection,
        choose(reason, func.count().label("n"))
        .where(col(CheckInRow.meeting_id) == meeting_id, col(CheckInRow.movement).is_(None))
        .group_by(reason),
    )


async def counts_of_exceptions(connection: Connection, meeting_id: UUID) -> dict[str, int]:
    """Whom desks without a network have let in against what was known later, by reason."""
    reason = cast(col(CheckInRow.would_have_been_refused), Text)
    flagged = (col(CheckInRow.meeting_id) == meeting_id, reason.is_not(None))
    return await _counted(connection, choose(reason, func.count().label("n")).where(*flagged).group_by(reason))


async def counts_of_messages(connection: Connection, meeting_id: UUID) -> dict[str, int]:
    """Messages by channel and status, as `sms delivered`."""
    name = func.concat(col(MessageStatusRow.channel), " ", col(MessageStatusRow.status))
    return await _counted(
        connection,
        choose(name, func.count().label("n")).where(col(MessageStatusRow.meeting_id) == meeting_id).group_by(name),
    )


async def counts_of_history(connection: Connection, meeting_id: UUID) -> asyncpg.Record:
    """What the states do not show: how many people have answered in any way, and who moved up.

    Whoever answers twice (declines, then registers) is one person by his mobile number or e-mail address; a
    representative answers for nobody.
    """
    contact = (col(RegistrationRow.mobile), col(RegistrationRow.email))
    person = func.coalesce(*contact, cast(col(RegistrationRow.registration_id), Text))
    query = choose(
        func.count().filter(col(RegistrationRow.promoted)).label("promoted"),
        func.count(person.distinct()).filter(col(RegistrationRow.represents).is_(None)).label("answered"),
    ).where(col(RegistrationRow.meeting_id) == meeting_id)
    return (await select(connection, query))[0]


async def attendance(connection: Connection, meeting_id: UUID) -> asyncpg.Record:
    """How many people were present, and how many of them are women; minutes count alike.

    Whoever was checked in, however late a desk told so and whenever he left; and the chair of a session that was
    opened, once, with a ticket or without.
    """
    came = choose(col(RegistrationRow.person_id)).where(
        col(RegistrationRow.meeting_id) == meeting_id, col(RegistrationRow.checked_in_at).is_not(None)
    )
    chairs = choose(cast(col(MeetingRow.details)["chair"].astext, Uuid)).where(
        col(MeetingRow.meeting_id) == meeting_id, col(MeetingRow.started_at).is_not(None)
    )
    people = came.union(chairs).subquery()
    query = (
        choose(
            func.count().label("present"),
            func.count().filter(col(PersonRow.gender) == "female").label("women"),
        )
        .select_from(people)
        .outerjoin(PersonRow, col(PersonRow.person_id) == people.c.person_id)
    )
    return (await select(connection, query))[0]


async def count_inside(connection: Connection, meeting_id: UUID) -> int:
    """How many people are in the room now: they came in and have not gone out since."""
    entered, left = col(RegistrationRow.entered_at), col(RegistrationRow.left_at)
    inside = (col(RegistrationRow.meeting_id) == meeting_id, or_(left.is_(None), entered > left))
    query = choose(func.count().label("inside")).where(entered.is_not(None), *inside)
    count: int = (await select(connection, query))[0]["inside"]
    return count


async def seats_invited(connection: Connection, meeting_id: UUID) -> asyncpg.Record:
    """Bodies invited and seats offered."""
    query = choose(
        func.count().label("organisations"), func.coalesce(func.sum(col(InvitationRow.seats)), 0).label("seats")
    ).where(col(InvitationRow.meeting_id) == meeting_id)
    return (await select(connection, query))[0]


async def _counted(connection: Connection, query: Select[str, int]) -> dict[str, int]:
    return {row[0]: row[1] for row in await select(connection, query)}
