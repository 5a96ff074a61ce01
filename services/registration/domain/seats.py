"""Who sits: registering, declining, the waiting list, representatives, withdrawing, tickets.

The capacity is exact under the lock of the meeting's row.
"""

from collections.abc import Sequence
from hmac import compare_digest
from typing import assert_never

from services.registration.domain.commands import (
    Answer,
    DeclineInvitation,
    IssueTicket,
    RegisterParticipant,
    RepresentParticipant,
    Seats,
    WithdrawParticipant,
)
from services.registration.domain.refusals import (
    AlreadyRegistered,
    DeclinesExhausted,
    InvitationExhausted,
    InvitationExpired,
    InvitationNeeded,
    InvitationUnknown,
    MeetingFull,
    NotSeated,
    OrganisationMismatch,
    OrganisationUnknown,
    RankBelowFloor,
    RepresentativeOfRepresentative,
    WrongPhase,
)
from services.registration.domain.state import Invitation, Meeting, Phase, Seat
from shared.contracts import Fact
from shared.contracts.registration import (
    InvitationDeclined,
    ParticipantPromoted,
    ParticipantRegistered,
    ParticipantRepresented,
    ParticipantWithdrawn,
    SeatState,
    TicketIssued,
)
from shared.kernel import Command, NotFound, NotPermitted, Role, StaleVersion

HELD = ("confirmed", "waitlisted")
SPARE_DECLINES = 3  # beyond one for each seat: people whom somebody asked before a seat was taken
SHORTEST_QUEUE = 1_000  # people who may wait, or as many as there are seats
ADMITTING = (Phase.OPEN, Phase.IN_SESSION)


def seat(meeting: Meeting, command: Seats) -> Sequence[Fact]:
    """A command about one person's seat."""
    if meeting.phase in (Phase.ABSENT, Phase.DRAFT):
        raise NotFound  # a draft is nobody's business
    match command:
        case RegisterParticipant():
            return _register(meeting, command)
        case DeclineInvitation():
            return _decline(meeting, command)
        case RepresentParticipant():
            return _represent(meeting, command)
        case WithdrawParticipant():
            return _withdraw(meeting, command)
        case IssueTicket():
            return _issue(meeting, command)
        case _:
            assert_never(command)


def _register(meeting: Meeting, command: RegisterParticipant) -> Sequence[Fact]:
    _answerable(meeting)
    invitation = _invitation(meeting, command)
    if invitation and invitation.used >= invitation.seats:
        raise InvitationExhausted(seats=invitation.seats)
    full = meeting.confirmed >= meeting.capacity
    queue_full = meeting.waitlisted >= max(SHORTEST_QUEUE, meeting.capacity)
    if full and (queue_full or not meeting.queues):
        raise MeetingFull(capacity=meeting.capacity)
    return [
        ParticipantRegistered(
            meeting_id=meeting.meeting_id,
            registration_id=command.registration_id,
            person_id=command.person_id,
            invitation_id=invitation.invitation_id if invitation else None,
            organisation=command.organisation,
            rank=command.rank,
            state="waitlisted" if full else "confirmed",
            position=meeting.queue_last + 1 if full else None,
            code=command.code,
        )
    ]


def _decline(meeting: Meeting, command: DeclineInvitation) -> Sequence[Fact]:
    _answerable(meeting)
    invitation = _invitation(meeting, command)
    if invitation is None:
        raise InvitationNeeded(field="/invitation")
    if meeting.seat is not None:
        raise AlreadyRegistered  # whoever holds a seat withdraws
    if invitation.declined >= invitation.seats + SPARE_DECLINES:
        raise DeclinesExhausted(allowed=invitation.seats + SPARE_DECLINES)
    return [
        InvitationDeclined(
            meeting_id=meeting.meeting_id,
            invitation_id=invitation.invitation_id,
            registration_id=command.registration_id,
            person_id=command.person_id,
            organisation=command.organisation,
            reason=command.reason,
        )
    ]


def _represent(meeting: Meeting, command: RepresentParticipant) -> Sequence[Fact]:
    held = _own_seat(meeting, command)
    if meeting.phase is not Phase.OPEN:
        raise WrongPhase(phase=meeting.phase.value)
    if held.state != "confirmed":
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
        )
    ]


def _withdraw(meeting: Meeting, command: WithdrawParticipant) -> Sequence[Fact]:
    held = _own_seat(meeting, command)
    if meeting.phase is not Phase.OPEN:
        raise WrongPhase(phase=meeting.phase.value)
    if held.state not in HELD:
        raise NotSeated(state=held.state)
    was: SeatState = "confirmed" if held.state == "confirmed" else "waitlisted"
    withdrawn = ParticipantWithdrawn(
        meeting_id=meeting.meeting_id,
        registration_id=held.registration_id,
        person_id=held.person_id,
        organisation=held.organisation,
        was=was,
        reason=command.reason,
    )
    return [withdrawn, *_promotions(meeting, was)]


def _promotions(meeting: Meeting, was: SeatState) -> Sequence[Fact]:
    """One freed seat moves up one person, the head of the queue; none where more sit than the capacity allows."""
    head = meeting.head
    if was != "confirmed" or head is None or not meeting.queues or meeting.confirmed > meeting.capacity:
        return []
    return [
        ParticipantPromoted(
            meeting_id=meeting.meeting_id,
            registration_id=head.registration_id,
            person_id=head.person_id,
            organisation=head.organisation,
            reason="seat-freed",
            code=head.code,
        )
    ]


def _issue(meeting: Meeting, command: IssueTicket) -> Sequence[Fact]:
    held = meeting.seat
    if (
        held is None
        or held.state != "confirmed"
        or meeting.phase not in ADMITTING
        or command.serial <= held.ticket_serial
    ):
        return []  # given up meanwhile, or issued by an earlier attempt
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


def _answerable(meeting: Meeting) -> None:
    if meeting.phase is not Phase.OPEN:
        raise WrongPhase(phase=meeting.phase.value)


def _invitation(meeting: Meeting, command: Answer) -> Invitation | None:
    invitation = meeting.invitation
    if command.link_sha256 is None:
        if meeting.policy == "by-invitation" and not _organises(meeting, command):
            raise InvitationNeeded(field="/invitation")
        if not meeting.organisation_known:
            raise OrganisationUnknown(field="/organisation")
        return None
    if invitation is None:
        raise InvitationUnknown(field="/invitation")
    if invitation.expires_at <= command.at:
        raise InvitationExpired(field="/invitation")
    if invitation.organisation != command.organisation:
        raise OrganisationMismatch(field="/organisation")
    return invitation


def _own_seat(meeting: Meeting, command: RepresentParticipant | WithdrawParticipant) -> Seat:
    held = meeting.seat
    if held is None:
        raise NotFound
    focal_point = Role.FOCAL_POINT in command.actor.roles and command.actor.organisation == held.organisation
    if not _organises(meeting, command) and not focal_point and not compare_digest(command.code or "", held.code):
        raise NotPermitted(field="/code")
    return held


def _organises(meeting: Meeting, command: Command) -> bool:
    return Role.ORGANISER in command.actor.roles and command.actor.organisation == meeting.organiser
