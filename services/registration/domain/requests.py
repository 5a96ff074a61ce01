"""Approval: the organiser decides on those who ask for a seat, one by one or many at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from services.registration.domain.admission_commands import (
    DecideRequest,
    DecideRequests,
)
from services.registration.domain.commands import (
    MeetingCommand,
)
from services.registration.domain.lifecycle import check_organiser
from services.registration.domain.refusals import AlreadyRegistered, NotRequested
from services.registration.domain.registering import registered
from services.registration.domain.state import Meeting, Phase, RegistrationState, Seat, evolve
from shared.contracts import Fact
from shared.contracts.registration import ParticipationRejected
from shared.kernel import NotFound, Refusal


def decide_requests(meeting: Meeting, command: DecideRequests) -> Sequence[Fact]:
    """The facts of those decisions that can be carried out, each on what those before it have left."""
    check_organiser(meeting, command, Phase.OPEN)
    facts: list[Fact] = []
    for decision in command.decisions:
        if refusal_of(meeting, decision) is None:
            fact = _decided(meeting, meeting.requests[decision.registration_id], decision)
            meeting = _decided_once(evolve(meeting, fact), decision)
            facts.append(fact)
    return facts


def refusal_of(meeting: Meeting, decision: DecideRequest) -> Refusal | None:
    """Why a decision cannot be carried out; `None` where it can."""
    asked = meeting.requests.get(decision.registration_id)
    try:
        if asked is None:
            raise NotFound
        if asked.state is not RegistrationState.REQUESTED:
            raise NotRequested(state=asked.state)
        if decision.reason is None:
            if asked.contact_taken:
                raise AlreadyRegistered
            registered(meeting, [asked])
    except Refusal as refusal:
        return refusal
    return None


def _decided(meeting: Meeting, asked: Seat, decision: DecideRequest) -> Fact:
    if decision.reason is None:
        (fact,) = registered(meeting, [asked])
        return fact
    return ParticipationRejected(
        meeting_id=meeting.meeting_id,
        registration_id=asked.registration_id,
        person_id=asked.person_id,
        organisation=asked.organisation,
        reason=decision.reason,
    )


def _decided_once(meeting: Meeting, decision: DecideRequest) -> Meeting:
    """The meeting as the next decision finds it: a request is decided on once."""
    state = RegistrationState.REJECTED if decision.reason is not None else RegistrationState.CONFIRMED
    asked = replace(meeting.requests[decision.registration_id], state=state)
    return replace(meeting, requests={**meeting.requests, decision.registration_id: asked})


RULES: Final[Mapping[type[MeetingCommand], Callable[[Meeting, Any], Sequence[Fact]]]] = {
    DecideRequests: decide_requests
}
"""Kind of command → the rule that decides on it."""
