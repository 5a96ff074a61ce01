"""What minutes stores of the facts of other services: bodies, persons, meetings, who answered and who came."""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from services.minutes.domain.meeting import AnswerState
from shared.contracts import Fact
from shared.contracts.registration import (
    InvitationDeclined,
    MeetingChanged,
    MeetingDiscarded,
    MeetingDrafted,
    MeetingHeld,
    MeetingHostsChanged,
    MeetingRescheduled,
    MeetingStarted,
    OrganisationRecorded,
    ParticipantCheckedIn,
    ParticipantPromoted,
    ParticipantRegistered,
    ParticipantReinstated,
    ParticipantRepresented,
    ParticipantWithdrawn,
    PersonErased,
    PersonRecorded,
)
from shared.database import Connection

_ORGANISATION = """
INSERT INTO organisation (code, name_lo, abbreviation_lo, protocol_order, recorded) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (code) DO UPDATE SET name_lo = excluded.name_lo, abbreviation_lo = excluded.abbreviation_lo,
  protocol_order = excluded.protocol_order, recorded = excluded.recorded
"""
_PERSON = """
INSERT INTO person (person_id, honorific, given_name, family_name, position_title, rank, gender)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (person_id) DO UPDATE SET honorific = excluded.honorific, given_name = excluded.given_name,
  family_name = excluded.family_name, position_title = excluded.position_title, rank = excluded.rank,
  gender = excluded.gender
"""
_MEETING = "INSERT INTO meeting (meeting_id, organiser, details) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
_CHANGED = "UPDATE meeting SET details = details || $2::jsonb WHERE meeting_id = $1"
_DISCARDED = "DELETE FROM meeting WHERE meeting_id = $1"
_STARTED = "UPDATE meeting SET started_at = $2 WHERE meeting_id = $1"
_HELD = "UPDATE meeting SET started_at = $2, ended_at = $3 WHERE meeting_id = $1"
_ANSWERED = """
INSERT INTO participant (registration_id, meeting_id, person_id, organisation, rank, state, represents, reason)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING
"""
_REINSTATED = """
INSERT INTO participant (registration_id, meeting_id, person_id, organisation, rank, state, represents, reason)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (registration_id) DO UPDATE SET organisation = excluded.organisation, rank = excluded.rank,
  state = excluded.state, reason = NULL
"""
_STATE = "UPDATE participant SET state = $2, reason = $3 WHERE registration_id = $1"
_CAME = "UPDATE participant SET checked_in_at = least(checked_in_at, $2) WHERE registration_id = $1"


async def project(connection: Connection, facts: Sequence[Fact]) -> None:
    """Store what facts of registration say, in their order; facts of other services are ignored.

    Persons and answers come in thousands at a time: those that follow each other are written at once.
    """
    for kind, run in groupby(facts, type):
        if kind in _ROWS:
            statement, row = _ROWS[kind]
            await connection.executemany(statement, [row(fact) for fact in run])
        else:
            for fact in run:
                await _project(connection, fact)


async def _project(connection: Connection, fact: Fact) -> None:
    match fact:
        case OrganisationRecorded():
            told = (fact.name.lo, fact.abbreviation_lo, fact.protocol_order, fact.model_dump(mode="json"))
            await connection.execute(_ORGANISATION, fact.organisation, *told)
        case MeetingDrafted() | MeetingChanged() | MeetingHostsChanged() | MeetingRescheduled() | MeetingDiscarded():
            await _drafted(connection, fact)
        case MeetingStarted():
            await connection.execute(_STARTED, fact.meeting_id, fact.started_at)
        case MeetingHeld():
            await connection.execute(_HELD, fact.meeting_id, fact.started_at, fact.ended_at)
        case _:
            await _participant(connection, fact)


async def _drafted(
    connection: Connection,
    fact: MeetingDrafted | MeetingChanged | MeetingHostsChanged | MeetingRescheduled | MeetingDiscarded,
) -> None:
    match fact:
        case MeetingDrafted():
            await connection.execute(_MEETING, fact.meeting_id, fact.organiser, fact.model_dump(mode="json"))
        case MeetingDiscarded():
            await connection.execute(_DISCARDED, fact.meeting_id)
        case MeetingChanged() | MeetingHostsChanged():
            changed = fact.model_dump(mode="json", include=set(MeetingDrafted.model_fields))
            await connection.execute(_CHANGED, fact.meeting_id, changed)
        case MeetingRescheduled():
            schedule = fact.model_dump(mode="json", include={"starts_at", "ends_at", "venue"})
            await connection.execute(_CHANGED, fact.meeting_id, schedule)


async def _participant(connection: Connection, fact: Fact) -> None:
    match fact:
        case InvitationDeclined():
            await connection.execute(_ANSWERED, *_answer(fact))
        case ParticipantRepresented():
            await connection.execute(_STATE, fact.represented_registration_id, AnswerState.REPRESENTED, fact.reason)
            await connection.execute(_ANSWERED, *_answer(fact))
        case ParticipantPromoted():
            await connection.execute(_STATE, fact.registration_id, AnswerState.CONFIRMED, None)
        case ParticipantWithdrawn():
            # Who was on the waiting list was never expected; the reason is not stored.
            reason = fact.reason if AnswerState(fact.was) is AnswerState.CONFIRMED else None
            state = AnswerState.DECLINED if fact.declines else AnswerState.WITHDRAWN
            await connection.execute(_STATE, fact.registration_id, state, reason)
        case ParticipantReinstated():
            await connection.execute(_REINSTATED, *_answer(fact))
        case ParticipantCheckedIn():
            await connection.execute(_CAME, fact.registration_id, fact.came_at or fact.scanned_at)
        case _:
            return


def _person(fact: Fact) -> tuple[object, ...]:
    """The row of a person; of one who was erased, nothing but its key."""
    names = ("person_id", "honorific", "given_name", "family_name", "position_title", "rank", "gender")
    return tuple(getattr(fact, name, None) for name in names)


def _answer(
    fact: ParticipantRegistered | ParticipantReinstated | InvitationDeclined | ParticipantRepresented,
) -> tuple[object, ...]:
    """The row of an answer to an invitation: who, for which body, rank, state, whose place he takes, why not."""
    said: tuple[object, ...]
    match fact:
        case ParticipantRegistered() | ParticipantReinstated():
            said = (fact.rank, fact.state, None, None)
        case ParticipantRepresented():
            said = (fact.rank, AnswerState.CONFIRMED, fact.represented_registration_id, None)
        case InvitationDeclined():
            said = (None, AnswerState.DECLINED, None, fact.reason)
    return (fact.registration_id, fact.meeting_id, fact.person_id, fact.organisation, *said)


_ROWS: Final[Mapping[type[Fact], tuple[str, Callable[[Any], tuple[object, ...]]]]] = {
    PersonRecorded: (_PERSON, _person),
    PersonErased: (_PERSON, _person),
    ParticipantRegistered: (_ANSWERED, _answer),
}
