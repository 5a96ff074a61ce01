"""The aggregate Meeting: its commands, decided; a seat needs a ticket, and another when the meeting moves."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from services.registration.domain import (
    agenda,
    answering,
    changing,
    drafting,
    hosts,
    inviting,
    lifecycle,
    registering,
    requests,
    seats,
)
from services.registration.domain.admission_commands import RegisterGroup
from services.registration.domain.check_in import check_in
from services.registration.domain.commands import CheckIn, MeetingCommand, RegisterParticipant
from services.registration.domain.desk import blocking, sessions, walk_ins
from services.registration.domain.documents import rules as documents
from services.registration.domain.form import answering as form_answering
from services.registration.domain.form import changing as form_changing
from services.registration.domain.proof import proving
from services.registration.domain.registration_states import RegistrationState
from services.registration.domain.reminders import reminding
from services.registration.domain.state import Meeting, evolve
from shared.contracts import Fact
from shared.contracts.registration import (
    MeetingRescheduled,
    ParticipantPromoted,
    ParticipantRegistered,
    ParticipantReinstated,
    ParticipantRepresented,
)
from shared.kernel import Job

__all__ = ["Meeting", "MeetingCommand", "another_key_job", "decide", "evolve", "keep_private", "plan", "ticket_job"]

RULES: Final[Mapping[type[MeetingCommand], Callable[[Meeting, Any], Sequence[Fact]]]] = {
    **drafting.RULES,
    **lifecycle.RULES,
    **changing.RULES,
    **agenda.RULES,
    **documents.RULES,
    **hosts.RULES,
    **inviting.RULES,
    **reminding.RULES,
    **registering.RULES,
    **answering.RULES,
    **requests.RULES,
    **seats.RULES,
    **form_changing.RULES,
    **form_answering.RULES,
    **proving.RULES,
    CheckIn: check_in,
    **walk_ins.RULES,
    **blocking.RULES,
    **sessions.RULES,
}
"""Kind of command → the rule that decides on it; each module has the table of its own."""


def decide(meeting: Meeting, command: MeetingCommand) -> Sequence[Fact]:
    """The facts that follow from `command`, or a Refusal."""
    return RULES[type(command)](meeting, command)


def keep_private(meeting: Meeting, command: MeetingCommand) -> Meeting:
    """The meeting with the command, for the history; who registers is noted with his batch."""
    return meeting if isinstance(command, RegisterParticipant | RegisterGroup) else replace(meeting, by=command)


def plan(meeting: Meeting, fact: Fact) -> Sequence[Job]:
    """Whoever wins a seat gets a signed ticket; it is good for one schedule, so a meeting that moves needs new ones."""
    match fact:
        case ParticipantRegistered(walk_in=True) | ParticipantReinstated(walk_in=True):
            return []  # he is inside
        case ParticipantRegistered(state=RegistrationState.CONFIRMED) | ParticipantRepresented():
            return [
                ticket_job(
                    meeting_id=meeting.meeting_id, registration_id=fact.registration_id, sequence=meeting.sequence
                )
            ]
        case ParticipantReinstated(state=RegistrationState.CONFIRMED) | ParticipantPromoted():
            return [_another_ticket(meeting, fact.registration_id)]
        case MeetingRescheduled() if meeting.confirmed and _at_another_time(fact):
            payload = {"meeting_id": str(meeting.meeting_id), "sequence": fact.sequence}
            name = f"{meeting.meeting_id}:{fact.sequence}"
            return [Job(kind="reissue-tickets", name=name, key=str(meeting.meeting_id), payload=payload)]
        case _:
            return []


def _another_ticket(meeting: Meeting, registration_id: UUID) -> Job:
    """Of a seat that was held before there may be a ticket for this schedule: it is signed all the same."""
    job = ticket_job(meeting_id=meeting.meeting_id, registration_id=registration_id, sequence=meeting.sequence)
    return replace(job, name=f"{job.name}:{meeting.version}")


def _at_another_time(fact: MeetingRescheduled) -> bool:
    return (fact.starts_at, fact.ends_at) != (fact.old_starts_at, fact.old_ends_at)


def ticket_job(*, meeting_id: UUID, registration_id: UUID, sequence: int) -> Job:
    """The signing of one ticket for one schedule of the meeting; asked for twice, done once."""
    payload = {"meeting_id": str(meeting_id), "registration_id": str(registration_id)}
    return Job(kind="issue-ticket", name=f"{registration_id}:{sequence}", key=str(registration_id), payload=payload)


def another_key_job(*, meeting_id: UUID, registration_id: UUID, sequence: int, serial: int, instead_of: str) -> Job:
    """The signing of a ticket that replaces the one with this serial number, by any key but the one that has signed it.

    Asked for twice, done once.
    """
    job = ticket_job(meeting_id=meeting_id, registration_id=registration_id, sequence=sequence)
    return replace(job, name=f"{job.name}:instead-of-{serial}", payload={**job.payload, "instead_of": instead_of})
