"""What becomes of a seat: a representative takes it, it is given up, the head of the queue moves up, its ticket."""

from collections.abc import Callable, Mapping, Sequence
from hmac import compare_digest
from typing import Any, Final

from services.registration.domain.commands import (
    AcceptAfterAll,
    IssueTicket,
    MeetingCommand,
    RepresentParticipant,
    WithdrawParticipant,
)
from services.registration.domain.refusals import (
    InvitationNeeded,
    NotSeated,
    RankBelowFloor,
    RepresentativeOfRepresentative,
    WrongPhase,
)
from services.registration.domain.state import HOLDING, TICKET_PHASES, Meeting, Phase, RegistrationState, Seat
from shared.contracts import Fact
from shared.contracts.registration import (
    ParticipantPromoted,
    ParticipantRepresented,
    ParticipantWithdrawn,
    PromotionReason,
    TicketIssued,
)
from shared.kernel import NotFound, NotPermitted, StaleVersion


def represent(meeting: Meeting, command: RepresentParticipant) -> Sequence[Fact]:
    """Give one's seat to a representative; there are no chains."""
    held = own_registration(meeting, command)
    if held.state is not RegistrationState.CONFIRMED:
        raise NotSeated(state=held.state)
    if held.represents is not None:
        raise RepresentativeOfRepresentative
    if meeting.rank_floor is not None and command.rank > meeting.rank_floor:
        raise RankBelowFloor(field="/representative/rank", floor=meeting.rank_floor)
    return [
        ParticipantRepresented(
            meeting_id=meeting.meeting_id,
            registration_id=command.representative_id,
            person_id=command.representative,
            represented_registration_id=held.registration_id,
            represented_person_id=held.person_id,
            organisation=held.organisation,
            rank=command.rank,
            reason=command.reason,
            code=command.new_code,
            own_link=command.own_link,
        )
    ]


def withdraw(meeting: Meeting, command: WithdrawParticipant) -> Sequence[Fact]:
    """Give up a seat or a place in the queue; a freed seat moves up the head of the queue."""
    held = own_registration(meeting, command)
    if held.state not in HOLDING:
        raise NotSeated(state=held.state)
    if command.declines and held.invitation_id is None:
        raise InvitationNeeded
    withdrawn = ParticipantWithdrawn(
        meeting_id=meeting.meeting_id,
        registration_id=held.registration_id,
        person_id=held.person_id,
        organisation=held.organisation,
        was=held.state,
        reason=command.reason,
        declines=command.declines and held.represents is None,  # a representative was not invited: he withdraws
    )
    return [withdrawn, *_promotions(meeting, held)]


def _promotions(meeting: Meeting, freed: Seat) -> Sequence[Fact]:
    """One freed seat moves up one person, the head of the queue; none where more sit than the capacity allows."""
    head = meeting.head
    if head is None or freed.state is not RegistrationState.CONFIRMED or meeting.confirmed > meeting.capacity:
        return []
    return [promoted(meeting, head, reason="seat-freed")]


def promoted(meeting: Meeting, waiting: Seat, *, reason: PromotionReason) -> ParticipantPromoted:
    """Somebody who waits moves up into a seat."""
    return ParticipantPromoted(
        meeting_id=meeting.meeting_id,
        registration_id=waiting.registration_id,
        person_id=waiting.person_id,
        organisation=waiting.organisation,
        reason=reason,
        code=waiting.code,
    )


def issue_ticket(meeting: Meeting, command: IssueTicket) -> Sequence[Fact]:
    """Keep a ticket that was signed; none for a seat that was given up meanwhile, or that has a newer one."""
    held = meeting.seat
    if held is None or held.state is not RegistrationState.CONFIRMED or meeting.phase not in TICKET_PHASES:
        return []  # given up meanwhile
    if command.serial <= held.ticket_serial:
        return []  # issued by an earlier attempt
    if command.sequence != meeting.sequence:
        raise StaleVersion  # signed for a schedule that has changed meanwhile: the job signs again
    return [
        TicketIssued(
            meeting_id=meeting.meeting_id,
            registration_id=held.registration_id,
            person_id=held.person_id,
            serial=command.serial,
            sealed_ticket=command.sealed_ticket,
        )
    ]


def own_registration(meeting: Meeting, command: RepresentParticipant | WithdrawParticipant | AcceptAfterAll) -> Seat:
    """The registration, for whoever knows its code, while the meeting is open."""
    held = meeting.seat
    if held is None:
        raise NotFound
    if not compare_digest(command.code, held.code):
        raise NotPermitted(field="/code")
    if meeting.phase is not Phase.OPEN:
        raise WrongPhase(phase=meeting.phase.value)
    return held


RULES: Final[Mapping[type[MeetingCommand], Callable[[Meeting, Any], Sequence[Fact]]]] = {
    RepresentParticipant: represent,
    WithdrawParticipant: withdraw,
    IssueTicket: issue_ticket,
}
"""Kind of command → the rule that decides on it."""
