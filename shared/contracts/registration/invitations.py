"""Invitation events: which organisations are invited to a meeting until when, and which of their people declined."""

from uuid import UUID

from shared.contracts.base import Contract, Instant, OrganisationCode, ShortText
from shared.contracts.registration.base import MEETING, MeetingFact, OwnLink


class OrganisationInvited(MeetingFact):
    """A body is invited with a number of seats; the link travels sealed (`shared.sealing`)."""

    invitation_id: UUID
    organisation: OrganisationCode
    seats: int
    contact: UUID
    expires_at: Instant
    link_sha256: str
    sealed_link: str


class InvitationExtended(MeetingFact):
    """An invited body has more time to answer, or less; its link stays the same.

    `with_meeting`: because the meeting moves, as the `MeetingRescheduled` that follows says.
    """

    invitation_id: UUID
    organisation: OrganisationCode
    contact: UUID
    old_expires_at: Instant
    expires_at: Instant
    with_meeting: bool = False


class InvitationResent(MeetingFact):
    """The contact of an invited body is sent the same link once more."""

    invitation_id: UUID
    organisation: OrganisationCode
    seats: int
    contact: UUID
    expires_at: Instant
    sealed_link: str


class InvitationReminded(MeetingFact):
    """Nobody of an invited body has answered: its contact is reminded, with the same link.

    `answer_by` is until when its people may register: the earlier of the end of the invitation and the deadline of the
    meeting. `hours_before` is how long before that the policy of the meeting wants this reminder; null where the
    organiser has asked for it. `sealed_link` is null where an earlier version has not kept the link.
    """

    invitation_id: UUID
    organisation: OrganisationCode
    seats: int
    contact: UUID
    answer_by: Instant
    hours_before: int | None = None
    sealed_link: str | None = None


class InvitationRevoked(MeetingFact):
    """A body is not invited any more: its link opens nothing, the seats it has taken stay. `reason` is public."""

    invitation_id: UUID
    organisation: OrganisationCode
    contact: UUID
    reason: ShortText


class InvitationDeclined(MeetingFact):
    """One person of an invited body will not come; with `code` he may change his mind."""

    invitation_id: UUID
    registration_id: UUID
    person_id: UUID
    organisation: OrganisationCode
    reason: ShortText
    code: str | None = None
    own_link: OwnLink | None = None


CONTRACTS = (
    Contract(model=OrganisationInvited, topic=MEETING, since="0.1"),
    Contract(model=InvitationExtended, topic=MEETING, since="0.1"),
    Contract(model=InvitationResent, topic=MEETING, since="0.1"),
    Contract(model=InvitationReminded, topic=MEETING, since="0.1"),
    Contract(model=InvitationRevoked, topic=MEETING, since="0.1"),
    Contract(model=InvitationDeclined, topic=MEETING, since="0.1"),
)
