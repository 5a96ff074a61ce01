"""Events of a meeting itself, from its draft to its close."""

from typing import Literal
from uuid import UUID

from shared.contracts.base import Bilingual, Contract, Instant, LongText, OrganisationCode, ShortText, Value
from shared.contracts.ids import derived_id
from shared.contracts.registration.base import MEETING, MeetingFact
from shared.kernel import OFFICE_ZONE

Policy = Literal["open", "by-invitation"]
WaitingList = Literal["automatic", "none"]
UnprovenPolicy = Literal["seated", "held", "waiting"]


class OrganisationSeats(Value):
    """The seats of one organisation: `reserved` are kept for its people, and at most `most` of them may have one."""

    organisation: OrganisationCode
    reserved: int = 0
    most: int | None = None


class Admission(Value):
    """How people are admitted, beside `policy` and `waiting_list`: the values of a meeting that says nothing of it.

    - `approval`: whoever registers without an invitation has no seat before the organiser has approved his request.
    - `closes_at`: nobody registers later, but for those whom the organiser's staff register.
    - `manual_promotion`: who waits moves up when the organiser says so, not by himself.
    - `representatives`: whether a seat may be given to a representative.
    - `may_pass_groups`: whether people move up past a group that needs more seats than are free.
    - `walk_ins`: whether a desk lets in people who have not registered, also when no seat is free.
    - `shared_contacts`: whether several people may have one number or address; messages then name whom they are for.
    - `reminders`: how many hours before the time to answer is over an invited body that has not answered is reminded.
    - `unproven`: what becomes of people who register without a link until they have shown that they are who they say.
      `seated`: they have a seat like others; `held`: their seat or place in the queue is given up after
      `unproven_minutes`; `waiting`: they have none before, and their request is given up after that time.
    """

    approval: bool = False
    closes_at: Instant | None = None
    manual_promotion: bool = False
    representatives: bool = True
    may_pass_groups: bool = False
    walk_ins: bool = False
    shared_contacts: bool = False
    unproven: UnprovenPolicy = "held"
    unproven_minutes: int = 1_440
    organisations: tuple[OrganisationSeats, ...] = ()
    reminders: tuple[int, ...] = (72, 24)


class AgendaItem(Value):
    """One item of the agenda, in order of `number` (`1`, `2`, `2.1`); `2.1` is a part of `2`.

    `minutes` is how long it takes. `presenter` is the organisation whose people present it. `item_id` stays the same
    when the item gets another number; an agenda that was sent as a whole has none.
    """

    number: str
    title: Bilingual
    minutes: int | None = None
    presenter: OrganisationCode | None = None
    item_id: UUID | None = None

    def identified(self, meeting_id: UUID) -> UUID:
        """The identifier by which facts of this meeting name the item: where it has none it follows from its number."""
        return self.item_id or derived_id("agenda item", meeting_id, self.number)


class MeetingDrafted(MeetingFact):
    """A meeting is being prepared; nobody is told. `co_host_contacts` are the persons who are told for the co-hosts.

    `previous_meeting_id`: the meeting of the same body that this one continues, where the organiser has said so.
    `series_id`: the first meeting of the series that it belongs to; the first one itself has none.
    """

    title: Bilingual
    purpose: LongText | None = None
    outcome: LongText | None = None
    venue: Bilingual
    starts_at: Instant
    ends_at: Instant
    zone: str = OFFICE_ZONE.key
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
    admission: Admission = Admission()
    previous_meeting_id: UUID | None = None
    series_id: UUID | None = None


class MeetingChanged(MeetingFact):
    """Something about a meeting was corrected that is neither time nor place; `changed` names the members that differ.

    All values are those after the change. `announced`: whether the meeting was open; then `sequence` (RFC 5546) has
    grown if the title or the agenda is another one. `agenda_details` in `changed`: only what no message says of the
    agenda is another one (durations, presenters, parts of the main items). `policy` is null where an earlier version
    has written this: then it stayed as it was.
    """

    changed: tuple[ShortText, ...]
    announced: bool
    sequence: int
    title: Bilingual
    purpose: LongText | None = None
    outcome: LongText | None = None
    organiser: OrganisationCode
    organiser_unit: Bilingual | None = None
    capacity: int
    waiting_list: WaitingList
    rank_floor: int | None = None
    tacit_consent: bool
    agenda: tuple[AgendaItem, ...] = ()
    policy: Policy | None = None
    admission: Admission = Admission()


class MeetingHostsChanged(MeetingFact):
    """Somebody else chairs or co-hosts the meeting; all values are those after the change.

    `former_chair` and `former_co_host_contacts` are the persons who no longer do; `new_co_host_contacts` are those of
    `co_host_contacts` who did not before.
    `announced`: whether the meeting was open.
    """

    announced: bool
    chair: UUID
    former_chair: UUID | None = None
    co_hosts: tuple[OrganisationCode, ...]
    co_host_contacts: tuple[UUID, ...]
    former_co_host_contacts: tuple[UUID, ...] = ()
    new_co_host_contacts: tuple[UUID, ...] = ()


class MeetingDiscarded(MeetingFact):
    """A draft was deleted before anybody was told of it; nothing of it is kept. It may be drafted anew."""


class MeetingOpened(MeetingFact):
    """The meeting is announced: invitations and answers may go out."""


class MeetingRescheduled(MeetingFact):
    """Time or place has changed; old and new values, `sequence` as in iCalendar (RFC 5546)."""

    old_starts_at: Instant
    old_ends_at: Instant
    old_venue: Bilingual
    starts_at: Instant
    ends_at: Instant
    venue: Bilingual
    sequence: int


class MeetingCancelled(MeetingFact):
    """The meeting will not take place; it keeps its date and its record."""

    reason: ShortText
    sequence: int


class MeetingStarted(MeetingFact):
    """The chair has opened the session."""

    started_at: Instant


class MeetingHeld(MeetingFact):
    """The session is over; the minutes can be drafted from what happened."""

    started_at: Instant
    ended_at: Instant


class MeetingClosed(MeetingFact):
    """Nothing more will be registered or corrected."""


CONTRACTS = (
    Contract(model=MeetingDrafted, topic=MEETING, since="0.1"),
    Contract(model=MeetingChanged, topic=MEETING, since="0.1"),
    Contract(model=MeetingHostsChanged, topic=MEETING, since="0.1"),
    Contract(model=MeetingDiscarded, topic=MEETING, since="0.1"),
    Contract(model=MeetingOpened, topic=MEETING, since="0.1"),
    Contract(model=MeetingRescheduled, topic=MEETING, since="0.1"),
    Contract(model=MeetingCancelled, topic=MEETING, since="0.1"),
    Contract(model=MeetingStarted, topic=MEETING, since="0.1"),
    Contract(model=MeetingHeld, topic=MEETING, since="0.1"),
    Contract(model=MeetingClosed, topic=MEETING, since="0.1"),
)
