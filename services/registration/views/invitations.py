"""The invited bodies of a meeting."""

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

import asyncpg

from services.registration.domain.registration_states import HOLDING, RegistrationState, sql_list
from services.registration.domain.reminders.invitation_states import InvitationState
from services.registration.tables import InvitationRow
from services.registration.tables.directory import MEETING_DAY
from shared.columns import names_of
from shared.database import Connection
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

_COMING: Final = f"state IN ({sql_list((*HOLDING, RegistrationState.REQUESTED))})"
_ANSWER: Final = "EXISTS (SELECT FROM registration answer WHERE answer.invitation_id = given.invitation_id {})"
INVITATION_STATE: Final = f"""
CASE WHEN given.revoked_at IS NOT NULL THEN '{InvitationState.REVOKED}'
     WHEN {_ANSWER.format(f"AND {_COMING} AND represents IS NULL")} THEN '{InvitationState.ACCEPTED}'
     WHEN {_ANSWER.format(f"AND {_COMING}")} THEN '{InvitationState.REPRESENTED}'
     WHEN {_ANSWER.format("")} THEN '{InvitationState.DECLINED}'
     WHEN given.expires_at <= now() THEN '{InvitationState.EXPIRED}'
     ELSE '{InvitationState.PENDING}' END
"""
"""The `InvitationState` of a row `given` of `invitation`; a few look-ups in the index `registration_invitation`."""

_LISTED: Final = f"""
SELECT given.invitation_id, given.organisation, given.seats, given.used, given.expires_at, given.revoked_at,
       given.told_at, given.reminded_at, given.reminders,
       given.expires_at <= now() OR given.revoked_at IS NOT NULL AS over,
       body.name_lo, body.name_en, {INVITATION_STATE} AS state, people.*
FROM invitation given
JOIN organisation_on((SELECT {MEETING_DAY} FROM meeting WHERE meeting_id = $1)) body ON body.code = given.organisation
CROSS JOIN LATERAL (
  SELECT count(*) AS answers,
         count(*) FILTER (WHERE state = '{RegistrationState.CONFIRMED}') AS confirmed,
         count(*) FILTER (WHERE state = '{RegistrationState.WAITLISTED}') AS waitlisted,
         count(*) FILTER (WHERE state = '{RegistrationState.DECLINED}') AS declined,
         count(*) FILTER (WHERE state = '{RegistrationState.REPRESENTED}') AS represented,
         count(*) FILTER (WHERE state = '{RegistrationState.WITHDRAWN}') AS withdrawn
  FROM registration answer WHERE answer.invitation_id = given.invitation_id) people
WHERE given.meeting_id = $1 AND ($2::text[] IS NULL OR given.organisation = ANY($2))
ORDER BY body.protocol_order, body.code, given.invitation_id
"""  # noqa: S608 -- constant names
_COUNTED: Final = f"""
SELECT state, count(*) AS invitations, sum(seats) AS seats, sum(used) AS used
FROM (SELECT seats, used, {INVITATION_STATE} AS state FROM invitation given
      WHERE meeting_id = $1 AND ($2::text[] IS NULL OR organisation = ANY($2))) counted
GROUP BY state
"""  # noqa: S608 -- constant names


async def invitation_of_link(connection: Connection, token_hash: bytes) -> asyncpg.Record:
    """The invitation whose link has the token of this SHA-256, with its meeting. Raises `NotFound`."""
    row: asyncpg.Record | None = await connection.fetchrow(_OF_LINK, token_hash)
    if row is None:
        raise NotFound
    return row


async def invitations(
    connection: Connection, meeting_id: UUID, *, organisations: Collection[str] | None = None
) -> Sequence[asyncpg.Record]:
    """The invited bodies in protocol order, each with its people by what they have answered, and its state."""
    return await connection.fetch(_LISTED, meeting_id, organisations)


async def invitation_counts(
    connection: Connection, meeting_id: UUID, *, organisations: Collection[str] | None = None
) -> dict[InvitationState, asyncpg.Record]:
    """The invitations of a meeting by state: how many, the seats that were offered, and the seats that are taken."""
    rows = await connection.fetch(_COUNTED, meeting_id, organisations)
    return {InvitationState(row["state"]): row for row in rows}
