"""Registrations of a meeting: found by code, as the person sees them, and what a ticket needs."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
from sqlalchemy import func
from sqlalchemy import select as choose
from sqlalchemy.orm import aliased
from sqlmodel import col

from services.registration.domain.state import RegistrationState
from services.registration.tables import MeetingRow, PersonRow, RegistrationRow
from shared.database import Connection, columns, select
from shared.kernel import NotFound


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
        col(RegistrationRow.meeting_id) == meeting_id, col(RegistrationRow.registration_id) == registration_id
    )
    rows = await select(connection, query)
    if not rows:
        raise NotFound
    return str(rows[0]["organisation"])


async def own_registration(connection: Connection, meeting_id: UUID, registration_id: UUID) -> asyncpg.Record:
    """One answer for the person who gave it, with his code; `ahead` people wait before him. Raises `NotFound`."""
    seat, before = RegistrationRow, aliased(RegistrationRow)
    ahead = (
        choose(func.count())
        .where(
            col(before.meeting_id) == col(seat.meeting_id),
            col(before.state) == RegistrationState.WAITLISTED,
            col(before.position) < col(seat.position),
        )
        .scalar_subquery()
        .label("ahead")
    )
    names = ("registration_id", "organisation", "state", "position", "code", "represents", "promoted", "reason")
    more = ("ticket_serial", "checked_in_at", "answered_at")
    person = columns(PersonRow, "honorific", "given_name", "family_name", "position_title")
    meeting = columns(MeetingRow, "phase", "starts_at", "ends_at", "venue", "details")
    query = (
        choose(*columns(seat, *names, *more), ahead, *person, *meeting)
        .join(PersonRow, col(PersonRow.person_id) == col(seat.person_id))
        .join(MeetingRow, col(MeetingRow.meeting_id) == col(seat.meeting_id))
        .where(col(seat.meeting_id) == meeting_id, col(seat.registration_id) == registration_id)
    )
    rows = await select(connection, query)
    if not rows:
        raise NotFound
    return rows[0]


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


async def seated_registrations(connection: Connection, meeting_id: UUID) -> Sequence[UUID]:
    """The registrations that hold a seat."""
    confirmed = col(RegistrationRow.state) == RegistrationState.CONFIRMED
    query = choose(col(RegistrationRow.registration_id)).where(col(RegistrationRow.meeting_id) == meeting_id, confirmed)
    return [row["registration_id"] for row in await select(connection, query)]
