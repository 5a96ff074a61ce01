"""Registration events: who has a seat in a meeting or waits for one, and the tickets."""

from typing import Literal
from uuid import UUID

from shared.contracts.base import Contract, OrganisationCode, ShortText
from shared.contracts.registration.base import MEETING, MeetingFact, OwnLink

PromotionReason = Literal["seat-freed", "capacity-raised"]
SeatState = Literal["confirmed", "waitlisted"]


class ParticipantRegistered(MeetingFact):
    """A person has a seat (`confirmed`) or a place in the queue (`waitlisted`).

    `position` is one more than the people who wait before him at this moment. People with the same `group_id` have
    registered together: all of them have a seat, or all wait. In a meeting with approval his request came before
    (`ParticipationRequested` with the same `registration_id`).
    `walk_in`: he had not registered, and a desk let him in: `ParticipantCheckedIn` or `ParticipantReturned` follows.
    `over_capacity`: no seat was free for him. He has no ticket.
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
    group_id: UUID | None = None
    walk_in: bool = False
    over_capacity: bool = False


class ParticipationRequested(MeetingFact):
    """A person asks for a seat; the organiser will approve it (`ParticipantRegistered`) or reject it.

    People who ask together have one `group_id`: they are approved together.
    """

    registration_id: UUID
    person_id: UUID
    organisation: OrganisationCode
    rank: int
    code: str
    own_link: OwnLink | None = None
    group_id: UUID | None = None


class ParticipationRejected(MeetingFact):
    """The organiser does not admit a person who has asked for a seat; the person is told the reason."""

    registration_id: UUID
    person_id: UUID
    organisation: OrganisationCode
    reason: ShortText


class RequestWithdrawn(MeetingFact):
    """A person does not ask for a seat any more."""

    registration_id: UUID
    person_id: UUID
    organisation: OrganisationCode
    reason: ShortText | None = None


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
    """Somebody who has waited has a seat now; the reason is shown to him.

    `seat-freed`: somebody has given up a seat, or it is not kept for others any more. `capacity-raised`: there are more
    seats. `note` is the reason in the organiser's words, where he has chosen this person himself.
    """

    registration_id: UUID
    person_id: UUID
    organisation: OrganisationCode
    reason: PromotionReason
    code: str
    note: ShortText | None = None


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
    walk_in: bool = False
    over_capacity: bool = False


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
    Contract(model=ParticipationRequested, topic=MEETING, since="0.1"),
    Contract(model=ParticipationRejected, topic=MEETING, since="0.1"),
    Contract(model=RequestWithdrawn, topic=MEETING, since="0.1"),
    Contract(model=TicketIssued, topic=MEETING, since="0.1"),
)
