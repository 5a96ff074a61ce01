"""Registration events: who has a seat in a meeting or waits for one, and the tickets."""

from typing import Literal
from uuid import UUID

from shared.contracts.base import Contract, OrganisationCode, ShortText
from shared.contracts.registration.base import MEETING, MeetingFact, OwnLink

PromotionReason = Literal["seat-freed", "capacity-raised"]
SeatState = Literal["confirmed", "waitlisted"]


class ParticipantRegistered(MeetingFact):
    """A person has a seat (`confirmed`) or a place in the queue (`waitlisted`, with `position` ≥ 1)."""

    registration_id: UUID
    person_id: UUID
    invitation_id: UUID | None
    organisation: OrganisationCode
    rank: int
    state: SeatState
    position: int | None = None
    code: str
    own_link: OwnLink | None = None


class ParticipantRepresented(MeetingFact):
    """A confirmed person gives his seat to a representative, who has a registration of his own."""

    registration_id: UUID
    person_id: UUID
    represented_registration_id: UUID
    represented_person_id: UUID
    organisation: OrganisationCode
    rank: int
    reason: ShortText | None = None
    code: str
    own_link: OwnLink | None = None


class ParticipantPromoted(MeetingFact):
    """The head of the queue has moved up into a freed seat; the reason is shown to him."""

    registration_id: UUID
    person_id: UUID
    organisation: OrganisationCode
    reason: PromotionReason
    code: str


class ParticipantWithdrawn(MeetingFact):
    """A person gives up the seat or the place in the queue that he held.

    `declines`: he answers the invitation of his body with no after all, and `reason` says why.
    """

    registration_id: UUID
    person_id: UUID
    organisation: OrganisationCode
    was: SeatState
    reason: ShortText | None = None
    declines: bool = False


class ParticipantReinstated(MeetingFact):
    """Somebody who had declined or withdrawn takes part after all, as `ParticipantRegistered` says it.

    His registration is the one that he had; in the queue he stands at the end.
    """

    registration_id: UUID
    person_id: UUID
    invitation_id: UUID | None
    organisation: OrganisationCode
    rank: int
    state: SeatState
    position: int | None = None
    code: str
    own_link: OwnLink | None = None


class TicketIssued(MeetingFact):
    """The signed QR code of a seat; sealed, as whoever holds it may enter."""

    registration_id: UUID
    person_id: UUID
    serial: int
    sealed_ticket: str


CONTRACTS = (
    Contract(model=ParticipantRegistered, topic=MEETING, since="0.1"),
    Contract(model=ParticipantRepresented, topic=MEETING, since="0.1"),
    Contract(model=ParticipantPromoted, topic=MEETING, since="0.1"),
    Contract(model=ParticipantWithdrawn, topic=MEETING, since="0.1"),
    Contract(model=ParticipantReinstated, topic=MEETING, since="0.1"),
    Contract(model=TicketIssued, topic=MEETING, since="0.1"),
)
