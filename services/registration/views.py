"""Read-only queries for the doors: selects against the tables, on a read-only transaction (a replica in production)."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, Select, Text, Uuid, cast, func, or_, true
from sqlalchemy import select as choose
from sqlmodel import col

from services.registration.tables import (
    CheckInRow,
    InvitationRow,
    MeetingRow,
    MessageStatusRow,
    OrganisationRow,
    PersonRow,
    RegistrationRow,
)
from shared.database import Connection, columns, finds, rows_of, select
from shared.kernel import NotFound


async def meeting(connection: Connection, meeting_id: UUID) -> asyncpg.Record:
    """One meeting; raises `NotFound`."""
    rows = await select(connection, rows_of(MeetingRow).where(col(MeetingRow.meeting_id) == meeting_id))
    if not rows:
        raise NotFound
    return rows[0]


async def visible_meeting(connection: Connection, meeting_id: UUID, *, body: str | None) -> asyncpg.Record:
    """One meeting as somebody of `body` may see it; raises `NotFound`, also for the draft of another body."""
    row = await meeting(connection, meeting_id)
    if row["phase"] == "draft" and row["organiser"] != body:
        raise NotFound
    return row


async def public_face(connection: Connection, meeting_id: UUID) -> asyncpg.Record:
    """What anybody may see of a meeting that is announced, and when its invitations end; raises `NotFound`."""
    ends = choose(func.min(col(InvitationRow.expires_at)).label("first_end"))
    ends = ends.add_columns(func.max(col(InvitationRow.expires_at)).label("last_end"))
    last = ends.where(_of(InvitationRow, meeting_id)).subquery()
    shown = columns(MeetingRow, "phase", "organiser", "venue", "starts_at", "ends_at", "details")
    query = (
        choose(*shown, col(OrganisationRow.name_lo), col(OrganisationRow.name_en), last)
        .select_from(MeetingRow)
        .join(OrganisationRow, col(OrganisationRow.code) == col(MeetingRow.organiser), isouter=True)
        .join(last, true())
        .where(col(MeetingRow.meeting_id) == meeting_id, col(MeetingRow.phase) != "draft")
    )
    rows = await select(connection, query)
    if not rows:
        raise NotFound
    return rows[0]


async def meetings(
    connection: Connection, *, body: str | None, text: str | None, after: UUID | None, limit: int
) -> Sequence[asyncpg.Record]:
    """Meetings, the newest identifier first; drafts only of `body`; `text` finds a title however it is spelled."""
    seen = or_(col(MeetingRow.phase) != "draft", col(MeetingRow.organiser) == body)
    query = rows_of(MeetingRow).where(seen).order_by(col(MeetingRow.meeting_id).desc()).limit(limit)
    if text:
        query = query.where(finds(MeetingRow.search_key, text))
    if after:
        query = query.where(col(MeetingRow.meeting_id) < after)
    return await select(connection, query)


async def invitations(connection: Connection, meeting_id: UUID) -> Sequence[asyncpg.Record]:
    """The invited bodies in protocol order, with how many of their seats are taken."""
    names = columns(InvitationRow, "invitation_id", "organisation", "seats", "used", "expires_at")
    query = (
        choose(*names, col(OrganisationRow.name_lo), col(OrganisationRow.name_en))
        .join(OrganisationRow, col(OrganisationRow.code) == col(InvitationRow.organisation))
        .where(col(InvitationRow.meeting_id) == meeting_id)
        .order_by(col(OrganisationRow.protocol_order), col(OrganisationRow.code))
    )
    return await select(connection, query)


async def registrations(
    connection: Connection, meeting_id: UUID, *, organisation: str | None, after: UUID | None, limit: int
) -> Sequence[asyncpg.Record]:
    """Answers with their persons, in the order in which they came."""
    seat = columns(
        RegistrationRow,
        "registration_id",
        "organisation",
        "rank",
        "state",
        "position",
        "code",
        "represents",
        "checked_in_at",
        "reason",
    )
    person = columns(PersonRow, "honorific", "given_name", "family_name", "position_title", "gender", "fictitious")
    query = (
        choose(*seat, *person)
        .join(PersonRow, col(PersonRow.person_id) == col(RegistrationRow.person_id))
        .where(col(RegistrationRow.meeting_id) == meeting_id)
        .order_by(col(RegistrationRow.registration_id))
        .limit(limit)
    )
    if organisation is not None:
        query = query.where(col(RegistrationRow.organisation) == organisation)
    if after:
        query = query.where(col(RegistrationRow.registration_id) > after)
    return await select(connection, query)


async def scans_of(connection: Connection, meeting_id: UUID, device: str, *, limit: int) -> int:
    """How many scans of a device are kept; `limit` is at least that many."""
    mine = (col(CheckInRow.meeting_id) == meeting_id, col(CheckInRow.device) == device)
    kept = choose(col(CheckInRow.nonce)).where(*mine).limit(limit).subquery()
    rows = await select(connection, choose(func.count().label("scans")).select_from(kept))
    count: int = rows[0]["scans"]
    return count


async def seat_by_code(connection: Connection, meeting_id: UUID, code: str) -> UUID | None:
    """The registration with this code, for people without a phone."""
    query = choose(col(RegistrationRow.registration_id)).where(
        col(RegistrationRow.meeting_id) == meeting_id, col(RegistrationRow.code) == code
    )
    rows = await select(connection, query)
    return rows[0]["registration_id"] if rows else None


async def organisation_of(connection: Connection, meeting_id: UUID, registration_id: UUID) -> str:
    """The body a registration belongs to; raises `NotFound`."""
    query = choose(col(RegistrationRow.organisation)).where(
        _of(RegistrationRow, meeting_id), col(RegistrationRow.registration_id) == registration_id
    )
    rows = await select(connection, query)
    if not rows:
        raise NotFound
    return str(rows[0]["organisation"])


async def ticket_basis(connection: Connection, meeting_id: UUID, registration_id: UUID) -> asyncpg.Record:
    """What a ticket says of a seat; raises `NotFound`."""
    query = (
        choose(
            col(RegistrationRow.ticket_serial),
            col(MeetingRow.starts_at),
            col(MeetingRow.ends_at),
            col(MeetingRow.sequence),
        )
        .join(MeetingRow, col(MeetingRow.meeting_id) == col(RegistrationRow.meeting_id))
        .where(col(RegistrationRow.meeting_id) == meeting_id, col(RegistrationRow.registration_id) == registration_id)
    )
    rows = await select(connection, query)
    if not rows:
        raise NotFound
    return rows[0]


async def seated(connection: Connection, meeting_id: UUID) -> Sequence[UUID]:
    """The registrations that hold a seat."""
    confirmed = col(RegistrationRow.state) == "confirmed"
    query = choose(col(RegistrationRow.registration_id)).where(_of(RegistrationRow, meeting_id), confirmed)
    return [row["registration_id"] for row in await select(connection, query)]


async def scan_outcomes(
    connection: Connection, meeting_id: UUID, device: str, nonces: Sequence[str]
) -> dict[str, asyncpg.Record]:
    """What came of the scans of one device, by nonce."""
    query = rows_of(CheckInRow).where(
        col(CheckInRow.meeting_id) == meeting_id, col(CheckInRow.device) == device, col(CheckInRow.nonce).in_(nonces)
    )
    return {row["nonce"]: row for row in await select(connection, query)}


async def organisations(connection: Connection, *, on: date | None, text: str | None) -> Sequence[asyncpg.Record]:
    """Bodies in protocol order; `on` keeps those that existed that day."""
    query = rows_of(OrganisationRow).order_by(col(OrganisationRow.protocol_order), col(OrganisationRow.code))
    if on:
        began = or_(col(OrganisationRow.valid_from).is_(None), col(OrganisationRow.valid_from) <= on)
        lasts = or_(col(OrganisationRow.valid_until).is_(None), col(OrganisationRow.valid_until) > on)
        query = query.where(began, lasts)
    if text:
        query = query.where(finds(OrganisationRow.search_key, text))
    return await select(connection, query)


async def counts_by_state(connection: Connection, meeting_id: UUID) -> dict[str, int]:
    """Registrations by state."""
    state = col(RegistrationRow.state)
    return await _counted(
        connection, choose(state, func.count().label("n")).where(_of(RegistrationRow, meeting_id)).group_by(state)
    )


async def counts_of_door(connection: Connection, meeting_id: UUID) -> dict[str, int]:
    """Scans by reason of refusal; those let in under `checked-in`."""
    reason = func.coalesce(col(CheckInRow.reason), "checked-in")
    return await _counted(
        connection, choose(reason, func.count().label("n")).where(_of(CheckInRow, meeting_id)).group_by(reason)
    )


async def counts_of_messages(connection: Connection, meeting_id: UUID) -> dict[str, int]:
    """Messages by channel and status, as `sms delivered`."""
    name = func.concat(col(MessageStatusRow.channel), " ", col(MessageStatusRow.status))
    return await _counted(
        connection, choose(name, func.count().label("n")).where(_of(MessageStatusRow, meeting_id)).group_by(name)
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
    ).where(_of(RegistrationRow, meeting_id))
    return (await select(connection, query))[0]


async def in_the_room(connection: Connection, meeting_id: UUID) -> asyncpg.Record:
    """How many people were in the room, and how many of them are women; minutes count alike.

    Whoever was checked in, however late a desk told so and whenever he left; and the chair of a session that was
    opened, once, with a ticket or without.
    """
    came = choose(col(RegistrationRow.person_id)).where(
        _of(RegistrationRow, meeting_id), col(RegistrationRow.checked_in_at).is_not(None)
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


async def seats_invited(connection: Connection, meeting_id: UUID) -> asyncpg.Record:
    """Bodies invited and seats offered."""
    query = choose(
        func.count().label("organisations"), func.coalesce(func.sum(col(InvitationRow.seats)), 0).label("seats")
    ).where(_of(InvitationRow, meeting_id))
    return (await select(connection, query))[0]


async def _counted(connection: Connection, query: Select[str, int]) -> dict[str, int]:
    return {row[0]: row[1] for row in await select(connection, query)}


def _of(
    table: type[InvitationRow | RegistrationRow | CheckInRow | MessageStatusRow], meeting_id: UUID
) -> ColumnElement[bool]:
    return col(table.meeting_id) == meeting_id
