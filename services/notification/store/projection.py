"""What notification keeps of others' facts: persons, bodies, meetings, answers, and when minutes were signed."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.notification.domain.order import Audience
from services.notification.domain.who_is_told import ANOTHER_TIME, case_of
from services.notification.store.message import lock_persons
from shared.contracts import Fact
from shared.contracts.minutes import MinutesPublished, MinutesSigned
from shared.contracts.registration import (
    InvitationDeclined,
    MeetingCancelled,
    MeetingClosed,
    MeetingDrafted,
    MeetingHeld,
    MeetingOpened,
    MeetingRescheduled,
    MeetingStarted,
    OrganisationInvited,
    OrganisationRecorded,
    ParticipantCheckedIn,
    ParticipantPromoted,
    ParticipantRegistered,
    ParticipantRepresented,
    ParticipantWithdrawn,
    PersonErased,
    PersonRecorded,
    TicketIssued,
)
from shared.database import Connection

OVER = frozenset({"held", "closed"})

_PERSON = """
INSERT INTO person (person_id, erased, honorific, given_name, family_name, mobile, email, language)
VALUES ($1, false, $2, $3, $4, $5, $6, $7)
ON CONFLICT (person_id) DO UPDATE SET erased = false, honorific = excluded.honorific,
  given_name = excluded.given_name, family_name = excluded.family_name, mobile = excluded.mobile,
  email = excluded.email, language = excluded.language
"""
_ERASE = """
INSERT INTO person (person_id, erased) VALUES ($1, true)
ON CONFLICT (person_id) DO UPDATE SET erased = true, honorific = NULL, given_name = NULL, family_name = NULL,
  mobile = NULL, email = NULL, language = NULL
"""
_FORGET_ENTRIES = """
DELETE FROM calendar_entry WHERE address = (SELECT lower(email) FROM person WHERE person_id = $1)
"""
_ORGANISATION = """
INSERT INTO organisation (code, name) VALUES ($1, $2) ON CONFLICT (code) DO UPDATE SET name = excluded.name
"""
_MEETING = """
INSERT INTO meeting (meeting_id, title, venue, starts_at, ends_at, sequence, phase, organiser, organiser_unit, chair,
                     agenda)
VALUES ($1, $2, $3, $4, $5, 0, 'draft', $6, $7, $8, $9)
ON CONFLICT (meeting_id) DO NOTHING
"""
_HOST = "INSERT INTO host (meeting_id, person_id, audience) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
# Of changes within a minute only the last is told: it names the time that people know, from before the first.
_RESCHEDULE = """
UPDATE meeting SET starts_at = $2, ends_at = $3, venue = $4, sequence = $5,
  moved = CASE WHEN $6 THEN $5 ELSE moved END, venue_changed = CASE WHEN venue = $4 THEN venue_changed ELSE $5 END,
  moved_from = CASE WHEN $6 AND (moved_at > $8::timestamptz - interval '1 minute') IS NOT TRUE THEN $7
                    ELSE moved_from END,
  moved_at = CASE WHEN $6 THEN $8 ELSE moved_at END
WHERE meeting_id = $1
"""
_NEW_TICKETS = "UPDATE registration SET notice = 'rescheduled' WHERE meeting_id = $1 AND state = 'confirmed'"
_CANCEL = "UPDATE meeting SET phase = 'cancelled', sequence = $2 WHERE meeting_id = $1"
_PHASE = "UPDATE meeting SET phase = $2 WHERE meeting_id = $1"
_ANSWER = """
INSERT INTO registration (registration_id, meeting_id, person_id, state, code, checked_in)
VALUES ($1, $2, $3, $4, $5, false)
ON CONFLICT (registration_id) DO UPDATE SET state = excluded.state
"""
_REPRESENTATIVE = """
INSERT INTO registration (registration_id, meeting_id, person_id, state, code, checked_in, represents, notice)
VALUES ($1, $2, $3, 'confirmed', $4, false, $5, 'delegated') ON CONFLICT (registration_id) DO NOTHING
"""
_STATE = "UPDATE registration SET state = $2 WHERE registration_id = $1"
_PROMOTED = "UPDATE registration SET state = 'confirmed', notice = 'promoted' WHERE registration_id = $1"
_TICKET = "UPDATE registration SET ticket = greatest(ticket, $2) WHERE registration_id = $1"
_CHECK_IN = "UPDATE registration SET checked_in = true WHERE registration_id = $1"
_SIGNED = "INSERT INTO minutes (minutes_id, signed_at) VALUES ($1, $2) ON CONFLICT (minutes_id) DO NOTHING"
_LOCK_MEETING = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
_POSTPONE = "INSERT INTO postponed (cause, meeting_id, fact) VALUES ($1, $2, $3) ON CONFLICT (cause) DO NOTHING"
_RESUME = "DELETE FROM postponed WHERE meeting_id = $1 RETURNING cause, fact"


async def project(connection: Connection, fact: Fact, *, at: datetime) -> None:
    """Keep what is needed of one fact, which happened `at`; persons are kept by `keep_persons`."""
    if isinstance(fact, MeetingRescheduled):
        await _rescheduled(connection, fact, at)
        return
    write = _WRITERS.get(type(fact))
    if write is not None:
        await write(connection, fact)


async def keep_persons(connection: Connection, facts: Sequence[PersonRecorded]) -> None:
    """Know these persons; of one who is among them twice, the last that was said holds."""
    await lock_persons(connection, {fact.person_id for fact in facts})
    names = ("person_id", "honorific", "given_name", "family_name", "mobile", "email", "language")
    await connection.executemany(_PERSON, [[getattr(fact, name) for name in names] for fact in facts])


async def keep_answers(connection: Connection, facts: Sequence[ParticipantRegistered]) -> None:
    """Know these registrations."""
    names = ("registration_id", "meeting_id", "person_id", "state", "code")
    await connection.executemany(_ANSWER, [[getattr(fact, name) for name in names] for fact in facts])


async def keep_tickets(connection: Connection, facts: Sequence[TicketIssued]) -> None:
    """Know which ticket of each seat is the newest."""
    await connection.executemany(_TICKET, [[fact.registration_id, fact.serial] for fact in facts])


async def resume_postponed(connection: Connection, fact: Fact, cause: UUID) -> Sequence[tuple[UUID, Fact]]:
    """The facts to react to now, each with its cause: `fact`, unless it must wait, and those that have waited for it.

    Minutes are published long after their meeting; where we hear of it before we have heard the meeting's end, some of
    the meeting's answers may not have come yet, and somebody would not be told.
    """
    if isinstance(fact, MinutesPublished):
        await connection.execute(_LOCK_MEETING, f"meeting {fact.meeting_id}")
        phase = await connection.fetchval("SELECT phase FROM meeting WHERE meeting_id = $1", fact.meeting_id)
        if phase not in OVER:
            await connection.execute(_POSTPONE, cause, fact.meeting_id, fact.model_dump(mode="json"))
            return []
    if isinstance(fact, MeetingHeld):
        rows = await connection.fetch(_RESUME, fact.meeting_id)
        return [(cause, fact), *((row["cause"], MinutesPublished.model_validate(row["fact"])) for row in rows)]
    return [(cause, fact)]


async def _erased(connection: Connection, fact: PersonErased) -> None:
    await lock_persons(connection, [fact.person_id])
    await connection.execute(_FORGET_ENTRIES, fact.person_id)
    await connection.execute(_ERASE, fact.person_id)


async def _organisation(connection: Connection, fact: OrganisationRecorded) -> None:
    await connection.execute(_ORGANISATION, fact.organisation, fact.name.model_dump(exclude_none=True))


async def _drafted(connection: Connection, fact: MeetingDrafted) -> None:
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
        [item.title.model_dump(exclude_none=True) for item in fact.agenda if "." not in item.number],
    )
    hosts = [(fact.chair, Audience.CHAIR), *((person, Audience.CO_HOST) for person in fact.co_host_contacts)]
    await connection.executemany(_HOST, [[fact.meeting_id, *host] for host in hosts])


async def _invited(connection: Connection, fact: OrganisationInvited) -> None:
    await connection.execute(_HOST, fact.meeting_id, fact.contact, Audience.CONTACT)


async def _rescheduled(connection: Connection, fact: MeetingRescheduled, at: datetime) -> None:
    venue = fact.venue.model_dump(exclude_none=True)
    moved = case_of(fact) == ANOTHER_TIME
    new = (fact.starts_at, fact.ends_at, venue, fact.sequence)
    await connection.execute(_RESCHEDULE, fact.meeting_id, *new, moved, fact.old_starts_at, at)
    if moved:
        await connection.execute(_NEW_TICKETS, fact.meeting_id)


async def _cancelled(connection: Connection, fact: MeetingCancelled) -> None:
    await connection.execute(_CANCEL, fact.meeting_id, fact.sequence)


async def _held(connection: Connection, fact: MeetingHeld) -> None:
    await connection.execute(_LOCK_MEETING, f"meeting {fact.meeting_id}")
    await connection.execute(_PHASE, fact.meeting_id, "held")


def _phase(name: str) -> Callable[[Connection, Any], Awaitable[None]]:
    async def write(connection: Connection, fact: Any) -> None:
        await connection.execute(_PHASE, fact.meeting_id, name)

    return write


async def _registered(connection: Connection, fact: ParticipantRegistered) -> None:
    await keep_answers(connection, [fact])


async def _represented(connection: Connection, fact: ParticipantRepresented) -> None:
    await connection.execute(_STATE, fact.represented_registration_id, "represented")
    seat = (fact.registration_id, fact.meeting_id, fact.person_id, fact.code)
    await connection.execute(_REPRESENTATIVE, *seat, fact.represented_person_id)


async def _declined(connection: Connection, fact: InvitationDeclined) -> None:
    await connection.execute(_ANSWER, fact.registration_id, fact.meeting_id, fact.person_id, "declined", None)


async def _promoted(connection: Connection, fact: ParticipantPromoted) -> None:
    await connection.execute(_PROMOTED, fact.registration_id)


async def _withdrawn(connection: Connection, fact: ParticipantWithdrawn) -> None:
    await connection.execute(_STATE, fact.registration_id, "withdrawn")


async def _checked_in(connection: Connection, fact: ParticipantCheckedIn) -> None:
    await connection.execute(_CHECK_IN, fact.registration_id)


async def _ticketed(connection: Connection, fact: TicketIssued) -> None:
    await keep_tickets(connection, [fact])


async def _signed(connection: Connection, fact: MinutesSigned) -> None:
    await connection.execute(_SIGNED, fact.minutes_id, fact.signed_at)


_WRITERS: Mapping[type[Fact], Callable[[Connection, Any], Awaitable[None]]] = {
    PersonErased: _erased,
    OrganisationRecorded: _organisation,
    MeetingDrafted: _drafted,
    MeetingOpened: _phase("open"),
    OrganisationInvited: _invited,
    TicketIssued: _ticketed,
    MeetingCancelled: _cancelled,
    MeetingStarted: _phase("in_session"),
    MeetingHeld: _held,
    MeetingClosed: _phase("closed"),
    ParticipantRegistered: _registered,
    ParticipantRepresented: _represented,
    InvitationDeclined: _declined,
    ParticipantPromoted: _promoted,
    ParticipantWithdrawn: _withdrawn,
    ParticipantCheckedIn: _checked_in,
    MinutesSigned: _signed,
}
