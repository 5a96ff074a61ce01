"""Who is told what of the answers of people: registering, confirming, moving up, giving up."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from services.notification.domain.table_cells import ALWAYS, AudienceRow, before_the_ticket, one, row
from shared.contracts import Fact
from shared.contracts.registration import (
    InvitationDeclined,
    ParticipantPromoted,
    ParticipantProven,
    ParticipantRegistered,
    ParticipantReinstated,
    ParticipantRepresented,
    ParticipantWithdrawn,
    ParticipationRejected,
    ParticipationRequested,
    RegistrationRepeated,
    RequestWithdrawn,
)

NEW: Final = "a number or address that has no other registration in the meeting"
UNPROVEN: Final = "the same, by somebody for whom nobody has answered yet"
AGAIN: Final = "a number or address that has one, by somebody who did not prove to be its person"
LAPSES: Final = "nobody has answered for him in time"
BEFORE: Final = "before he comes"
WALK_IN: Final = "at the entrance"
GIVES_UP: Final = "a seat or a place in the queue is given up"
DECLINES: Final = "the invitation is declined after it had been accepted"

OTHERS: Final = "it concerns one person; the organiser's list shows it to others"
_TOLD_OF_HIS_OWN: Final = "its person is told of the registration that he has (RegistrationRepeated)"

TOLD_OF_ANSWERS: Final[Mapping[type[Fact], Mapping[str, AudienceRow]]] = {
    InvitationDeclined: {
        ALWAYS: row(OTHERS, declined=one("declined", "sms", "email")),
    },
    ParticipantRegistered: {
        NEW: row(
            OTHERS,
            seated=before_the_ticket("registered"),
            waiting=one("waitlisted", "sms", "email"),
        ),
        UNPROVEN: row(
            OTHERS,
            seated=before_the_ticket("confirm_registration"),
            waiting=one("confirm_registration", "email", "sms"),
        ),
        AGAIN: row(_TOLD_OF_HIS_OWN),
        WALK_IN: row("he is in the room when it is heard"),
    },
    ParticipantProven: {
        ALWAYS: row("he knows whom he has told; who has a seat by it is told of that (ParticipantRegistered)")
    },
    RegistrationRepeated: {
        ALWAYS: row(
            "who has given up his answer is told nothing of it",
            **dict.fromkeys(
                ("seated", "representative", "waiting", "represented"), one("registered_again", "email", "sms")
            ),
        )
    },
    ParticipantRepresented: {
        ALWAYS: row(
            OTHERS,
            representative=before_the_ticket("delegated"),
            represented=one("represented", "email", "sms", calendar="CANCEL"),
        )
    },
    ParticipantPromoted: {ALWAYS: row(OTHERS, seated=before_the_ticket("promoted"))},
    ParticipantWithdrawn: {
        GIVES_UP: row(
            OTHERS,
            withdrawn=one("withdrawn", "email", "sms", calendar="CANCEL"),
            represented=one("representative_withdrawn", "email", "sms", note="whose representative withdraws"),
            waiting="the head of the queue is told that he moves up (ParticipantPromoted)",
        ),
        DECLINES: row(
            OTHERS,
            declined=one("declined", "email", "sms", calendar="CANCEL"),
            waiting="the head of the queue is told that he moves up (ParticipantPromoted)",
        ),
        LAPSES: row(
            OTHERS,
            withdrawn=one("registration_lapsed", "email", "sms", calendar="CANCEL"),
            represented=one("representative_withdrawn", "email", "sms", note="whose representative did not confirm"),
            waiting="the head of the queue is told that he moves up (ParticipantPromoted)",
        ),
    },
    ParticipantReinstated: {
        WALK_IN: row("he is in the room when it is heard"),
        BEFORE: row(
            OTHERS,
            seated=before_the_ticket("registered"),
            waiting=one("waitlisted", "sms", "email"),
        ),
    },
    ParticipationRequested: {
        NEW: row(OTHERS, waiting=one("requested", "sms", "email")),
        UNPROVEN: row(OTHERS, waiting=one("confirm_registration", "email", "sms")),
        AGAIN: row(_TOLD_OF_HIS_OWN),
    },
    ParticipationRejected: {ALWAYS: row(OTHERS, withdrawn=one("rejected", "email", "sms"))},
    RequestWithdrawn: {
        GIVES_UP: row(OTHERS, withdrawn=one("withdrawn", "email", "sms")),
        LAPSES: row(OTHERS, withdrawn=one("registration_lapsed", "email", "sms")),
    },
}
"""As `TOLD`."""


def _new_or_again(fact: ParticipantRegistered | ParticipationRequested) -> str:
    if isinstance(fact, ParticipantRegistered) and fact.walk_in:
        return WALK_IN
    if fact.repeats:
        return AGAIN
    return NEW if fact.proven else UNPROVEN


CASES_OF_ANSWERS: Final[Mapping[type[Fact], Callable[[Any], str]]] = {
    ParticipantWithdrawn: lambda fact: LAPSES if fact.lapsed else DECLINES if fact.declines else GIVES_UP,
    RequestWithdrawn: lambda fact: LAPSES if fact.lapsed else GIVES_UP,
    ParticipantRegistered: _new_or_again,
    ParticipantReinstated: lambda fact: WALK_IN if fact.walk_in else BEFORE,
    ParticipationRequested: _new_or_again,
}
"""Facts that are told otherwise from case to case."""
