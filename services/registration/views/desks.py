"""What a desk takes with it."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
from sqlalchemy import and_, case, or_
from sqlalchemy import select as choose
from sqlmodel import col

from services.registration.domain.registration_states import HOLDING, RegistrationState
from services.registration.tables import BlockedRegistrationRow, PersonRow, RegistrationRow
from shared.database import Connection, columns, select


async def expected_people(
    connection: Connection, meeting_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[asyncpg.Record]:
    """Who has a seat or waits for one, with the name, in the order in which they registered."""
    names = ("registration_id", "organisation", "rank", "state", "represents", "ticket_serial", "walk_in", "code")
    moments = ("checked_in_at", "entered_at", "left_at")
    person = columns(PersonRow, "honorific", "given_name", "family_name", "position_title")
    proven = col(RegistrationRow.proof).is_distinct_from("unproven").label("proven")
    query = (
        choose(*columns(RegistrationRow, *names, *moments), *person, proven)
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
    """Registrations of which a ticket is good no more, with the first serial number that is good; and blocked ones."""
    state, serial = col(RegistrationRow.state), col(RegistrationRow.ticket_serial)
    seated = state == RegistrationState.CONFIRMED
    blocked = col(BlockedRegistrationRow.registration_id).is_not(None)
    good_from = case((and_(seated, ~blocked), serial)).label("good_from")
    revoked = or_(blocked, and_(seated, serial > 1), and_(~seated, serial > 0))
    same = col(BlockedRegistrationRow.registration_id) == col(RegistrationRow.registration_id)
    query = (
        choose(col(RegistrationRow.registration_id), good_from, blocked.label("blocked"))
        .outerjoin(BlockedRegistrationRow, same)
        .where(col(RegistrationRow.meeting_id) == meeting_id, revoked)
        .order_by(col(RegistrationRow.registration_id))
        .limit(limit)
    )
    if after:
        query = query.where(col(RegistrationRow.registration_id) > after)
    return await select(connection, query)
