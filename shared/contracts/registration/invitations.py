"""Invitation events: which organisations are invited to a meeting, and which of their people declined."""

from uuid import UUID

from shared.contracts.base import Contract, Instant, OrganisationCode, ShortText
from shared.contracts.registration.base import MEETING, MeetingFact


class OrganisationInvited(MeetingFact):
    """A body is invited with a number of seats; the link travels sealed (`shared.sealing`), only its hash is kept."""

    invitation_id: UUID
    organisation: OrganisationCode
    seats: int
    contact: UUID
    expires_at: Instant
    link_sha256: str
    sealed_link: str


class InvitationDeclined(MeetingFact):
    """One person of an invited body will not come."""

    invitation_id: UUID
    registration_id: UUID
    person_id: UUID
    organisation: OrganisationCode
    reason: ShortText


CONTRACTS = (
    Contract(model=OrganisationInvited, topic=MEETING, since="0.1"),
    Contract(model=InvitationDeclined, topic=MEETING, since="0.1"),
)
