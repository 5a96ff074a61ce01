"""The people of a meeting: who has answered how, and who is told without an answer of his own."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from services.notification.domain.order import Audience
from services.notification.policy import Host, Seat
from shared.contracts.notification import Channel
from shared.database import Connection

CHANNELS: Final[tuple[Channel, ...]] = ("sms", "email")

_SEATS = """
SELECT registration_id, person_id, state, checked_in, represents, notice FROM registration
WHERE meeting_id = $1 ORDER BY registration_id
"""
# A person is known by each of his answers, so one who is told as two may be two persons with one number or address.
# The seat is told of rather than the role of a host, and the chair's role rather than a co-host's and a contact's; a
# place in the queue has no calendar entry, so that the mail to the host goes all the same.
_HOSTS = """
WITH hosts AS (
  SELECT h.person_id, h.audience, p.mobile, lower(p.email) AS email,
         array_position(ARRAY['chair', 'co-host', 'contact'], h.audience) AS place
  FROM host h LEFT JOIN person p USING (person_id) WHERE h.meeting_id = $1
), seats AS (
  SELECT p.mobile, CASE WHEN r.state = 'confirmed' THEN lower(p.email) END AS email
  FROM registration r JOIN person p USING (person_id)
  WHERE r.meeting_id = $1 AND r.state IN ('confirmed', 'waitlisted')
), told AS (
  SELECT person_id, audience,
         mobile IN (SELECT mobile FROM seats WHERE mobile IS NOT NULL)
           OR row_number() OVER (PARTITION BY mobile ORDER BY place, person_id) > 1 AS sms,
         email IN (SELECT email FROM seats WHERE email IS NOT NULL)
           OR row_number() OVER (PARTITION BY email ORDER BY place, person_id) > 1 AS email,
         mobile IS NOT NULL AS by_sms, email IS NOT NULL AS by_email
  FROM hosts
)
SELECT person_id, audience, by_sms AND sms AS sms, by_email AND email AS email FROM told ORDER BY audience, person_id
"""
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
        hosts=[_host(row) for row in hosts],
        moved_from=await connection.fetchval(_MOVED_FROM, meeting_id),
    )


def _host(row: asyncpg.Record) -> Host:
    elsewhere = frozenset[Channel](channel for channel in CHANNELS if row[channel])
    return Host(person_id=row["person_id"], audience=Audience(row["audience"]), elsewhere=elsewhere)


async def load_seats(connection: Connection, registrations: Collection[UUID]) -> Mapping[UUID, People]:
    """Each of these registrations, alone."""
    rows = [dict(row) for row in await connection.fetch(_SOME, list(registrations))]
    return {row["registration_id"]: People(moved_from=row.pop("moved_from"), seats=[Seat(**row)]) for row in rows}
