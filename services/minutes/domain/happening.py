"""From what was heard of a meeting to its draft: who came in which role, in the words of that day."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from services.minutes.domain.attendance import Attendee, Gender, HeadCount, Presence, head_count
from services.minutes.domain.draft import AgendaLine, Draft
from services.minutes.domain.refusals import MeetingNotHeld
from services.minutes.domain.text import Gathering
from shared.contracts.registration import MeetingDrafted

ERASED = "(ຂໍ້ມູນສ່ວນຕົວຖືກລຶບ)"
"""Printed for a person whose data were erased before the draft."""

MINISTRY = "ກະຊວງ"

Answer = Literal["confirmed", "waitlisted", "represented", "declined", "withdrawn"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """An organisation as it is called now."""

    name: str
    protocol_order: int
    abbreviation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person as known now; `given_name` is None after the erasure."""

    given_name: str | None
    honorific: str | None = None
    family_name: str | None = None
    position_title: str | None = None
    rank: int = 1_000
    gender: Gender = Gender.NOT_STATED


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """One answer to the meeting; `rank` is None where it came with the person only."""

    registration_id: UUID
    person_id: UUID
    organisation: str
    state: Answer
    rank: int | None = None
    represents: UUID | None = None
    checked_in: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Everything heard of one meeting; `meeting` with the time and place that were valid in the end."""

    meeting: MeetingDrafted
    started_at: datetime | None
    ended_at: datetime | None
    participants: tuple[Participant, ...]
    bodies: Mapping[str, Body]
    people: Mapping[UUID, Person]


def awaited(happening: Happening) -> tuple[set[str], set[UUID]]:
    """Bodies and persons that the draft needs and nobody has told us of yet: topics have no order between them."""
    meeting = happening.meeting
    listed = [participant for participant, _ in _listed(happening)]
    bodies = {meeting.organiser, *meeting.co_hosts, *(each.organisation for each in listed)}
    people = {meeting.chair, *(each.person_id for each in listed)}
    people |= {other.person_id for each in listed if (other := _represented(happening, each))}
    return bodies - happening.bodies.keys(), people - happening.people.keys()


def draft(happening: Happening) -> Draft:
    """The draft of a meeting of which everything `awaited` is known; raises `MeetingNotHeld`."""
    meeting = happening.meeting
    listed = list(_listed(happening))
    chairing = _chairing(happening)
    attendees = (*chairing, *(_attendee(happening, each, presence) for each, presence in listed))
    came = {*(each.organisation for each, _ in listed if each.checked_in), *([meeting.organiser] if chairing else [])}
    unit = (meeting.organiser_unit.lo,) if meeting.organiser_unit else ()
    return Draft(
        gathering=_gathering(happening, head_count(attendees)),
        chair=_name(happening.people[meeting.chair]),
        issuer=(happening.bodies[meeting.organiser].name, *unit),
        agenda=tuple(AgendaLine(number=item.number, title=item.title.lo) for item in meeting.agenda),
        attendees=attendees,
        bodies=tuple(body.name for body in sorted((happening.bodies[code] for code in came), key=_protocol)),
        purpose=meeting.purpose,
    )


def _gathering(happening: Happening, count: HeadCount) -> Gathering:
    if happening.started_at is None or happening.ended_at is None:
        raise MeetingNotHeld
    meeting, zone = happening.meeting, ZoneInfo(happening.meeting.zone)
    organiser, chair = happening.bodies[meeting.organiser], happening.people[meeting.chair]
    return Gathering(
        starts_at=happening.started_at.astimezone(zone),
        ends_at=happening.ended_at.astimezone(zone),
        venue=meeting.venue.lo,
        organiser=organiser.name,
        organiser_abbreviation=_short_name(organiser),
        co_hosts=tuple(happening.bodies[code].name for code in meeting.co_hosts),
        title=meeting.title.lo,
        chair=", ".join(part for part in (_name(chair), chair.position_title) if part),
        present=count.present,
        women=count.women,
    )


def _listed(happening: Happening) -> Iterator[tuple[Participant, Presence]]:
    """Those whom the list names: who waited, or gave up without a reason, is nobody's business."""
    for participant in happening.participants:
        presence = _presence(participant)
        only_chaired = participant.person_id == happening.meeting.chair and not participant.checked_in
        if presence and not only_chaired:
            yield participant, presence


def _presence(participant: Participant) -> Presence | None:
    if participant.checked_in:
        return Presence.REPRESENTING if participant.represents else Presence.PRESENT
    if participant.state == "confirmed":
        return Presence.ABSENT
    excused = participant.state in {"declined", "withdrawn"} and participant.reason
    return Presence.EXCUSED if excused else None


def _attendee(happening: Happening, participant: Participant, presence: Presence) -> Attendee:
    person, body = happening.people[participant.person_id], happening.bodies[participant.organisation]
    represented = _represented(happening, participant)
    return Attendee(
        name=_name(person),
        given_name=person.given_name or "",
        position=person.position_title or "",
        organisation=body.name,
        rank=person.rank if participant.rank is None else participant.rank,
        protocol_order=body.protocol_order,
        presence=presence,
        gender=person.gender,
        is_chair=participant.person_id == happening.meeting.chair,
        represents=_name(happening.people[represented.person_id]) if represented else None,
        reason=participant.reason if presence is Presence.EXCUSED else None,
    )


def _chairing(happening: Happening) -> tuple[Attendee, ...]:
    """The chair at the head of the list, unless he came as a participant and is listed there."""
    meeting = happening.meeting
    if any(each.person_id == meeting.chair and each.checked_in for each in happening.participants):
        return ()
    person, body = happening.people[meeting.chair], happening.bodies[meeting.organiser]
    return (
        Attendee(
            name=_name(person),
            given_name=person.given_name or "",
            position=person.position_title or "",
            organisation=body.name,
            rank=person.rank,
            protocol_order=body.protocol_order,
            presence=Presence.CHAIRING,
            gender=person.gender,
            is_chair=True,
        ),
    )


def _represented(happening: Happening, participant: Participant) -> Participant | None:
    others = (each for each in happening.participants if each.registration_id == participant.represents)
    return next(others, None)


def _name(person: Person) -> str:
    if person.given_name is None:
        return ERASED
    return " ".join(part for part in (person.honorific, person.given_name, person.family_name) if part)


def _short_name(body: Body) -> str | None:
    """A ministry's short name is its first letter and the abbreviation of its documents: ຕສ → ກຕສ."""
    if body.abbreviation and body.name.startswith(MINISTRY):
        return MINISTRY[0] + body.abbreviation
    return body.abbreviation


def _protocol(body: Body) -> tuple[int, str]:
    return body.protocol_order, body.name
