"""Which keys have signed the tickets that are good now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from services.registration.domain.registration_states import RegistrationState
from services.registration.domain.state import Phase
from services.registration.ports import VALID_AFTER
from shared.database import Connection

# Meetings first: there are few of them before which tickets are good.
_GOOD: Final = f"""
FROM registration seat JOIN meeting USING (meeting_id)
WHERE (phase = '{Phase.IN_SESSION}' OR (phase = '{Phase.OPEN}' AND ends_at > $1))
  AND state = '{RegistrationState.CONFIRMED}' AND ticket_serial > 0
"""
_USES: Final = f"SELECT ticket_key, count(*) AS tickets, max(ends_at) AS last_ends_at {_GOOD} GROUP BY ticket_key"
_SIGNED_BY: Final = f"""
SELECT meeting_id, registration_id, ticket_serial, sequence {_GOOD}
  AND (ticket_key = $2 OR ticket_key IS NULL) AND (meeting_id, registration_id) > ($3, $4)
ORDER BY meeting_id, registration_id LIMIT $5
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketKeyUse:
    """How many good tickets a key has signed, and when the last of them expires."""

    key_id: str | None
    tickets: int
    last_expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedTicket:
    """A good ticket: whose it is, and the schedule of the meeting."""

    meeting_id: UUID
    registration_id: UUID
    ticket_serial: int
    sequence: int


async def ticket_key_uses(connection: Connection, *, at: datetime) -> Sequence[TicketKeyUse]:
    """The keys by which tickets are signed that are good at this time; None stands for keys that were not recorded."""
    rows = await connection.fetch(_USES, at - VALID_AFTER)
    return [
        TicketKeyUse(
            key_id=row["ticket_key"], tickets=row["tickets"], last_expires_at=row["last_ends_at"] + VALID_AFTER
        )
        for row in rows
    ]


async def tickets_signed_by(
    connection: Connection, key_id: str, *, at: datetime, after: tuple[UUID, UUID], limit: int
) -> Sequence[SignedTicket]:
    """Good tickets that this key has signed or may have signed, by meeting and registration, from `after` on."""
    rows = await connection.fetch(_SIGNED_BY, at - VALID_AFTER, key_id, *after, limit)
    return [SignedTicket(**row) for row in rows]
