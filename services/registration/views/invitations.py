"""The invited bodies of a meeting."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import asyncpg
from sqlalchemy import func
from sqlalchemy import select as choose
from sqlmodel import col

from services.registration.domain.state import RegistrationState
from services.registration.tables import InvitationRow, RegistrationRow
from services.registration.views.organisations import MEETING_DAY, bodies_on_day_of
from shared.columns import names_of
from shared.database import Connection, columns, select
from shared.kernel import NotFound

_OF_LINK: Final = f"""
SELECT {names_of(InvitationRow, "given")}, body.name_lo, body.name_en,
       meeting.phase, meeting.starts_at, meeting.ends_at, meeting.venue,
       meeting.details -> 'title' AS title, meeting.details -> 'agenda' AS agenda,
       meeting.details ->> 'purpose' AS purpose, host.name_lo AS host_lo, host.name_en AS host_en,
       (SELECT count(*) FROM registration answer WHERE answer.meeting_id = given.meeting_id
          AND answer.invitation_id = given.invitation_id AND state = '{RegistrationState.DECLINED}') AS declined
FROM invitation given JOIN meeting ON meeting.meeting_id = given.meeting_id
LEFT JOIN LATERAL organisation_on({MEETING_DAY}) body ON body.code = given.organisation
LEFT JOIN LATERAL organisation_on({MEETING_DAY}) host ON host.code = meeting.organiser
WHERE given.token_hash = $1
"""  # noqa: S608 -- constant names


async def invitation_of_link(connection: Connection, token_hash: bytes) -> asyncpg.Record:
    """The invitation whose link has the token of this SHA-256, with its meeting. Raises `NotFound`."""
    row: asyncpg.Record | None = await connection.fetchrow(_OF_LINK, token_hash)
    if row is None:
        raise NotFound
    return row


async def invitations(connection: Connection, meeting_id: UUID) -> Sequence[asyncpg.Record]:
    """The invited bodies in the protocol order of that day: taken seats, people who have declined, any answers."""
    own = ("invitation_id", "organisation", "seats", "used", "expires_at", "revoked_at")
    answers = choose(func.count()).where(col(RegistrationRow.invitation_id) == col(InvitationRow.invitation_id))
    declined = answers.where(col(RegistrationRow.state) == RegistrationState.DECLINED)
    counts = (answers.scalar_subquery().label("answers"), declined.scalar_subquery().label("declined"))
    body = bodies_on_day_of(meeting_id)
    query = (
        choose(*columns(InvitationRow, *own), *counts, body.c.name_lo, body.c.name_en)
        .join(body, body.c.code == col(InvitationRow.organisation))
        .where(col(InvitationRow.meeting_id) == meeting_id)
        .order_by(body.c.protocol_order, body.c.code, col(InvitationRow.invitation_id))
    )
    return await select(connection, query)
