"""The copies of answers, with the newest ticket of each."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from services.notification.domain.recipient import AGAIN, REGISTERED, UNPROVEN
from services.notification.domain.states import RegistrationState
from services.notification.store.projection.writer import Writer, statement
from shared.contracts import Fact
from shared.contracts.registration import (
    InvitationDeclined,
    OwnLink,
    ParticipantCheckedIn,
    ParticipantPromoted,
    ParticipantProven,
    ParticipantRegistered,
    ParticipantReinstated,
    ParticipantRepresented,
    ParticipantWithdrawn,
    ParticipationRejected,
    ParticipationRequested,
    RequestWithdrawn,
    TicketIssued,
)
from shared.database import Connection

_ANSWER = """
INSERT INTO registration (registration_id, meeting_id, person_id, state, code, sealed_link, checked_in, invitation_id,
                          notice, confirm_by, sealed_confirm_code)
VALUES ($1, $2, $3, $4, $5, $6, false, $7, $8, $9, $10)
ON CONFLICT (registration_id) DO UPDATE SET state = excluded.state
"""
_REPRESENTATIVE = """
INSERT INTO registration (registration_id, meeting_id, person_id, state, code, sealed_link, checked_in, represents,
                          notice)
VALUES ($1, $2, $3, $7, $4, $5, false, $6, $8) ON CONFLICT (registration_id) DO NOTHING
"""
_REINSTATED = """
INSERT INTO registration (registration_id, meeting_id, person_id, state, code, sealed_link, checked_in, invitation_id)
VALUES ($1, $2, $3, $4, $5, $6, false, $7)
ON CONFLICT (registration_id) DO UPDATE SET state = excluded.state, code = excluded.code, notice = DEFAULT,
  invitation_id = excluded.invitation_id,
  sealed_link = coalesce(excluded.sealed_link, registration.sealed_link)
"""
_STATE = "UPDATE registration SET state = $2 WHERE registration_id = $1"
_PROMOTED = "UPDATE registration SET state = $2, notice = $3 WHERE registration_id = $1"
_TICKET = "UPDATE registration SET ticket = greatest(ticket, $2) WHERE registration_id = $1"
_PROVEN = """
UPDATE registration SET notice = CASE WHEN notice = 'confirm_registration' THEN 'registered' ELSE notice END,
                        confirm_by = NULL, sealed_confirm_code = NULL
WHERE registration_id = $1
"""
_CHECK_IN = "UPDATE registration SET checked_in = true WHERE registration_id = $1"


async def keep_registrations(connection: Connection, facts: Sequence[ParticipantRegistered]) -> None:
    """Know these registrations."""
    await connection.executemany(_ANSWER, [(*_answer(fact), *_notice(fact)) for fact in facts])


async def keep_tickets(connection: Connection, facts: Sequence[TicketIssued]) -> None:
    """Know which ticket of each seat is the newest."""
    await connection.executemany(_TICKET, [[fact.registration_id, fact.serial] for fact in facts])


async def _registered(connection: Connection, fact: ParticipantRegistered, _at: datetime) -> None:
    await keep_registrations(connection, [fact])


async def _ticketed(connection: Connection, fact: TicketIssued, _at: datetime) -> None:
    await keep_tickets(connection, [fact])


async def _represented(connection: Connection, fact: ParticipantRepresented, _at: datetime) -> None:
    await connection.execute(_STATE, fact.represented_registration_id, RegistrationState.REPRESENTED)
    seat = (fact.registration_id, fact.meeting_id, fact.person_id, fact.code, _sealed(fact.own_link))
    await connection.execute(
        _REPRESENTATIVE, *seat, fact.represented_person_id, RegistrationState.CONFIRMED, "delegated"
    )


async def _requested(connection: Connection, fact: ParticipationRequested, _at: datetime) -> None:
    answer = (fact.registration_id, fact.meeting_id, fact.person_id, RegistrationState.REQUESTED, fact.code)
    await connection.execute(_ANSWER, *answer, _sealed(fact.own_link), None, *_notice(fact))


async def _declined(connection: Connection, fact: InvitationDeclined, _at: datetime) -> None:
    answer = (fact.registration_id, fact.meeting_id, fact.person_id, RegistrationState.DECLINED, fact.code)
    await connection.execute(_ANSWER, *answer, _sealed(fact.own_link), fact.invitation_id, REGISTERED, None, None)


async def _reinstated(connection: Connection, fact: ParticipantReinstated, _at: datetime) -> None:
    await connection.execute(_REINSTATED, *_answer(fact))


def _answer(fact: ParticipantRegistered | ParticipantReinstated) -> tuple[object, ...]:
    said = (fact.registration_id, fact.meeting_id, fact.person_id, fact.state, fact.code)
    return (*said, _sealed(fact.own_link), fact.invitation_id)


def _notice(fact: ParticipantRegistered | ParticipationRequested) -> tuple[str, datetime | None, str | None]:
    """The notice of the seat; until when its person has to confirm it, and by which code he can."""
    if fact.repeats:
        return AGAIN, None, None
    return (REGISTERED, None, None) if fact.proven else (UNPROVEN, fact.held_until, fact.sealed_confirm_code)


def _sealed(link: OwnLink | None) -> str | None:
    return link.sealed if link else None


async def _withdrawn(connection: Connection, fact: ParticipantWithdrawn, _at: datetime) -> None:
    state = RegistrationState.DECLINED if fact.declines else RegistrationState.WITHDRAWN
    await connection.execute(_STATE, fact.registration_id, state)


WRITERS: Final[Mapping[type[Fact], Writer]] = {
    ParticipantRegistered: _registered,
    ParticipantRepresented: _represented,
    InvitationDeclined: _declined,
    ParticipantProven: statement(_PROVEN, "registration_id"),
    ParticipantPromoted: statement(_PROMOTED, "registration_id", constants=(RegistrationState.CONFIRMED, "promoted")),
    ParticipantWithdrawn: _withdrawn,
    ParticipantReinstated: _reinstated,
    ParticipationRequested: _requested,
    ParticipationRejected: statement(_STATE, "registration_id", constants=(RegistrationState.REJECTED,)),
    RequestWithdrawn: statement(_STATE, "registration_id", constants=(RegistrationState.WITHDRAWN,)),
    ParticipantCheckedIn: statement(_CHECK_IN, "registration_id"),
    TicketIssued: _ticketed,
}
