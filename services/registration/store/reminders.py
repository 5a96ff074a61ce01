"""The invitations that a reminder is about, with whether they were answered; and which reminders are due."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from services.registration.domain.invitation import Invitation
from services.registration.domain.reminders.commands import RemindInvitation, RemindInvitations
from services.registration.domain.reminders.reminding import AGAIN_AFTER
from services.registration.domain.state import DEFAULT_ADMISSION, Members, Phase
from services.registration.tables import InvitationRow
from shared.columns import names_of
from shared.database import Connection

AT_ONCE: Final = 1_000

_ANSWERED: Final = "EXISTS (SELECT FROM registration answer WHERE answer.invitation_id = given.invitation_id)"
_GIVEN: Final = names_of(InvitationRow, "given")
_ONE: Final = f"""
SELECT {_GIVEN}, {_ANSWERED} AS answered FROM invitation given WHERE meeting_id = $1 AND invitation_id = $2
"""  # noqa: S608 -- constant names
_SOME: Final = f"""
SELECT {_GIVEN}, {_ANSWERED} AS answered FROM invitation given
WHERE meeting_id = $1 AND invitation_id = ANY($2::uuid[]) ORDER BY invitation_id
"""  # noqa: S608 -- constant names
_UNANSWERED: Final = f"""
SELECT {_GIVEN}, false AS answered FROM invitation given
WHERE meeting_id = $1 AND revoked_at IS NULL AND expires_at > now() AND NOT {_ANSWERED} ORDER BY invitation_id
"""  # noqa: S608 -- constant names
# A stage is over when the next one is reached: of several that have passed only the last is due.
_DUE: Final = f"""
SELECT meeting_id, invitation_id, hours, answer_by
FROM invitation given JOIN meeting USING (meeting_id)
CROSS JOIN LATERAL (SELECT least(given.expires_at, meeting.starts_at,
                                 (meeting.admission ->> 'closes_at')::timestamptz) AS answer_by) until
CROSS JOIN LATERAL (
  SELECT min(hours::int) AS hours
  FROM jsonb_array_elements_text(coalesce(meeting.admission -> 'reminders', $1::jsonb)) AS hours
  WHERE answer_by - hours::int * interval '1 hour' <= now()) passed
WHERE phase = '{Phase.OPEN}' AND revoked_at IS NULL AND answer_by > now() AND hours IS NOT NULL
  AND (told_at IS NULL OR (told_at < answer_by - hours * interval '1 hour' AND told_at <= now() - $2::interval))
  AND NOT {_ANSWERED}
ORDER BY answer_by, invitation_id LIMIT {AT_ONCE}
"""  # noqa: S608 -- constant names
_COLUMNS: Final = ("invitation_id", "organisation", "seats", "used", "expires_at", "contact", "sealed_link")
_MORE: Final = ("answered", "told_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class DueReminder:
    """A body that is to be reminded `hours` before `answer_by`."""

    meeting_id: UUID
    invitation_id: UUID
    hours: int
    answer_by: datetime


async def for_reminding_one(connection: Connection, meeting_id: UUID, command: RemindInvitation) -> Members:
    """What `RemindInvitation` is decided on."""
    row = await connection.fetchrow(_ONE, meeting_id, command.invitation_id)
    return {"invitation": row and _invitation(row)}


async def for_reminding(connection: Connection, meeting_id: UUID, command: RemindInvitations) -> Members:
    """What `RemindInvitations` is decided on: the invitations that are named, or all that were not answered."""
    if command.invitation_ids is None:
        rows = await connection.fetch(_UNANSWERED, meeting_id)
    else:
        rows = await connection.fetch(_SOME, meeting_id, sorted(command.invitation_ids))
    return {"invited": [_invitation(row) for row in rows]}


async def due_reminders(connection: Connection) -> Sequence[DueReminder]:
    """The bodies that are to be reminded by now, at most `AT_ONCE`; the most urgent first."""
    rows = await connection.fetch(_DUE, list(DEFAULT_ADMISSION.reminders), AGAIN_AFTER)
    return [DueReminder(**dict(row)) for row in rows]


def _invitation(row: asyncpg.Record) -> Invitation:
    invitation = Invitation(**{name: row[name] for name in (*_COLUMNS, *_MORE)})
    return replace(invitation, revoked=row["revoked_at"] is not None)
