"""The people of a meeting: who has answered how, and who is told without an answer of his own."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.notification.domain.order import Audience
from services.notification.domain.recipient import Host, Seat
from services.notification.domain.state import Status
from services.notification.domain.states import RegistrationState
from shared.contracts.notification import Channel
from shared.database import Connection

CHANNELS: Final[tuple[Channel, ...]] = ("sms", "email")

_SEATS = """
SELECT r.registration_id, r.person_id, r.state, r.checked_in, r.represents, r.notice, p.mobile AS sms,
       lower(p.email) AS email
FROM registration r LEFT JOIN person p USING (person_id) WHERE r.meeting_id = $1 ORDER BY r.registration_id
"""
_HOSTS = """
SELECT h.person_id, h.audience, p.mobile AS sms, lower(p.email) AS email
FROM host h LEFT JOIN person p USING (person_id) WHERE h.meeting_id = $1 ORDER BY h.person_id
"""
_MOVED_FROM = "SELECT moved_from FROM meeting WHERE meeting_id = $1"
_SOME = """
SELECT r.registration_id, r.person_id, r.state, r.checked_in, r.represents, r.notice, coalesce(m.moved, 0) AS revision,
       m.moved_from
FROM registration r LEFT JOIN meeting m USING (meeting_id) WHERE r.registration_id = ANY($1::uuid[])
"""
_TOLD_SOON = f"""
SELECT person_id FROM message WHERE meeting_id = $1 AND template = $2
  AND status IN ('{Status.AWAITING_CONTACT}', '{Status.CREATED}')
"""  # noqa: S608 -- constant names


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Those whom a fact may be told to; `moved_from` as in `policy.ReactionContext`."""

    seats: Sequence[Seat] = ()
    hosts: Sequence[Host] = ()
    moved_from: datetime | None = None


async def load_people(connection: Connection, meeting_id: UUID) -> People:
    """Everybody of a meeting."""
    hosts = await connection.fetch(_HOSTS, meeting_id)
    return People(
        seats=[_seat(_with_addresses(row)) for row in await connection.fetch(_SEATS, meeting_id)],
        hosts=[_host(row) for row in hosts],
        moved_from=await connection.fetchval(_MOVED_FROM, meeting_id),
    )


async def told_soon(connection: Connection, meeting_id: UUID, *, template: str) -> frozenset[UUID]:
    """Those of a meeting for whom a message of this template waits that nobody has tried to send yet."""
    return frozenset(row["person_id"] for row in await connection.fetch(_TOLD_SOON, meeting_id, template))


def _with_addresses(row: asyncpg.Record) -> dict[str, Any]:
    members = dict(row)
    found = {channel: members.pop(channel) for channel in CHANNELS}
    return members | {"addresses": {channel: address for channel, address in found.items() if address is not None}}


def _seat(members: dict[str, Any]) -> Seat:
    return Seat(**members | {"state": RegistrationState(members["state"])})


def _host(row: asyncpg.Record) -> Host:
    members = _with_addresses(row)
    return Host(**members | {"audience": Audience(row["audience"])})


async def load_seats(connection: Connection, registrations: Collection[UUID]) -> Mapping[UUID, People]:
    """Each of these registrations, alone."""
    rows = [dict(row) for row in await connection.fetch(_SOME, list(registrations))]
    return {row["registration_id"]: People(moved_from=row.pop("moved_from"), seats=[_seat(row)]) for row in rows}
