"""Approval: the organiser decides on those who ask for a seat, one by one, as groups, or many at once."""

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
from services.registration.domain.registration import Seat
from services.registration.domain.registration_states import RegistrationState
from services.registration.domain.state import Meeting, Phase, evolve
from shared.contracts import Fact
from shared.contracts.registration import ParticipantRegistered, ParticipationRejected
from shared.kernel import NotFound, Refusal


def decide_requests(meeting: Meeting, command: DecideRequests) -> Sequence[Fact]:
    """The facts of those decisions that can be carried out, each on what those before it have left.

    People who have asked together are approved together; one of them may be rejected alone. So of a group rejections
    come first, in whatever order the decisions are.
    """
    check_organiser(meeting, command, Phase.OPEN)
    facts: list[Fact] = []
    for decision in sorted(command.decisions, key=lambda one: not _rejects_of_group(meeting, one)):
        if refusal_of(meeting, decision) is None:
            for fact in _decided(meeting, decision):
                meeting = _decided_once(evolve(meeting, fact), fact)
                facts.append(fact)
    return facts


def _rejects_of_group(meeting: Meeting, decision: DecideRequest) -> bool:
    asked = meeting.requests.get(decision.registration_id)
    return decision.reason is not None and asked is not None and asked.group_id is not None


def refusal_of(meeting: Meeting, decision: DecideRequest) -> Refusal | None:
    """Why a decision cannot be carried out; `None` where it can."""
    asked = meeting.requests.get(decision.registration_id)
    try:
        if asked is None:
            raise NotFound
        if asked.state is not RegistrationState.REQUESTED:
            raise NotRequested(state=asked.state)
        if decision.reason is None:
            party = _together(meeting, asked)
            if any(one.contact_taken for one in party):
                raise AlreadyRegistered
            registered(meeting, party)
    except Refusal as refusal:
        return refusal
    return None


def _together(meeting: Meeting, asked: Seat) -> Sequence[Seat]:
    """Those who have asked together with somebody and still ask, himself among them, in the order of their group."""
    if asked.group_id is None:
        return [asked]
    group = (one for one in meeting.requests.values() if one.group_id == asked.group_id)
    return [one for one in group if one.state is RegistrationState.REQUESTED]


def _decided(meeting: Meeting, decision: DecideRequest) -> Sequence[Fact]:
    asked = meeting.requests[decision.registration_id]
    if decision.reason is None:
        return registered(meeting, _together(meeting, asked))
    return [
        ParticipationRejected(
            meeting_id=meeting.meeting_id,
            registration_id=asked.registration_id,
            person_id=asked.person_id,
            organisation=asked.organisation,
            reason=decision.reason,
        )
    ]


def _decided_once(meeting: Meeting, fact: Fact) -> Meeting:
    """The meeting as the next decision finds it: a request is decided on once."""
    assert isinstance(fact, ParticipantRegistered | ParticipationRejected)  # noqa: S101 -- no other follows
    rejected = isinstance(fact, ParticipationRejected)
    state = RegistrationState.REJECTED if rejected else RegistrationState.CONFIRMED
    asked = replace(meeting.requests[fact.registration_id], state=state)
    return replace(meeting, requests={**meeting.requests, fact.registration_id: asked})


RULES: Final[Mapping[type[MeetingCommand], Callable[[Meeting, Any], Sequence[Fact]]]] = {
    DecideRequests: decide_requests
}
"""Kind of command → the rule that decides on it."""
