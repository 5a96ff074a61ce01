"""The agenda as it was treated: when each item began and ended, and how many people of each body were in the room."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from services.minutes.domain.attendance import Gender
from services.minutes.domain.draft import AgendaLine, BodyCount
from services.minutes.domain.meeting import Meeting, Participant
from services.minutes.domain.session import IN_THE_ROOM, TreatedItem
from shared.contracts.registration import AgendaItem


@dataclass(frozen=True, slots=True, kw_only=True)
class InTheRoom:
    """Whom the list of the minutes names as having come; `chairing`: the chair leads it without having been scanned."""

    participants: Sequence[Participant]
    chairing: bool


def agenda(meeting: Meeting, came: InTheRoom) -> tuple[AgendaLine, ...]:
    """The items of the agenda in its order; of those that were treated with their times and numbers."""
    treated = meeting.treated
    return tuple(_line(meeting, item, treated, came) for item in meeting.details.agenda)


def _line(meeting: Meeting, item: AgendaItem, treated: dict[UUID, TreatedItem], came: InTheRoom) -> AgendaLine:
    item_id = item.identified(meeting.details.meeting_id)
    if item_id not in treated:
        return AgendaLine(number=item.number, title=item.title.lo)
    when, zone = treated[item_id], ZoneInfo(meeting.details.zone)
    there = list(_there(meeting, item_id, when, came))
    counted = Counter(body for body, _ in there)
    bodies = sorted(((meeting.bodies[code], people) for code, people in counted.items()), key=lambda one: one[0].place)
    return AgendaLine(
        number=item.number,
        title=item.title.lo,
        started_at=when.started_at.astimezone(zone),
        ended_at=when.ended_at.astimezone(zone),
        present=len(there),
        women=sum(meeting.people[person].gender is Gender.FEMALE for _, person in there),
        bodies=tuple(BodyCount(body=body.name, present=people) for body, people in bodies),
    )


def _there(meeting: Meeting, item_id: UUID, when: TreatedItem, came: InTheRoom) -> Iterator[tuple[str, UUID]]:
    """Body and person of each who was in the room; a chair without a scan was, unless it was said that he was not."""
    for each in came.participants:
        if each.whereabouts.present_at(item_id, when):
            yield each.organisation, each.person_id
    if came.chairing and _chair_at(meeting, item_id):
        yield meeting.details.organiser, meeting.details.chair


def _chair_at(meeting: Meeting, item_id: UUID) -> bool:
    own = (each for each in meeting.participants if each.person_id == meeting.details.chair)
    return all(each.whereabouts.corrections.get(item_id, "present") in IN_THE_ROOM for each in own)
