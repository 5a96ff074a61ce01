"""The copies of meetings, of their phases, and of who is told of them as a host."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from services.notification.domain.changes import RESCHEDULED
from services.notification.domain.order import Audience
from services.notification.domain.states import MeetingPhase, RegistrationState
from services.notification.domain.who_is_told import ANOTHER_TIME, case_of
from services.notification.store.projection.writer import Writer, statement
from shared.contracts import Fact
from shared.contracts.registration import (
    InvitationExtended,
    InvitationResent,
    InvitationRevoked,
    MeetingCancelled,
    MeetingChanged,
    MeetingClosed,
    MeetingDiscarded,
    MeetingDrafted,
    MeetingHeld,
    MeetingHostsChanged,
    MeetingOpened,
    MeetingRescheduled,
    MeetingStarted,
    OrganisationInvited,
)
from shared.database import Connection

_MEETING = """
INSERT INTO meeting (meeting_id, title, venue, starts_at, ends_at, sequence, phase, organiser, organiser_unit, chair,
                     agenda, shared_contacts)
VALUES ($1, $2, $3, $4, $5, 0, 'draft', $6, $7, $8, $9, $10)
ON CONFLICT (meeting_id) DO NOTHING
"""
_HOST = "INSERT INTO host (meeting_id, person_id, audience) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
_CONTACT = """
INSERT INTO host (meeting_id, person_id, audience, answer_by) VALUES ($1, $2, $3, $4)
ON CONFLICT (meeting_id, person_id, audience) DO UPDATE SET answer_by = excluded.answer_by
"""
_ANSWER_BY = "UPDATE host SET answer_by = $3 WHERE meeting_id = $1 AND person_id = $2 AND audience = $4"
_NO_HOST = "DELETE FROM host WHERE meeting_id = $1 AND person_id = $2 AND audience = $3"
# Of changes within a minute only the last is told: it names the time that people know, from before the first.
_RESCHEDULE = """
UPDATE meeting SET starts_at = $2, ends_at = $3, venue = $4, sequence = $5,
  moved = CASE WHEN $6 THEN $5 ELSE moved END, venue_changed = CASE WHEN venue = $4 THEN venue_changed ELSE $5 END,
  moved_from = CASE WHEN $6 AND (moved_at > $8::timestamptz - interval '1 minute') IS NOT TRUE THEN $7
                    ELSE moved_from END,
  moved_at = CASE WHEN $6 THEN $8 ELSE moved_at END
WHERE meeting_id = $1
"""
_NEW_TICKETS = "UPDATE registration SET notice = $2 WHERE meeting_id = $1 AND state = $3"
_CHANGE = """
UPDATE meeting SET title = $2, organiser_unit = $3, agenda = $4, sequence = greatest(sequence, $5), shared_contacts = $6
WHERE meeting_id = $1
"""
_CHAIR = "UPDATE meeting SET chair = $2 WHERE meeting_id = $1"
_NO_HOSTS = "DELETE FROM host WHERE meeting_id = $1 AND audience = ANY($2::text[])"
_DISCARD = "DELETE FROM meeting WHERE meeting_id = $1"
_PHASE = "UPDATE meeting SET phase = $2 WHERE meeting_id = $1"
_CANCEL = "UPDATE meeting SET sequence = $2, phase = $3 WHERE meeting_id = $1"
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"


async def lock_phase(connection: Connection, meeting_id: UUID) -> None:
    """Until the end of the transaction nobody else decides whether this meeting is over."""
    await connection.execute(_LOCK, f"meeting {meeting_id}")


async def _drafted(connection: Connection, fact: MeetingDrafted, _at: datetime) -> None:
    await connection.execute(
        _MEETING,
        fact.meeting_id,
        fact.title.model_dump(exclude_none=True),
        fact.venue.model_dump(exclude_none=True),
        fact.starts_at,
        fact.ends_at,
        fact.organiser,
        fact.organiser_unit.model_dump(exclude_none=True) if fact.organiser_unit else None,
        fact.chair,
        _agenda(fact),
        fact.admission.shared_contacts,
    )
    await _hosts(connection, fact)


async def _hosts(connection: Connection, fact: MeetingDrafted | MeetingHostsChanged) -> None:
    hosts = [(fact.chair, Audience.CHAIR), *((person, Audience.CO_HOST) for person in fact.co_host_contacts)]
    await connection.executemany(_HOST, [[fact.meeting_id, *host] for host in hosts])


async def _hosts_changed(connection: Connection, fact: MeetingHostsChanged, _at: datetime) -> None:
    await connection.execute(_CHAIR, fact.meeting_id, fact.chair)
    await connection.execute(_NO_HOSTS, fact.meeting_id, [Audience.CHAIR, Audience.CO_HOST])
    await _hosts(connection, fact)


async def _discarded(connection: Connection, fact: MeetingDiscarded, _at: datetime) -> None:
    await connection.execute(_NO_HOSTS, fact.meeting_id, [Audience.CHAIR, Audience.CO_HOST])
    await connection.execute(_DISCARD, fact.meeting_id)


async def _changed(connection: Connection, fact: MeetingChanged, _at: datetime) -> None:
    unit = fact.organiser_unit.model_dump(exclude_none=True) if fact.organiser_unit else None
    title = fact.title.model_dump(exclude_none=True)
    shared = fact.admission.shared_contacts
    await connection.execute(_CHANGE, fact.meeting_id, title, unit, _agenda(fact), fact.sequence, shared)


def _agenda(fact: MeetingDrafted | MeetingChanged) -> list[dict[str, str]]:
    """The titles of the main items."""
    return [item.title.model_dump(exclude_none=True) for item in fact.agenda if "." not in item.number]


async def _invited(connection: Connection, fact: OrganisationInvited | InvitationResent, _at: datetime) -> None:
    await connection.execute(_CONTACT, fact.meeting_id, fact.contact, Audience.CONTACT, fact.expires_at)


async def _rescheduled(connection: Connection, fact: MeetingRescheduled, at: datetime) -> None:
    venue = fact.venue.model_dump(exclude_none=True)
    moved = case_of(fact) == ANOTHER_TIME
    new = (fact.starts_at, fact.ends_at, venue, fact.sequence)
    await connection.execute(_RESCHEDULE, fact.meeting_id, *new, moved, fact.old_starts_at, at)
    if moved:
        await connection.execute(_NEW_TICKETS, fact.meeting_id, RESCHEDULED, RegistrationState.CONFIRMED)


async def _held(connection: Connection, fact: MeetingHeld, at: datetime) -> None:
    await lock_phase(connection, fact.meeting_id)
    await _enters(MeetingPhase.HELD)(connection, fact, at)


def _enters(phase: MeetingPhase) -> Writer:
    return statement(_PHASE, "meeting_id", constants=(phase,))


WRITERS: Final[Mapping[type[Fact], Writer]] = {
    MeetingDrafted: _drafted,
    MeetingChanged: _changed,
    MeetingHostsChanged: _hosts_changed,
    MeetingDiscarded: _discarded,
    MeetingOpened: _enters(MeetingPhase.OPEN),
    OrganisationInvited: _invited,
    InvitationResent: _invited,
    InvitationExtended: statement(_ANSWER_BY, "meeting_id", "contact", "expires_at", constants=(Audience.CONTACT,)),
    InvitationRevoked: statement(_NO_HOST, "meeting_id", "contact", constants=(Audience.CONTACT,)),
    MeetingRescheduled: _rescheduled,
    MeetingCancelled: statement(_CANCEL, "meeting_id", "sequence", constants=(MeetingPhase.CANCELLED,)),
    MeetingStarted: _enters(MeetingPhase.IN_SESSION),
    MeetingHeld: _held,
    MeetingClosed: _enters(MeetingPhase.CLOSED),
}
