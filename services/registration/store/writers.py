"""What each fact of a meeting writes beside the meeting's own row: one function for each kind of fact.

A fact that is not in `WRITERS` writes nothing else; who registers is written in batches (`registration_batch.py`), so
that a `ParticipantRegistered` comes here only for a request that was approved, and for a walk-in.
Contact data is copied from the person inside the database, for the uniqueness of a seat; it is in no fact of a meeting.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeAlias

from services.registration.domain.check_in import ALREADY_IN
from services.registration.domain.registration_states import RegistrationState
from services.registration.store.answer_writers import ANSWER_WRITERS
from services.registration.store.attendance import ATTENDANCE_WRITERS
from services.registration.store.documents import DOCUMENT_WRITERS
from services.registration.store.draft_writers import DRAFT_WRITERS
from services.registration.store.form.forms import FORM_WRITERS
from services.registration.store.invitation_writers import INVITATION_WRITERS
from services.registration.store.proof import PROOF_WRITERS
from services.registration.store.request_writers import REQUEST_WRITERS
from shared.contracts import Fact
from shared.contracts.base import Bilingual
from shared.contracts.registration import (
    CheckInRefused,
    MeetingChanged,
    MeetingDrafted,
    MeetingRescheduled,
    ParticipantCheckedIn,
    ParticipantLeft,
    ParticipantPromoted,
    ParticipantReturned,
    TicketIssued,
)
from shared.database import Connection
from shared.lao import search_key

_CHANGE = """
UPDATE meeting SET capacity = $2, waiting_list = $3, rank_floor = $4, search_key = $5, details = details || $6
WHERE meeting_id = $1
"""
_MOVED = """
INSERT INTO meeting_move (meeting_id, sequence, old_starts_at, old_ends_at, old_venue, moved_at)
VALUES ($1, $2, $3, $4, $5, now())
"""
_PROMOTE = """
UPDATE registration SET state = $2, position = NULL, promoted = true, promoted_at = now(), promotion_reason = $3,
                        promotion_note = $4
WHERE registration_id = $1
"""
_SCAN = """
INSERT INTO check_in (meeting_id, device, nonce, registration_id, reason, offline, scanned_at, received_at, came_at,
                      clock_skew, checked_by, would_have_been_refused, method, movement, turned_away)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
"""

# Desks without a network send their scans in any order: the result is the same in each.
_CAME = """
UPDATE registration SET checked_in_at = least(checked_in_at, $2), entered_at = greatest(entered_at, checked_in_at, $2)
WHERE registration_id = $1
"""
_TICKET = "UPDATE registration SET ticket_serial = $2, ticket_key = $3 WHERE registration_id = $1"
_LEFT = "UPDATE registration SET left_at = greatest(left_at, $2) WHERE registration_id = $1"

ScanFact: TypeAlias = ParticipantCheckedIn | ParticipantLeft | ParticipantReturned | CheckInRefused
MOVEMENTS: Final[Mapping[type[Fact], str]] = {ParticipantLeft: "left", ParticipantReturned: "returned"}


def title_key(title: Bilingual) -> str:
    """By which a meeting is found, however its title is spelled."""
    return search_key(f"{title.lo} {title.en or ''}")


async def write_rows(connection: Connection, fact: Fact) -> None:
    """Write what `fact` says beside the meeting's row."""
    write = WRITERS.get(type(fact))
    if write is not None:
        await write(connection, fact)


async def _changed(connection: Connection, fact: MeetingChanged) -> None:
    await connection.execute(
        _CHANGE,
        fact.meeting_id,
        fact.capacity,
        fact.waiting_list,
        fact.rank_floor,
        title_key(fact.title),
        fact.model_dump(mode="json", include=set(MeetingDrafted.model_fields)),
    )


async def _rescheduled(connection: Connection, fact: MeetingRescheduled) -> None:
    before = (fact.old_starts_at, fact.old_ends_at, fact.old_venue.model_dump(exclude_none=True))
    await connection.execute(_MOVED, fact.meeting_id, fact.sequence, *before)


async def _promoted(connection: Connection, fact: ParticipantPromoted) -> None:
    await connection.execute(_PROMOTE, fact.registration_id, RegistrationState.CONFIRMED, fact.reason, fact.note)


async def _ticket_issued(connection: Connection, fact: TicketIssued) -> None:
    await connection.execute(_TICKET, fact.registration_id, fact.serial, fact.key_id)


async def _checked_in(connection: Connection, fact: ParticipantCheckedIn) -> None:
    await _scanned(connection, fact, reason=None)
    await connection.execute(_CAME, fact.registration_id, fact.came_at or fact.scanned_at)


async def _check_in_refused(connection: Connection, fact: CheckInRefused) -> None:
    await _scanned(connection, fact, reason=fact.reason)
    if fact.reason == ALREADY_IN and fact.offline and not fact.turned_away:
        await connection.execute(_CAME, fact.registration_id, fact.came_at or fact.scanned_at)


async def _left(connection: Connection, fact: ParticipantLeft) -> None:
    await _scanned(connection, fact, reason=None)
    await connection.execute(_LEFT, fact.registration_id, fact.moved_at)


async def _returned(connection: Connection, fact: ParticipantReturned) -> None:
    await _scanned(connection, fact, reason=None)
    await connection.execute(_CAME, fact.registration_id, fact.moved_at)


async def _scanned(connection: Connection, fact: ScanFact, *, reason: str | None) -> None:
    await connection.execute(
        _SCAN,
        fact.meeting_id,
        fact.device,
        fact.nonce,
        fact.registration_id,
        reason,
        fact.offline,
        fact.scanned_at,
        fact.received_at,
        fact.moved_at if isinstance(fact, ParticipantLeft | ParticipantReturned) else fact.came_at,
        fact.clock_skew,
        fact.checked_by,
        None if isinstance(fact, CheckInRefused) else fact.would_have_been_refused,
        None if isinstance(fact, CheckInRefused) else fact.method,
        MOVEMENTS.get(type(fact)),
        isinstance(fact, CheckInRefused) and fact.turned_away,
    )


WRITERS: Mapping[type[Fact], Callable[[Connection, Any], Awaitable[None]]] = {
    MeetingChanged: _changed,
    **DRAFT_WRITERS,
    **DOCUMENT_WRITERS,
    **FORM_WRITERS,
    MeetingRescheduled: _rescheduled,
    **INVITATION_WRITERS,
    ParticipantPromoted: _promoted,
    **REQUEST_WRITERS,
    **ANSWER_WRITERS,
    **PROOF_WRITERS,
    **ATTENDANCE_WRITERS,
    TicketIssued: _ticket_issued,
    ParticipantCheckedIn: _checked_in,
    ParticipantLeft: _left,
    ParticipantReturned: _returned,
    CheckInRefused: _check_in_refused,
}
