"""What registration measures beyond every service: answers, check-ins, and its meetings as the database has them."""

from collections.abc import Mapping
from typing import Final, get_args

from prometheus_client import Counter, Gauge

from services.registration.domain.registration_states import RegistrationState
from services.registration.domain.state import Meeting
from shared.contracts import Fact
from shared.contracts.registration import (
    CheckInRefusal,
    CheckInRefused,
    InvitationDeclined,
    ParticipantCheckedIn,
    ParticipantPromoted,
    ParticipantRegistered,
    ParticipantReinstated,
    ParticipantRepresented,
    ParticipantWithdrawn,
    ParticipationRejected,
    ParticipationRequested,
    RequestWithdrawn,
)
from shared.observability.events import LogEvent


class RegistrationLog(LogEvent):
    """Events of registration alone."""

    LIST_EXPORTED = "list-exported", "Somebody was sent the list of the people who have answered to a meeting."


PROMOTED: Final = "promoted"
ADMITTED: Final = "admitted"

ANSWERS = Counter(
    "pasum_answers",
    "Answers to meetings that this process has committed: state is requested, confirmed, waitlisted, represented, "
    "withdrawn, declined, rejected, or promoted for somebody who has moved up from the waiting list. Add up "
    "the processes.",
    ("state",),
)
CHECK_INS = Counter(
    "pasum_check_ins",
    "Scans at the entrance that this process has committed: outcome is admitted, or why somebody was refused. Add up "
    "the processes.",
    ("outcome",),
)
MEETINGS = Gauge(
    "pasum_meetings", "Meetings in the database by phase, counted by one process for all: take the max.", ("phase",)
)
OPEN_MEETINGS = Gauge(
    "pasum_open_meetings",
    "Meetings that take registrations, by whether they have seats: left or none. Counted by one process for all: take "
    "the max.",
    ("seats",),
)
SEATS = Gauge(
    "pasum_seats",
    "Of all meetings that take registrations: seats taken, seats left, and people waiting for one. Counted by one "
    "process for all: take the max.",
    ("state",),
)

REGISTRATIONS = Gauge(
    "pasum_registrations",
    "Registrations of the meetings that are open or in session, by state. Counted by one process for all: take the "
    "max.",
    ("state",),
)
INVITATIONS = Gauge(
    "pasum_invitations",
    "Invitations to the meetings that take registrations, by state: pending (nobody has answered yet), accepted, "
    "represented, declined, expired (nobody has answered in time), revoked. Counted by one process for all: take the "
    "max.",
    ("state",),
)
STREAMS = Gauge("pasum_statistics_streams", "Streams of figures that this process is sending at the moment.")

_ANSWERS: Final[Mapping[type[Fact], str]] = {
    InvitationDeclined: RegistrationState.DECLINED,
    ParticipantRepresented: RegistrationState.REPRESENTED,
    ParticipantWithdrawn: RegistrationState.WITHDRAWN,
    ParticipationRequested: RegistrationState.REQUESTED,
    ParticipationRejected: RegistrationState.REJECTED,
    RequestWithdrawn: RegistrationState.WITHDRAWN,
    ParticipantPromoted: PROMOTED,
}

for _state in (*RegistrationState, PROMOTED):
    ANSWERS.labels(str(_state))
for _outcome in (ADMITTED, *get_args(CheckInRefusal)):
    CHECK_INS.labels(_outcome)


def count_fact(_: Meeting, fact: Fact) -> None:
    """Count an answer or a scan that is committed."""
    match fact:
        case ParticipantRegistered() | ParticipantReinstated():
            ANSWERS.labels(fact.state).inc()
        case ParticipationRequested(awaits="proof"):
            ANSWERS.labels(RegistrationState.AWAITING_PROOF).inc()
        case ParticipantWithdrawn(declines=True):
            ANSWERS.labels(RegistrationState.DECLINED).inc()
        case ParticipantCheckedIn():
            CHECK_INS.labels(ADMITTED).inc()
        case CheckInRefused():
            CHECK_INS.labels(fact.reason).inc()
        case _ if type(fact) in _ANSWERS:
            ANSWERS.labels(_ANSWERS[type(fact)]).inc()
