"""What registration says: organisations, persons (personal data, compacted), and the facts of a meeting."""

from datetime import date
from typing import Literal
from uuid import UUID

from shared.contracts.base import (
    Bilingual,
    Contract,
    Fact,
    Instant,
    Language,
    LongText,
    OrganisationCode,
    ShortText,
    Topic,
    Value,
)

ORGANISATION = Topic(
    name="eoffice.registration.organisation.v1",
    owner="registration",
    readers=("notification", "minutes", "archive"),
    compacted=True,
)
PERSON = Topic(
    name="eoffice.registration.person.v1",
    owner="registration",
    readers=("notification", "minutes"),
    compacted=True,
)
MEETING = Topic(
    name="eoffice.registration.meeting.v1",
    owner="registration",
    readers=("notification", "minutes", "archive"),
)

Gender = Literal["female", "male", "not-stated"]
Policy = Literal["open", "by-invitation"]
WaitingList = Literal["automatic", "none"]
SeatState = Literal["confirmed", "waitlisted"]
CheckInRefusal = Literal[
    "unknown", "forged", "revoked", "wrong-meeting", "already-in", "not-confirmed", "too-early", "cancelled", "blocked"
]


class OrganisationRecorded(Fact):
    """A body of government as it is called between two dates (2022's names stay with the meetings of 2022)."""

    organisation: OrganisationCode
    name: Bilingual
    abbreviation_lo: str | None = None
    protocol_order: int
    valid_from: date | None = None
    valid_until: date | None = None


class PersonRecorded(Fact):
    """The current state of one person: the only event that carries names, numbers and addresses."""

    person_id: UUID
    honorific: ShortText | None = None
    given_name: ShortText
    family_name: ShortText | None = None
    position_title: ShortText | None = None
    rank: int
    organisation: OrganisationCode
    mobile: str | None = None
    email: str | None = None
    language: Language = "lo"
    gender: Gender = "not-stated"
    fictitious: bool = False


class PersonErased(Fact):
    """The tombstone of a person: every service drops its copy."""

    person_id: UUID


class AgendaItem(Value):
    """One item of the agenda, in order of `number` (`1`, `2`, `2.1`)."""

    number: str
    title: Bilingual
    minutes: int | None = None


class MeetingDrafted(Fact):
    """A meeting is being prepared; nobody is told. `co_host_contacts` are the persons who are told for the co-hosts."""

    meeting_id: UUID
    title: Bilingual
    purpose: LongText | None = None
    outcome: LongText | None = None
    venue: Bilingual
    starts_at: Instant
    ends_at: Instant
    zone: str = "Asia/Vientiane"
    organiser: OrganisationCode
    organiser_unit: Bilingual | None = None
    co_hosts: tuple[OrganisationCode, ...] = ()
    co_host_contacts: tuple[UUID, ...] = ()
    chair: UUID
    capacity: int
    policy: Policy
    waiting_list: WaitingList = "automatic"
    rank_floor: int | None = None
    tacit_consent: bool = False
    agenda: tuple[AgendaItem, ...] = ()


class MeetingOpened(Fact):
    """The meeting is announced: invitations and answers may go out."""

    meeting_id: UUID


class MeetingRescheduled(Fact):
    """Time or place has changed; old and new values, `sequence` as in iCalendar (RFC 5546)."""

    meeting_id: UUID
    old_starts_at: Instant
    old_ends_at: Instant
    old_venue: Bilingual
    starts_at: Instant
    ends_at: Instant
    venue: Bilingual
    sequence: int


class MeetingCancelled(Fact):
    """The meeting will not take place; it keeps its date and its record."""

    meeting_id: UUID
    reason: ShortText
    sequence: int


class MeetingStarted(Fact):
    """The chair has opened the session."""

    meeting_id: UUID
    started_at: Instant


class MeetingHeld(Fact):
    """The session is over; the minutes can be drafted from what happened."""

    meeting_id: UUID
    started_at: Instant
    ended_at: Instant


class MeetingClosed(Fact):
    """Nothing more will be registered or corrected."""

    meeting_id: UUID


class OrganisationInvited(Fact):
    """A body is invited with a number of seats; the link travels sealed (`shared.sealing`), only its hash is kept."""

    meeting_id: UUID
    invitation_id: UUID
    organisation: OrganisationCode
    seats: int
    contact: UUID
    expires_at: Instant
    link_sha256: str
    sealed_link: str


class InvitationDeclined(Fact):
    """One person of an invited body will not come."""

    meeting_id: UUID
    invitation_id: UUID
    registration_id: UUID
    person_id: UUID
    organisation: OrganisationCode
    reason: ShortText


class ParticipantRegistered(Fact):
    """A person has a seat (`confirmed`) or a place in the queue (`waitlisted`, with `position` ≥ 1)."""

    meeting_id: UUID
    registration_id: UUID
    person_id: UUID
    invitation_id: UUID | None
    organisation: OrganisationCode
    rank: int
    state: SeatState
    position: int | None = None
    code: str


class ParticipantRepresented(Fact):
    """A confirmed person gives his seat to a representative, who has a registration of his own."""

    meeting_id: UUID
    registration_id: UUID
    person_id: UUID
    represented_registration_id: UUID
    represented_person_id: UUID
    organisation: OrganisationCode
    rank: int
    reason: ShortText | None = None
    code: str


class ParticipantPromoted(Fact):
    """The head of the queue has moved up into a freed seat; the reason is shown to him."""

    meeting_id: UUID
    registration_id: UUID
    person_id: UUID
    organisation: OrganisationCode
    reason: Literal["seat-freed", "capacity-raised"]
    code: str


class ParticipantWithdrawn(Fact):
    """A person gives up the seat or the place in the queue that he held."""

    meeting_id: UUID
    registration_id: UUID
    person_id: UUID
    organisation: OrganisationCode
    was: SeatState
    reason: ShortText | None = None


class TicketIssued(Fact):
    """The signed QR code of a seat; sealed, as whoever holds it may enter."""

    meeting_id: UUID
    registration_id: UUID
    person_id: UUID
    serial: int
    sealed_ticket: str


class ParticipantCheckedIn(Fact):
    """A person has come in; both clocks are kept, as a desk may have been offline."""

    meeting_id: UUID
    registration_id: UUID
    person_id: UUID
    device: str
    nonce: str
    scanned_at: Instant
    received_at: Instant
    offline: bool


class CheckInRefused(Fact):
    """Somebody was turned away at the door, or would have been had the desk been online (`offline`)."""

    meeting_id: UUID
    registration_id: UUID | None
    device: str
    nonce: str
    scanned_at: Instant
    received_at: Instant
    offline: bool
    reason: CheckInRefusal


CONTRACTS = (
    Contract(model=OrganisationRecorded, topic=ORGANISATION, since="0.1"),
    Contract(model=PersonRecorded, topic=PERSON, since="0.1"),
    Contract(model=PersonErased, topic=PERSON, since="0.1", tombstone=True),
    *(
        Contract(model=model, topic=MEETING, since="0.1")
        for model in (
            MeetingDrafted,
            MeetingOpened,
            MeetingRescheduled,
            MeetingCancelled,
            MeetingStarted,
            MeetingHeld,
            MeetingClosed,
            OrganisationInvited,
            InvitationDeclined,
            ParticipantRegistered,
            ParticipantRepresented,
            ParticipantPromoted,
            ParticipantWithdrawn,
            TicketIssued,
            ParticipantCheckedIn,
            CheckInRefused,
        )
    ),
)
