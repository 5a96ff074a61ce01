"""What a meeting is decided on, and how each fact changes it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final, TypeAlias
from uuid import UUID

from services.registration.domain.admitting import closing_with, limited_seats
from services.registration.domain.contacts.holders import ContactHolder
from services.registration.domain.documents.state import DOCUMENT_FACTS, DocumentFact, StoredFile, documents_after
from services.registration.domain.form.answers import FormAnswers
from services.registration.domain.form.form import Form
from services.registration.domain.invitation import Invitation
from services.registration.domain.item_time import ItemTime
from services.registration.domain.registration import Seat
from shared.contracts import Fact
from shared.contracts.base import Bilingual
from shared.contracts.registration import (
    Admission,
    AgendaItemFinished,
    AgendaItemStarted,
    AgendaItemUndone,
    MeetingCancelled,
    MeetingChanged,
    MeetingClosed,
    MeetingDiscarded,
    MeetingDocument,
    MeetingDrafted,
    MeetingHeld,
    MeetingOpened,
    MeetingRescheduled,
    MeetingStarted,
    ParticipantPromoted,
    ParticipantRegistered,
    ParticipantReinstated,
    ParticipantWithdrawn,
    ParticipationRejected,
    ParticipationRequested,
    Policy,
    RequestWithdrawn,
    WaitingList,
)
from shared.kernel import Command

CHECK_IN_OPENS_BEFORE = timedelta(hours=3)
Members: TypeAlias = dict[str, Any]
"""Members of a `Meeting`, by name."""

DEFAULT_ADMISSION: Final = Admission()
"""Of a meeting that says nothing of how people are admitted."""
UNSET = datetime(1970, 1, 1, tzinfo=UTC)  # of a meeting that is not drafted yet


class Phase(StrEnum):
    """draft → open → in-session → held → closed; cancelled from the first three."""

    ABSENT = "absent"
    DRAFT = "draft"
    OPEN = "open"
    IN_SESSION = "in-session"
    HELD = "held"
    CLOSED = "closed"
    CANCELLED = "cancelled"


TICKET_PHASES: Final = (Phase.OPEN, Phase.IN_SESSION)
"""A seat gets its ticket."""
CHECK_IN_PHASES: Final = (Phase.OPEN, Phase.IN_SESSION)
"""A desk with a network admits people."""
OFFLINE_UPLOAD_PHASES: Final = (*CHECK_IN_PHASES, Phase.HELD)
"""A desk without a network may report whom it has admitted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A meeting as one command sees it: its own row, and of the rest only what the command needs.

    Sets are not here: that a person has one seat is PostgreSQL's to keep (`store/uniqueness.py`). `taken` are the seats
    that people of each body in `admission.organisations` have. `queue` are those who wait, in their order, as far as
    the command can reach them. `requests` are the registrations on which the organiser decides, `invited` the
    invitations of a command that may be about several. `form` is what people are asked, `answers_counted` how many have
    answered a field (value `''`), or have made a choice of it; `given` are answers as they were read for the command,
    by registration. `file` is the one that a command about a document names, where it was stored for this meeting.
    `holders` have registered with a number or address of a new registration, by its identifier; `himself`: the
    representative has that of the person whose seat he is to take. For those who are `lapsing` nobody has answered in
    time, `unproven_of_client` counts those of one client for whom nobody has answered yet.
    `by` is the command, for the history of who did what.

    `ended_for` is, of a body that is to be invited and has ended by then, who acts for it, or empty. `acting` has of
    bodies that have ended by the day of the meeting who acts for them: their seats are counted together. `counted`
    are the bodies whose seats are counted, because they are limited or may have to be counted with such a body.
    """

    meeting_id: UUID
    version: int = 0
    phase: Phase = Phase.ABSENT
    organiser: str = ""
    policy: Policy = "open"
    waiting_list: WaitingList = "automatic"
    capacity: int = 0
    rank_floor: int | None = None
    venue: Bilingual | None = None
    starts_at: datetime = UNSET
    ends_at: datetime = UNSET
    started_at: datetime | None = None
    ended_at: datetime | None = None
    item_times: Mapping[UUID, ItemTime] = field(default_factory=dict)
    sequence: int = 0
    confirmed: int = 0
    waitlisted: int = 0
    queue_last: int = 0
    requested: int = 0
    admission: Admission = DEFAULT_ADMISSION
    taken: Mapping[str, int] = field(default_factory=dict)
    acting: Mapping[str, str] = field(default_factory=dict)
    counted: frozenset[str] = frozenset()
    grouped: bool = False
    invitation: Invitation | None = None
    invitations: int = 0
    invited: Sequence[Invitation] = ()
    organisation_known: bool = True
    ended_for: str | None = None
    unknown_bodies: frozenset[str] = frozenset()
    seat: Seat | None = None
    queue: Sequence[Seat] = ()
    requests: Mapping[UUID, Seat] = field(default_factory=dict)
    drafted: MeetingDrafted | None = None
    scan_known: bool = False
    documents: Mapping[UUID, MeetingDocument] = field(default_factory=dict)
    file: StoredFile | None = None
    form: Form | None = None
    answers_counted: Mapping[tuple[str, str], int] = field(default_factory=dict)
    given: Mapping[UUID, FormAnswers] = field(default_factory=dict)
    holders: Mapping[UUID, Sequence[ContactHolder]] = field(default_factory=dict)
    himself: bool = False
    lapsing: Sequence[Seat] = ()
    unproven_of_client: int = 0
    by: Command | None = None

    @property
    def check_in_opens_at(self) -> datetime:
        """Before it, a scan is too early."""
        return self.starts_at - CHECK_IN_OPENS_BEFORE

    @property
    def queues(self) -> bool:
        """Whether people may wait for a seat: not in a meeting by invitation, whose seats belong to the invited."""
        return self.waiting_list == "automatic" and self.policy == "open"

    @property
    def promotes(self) -> bool:
        """Whether those who wait move up by themselves, also where nobody else may wait any more."""
        return self.policy == "open" and not self.admission.manual_promotion


def evolve(meeting: Meeting, fact: Fact) -> Meeting:
    """The meeting after `fact`; a fact that is not in `CHANGES` changes rows of its own, not the meeting's."""
    change = CHANGES.get(type(fact))
    return replace(meeting, version=meeting.version + 1, **(change(meeting, fact) if change else {}))


def _drafted(_: Meeting, fact: MeetingDrafted) -> Members:
    names = ("organiser", "policy", "waiting_list", "capacity", "rank_floor", "venue", "starts_at", "ends_at")
    known = {name: getattr(fact, name) for name in (*names, "admission")}
    return {"phase": Phase.DRAFT, "taken": limited_seats(fact.admission, {}, frozenset())} | known


def _rescheduled(meeting: Meeting, fact: MeetingRescheduled) -> Members:
    known = {name: getattr(fact, name) for name in ("starts_at", "ends_at", "venue", "sequence")}
    return known | {"admission": closing_with(meeting.admission, old=fact.old_starts_at, new=fact.starts_at)}


def _registered(meeting: Meeting, fact: ParticipantRegistered | ParticipantReinstated) -> Members:
    decided = {"requested": meeting.requested - 1} if fact.registration_id in meeting.requests else {}
    if fact.state == "confirmed":
        return decided | _seated(meeting, fact.organisation)
    grouped = meeting.grouped or (isinstance(fact, ParticipantRegistered) and fact.group_id is not None)
    waiting = {"waitlisted": meeting.waitlisted + 1, "queue_last": meeting.queue_last + 1, "grouped": grouped}
    return decided | waiting


def _seated(meeting: Meeting, organisation: str, change: int = 1) -> Members:
    taken = meeting.taken
    if organisation in taken or organisation in meeting.counted:
        taken = {**taken, organisation: taken.get(organisation, 0) + change}
    return {"confirmed": meeting.confirmed + change, "taken": taken}


def _promoted(meeting: Meeting, fact: ParticipantPromoted) -> Members:
    return {"waitlisted": meeting.waitlisted - 1} | _seated(meeting, fact.organisation)


def _withdrawn(meeting: Meeting, fact: ParticipantWithdrawn) -> Members:
    if fact.was == "confirmed":
        return _seated(meeting, fact.organisation, -1)
    return {"waitlisted": meeting.waitlisted - 1}


def _changed(meeting: Meeting, fact: MeetingChanged) -> Members:
    known = {name: getattr(fact, name) for name in ("capacity", "waiting_list", "rank_floor", "sequence", "admission")}
    taken = limited_seats(fact.admission, meeting.taken, meeting.counted)
    return known | {"policy": fact.policy or meeting.policy, "taken": taken}


def _documented(meeting: Meeting, fact: DocumentFact) -> Members:
    return {"documents": documents_after(meeting.documents, fact)}


def _item_started(meeting: Meeting, fact: AgendaItemStarted) -> Members:
    before = meeting.item_times.get(fact.item_id)
    known = before.started(fact.started_at) if before else ItemTime(started_at=fact.started_at)
    return {"item_times": {**meeting.item_times, fact.item_id: known}}


def _item_finished(meeting: Meeting, fact: AgendaItemFinished) -> Members:
    known = meeting.item_times[fact.item_id].finished(fact.finished_at)
    return {"item_times": {**meeting.item_times, fact.item_id: known}}


def _item_undone(meeting: Meeting, fact: AgendaItemUndone) -> Members:
    others = {each: known for each, known in meeting.item_times.items() if each != fact.item_id}
    known = meeting.item_times[fact.item_id].undone()
    return {"item_times": {**others, fact.item_id: known} if known else others}


CHANGES: Final[Mapping[type[Fact], Callable[[Meeting, Any], Members]]] = {
    MeetingDrafted: _drafted,
    MeetingDiscarded: lambda _, __: {"phase": Phase.ABSENT},
    MeetingOpened: lambda _, __: {"phase": Phase.OPEN},
    MeetingRescheduled: _rescheduled,
    MeetingChanged: _changed,
    MeetingStarted: lambda _, fact: {"phase": Phase.IN_SESSION, "started_at": fact.started_at},
    MeetingHeld: lambda _, fact: {"phase": Phase.HELD, "ended_at": fact.ended_at},
    AgendaItemStarted: _item_started,
    AgendaItemFinished: _item_finished,
    AgendaItemUndone: _item_undone,
    MeetingClosed: lambda _, __: {"phase": Phase.CLOSED},
    MeetingCancelled: lambda _, fact: {"phase": Phase.CANCELLED, "sequence": fact.sequence},
    ParticipantRegistered: _registered,
    ParticipantReinstated: _registered,
    ParticipantPromoted: _promoted,
    ParticipantWithdrawn: _withdrawn,
    ParticipationRequested: lambda meeting, fact: {"requested": meeting.requested + (fact.awaits == "decision")},
    ParticipationRejected: lambda meeting, _: {"requested": meeting.requested - 1},
    RequestWithdrawn: lambda meeting, fact: {"requested": meeting.requested - (fact.awaited == "decision")},
    **dict.fromkeys(DOCUMENT_FACTS, _documented),
}
"""Kind of fact → the members of the meeting that it changes."""
