"""Answering for people who have registered without a link, and what is given up when nobody does."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from services.registration.domain.commands import MeetingCommand
from services.registration.domain.contacts.holders import ContactHolder
from services.registration.domain.proof.commands import ConfirmRegistration, LapseUnproven, VouchForParticipant
from services.registration.domain.refusals import AlreadyRegistered, NotSeated, WrongPhase
from services.registration.domain.registering import registered
from services.registration.domain.registration import Seat
from services.registration.domain.registration_states import GIVEN_UP, RegistrationState
from services.registration.domain.state import Meeting, Phase, evolve
from services.registration.domain.waiting import promotions
from shared.contracts import Fact
from shared.contracts.registration import ParticipantProven, ParticipantWithdrawn, RequestWithdrawn
from shared.kernel import NotFound, NotPermitted, Role

_ENDED: Final = (*GIVEN_UP, RegistrationState.REJECTED, RegistrationState.REPRESENTED)


def confirm(meeting: Meeting, command: ConfirmRegistration) -> Sequence[Fact]:  # noqa: ARG001 -- a rule
    """Answer for oneself; who had no seat before has one now, or the last place in the queue."""
    seat = _answered_for(meeting)
    others: Sequence[ContactHolder] = meeting.holders.get(seat.registration_id, ())
    if seat.state is RegistrationState.AWAITING_PROOF and others:
        raise AlreadyRegistered  # it is his own number: he may know
    return [] if seat.proven else _proven(meeting, seat, proof="contact")


def vouch(meeting: Meeting, command: VouchForParticipant) -> Sequence[Fact]:
    """Answer for a person of one's own body; the organiser answers for anybody."""
    actor = command.actor
    by_organiser = Role.ORGANISER in actor.roles and actor.acts_for(meeting.organiser)
    by_body = Role.FOCAL_POINT in actor.roles and meeting.seat and actor.acts_for(meeting.seat.organisation)
    if not (by_organiser or by_body):
        raise NotPermitted
    seat = _answered_for(meeting)
    if seat.state is RegistrationState.AWAITING_PROOF and meeting.holders.get(seat.registration_id):
        raise AlreadyRegistered
    return [] if seat.proven else _proven(meeting, seat, proof="vouched")


def _answered_for(meeting: Meeting) -> Seat:
    """The registration for which somebody answers, while the meeting is open. Raises the Refusal."""
    if meeting.seat is None:
        raise NotFound
    if meeting.phase is not Phase.OPEN:
        raise WrongPhase(phase=meeting.phase.value)
    if meeting.seat.state in _ENDED:
        raise NotSeated(state=meeting.seat.state)
    return meeting.seat


def _proven(meeting: Meeting, seat: Seat, *, proof: Any) -> Sequence[Fact]:
    fact = ParticipantProven(
        meeting_id=meeting.meeting_id,
        registration_id=seat.registration_id,
        person_id=seat.person_id,
        organisation=seat.organisation,
        proof=proof,
    )
    if seat.state is not RegistrationState.AWAITING_PROOF:
        return [fact]
    return [fact, *registered(meeting, [seat])]


def lapse(meeting: Meeting, command: LapseUnproven) -> Sequence[Fact]:  # noqa: ARG001 -- a rule
    """Give up what is held for people for whom nobody has answered; freed seats move up who is first in the queue."""
    if meeting.phase is not Phase.OPEN:
        return []
    facts = [_lapsed(meeting, seat) for seat in meeting.lapsing]
    gone = {seat.registration_id for seat in meeting.lapsing}
    for fact in facts:
        meeting = evolve(meeting, fact)
    others = tuple(one for one in meeting.queue if one.registration_id not in gone)
    return [*facts, *promotions(replace(meeting, queue=others), reason="seat-freed")]


def _lapsed(meeting: Meeting, seat: Seat) -> Fact:
    who = {name: getattr(seat, name) for name in ("registration_id", "person_id", "organisation")}
    if seat.state is RegistrationState.AWAITING_PROOF:
        return RequestWithdrawn(meeting_id=meeting.meeting_id, awaited="proof", lapsed=True, **who)
    return ParticipantWithdrawn(meeting_id=meeting.meeting_id, was=seat.state, lapsed=True, **who)


RULES: Final[Mapping[type[MeetingCommand], Callable[[Meeting, Any], Sequence[Fact]]]] = {
    ConfirmRegistration: confirm,
    VouchForParticipant: vouch,
    LapseUnproven: lapse,
}
"""Kind of command → the rule that decides on it."""
