"""Registration events: who has a seat in a meeting or waits for one, and the tickets."""

from typing import Literal
from uuid import UUID

from shared.contracts.base import Contract, Instant, OrganisationCode, ShortText
from shared.contracts.registration.base import MEETING, MeetingFact, OwnLink

PromotionReason = Literal["seat-freed", "capacity-raised"]
SeatState = Literal["confirmed", "waitlisted"]
RequestAwaits = Literal["decision", "proof"]


class ParticipantRegistered(MeetingFact):
    """A person has a seat (`confirmed`) or a place in the queue (`waitlisted`).

    `position` is one more than the people who wait before him at this moment. People with the same `group_id` have
    registered together: all of them have a seat, or all wait. In a meeting with approval his request came before
    (`ParticipationRequested` with the same `registration_id`). `repeats` is another registration of the meeting with
    the same number or address: whoever registered did not prove to be its person, so he was not told of it.
    `walk_in`: he had not registered, and a desk let him in: `ParticipantCheckedIn` or `ParticipantReturned` follows.
    `over_capacity`: no seat was free for him. He has no ticket.

    `proven`: whether somebody has answered for him: his body by its link or its staff, the organiser, or he himself by
    a message to his own number or address. If nobody does, the seat or the place is given up at `held_until`.
    `sealed_confirm_code` is the short code by which he can do so for an hour, sealed as links are, for him alone.
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
    repeats: UUID | None = None
    proven: bool = True
    held_until: Instant | None = None
    sealed_confirm_code: str | None = None


class ParticipantProven(MeetingFact):
    """Somebody has answered for a person who had registered without a link.

    `contact`: he himself, by the link that was sent to his number or address; `vouched`: staff of his body or of the
    organiser. Who had no seat before has one by the `ParticipantRegistered` that follows.
    """

    registration_id: UUID
    person_id: UUID
    organisation: OrganisationCode
    proof: Literal["contact", "vouched"]


class RegistrationRepeated(MeetingFact):
    """Somebody has registered once more with the number or address of this registration, which stays as it is.

    Its person is told, with the link to his own answer; whoever registered is not told that it exists.
    """

    registration_id: UUID
    person_id: UUID
    organisation: OrganisationCode


class ParticipationRequested(MeetingFact):
    """A person asks for a seat; the organiser will approve it (`ParticipantRegistered`) or reject it.

    People who ask together have one `group_id`: they are approved together.
    `awaits`: whether it waits for the organiser's decision, or for the proof that the person is who he says; then it is
    given up at `held_until`. `repeats`, `proven` and `sealed_confirm_code` as in `ParticipantRegistered`.
    """

    registration_id: UUID
    person_id: UUID
    organisation: OrganisationCode
    rank: int
    code: str
    own_link: OwnLink | None = None
    group_id: UUID | None = None
    repeats: UUID | None = None
    awaits: RequestAwaits = "decision"
    proven: bool = True
    held_until: Instant | None = None
    sealed_confirm_code: str | None = None


class ParticipationRejected(MeetingFact):
    """The organiser does not admit a person who has asked for a seat; the person is told the reason."""

    registration_id: UUID
    person_id: UUID
    organisation: OrganisationCode
    reason: ShortText


class RequestWithdrawn(MeetingFact):
    """A person does not ask for a seat any more.

    `awaited` is what his request waited for. `lapsed`: nobody has answered for him in time.
    """

    registration_id: UUID
    person_id: UUID
    organisation: OrganisationCode
    reason: ShortText | None = None
    awaited: RequestAwaits = "decision"
    lapsed: bool = False


class ParticipantRepresented(MeetingFact):
    """A confirmed person gives his seat to a representative, who has a registration of his own.

    `proven` and `held_until` as in `ParticipantRegistered`: a seat for which nobody has answered stays such a seat.
    """

    registration_id: UUID
    person_id: UUID
    represented_registration_id: UUID
    represented_person_id: UUID
    organisation: OrganisationCode
    rank: int
    reason: ShortText | None = None
    code: str
    own_link: OwnLink | None = None
    proven: bool = True
    held_until: Instant | None = None


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

    `declines`: he answers the invitation of his body with no after all, and `reason` says why. `lapsed`: he has not
    done it himself; nobody has answered for him in time.
    """

    registration_id: UUID
    person_id: UUID
    organisation: OrganisationCode
    was: SeatState
    reason: ShortText | None = None
    declines: bool = False
    lapsed: bool = False


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
    proven: bool = True
    held_until: Instant | None = None


class TicketIssued(MeetingFact):
    """The signed QR code of a seat; sealed, as whoever holds it may enter. `key_id` names the key that has signed."""

    registration_id: UUID
    person_id: UUID
    serial: int
    sealed_ticket: str
    key_id: str | None = None


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
    Contract(model=ParticipantProven, topic=MEETING, since="0.1"),
    Contract(model=RegistrationRepeated, topic=MEETING, since="0.1"),
)
