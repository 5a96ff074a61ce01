"""Who waits for a seat or for a decision, as a command needs them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

import asyncpg

from services.registration.domain.registration import Seat
from services.registration.domain.registration_states import ONE_EACH, RegistrationState, sql_list
from services.registration.store.contacts import holders_of
from services.registration.tables import RegistrationRow
from shared.columns import names_of
from shared.database import Connection

_SEAT: Final = names_of(RegistrationRow)
# As far as the seats can reach that are free after a command: one that it frees, or those of the capacity that it sets.
# Where some may pass others, it may be anybody; with $3 the command makes it so.
_QUEUE: Final = f"""
SELECT {_SEAT} FROM registration WHERE meeting_id = $1 AND state = '{RegistrationState.WAITLISTED}' ORDER BY position
LIMIT (SELECT CASE WHEN $3 OR grouped OR taken IS NOT NULL THEN NULL
                   ELSE greatest(coalesce($2, capacity + 1) - confirmed, 1) END FROM meeting WHERE meeting_id = $1)
"""  # noqa: S608 -- constant names
_GROUPED: Final = f"""
SELECT {_SEAT} FROM registration WHERE meeting_id = $1 AND state = '{RegistrationState.WAITLISTED}'
  AND EXISTS (SELECT FROM meeting WHERE meeting_id = $1 AND grouped AND waitlisted > 0 AND confirmed < capacity)
ORDER BY position
"""  # noqa: S608 -- constant names
_PARTY: Final = f"""
SELECT {_SEAT} FROM registration WHERE meeting_id = $1 AND state = '{RegistrationState.WAITLISTED}'
  AND (registration_id = $2 OR group_id = (SELECT group_id FROM registration WHERE registration_id = $2))
ORDER BY position
"""  # noqa: S608 -- constant names
_REQUESTS: Final = f"""
SELECT {names_of(RegistrationRow, "asked")}, EXISTS (
    SELECT FROM registration AS other
    WHERE other.meeting_id = $1 AND other.mobile = person.mobile AND other.state IN ({sql_list(ONE_EACH)})
  ) OR EXISTS (
    SELECT FROM registration AS other
    WHERE other.meeting_id = $1 AND other.email = person.email AND other.state IN ({sql_list(ONE_EACH)})
  ) AS contact_taken
FROM registration AS asked JOIN person USING (person_id)
WHERE meeting_id = $1 AND (registration_id = ANY($2::uuid[]) OR (
  state = '{RegistrationState.REQUESTED}' AND group_id IN (
    SELECT group_id FROM registration WHERE meeting_id = $1 AND registration_id = ANY($2::uuid[]))))
ORDER BY registration_id
"""  # noqa: S608 -- constant names
_TAKEN: Final = f"""
SELECT organisation, count(*) AS taken FROM registration
WHERE meeting_id = $1 AND state = '{RegistrationState.CONFIRMED}' AND organisation = ANY($2::text[])
GROUP BY organisation
"""  # noqa: S608 -- constant names
_COLUMNS: Final = (
    *("registration_id", "person_id", "organisation", "rank", "invitation_id", "code", "represents", "ticket_serial"),
    *("entered_at", "left_at", "group_id"),
)


async def waiting_for(
    connection: Connection, meeting_id: UUID, capacity: int | None = None, *, rules_change: bool = False
) -> Sequence[Seat]:
    """Those who may move up when a seat is given up, or when the meeting gets this capacity or other rules."""
    return _seats(await connection.fetch(_QUEUE, meeting_id, capacity, rules_change))


async def waiting_before_newcomers(connection: Connection, meeting_id: UUID) -> Sequence[Seat]:
    """Those whom newcomers must not pass although seats are free: nobody in a meeting where no group has waited."""
    return _seats(await connection.fetch(_GROUPED, meeting_id))


async def party_of(connection: Connection, *, meeting_id: UUID, registration_id: UUID) -> Sequence[Seat]:
    """Somebody who waits, with those who have registered together with him."""
    return _seats(await connection.fetch(_PARTY, meeting_id, registration_id))


async def requests_of(connection: Connection, meeting_id: UUID, registrations: Collection[UUID]) -> Mapping[UUID, Seat]:
    """These registrations of the meeting, whatever has become of them, and who has asked together with one of them."""
    rows = await connection.fetch(_REQUESTS, meeting_id, registrations)
    taken = {row["registration_id"] for row in rows if row["contact_taken"]}
    for one in [row for row in rows if row["contact_taken"]]:
        if not await holders_of(connection, meeting_id, one["person_id"]):  # he shares it: the other is somebody else
            taken.remove(one["registration_id"])
    seats = _seats(rows)
    return {seat.registration_id: replace(seat, contact_taken=seat.registration_id in taken) for seat in seats}


async def seats_taken(connection: Connection, meeting_id: UUID, bodies: Sequence[str]) -> Mapping[str, int]:
    """How many people of each of these bodies have a seat."""
    counted = {row["organisation"]: row["taken"] for row in await connection.fetch(_TAKEN, meeting_id, bodies)}
    return dict.fromkeys(bodies, 0) | counted


def seat_of(row: asyncpg.Record, *, blocked: bool = False) -> Seat:
    """A registration, from its row."""
    columns = {name: row[name] for name in _COLUMNS}
    # A version that knew no exits has written only when he came.
    columns["entered_at"] = columns["entered_at"] or row["checked_in_at"]
    columns |= {"proven": row["proof"] != "unproven", "held_until": row["held_until"]}
    state, checked_in = RegistrationState(row["state"]), row["checked_in_at"] is not None
    return Seat(**columns, state=state, checked_in=checked_in, blocked=blocked)


def _seats(rows: Sequence[asyncpg.Record]) -> tuple[Seat, ...]:
    return tuple(seat_of(row) for row in rows)
