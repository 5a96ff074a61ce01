"""The aggregate Meeting: its commands, decided; a seat needs a ticket, and another when the meeting moves."""

from collections.abc import Sequence
from typing import TypeAlias, assert_never
from uuid import UUID

from services.registration.domain.commands import (
    CancelMeeting,
    CheckIn,
    CloseMeeting,
    DeclineInvitation,
    DraftMeeting,
    EndMeeting,
    InviteOrganisation,
    IssueTicket,
    OpenMeeting,
    RegisterParticipant,
    RepresentParticipant,
    RescheduleMeeting,
    StartMeeting,
    WithdrawParticipant,
)
from services.registration.domain.door import check_in
from services.registration.domain.lifecycle import draft, invite, lead
from services.registration.domain.seats import seat
from services.registration.domain.state import Meeting, evolve
from shared.contracts import Fact
from shared.contracts.registration import (
    MeetingRescheduled,
    ParticipantPromoted,
    ParticipantRegistered,
    ParticipantRepresented,
)
from shared.kernel import Job

MeetingCommands: TypeAlias = (
    DraftMeeting
    | OpenMeeting
    | RescheduleMeeting
    | CancelMeeting
    | StartMeeting
    | EndMeeting
    | CloseMeeting
    | InviteOrganisation
    | RegisterParticipant
    | DeclineInvitation
    | RepresentParticipant
    | WithdrawParticipant
    | IssueTicket
    | CheckIn
)

__all__ = ["Meeting", "MeetingCommands", "decide", "evolve", "plan", "ticket_job"]


def decide(meeting: Meeting, command: MeetingCommands) -> Sequence[Fact]:
    """The facts that follow from `command`, or a Refusal."""
    match command:
        case DraftMeeting():
            return draft(meeting, command)
        case OpenMeeting() | RescheduleMeeting() | CancelMeeting() | StartMeeting() | EndMeeting() | CloseMeeting():
            return lead(meeting, command)
        case InviteOrganisation():
            return invite(meeting, command)
        case CheckIn():
            return check_in(meeting, command)
        case (
            RegisterParticipant() | DeclineInvitation() | RepresentParticipant() | WithdrawParticipant() | IssueTicket()
        ):
            return seat(meeting, command)
        case _:
            assert_never(command)


def plan(meeting: Meeting, fact: Fact) -> Sequence[Job]:
    """Whoever wins a seat gets a signed ticket; it is good for one schedule, so a meeting that moves needs new ones."""
    match fact:
        case ParticipantRegistered(state="confirmed") | ParticipantPromoted() | ParticipantRepresented():
            return [ticket_job(meeting.meeting_id, fact.registration_id, sequence=meeting.sequence)]
        case MeetingRescheduled() if meeting.confirmed and _at_another_time(fact):
            payload = {"meeting_id": str(meeting.meeting_id), "sequence": fact.sequence}
            name = f"{meeting.meeting_id}:{fact.sequence}"
            return [Job(kind="reissue-tickets", name=name, key=str(meeting.meeting_id), payload=payload)]
        case _:
            return []


def _at_another_time(fact: MeetingRescheduled) -> bool:
    return (fact.starts_at, fact.ends_at) != (fact.old_starts_at, fact.old_ends_at)


def ticket_job(meeting_id: UUID, registration_id: UUID, *, sequence: int) -> Job:
    """The signing of one ticket for one schedule of the meeting; asked for twice, done once."""
    payload = {"meeting_id": str(meeting_id), "registration_id": str(registration_id)}
    return Job(kind="issue-ticket", name=f"{registration_id}:{sequence}", key=str(registration_id), payload=payload)
