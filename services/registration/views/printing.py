"""Who is printed: on the attendance sheet and on badges, in the order of rank, protocol and Lao letters."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
from sqlalchemy import or_
from sqlalchemy import select as choose
from sqlmodel import col

from services.registration.domain.registration_states import RegistrationState
from services.registration.tables import PersonRow, RegistrationRow
from services.registration.tables.forms import FormAnswerRow
from services.registration.views.organisations import bodies_on_day_of
from services.registration.views.registration_list import precedence
from shared.database import Connection, columns, select


async def people_to_print(
    connection: Connection, meeting_id: UUID, *, organisation: str | None = None, limit: int
) -> Sequence[asyncpg.Record]:
    """Who has a seat, and who came although he has none any more; with the Lao name of his body and the answers."""
    body = bodies_on_day_of(meeting_id)
    names = ("registration_id", "organisation", "state", "ticket_serial", "checked_in_at", "left_at", "walk_in")
    person = columns(PersonRow, "honorific", "given_name", "family_name", "position_title")
    expected = col(RegistrationRow.state) == RegistrationState.CONFIRMED
    came = col(RegistrationRow.checked_in_at).is_not(None)
    query = (
        choose(*columns(RegistrationRow, *names), *person, body.c.name_lo, col(FormAnswerRow.answers))
        .select_from(RegistrationRow)
        .join(PersonRow, col(PersonRow.person_id) == col(RegistrationRow.person_id))
        .join(FormAnswerRow, col(FormAnswerRow.registration_id) == col(RegistrationRow.registration_id), isouter=True)
        .join(body, body.c.code == col(RegistrationRow.organisation), isouter=True)
        .where(col(RegistrationRow.meeting_id) == meeting_id, or_(expected, came))
        .order_by(*precedence(body))
        .limit(limit)
    )
    if organisation is not None:
        query = query.where(col(RegistrationRow.organisation) == organisation)
    return await select(connection, query)
