"""What a desk takes with it."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
from sqlalchemy import and_, case, or_
from sqlalchemy import select as choose
from sqlmodel import col

from services.registration.domain.registration_states import HOLDING, RegistrationState
from services.registration.tables import PersonRow, RegistrationRow
from shared.database import Connection, columns, select


async def expected_people(
    connection: Connection, meeting_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[asyncpg.Record]:
    """Who has a seat or waits for one, with the name, in the order in which they registered."""
    names = ("registration_id", "organisation", "rank", "state", "represents", "ticket_serial", "walk_in", "code")
    moments = ("checked_in_at", "entered_at", "left_at")
    person = columns(PersonRow, "honorific", "given_name", "family_name", "position_title")
    query = (
        choose(*columns(RegistrationRow, *names, *moments), *person)
        .join(PersonRow, col(PersonRow.person_id) == col(RegistrationRow.person_id))
        .where(col(RegistrationRow.meeting_id) == meeting_id, col(RegistrationRow.state).in_(HOLDING))
        .order_by(col(RegistrationRow.registration_id))
        .limit(limit)
    )
    if after:
        query = query.where(col(RegistrationRow.registration_id) > after)
    return await select(connection, query)


async def revoked_tickets(
    connection: Connection, meeting_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[asyncpg.Record]:
    """Registrations of which a signed ticket is good no more, and from which serial number on they are good."""
    state, serial = col(RegistrationRow.state), col(RegistrationRow.ticket_serial)
    seated = state == RegistrationState.CONFIRMED
    good_from = case((seated, serial)).label("good_from")
    query = (
        choose(col(RegistrationRow.registration_id), good_from)
        .where(col(RegistrationRow.meeting_id) == meeting_id, or_(and_(seated, serial > 1), and_(~seated, serial > 0)))
        .order_by(col(RegistrationRow.registration_id))
        .limit(limit)
    )
    if after:
        query = query.where(col(RegistrationRow.registration_id) > after)
    return await select(connection, query)
