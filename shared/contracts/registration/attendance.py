"""Attendance events: when each item of the agenda was treated, who was in the room by hand, who is not let in."""

from typing import Literal
from uuid import UUID

from shared.contracts.base import Contract, Instant, ShortText
from shared.contracts.registration.base import MEETING, MeetingFact

ItemPresence = Literal["present", "late", "left-early", "partly", "absent", "excused"]
"""Of one person and one item of the agenda.

- `present`: in the room when it began and when it ended.
- `late`: came after it had begun, and was there at its end; `left-early`: the other way round.
- `partly`: there, but neither when it began nor when it ended.
- `absent`: not there, nobody knows why; `excused`: not there, and a reason is known.
"""

AgendaItemStep = Literal["start", "finish"]


class AgendaItemStarted(MeetingFact):
    """The meeting has begun to treat an item of its agenda, or has returned to it; `number` as it was then.

    The first start counts; an item to which the meeting returns goes on until it is finished again.
    `recorded_by`: who said so, as the subject of his token (never a name).
    """

    item_id: UUID
    number: str
    started_at: Instant
    recorded_by: str


class AgendaItemFinished(MeetingFact):
    """An item of the agenda is done; one that is not finished lasts until the end of the session."""

    item_id: UUID
    number: str
    finished_at: Instant
    recorded_by: str


class AgendaItemUndone(MeetingFact):
    """What was said last of an item is taken back as a mistake: its start (or the return to it), or its end.

    `started_at` and `finished_at` say when it was treated as it is known now: both null where it has not begun, the
    second where it goes on. `reason` is for the staff. `recorded_by`: the subject of the token of who took it back.
    """

    item_id: UUID
    number: str
    undone: AgendaItemStep
    started_at: Instant | None
    finished_at: Instant | None
    reason: ShortText
    recorded_by: str


class AttendanceCorrected(MeetingFact):
    """Somebody of the staff says who was there, whatever the desks have scanned; the last one counts.

    `item_id` is null for the whole meeting: then `presence` is `absent` or `excused`, of somebody who did not come.
    `reason`: why it was corrected, or why he was excused. It is for the staff, and printed nowhere.
    `corrected_by`: the subject of his token.
    """

    registration_id: UUID
    person_id: UUID
    item_id: UUID | None
    presence: ItemPresence
    reason: ShortText
    corrected_by: str


class ParticipantBlocked(MeetingFact):
    """Somebody is not to be let in, whatever his ticket says; he keeps his seat. `reason` is for the staff alone."""

    registration_id: UUID
    person_id: UUID
    reason: ShortText
    decided_by: str


class ParticipantUnblocked(MeetingFact):
    """Somebody may be let in again; members as in `ParticipantBlocked`."""

    registration_id: UUID
    person_id: UUID
    reason: ShortText
    decided_by: str


CONTRACTS = (
    Contract(model=AgendaItemStarted, topic=MEETING, since="0.1"),
    Contract(model=AgendaItemFinished, topic=MEETING, since="0.1"),
    Contract(model=AgendaItemUndone, topic=MEETING, since="0.1"),
    Contract(model=AttendanceCorrected, topic=MEETING, since="0.1"),
    Contract(model=ParticipantBlocked, topic=MEETING, since="0.1"),
    Contract(model=ParticipantUnblocked, topic=MEETING, since="0.1"),
)
