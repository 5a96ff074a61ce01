"""Correcting answers to a form: the person himself all of them, the organiser some of anybody's."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from services.registration.domain.commands import MeetingCommand
from services.registration.domain.form.answers import check_answers
from services.registration.domain.form.commands import ChangeOwnAnswers, CorrectAnswers, ReplaceOwnAnswers
from services.registration.domain.lifecycle import check_organiser
from services.registration.domain.refusals import NotSeated
from services.registration.domain.registration import Seat
from services.registration.domain.registration_states import HOLDING, RegistrationState
from services.registration.domain.seats import own_registration
from services.registration.domain.state import Meeting, Phase
from shared.contracts import Fact
from shared.kernel import NotFound

ANSWERING: Final = (*HOLDING, RegistrationState.REQUESTED)
"""Who is expected, or may be: others have nothing to answer."""


def answer_own(meeting: Meeting, command: ReplaceOwnAnswers | ChangeOwnAnswers) -> Sequence[Fact]:
    """Answer the form anew, or some of it, as it is asked now; what is answered is in no fact."""
    held = own_registration(meeting, command)
    return _checked(meeting, held)


def correct(meeting: Meeting, command: CorrectAnswers) -> Sequence[Fact]:
    """Correct some answers of somebody, also while the meeting takes place."""
    check_organiser(meeting, command, Phase.OPEN, Phase.IN_SESSION)
    if meeting.seat is None:
        raise NotFound
    return _checked(meeting, meeting.seat)


def _checked(meeting: Meeting, held: Seat) -> Sequence[Fact]:
    if held.state not in ANSWERING:
        raise NotSeated(state=held.state)
    check_answers(meeting.given.get(held.registration_id))
    return []


RULES: Final[Mapping[type[MeetingCommand], Callable[[Meeting, Any], Sequence[Fact]]]] = {
    ReplaceOwnAnswers: answer_own,
    ChangeOwnAnswers: answer_own,
    CorrectAnswers: correct,
}
"""Kind of command → the rule that decides on it."""
