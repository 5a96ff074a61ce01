"""The rows of a meeting: one lock on the meeting's row, and of the rest what the command needs."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg

from services.registration.domain.commands import (
    Answer,
    CheckIn,
    DeclineInvitation,
    InviteOrganisation,
    IssueTicket,
    RepresentParticipant,
    WithdrawParticipant,
)
from services.registration.domain.meeting import Meeting, MeetingCommands
from services.registration.domain.refusals import (
    AlreadyDeclined,
    AlreadyExists,
    AlreadyInvited,
    AlreadyRegistered,
)
from services.registration.domain.state import Invitation, Phase, Seat
from services.registration.store.writers import WRITERS
from shared.contracts import Fact
from shared.contracts.base import Bilingual
from shared.contracts.registration import MeetingDrafted
from shared.database import Connection
from shared.kernel import Key, Refusal, StaleVersion, Unavailable
from shared.lao import search_key

_MEETING = "SELECT * FROM meeting WHERE meeting_id = $1 FOR UPDATE"
_BY_LINK = "SELECT * FROM invitation WHERE meeting_id = $1 AND token_hash = $2"
_BY_ORGANISATION = "SELECT * FROM invitation WHERE meeting_id = $1 AND organisation = $2"
_INVITATIONS = "SELECT count(*) FROM invitation WHERE meeting_id = $1"
_SEAT = "SELECT * FROM registration WHERE meeting_id = $1 AND registration_id = $2"
_OF_PERSON = """
SELECT seat.* FROM registration AS seat JOIN person ON person.person_id = $2
WHERE seat.meeting_id = $1 AND state IN ('confirmed', 'waitlisted')
  AND (seat.mobile = person.mobile OR seat.email = person.email) LIMIT 1
"""
_DECLINED = """
SELECT count(*) FROM registration WHERE meeting_id = $1 AND state = 'declined' AND invitation_id = $2
"""
_HEAD = "SELECT * FROM registration WHERE meeting_id = $1 AND state = 'waitlisted' ORDER BY position LIMIT 1"
_SCAN = "SELECT true FROM check_in WHERE meeting_id = $1 AND device = $2 AND nonce = $3"
_ORGANISATION = "SELECT true FROM organisation WHERE code = $1"
_INSERT = """
INSERT INTO meeting (meeting_id, version, phase, organiser, policy, waiting_list, capacity, rank_floor, venue,
                     starts_at, ends_at, sequence, confirmed, waitlisted, queue_last, details, search_key)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, 0, 0, 0, $12, $13)
"""
_UPDATE = """
UPDATE meeting SET version = $3, phase = $4, venue = $5, starts_at = $6, ends_at = $7, started_at = $8, sequence = $9,
                   confirmed = $10, waitlisted = $11, queue_last = $12
WHERE meeting_id = $1 AND version = $2
"""

# Which rule of the domain a unique index keeps.
_RULES: Mapping[str, type[Refusal]] = {
    "registration_mobile": AlreadyRegistered,
    "registration_email": AlreadyRegistered,
    "registration_declined_mobile": AlreadyDeclined,
    "registration_declined_email": AlreadyDeclined,
    "registration_pkey": AlreadyExists,
    "invitation_organisation": AlreadyInvited,
    "meeting_pkey": AlreadyExists,
}


async def load_meeting(connection: Connection, key: Key, command: MeetingCommands) -> Meeting:
    """The meeting, locked, with what `command` needs; phase `absent` where there is none."""
    meeting_id = UUID(str(key))
    row = await connection.fetchrow(_MEETING, meeting_id)
    if row is None:
        return Meeting(meeting_id=meeting_id)
    return _meeting(row, **await _context(connection, meeting_id, command))


async def save_meeting(connection: Connection, before: Meeting, after: Meeting, facts: Sequence[Fact]) -> None:
    """Write the meeting's row and the rows of each fact."""
    with uniqueness():
        if before.version == 0:
            await _insert(connection, after, facts[0])
        else:
            await _update(connection, before, after)
        for fact in facts:
            write = WRITERS.get(type(fact))
            if write is not None:
                await write(connection, fact)


@contextmanager
def uniqueness() -> Iterator[None]:
    """A violated unique index is the Refusal of the rule it keeps."""
    try:
        yield
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name == "registration_code":
            raise Unavailable("a free code", retry_after=1.0) from None  # two alike of 10⁹: the next try draws again
        rule = _RULES.get(error.constraint_name or "")
        if rule is None:
            raise
        raise rule from None


async def _context(connection: Connection, meeting_id: UUID, command: MeetingCommands) -> dict[str, Any]:
    match command:
        case Answer():
            return await _answering(connection, meeting_id, command)
        case InviteOrganisation():
            row = await connection.fetchrow(_BY_ORGANISATION, meeting_id, command.organisation)
            return {
                "invitation": row and invited(row),
                "invitations": await connection.fetchval(_INVITATIONS, meeting_id),
                "organisation_known": await _known(connection, command.organisation),
            }
        case WithdrawParticipant():
            head = await connection.fetchrow(_HEAD, meeting_id)
            return {"seat": await _seat(connection, meeting_id, command.registration_id), "head": _seated(head)}
        case RepresentParticipant() | IssueTicket():
            return {"seat": await _seat(connection, meeting_id, command.registration_id)}
        case CheckIn():
            known = await connection.fetchval(_SCAN, meeting_id, command.device, command.nonce)
            return {"seat": await _seat(connection, meeting_id, command.registration_id), "scan_known": bool(known)}
        case _:
            return {}


async def _answering(connection: Connection, meeting_id: UUID, command: Answer) -> dict[str, Any]:
    if command.link_sha256 is None:
        return {"organisation_known": await _known(connection, command.organisation)}
    row = await connection.fetchrow(_BY_LINK, meeting_id, bytes.fromhex(command.link_sha256))
    if not isinstance(command, DeclineInvitation):
        return {"invitation": row and invited(row)}
    held = await connection.fetchrow(_OF_PERSON, meeting_id, command.person_id)
    if row is None:
        return {"seat": _seated(held)}
    declined: int = await connection.fetchval(_DECLINED, meeting_id, row["invitation_id"])
    return {"invitation": replace(invited(row), declined=declined), "seat": _seated(held)}


async def _known(connection: Connection, organisation: str) -> bool:
    return bool(await connection.fetchval(_ORGANISATION, organisation))


async def _seat(connection: Connection, meeting_id: UUID, registration_id: UUID | None) -> Seat | None:
    return _seated(await connection.fetchrow(_SEAT, meeting_id, registration_id)) if registration_id else None


def _seated(row: asyncpg.Record | None) -> Seat | None:
    if row is None:
        return None
    names = (
        "registration_id",
        "person_id",
        "organisation",
        "rank",
        "state",
        "code",
        "position",
        "invitation_id",
        "represents",
        "ticket_serial",
    )
    return Seat(**{name: row[name] for name in names}, checked_in=row["checked_in_at"] is not None)


def invited(row: asyncpg.Record) -> Invitation:
    """An invitation, from its row."""
    names = ("invitation_id", "organisation", "seats", "used", "expires_at")
    return Invitation(**{name: row[name] for name in names})


def _meeting(row: asyncpg.Record, **context: Any) -> Meeting:
    names = (
        "meeting_id",
        "version",
        "organiser",
        "policy",
        "waiting_list",
        "capacity",
        "rank_floor",
        "starts_at",
        "ends_at",
        "started_at",
        "sequence",
        "confirmed",
        "waitlisted",
        "queue_last",
    )
    members = {name: row[name] for name in names}
    return Meeting(**members, phase=Phase(row["phase"]), venue=Bilingual(**row["venue"]), **context)


async def _insert(connection: Connection, after: Meeting, fact: Fact) -> None:
    if not isinstance(fact, MeetingDrafted):
        raise TypeError("a meeting begins with MeetingDrafted")
    await connection.execute(
        _INSERT,
        after.meeting_id,
        after.version,
        after.phase,
        after.organiser,
        after.policy,
        after.waiting_list,
        after.capacity,
        after.rank_floor,
        fact.venue.model_dump(),
        after.starts_at,
        after.ends_at,
        fact.model_dump(mode="json"),
        search_key(f"{fact.title.lo} {fact.title.en or ''}"),
    )


async def _update(connection: Connection, before: Meeting, after: Meeting) -> None:
    done = await connection.execute(
        _UPDATE,
        after.meeting_id,
        before.version,
        after.version,
        after.phase,
        after.venue.model_dump() if after.venue else {},
        after.starts_at,
        after.ends_at,
        after.started_at,
        after.sequence,
        after.confirmed,
        after.waitlisted,
        after.queue_last,
    )
    if done != "UPDATE 1":
        raise StaleVersion
