"""What becomes of a seat: a representative takes it, it is given up, somebody who waits moves up, its ticket."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from hmac import compare_digest
from typing import Any, Final

from services.registration.domain.admission_commands import (
    PromoteParticipant,
    PromoteWaiting,
)
from services.registration.domain.commands import (
    AcceptAfterAll,
    IssueTicket,
    MeetingCommand,
    RepresentParticipant,
    WithdrawParticipant,
)
from services.registration.domain.contacts.holders import ContactHolder, as_seen_by, check_unknown, repeated
from services.registration.domain.form.answers import check_answers
from services.registration.domain.form.commands import ChangeOwnAnswers, ReplaceOwnAnswers
from services.registration.domain.free_seats import fit
from services.registration.domain.lifecycle import check_organiser
from services.registration.domain.refusals import (
    AlreadyRegistered,
    InvitationNeeded,
    MeetingFull,
    NoPromotion,
    NotSeated,
    NotWaiting,
    RankBelowFloor,
    RepresentativeOfRepresentative,
    RepresentativesRefused,
    WrongPhase,
)
from services.registration.domain.registration import Seat
from services.registration.domain.registration_states import HOLDING, RegistrationState
from services.registration.domain.state import TICKET_PHASES, Meeting, Phase, evolve
from services.registration.domain.waiting import promoted, promotions
from shared.contracts import Fact
from shared.contracts.registration import (
    ParticipantRepresented,
    ParticipantWithdrawn,
    RequestWithdrawn,
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
    if not meeting.admission.representatives:
        raise RepresentativesRefused
    if meeting.rank_floor is not None and command.rank > meeting.rank_floor:
        raise RankBelowFloor(field="/representative/rank", floor=meeting.rank_floor)
    check_answers(meeting.given.get(command.representative_id))
    holders = _known_otherwise(meeting, command, held)
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
            proven=held.proven,
            held_until=held.held_until,
        ),
        *repeated(meeting.meeting_id, holders, at=command.at),
    ]


def _known_otherwise(meeting: Meeting, command: RepresentParticipant, held: Seat) -> Sequence[ContactHolder]:
    """Who has registered with the number or address of the representative; the caller is refused who may know it."""
    if meeting.himself:
        raise AlreadyRegistered
    holders = meeting.holders.get(command.representative_id, ())
    caller = as_seen_by(meeting.organiser, command.actor)
    check_unknown(holders, caller, body=held.organisation if held.invitation_id else None)
    return holders


def withdraw(meeting: Meeting, command: WithdrawParticipant) -> Sequence[Fact]:
    """Give up a seat, a place in the queue or a request; a freed seat moves up who is first in the queue for it."""
    held = own_registration(meeting, command)
    who = {name: getattr(held, name) for name in ("registration_id", "person_id", "organisation")}
    if held.state in (RegistrationState.REQUESTED, RegistrationState.AWAITING_PROOF):
        awaited = "decision" if held.state is RegistrationState.REQUESTED else "proof"
        return [RequestWithdrawn(meeting_id=meeting.meeting_id, reason=command.reason, awaited=awaited, **who)]
    if held.state not in HOLDING:
        raise NotSeated(state=held.state)
    if command.declines and held.invitation_id is None:
        raise InvitationNeeded
    withdrawn = ParticipantWithdrawn(
        meeting_id=meeting.meeting_id,
        was=held.state,
        reason=command.reason,
        declines=command.declines and held.represents is None,  # a representative was not invited: he withdraws
        **who,
    )
    others = tuple(one for one in meeting.queue if one.registration_id != held.registration_id)
    return [withdrawn, *promotions(replace(evolve(meeting, withdrawn), queue=others), reason="seat-freed")]


def promote(meeting: Meeting, command: PromoteParticipant) -> Sequence[Fact]:
    """Move up somebody who waits, with his group, before others: the organiser says why; a seat must be free."""
    check_organiser(meeting, command, Phase.OPEN)
    if meeting.seat is None:
        raise NotFound
    if meeting.seat.state is not RegistrationState.WAITLISTED:
        raise NotWaiting(state=meeting.seat.state)
    if meeting.policy != "open":
        raise NoPromotion
    if not fit(meeting, [one.organisation for one in meeting.queue]):
        raise MeetingFull(capacity=meeting.capacity)
    return [promoted(meeting, one, reason="seat-freed", note=command.reason) for one in meeting.queue]


def promote_waiting(meeting: Meeting, _: PromoteWaiting) -> Sequence[Fact]:
    """Who can have a seat moves up: bodies whose seats are limited count as one from now on, or no more."""
    return promotions(meeting, reason="seat-freed") if meeting.phase is Phase.OPEN else []


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
            key_id=command.key_id,
        )
    ]


def own_registration(
    meeting: Meeting,
    command: RepresentParticipant | WithdrawParticipant | AcceptAfterAll | ReplaceOwnAnswers | ChangeOwnAnswers,
) -> Seat:
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
    PromoteParticipant: promote,
    PromoteWaiting: promote_waiting,
    IssueTicket: issue_ticket,
}
"""Kind of command → the rule that decides on it."""
