"""From what is known of a meeting to its draft: who came in which role, in the words of that day."""

from collections.abc import Iterable, Iterator
from uuid import UUID
from zoneinfo import ZoneInfo

from services.minutes.domain.agenda import InTheRoom, agenda
from services.minutes.domain.attendance import NAMELESS, Attendee, HeadCount, Presence, head_count
from services.minutes.domain.draft import Draft
from services.minutes.domain.meeting import AnswerState, Body, Meeting, Participant, Person
from services.minutes.domain.refusals import MeetingNotHeld
from services.minutes.domain.text import Gathering

ERASED = "(ຂໍ້ມູນສ່ວນຕົວຖືກລຶບ)"
"""Printed for a person whose data were erased before the draft."""

MINISTRY = "ກະຊວງ"


def awaited(meeting: Meeting) -> tuple[set[str], set[UUID]]:
    """Bodies and persons that the draft needs and that are not known yet: topics have no order between them."""
    details = meeting.details
    listed = [participant for participant, _ in _listed(meeting)]
    bodies = {details.organiser, *details.co_hosts, *(each.organisation for each in listed)}
    people = {details.chair, *(each.person_id for each in listed)}
    people |= {other.person_id for each in listed if (other := _represented(meeting, each))}
    return bodies - meeting.bodies.keys(), people - meeting.people.keys()


def draft(meeting: Meeting) -> Draft:
    """The draft of a meeting of which everything `awaited` is known; raises `MeetingNotHeld`."""
    details = meeting.details
    listed = list(_listed(meeting))
    chairing = _chairing(meeting)
    attendees = (*chairing, *(_attendee(meeting, each, presence) for each, presence in listed))
    came = [each for each, presence in listed if presence not in NAMELESS]
    bodies = {*(each.organisation for each in came), *([details.organiser] if chairing else [])}
    unit = (details.organiser_unit.lo,) if details.organiser_unit else ()
    return Draft(
        gathering=_gathering(meeting, head_count(attendees)),
        chair=_name(meeting.people[details.chair]),
        issuer=(meeting.bodies[details.organiser].name, *unit),
        agenda=agenda(meeting, InTheRoom(participants=came, chairing=bool(chairing))),
        attendees=attendees,
        bodies=tuple(
            body.name for body in sorted(map(meeting.bodies.__getitem__, bodies), key=lambda body: body.place)
        ),
        purpose=details.purpose,
    )


def _gathering(meeting: Meeting, count: HeadCount) -> Gathering:
    if meeting.started_at is None or meeting.ended_at is None:
        raise MeetingNotHeld
    details, zone = meeting.details, ZoneInfo(meeting.details.zone)
    organiser, chair = meeting.bodies[details.organiser], meeting.people[details.chair]
    return Gathering(
        starts_at=meeting.started_at.astimezone(zone),
        ends_at=meeting.ended_at.astimezone(zone),
        venue=details.venue.lo,
        organiser=organiser.name,
        organiser_abbreviation=_short_name(organiser),
        co_hosts=tuple(meeting.bodies[code].name for code in details.co_hosts),
        title=details.title.lo,
        chair=", ".join(part for part in (_name(chair), chair.position_title) if part),
        present=count.present,
        women=count.women,
    )


def _listed(meeting: Meeting) -> Iterator[tuple[Participant, Presence]]:
    """Those whom the list names: not who was on the waiting list, nor who withdrew without a reason."""
    treated = meeting.treated
    for participant in meeting.participants:
        chair = participant.person_id == meeting.details.chair
        presence = _presence(participant, treated, chair=chair)
        if presence and (participant.checked_in or not chair):
            yield participant, presence


def _presence(participant: Participant, treated: Iterable[UUID], *, chair: bool) -> Presence | None:
    if chair or participant.whereabouts.was_there(treated, checked_in=participant.checked_in):
        return Presence.REPRESENTING if participant.represents else Presence.PRESENT
    by_hand = set(participant.whereabouts.corrections.values())
    if participant.checked_in or participant.state is AnswerState.CONFIRMED:
        return Presence.EXCUSED if "excused" in by_hand else Presence.ABSENT
    if participant.state in {AnswerState.DECLINED, AnswerState.WITHDRAWN} and participant.reason:
        return Presence.ABSENT if by_hand == {"absent"} else Presence.EXCUSED
    return None


def _attendee(meeting: Meeting, participant: Participant, presence: Presence) -> Attendee:
    person, body = meeting.people[participant.person_id], meeting.bodies[participant.organisation]
    represented = _represented(meeting, participant)
    return Attendee(
        name=_name(person),
        given_name=person.given_name or "",
        position=person.position_title or "",
        organisation=body.name,
        rank=person.rank if participant.rank is None else participant.rank,
        protocol_order=body.protocol_order,
        presence=presence,
        gender=person.gender,
        is_chair=participant.person_id == meeting.details.chair,
        represents=_name(meeting.people[represented.person_id]) if represented else None,
        reason=participant.reason if presence is Presence.EXCUSED else None,
    )


def _chairing(meeting: Meeting) -> tuple[Attendee, ...]:
    """The chair at the head of the list, unless he came as a participant and is listed there."""
    details = meeting.details
    if any(each.person_id == details.chair and each.checked_in for each in meeting.participants):
        return ()
    person, body = meeting.people[details.chair], meeting.bodies[details.organiser]
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


def _represented(meeting: Meeting, participant: Participant) -> Participant | None:
    others = (each for each in meeting.participants if each.registration_id == participant.represents)
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
