"""The people of a meeting: who has answered how, and who is told without an answer of his own."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.notification.domain.order import Audience
from services.notification.policy import Host, Seat
from shared.database import Connection

_SEATS = """
SELECT registration_id, person_id, state, checked_in, represents, notice FROM registration
WHERE meeting_id = $1 ORDER BY registration_id
"""
_HOSTS = "SELECT person_id, audience FROM host WHERE meeting_id = $1 ORDER BY audience, person_id"
_MOVED_FROM = "SELECT moved_from FROM meeting WHERE meeting_id = $1"
_SOME = """
SELECT r.registration_id, r.person_id, r.state, r.checked_in, r.represents, r.notice, coalesce(m.moved, 0) AS revision,
       m.moved_from
FROM registration r LEFT JOIN meeting m USING (meeting_id) WHERE r.registration_id = ANY($1::uuid[])
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Those whom a fact may be told to; `moved_from` as in `policy.Known`."""

    seats: Sequence[Seat] = ()
    hosts: Sequence[Host] = ()
    moved_from: datetime | None = None


async def load_people(connection: Connection, meeting_id: UUID) -> People:
    """Everybody of a meeting."""
    hosts = await connection.fetch(_HOSTS, meeting_id)
    return People(
        seats=[Seat(**dict(row)) for row in await connection.fetch(_SEATS, meeting_id)],
        hosts=[Host(person_id=row["person_id"], audience=Audience(row["audience"])) for row in hosts],
        moved_from=await connection.fetchval(_MOVED_FROM, meeting_id),
    )


async def load_seats(connection: Connection, registrations: Collection[UUID]) -> Mapping[UUID, People]:
    """Each of these registrations, alone."""
    rows = [dict(row) for row in await connection.fetch(_SOME, list(registrations))]
    return {row["registration_id"]: People(moved_from=row.pop("moved_from"), seats=[Seat(**row)]) for row in rows}
