"""Who is told of the invitation of a body: its contact."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from services.notification.domain.table_cells import ALWAYS, AudienceRow, each, one, row
from shared.contracts import Fact
from shared.contracts.registration import (
    InvitationExtended,
    InvitationReminded,
    InvitationResent,
    InvitationRevoked,
    OrganisationInvited,
)

BY_ITSELF: Final = "by the organiser"
WITH_THE_MEETING: Final = "because the meeting moves"

TOLD_OF_INVITATIONS: Final[Mapping[type[Fact], Mapping[str, AudienceRow]]] = {
    OrganisationInvited: {
        ALWAYS: row(
            "the invitation goes to the contact of the body",
            contact=one("invitation", "email", "sms", calendar="REQUEST"),
            co_host="told when the meeting was opened; where his body is invited too, its contact is told",
        )
    },
    InvitationExtended: {
        BY_ITSELF: row("the contact of the body passes it on", contact=one("invitation_extended", "email", "sms")),
        WITH_THE_MEETING: row(
            "the contact of the body passes it on",
            contact="the notice of the move names until when he may answer (MeetingRescheduled)",
        ),
    },
    InvitationResent: {
        ALWAYS: row(
            "the invitation goes to the contact of the body",
            contact=one("invitation", "email", "sms", calendar="REQUEST"),
        )
    },
    InvitationReminded: {
        ALWAYS: row("the contact of the body answers for it, or passes it on", contact=each("invitation_reminder"))
    },
    InvitationRevoked: {
        ALWAYS: row(
            "who has a seat keeps it; the contact of the body is told",
            contact=one("invitation_revoked", "email", "sms", calendar="CANCEL"),
        )
    },
}
"""Fact → case → audience → message or the reason for silence, as in `who_is_told.TOLD`."""

CASES_OF_INVITATIONS: Final[Mapping[type[Fact], Callable[[Any], str]]] = {
    InvitationExtended: lambda fact: WITH_THE_MEETING if fact.with_meeting else BY_ITSELF,
}
"""Facts that are told otherwise from case to case."""
