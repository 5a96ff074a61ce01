"""Registrations of a meeting: found by code, as the person sees them, and what a ticket needs."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import asyncpg
from sqlalchemy import select as choose
from sqlmodel import col

from services.registration.domain.registration_states import RegistrationState
from services.registration.tables import MeetingRow, RegistrationRow
from shared.database import Connection, select
from shared.kernel import NotFound

# As a constant: many people look at the same time, and a query that is built costs more than it takes.
_OWN: Final = f"""
SELECT seat.meeting_id, seat.registration_id, seat.organisation, seat.state, seat.code, seat.represents, seat.promoted,
       seat.promoted_at, seat.promotion_reason, seat.promotion_note, seat.group_id,
       seat.proof IS DISTINCT FROM 'unproven' AS proven, seat.held_until,
       seat.reason, seat.ticket_serial, seat.checked_in_at, seat.answered_at,
       person.honorific, person.given_name, person.family_name, person.position_title,
       person.collected,
       meeting.phase, meeting.starts_at, meeting.ends_at, meeting.venue, meeting.details -> 'title' AS title,
       meeting.form_version AS asked_version, CASE WHEN meeting.form_version IS NOT NULL THEN (
         SELECT jsonb_build_object('form_version', form_version, 'answers', answers)
         FROM form_answer WHERE form_answer.registration_id = seat.registration_id) END AS given,
       CASE WHEN seat.state = '{RegistrationState.WAITLISTED}' THEN (
         SELECT count(*) FROM registration before
         WHERE before.meeting_id = seat.meeting_id AND before.state = '{RegistrationState.WAITLISTED}'
           AND before.position < seat.position) END AS ahead,
       (SELECT jsonb_agg(jsonb_build_object('moved_at', moved_at, 'old_starts_at', old_starts_at,
                                            'old_ends_at', old_ends_at, 'old_venue', old_venue) ORDER BY sequence)
        FROM meeting_move moved
        WHERE moved.meeting_id = seat.meeting_id AND moved.moved_at > seat.answered_at) AS moves
FROM registration seat JOIN person USING (person_id) JOIN meeting ON meeting.meeting_id = seat.meeting_id
"""  # noqa: S608 -- constant names
_OWN_BY_ID: Final = f"{_OWN} WHERE seat.meeting_id = $1 AND seat.registration_id = $2"
_OWN_BY_LINK: Final = f"{_OWN} WHERE seat.link_hash = $1"


async def seat_by_code(connection: Connection, meeting_id: UUID, code: str) -> UUID | None:
    """The registration with this code, for people without a phone."""
    query = choose(col(RegistrationRow.registration_id)).where(
        col(RegistrationRow.meeting_id) == meeting_id, col(RegistrationRow.code) == code
    )
    rows = await select(connection, query)
    return rows[0]["registration_id"] if rows else None


async def organisation_of(connection: Connection, *, meeting_id: UUID, registration_id: UUID) -> str:
    """The body a registration belongs to; raises `NotFound`."""
    query = choose(col(RegistrationRow.organisation)).where(
        col(RegistrationRow.meeting_id) == meeting_id, col(RegistrationRow.registration_id) == registration_id
    )
    rows = await select(connection, query)
    if not rows:
        raise NotFound
    return str(rows[0]["organisation"])


async def own_registration(connection: Connection, *, meeting_id: UUID, registration_id: UUID) -> asyncpg.Record:
    """One answer for the person who gave it, with his code; `ahead` people wait before him. Raises `NotFound`.

    `moves` are the changes of time and place since then, each with what it was before, the oldest first.
    """
    row: asyncpg.Record | None = await connection.fetchrow(_OWN_BY_ID, meeting_id, registration_id)
    if row is None:
        raise NotFound
    return row


async def registration_of_link(connection: Connection, token_hash: bytes) -> asyncpg.Record:
    """As `own_registration`, for whoever has the link with the token of this SHA-256. Raises `NotFound`."""
    row: asyncpg.Record | None = await connection.fetchrow(_OWN_BY_LINK, token_hash)
    if row is None:
        raise NotFound
    return row


async def ticket_basis(connection: Connection, *, meeting_id: UUID, registration_id: UUID) -> asyncpg.Record:
    """What a ticket says of a seat; raises `NotFound`."""
    query = (
        choose(
            col(RegistrationRow.ticket_serial),
            col(RegistrationRow.ticket_key),
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
