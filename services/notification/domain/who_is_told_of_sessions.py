"""The facts of entrance and session that tell nobody anything, each with the reason."""

from typing import Final

from shared.contracts import Fact
from shared.contracts.registration import (
    AgendaItemFinished,
    AgendaItemStarted,
    AgendaItemUndone,
    AttendanceCorrected,
    CheckInRefused,
    ParticipantBlocked,
    ParticipantLeft,
    ParticipantReturned,
    ParticipantUnblocked,
)

_IN_SESSION = "whoever is there hears it in the room"
_OF_STAFF = "a decision of the staff, which tells him itself where he must know"

SESSION_SILENCE: Final[dict[type[Fact], str]] = {
    ParticipantLeft: "he knows that he has left",
    ParticipantReturned: "he was told that he was recorded when he first came",
    CheckInRefused: "the desk tells him on the spot",
    AgendaItemStarted: _IN_SESSION,
    AgendaItemFinished: _IN_SESSION,
    AgendaItemUndone: _OF_STAFF,
    AttendanceCorrected: _OF_STAFF,
    ParticipantBlocked: _OF_STAFF,
    ParticipantUnblocked: _OF_STAFF,
}
