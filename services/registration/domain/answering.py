"""Changing one's mind: taking part after all, although one has declined or withdrawn."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from services.registration.domain.commands import AcceptAfterAll, MeetingCommand
from services.registration.domain.contacts.holders import as_seen_by, check_unknown, repeated
from services.registration.domain.proof.holding import crowded, standing_again
from services.registration.domain.refusals import AlreadyRegistered, AnswerFinal, InvitationNeeded
from services.registration.domain.registering import check_deadline, check_usable, reinstated
from services.registration.domain.registration_states import GIVEN_UP, HOLDING
from services.registration.domain.seats import own_registration
from services.registration.domain.state import Meeting
from shared.contracts import Fact


def accept(meeting: Meeting, command: AcceptAfterAll) -> Sequence[Fact]:
    """Take a seat again while one is left, or the last place in the queue; the invitation must still be good."""
    held = own_registration(meeting, command)
    if held.state in HOLDING:
        raise AlreadyRegistered
    if held.state not in GIVEN_UP or held.represents is not None:
        raise AnswerFinal(state=held.state)
    if meeting.invitation:
        check_usable(meeting.invitation, command.at)
    elif meeting.policy == "by-invitation":
        raise InvitationNeeded
    elif meeting.admission.approval:
        raise AnswerFinal(state=held.state)  # he may ask for a seat again
    check_deadline(meeting, command)
    if not held.proven and (crowded(meeting, allowed=command.allowed) or meeting.admission.unproven == "waiting"):
        raise AnswerFinal(state=held.state)
    holders = meeting.holders.get(held.registration_id, ())
    caller = as_seen_by(meeting.organiser, command.actor)
    check_unknown(holders, caller, body=meeting.invitation.organisation if meeting.invitation else None)
    back = reinstated(meeting, held, meeting.invitation, standing=standing_again(meeting, held, command.at))
    return [back, *repeated(meeting.meeting_id, holders, at=command.at)]


RULES: Final[Mapping[type[MeetingCommand], Callable[[Meeting, Any], Sequence[Fact]]]] = {AcceptAfterAll: accept}
"""Kind of command → the rule that decides on it."""
