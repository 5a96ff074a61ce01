"""The aggregate Meeting: its commands, decided; a seat that is won needs a ticket."""

from collections.abc import Sequence
from typing import TypeAlias, assert_never

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
from shared.contracts.registration import ParticipantPromoted, ParticipantRegistered, ParticipantRepresented
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

__all__ = ["Meeting", "MeetingCommands", "decide", "evolve", "plan"]


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
        case RegisterParticipant() | DeclineInvitation() | RepresentParticipant() | WithdrawParticipant() | IssueTicket():
            return seat(meeting, command)
        case _:
            assert_never(command)


def plan(meeting: Meeting, fact: Fact) -> Sequence[Job]:
    """Whoever wins a seat gets a signed ticket."""
    match fact:
        case ParticipantRegistered(state="confirmed") | ParticipantPromoted() | ParticipantRepresented():
            registration = str(fact.registration_id)
            payload = {"meeting_id": str(meeting.meeting_id), "registration_id": registration}
            return [Job(kind="issue-ticket", name=f"{registration}:1", key=registration, payload=payload)]
        case _:
            return []
